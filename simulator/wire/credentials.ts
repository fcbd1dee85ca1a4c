/** Who signed a request, read from its credential scope. Signatures themselves are not verified. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import type { Caller } from '../service.ts';
import type { ProtocolName } from './clients.ts';
import type { WireRequest } from './message.ts';

/** The parts of a SigV4 credential scope that the wire uses. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
}

/** From the Authorization header, or from a presigned URL; undefined for an unsigned request. */
export function scopeOf(request: WireRequest): Scope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1] ??
    request.url.searchParams.get('X-Amz-Credential');
  const [accessKeyId, , region, signingName] = credential?.split('/') ?? [];
  if (accessKeyId === undefined || region === undefined || signingName === undefined) return undefined;
  return { accessKeyId, region, signingName };
}

/** Whom these credentials stand for. Throws AWS's error for a key that was never issued, in the protocol's own words. */
export function callerOf(cloud: Cloud, scope: Scope | undefined, service: string, protocol: ProtocolName): Caller {
  if (!scope) throw unsigned(service);
  const caller = cloud.state.credentials[scope.accessKeyId];
  if (!caller) throw unknownKey(service, protocol);
  return caller;
}

function unsigned(service: string): AwsError {
  // Anonymous reads go through simulator/services/s3/anonymous.ts, not through the wire.
  if (service === 's3') return new AwsError('AccessDenied', 'Access Denied', { status: 403 });
  return new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', { status: 403 });
}

function unknownKey(service: string, protocol: ProtocolName): AwsError {
  if (service === 's3') {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    return new AwsError('InvalidAccessKeyId', message, { status: 403 });
  }
  if (protocol === 'ec2Query')
    return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', { status: 401 });
  const message = 'The security token included in the request is invalid.';
  if (protocol === 'awsJson') return new AwsError('UnrecognizedClientException', message, { status: 400 });
  if (protocol === 'restJson1') return new AwsError('UnrecognizedClientException', message, { status: 403 });
  return new AwsError('InvalidClientTokenId', message, { status: 403 });
}
