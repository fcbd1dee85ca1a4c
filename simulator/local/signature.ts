/**
 * Verifies Signature Version 4 as AWS does: the signature is computed again from the request and the key's secret, with
 * the SDK's own signer (IAM User Guide, "AWS Signature Version 4 for API requests"). Called by `server.ts` before a
 * request reaches the wire.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import type { SigningKey } from '../cloud.ts';
import type { Client } from '../wire/clients.ts';
import type { Received } from './received.ts';
import { refusal } from './refusals.ts';

/** What a request says about its signature. */
export interface Signature {
  readonly accessKeyId: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  readonly signingName: string;
  /** X-Amz-Date: YYYYMMDDTHHMMSSZ. */
  readonly signedAt: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | undefined;
  /** For presigned URLs: how long they hold. */
  readonly expiresSeconds: number | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** The same page: requests must reach AWS within five minutes of their time stamp; S3 and others allow fifteen. */
const SKEW_MS_MAX = 15 * 60_000;
/** Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters". */
const EXPIRES_SECONDS_MAX = 604_800;

/** Reads the Authorization header or a presigned URL's parameters. Undefined when the request is not signed at all. */
export function signatureOf(client: Client, request: Received): Signature | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return fromHeader(client, request, authorization);
  if (request.query['X-Amz-Algorithm'] !== undefined || request.query['X-Amz-Credential'] !== undefined)
    return fromQuery(client, request);
  return undefined;
}

function fromHeader(client: Client, request: Received, authorization: string): Signature {
  const malformed = (message: string) => refusal(client, 'malformedAuthorization', message);
  const [algorithm = '', ...rest] = authorization.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) throw malformed(`The authorization mechanism must be ${ALGORITHM}.`);
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const part = (name: string): string => {
    const value = parts.get(name);
    if (value) return value;
    throw malformed(`Authorization header requires '${name}' parameter.`);
  };
  const signedAt = request.headers['x-amz-date'];
  if (!isTimestamp(signedAt)) throw malformed("A valid 'X-Amz-Date' header is required.");
  return {
    ...scopeOf(part('Credential'), signedAt, malformed),
    signedAt,
    signedHeaders: part('SignedHeaders').toLowerCase().split(';'),
    signature: part('Signature'),
    token: request.headers['x-amz-security-token'],
    expiresSeconds: undefined,
  };
}

function fromQuery(client: Client, request: Received): Signature {
  const malformed = (message: string) => refusal(client, 'malformedPresignature', message);
  const part = (name: string): string => {
    const value = request.query[name];
    if (typeof value === 'string' && value !== '') return value;
    throw malformed(`The query-string version of Signature Version 4 requires one ${name}.`);
  };
  if (part('X-Amz-Algorithm') !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports "${ALGORITHM}".`);
  const signedAt = part('X-Amz-Date');
  if (!isTimestamp(signedAt)) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const expiresSeconds = Number(part('X-Amz-Expires'));
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 0 || expiresSeconds > EXPIRES_SECONDS_MAX) {
    throw malformed(`X-Amz-Expires must be a whole number of seconds from 0 to ${EXPIRES_SECONDS_MAX}.`);
  }
  const token = request.query['X-Amz-Security-Token'];
  return {
    ...scopeOf(part('X-Amz-Credential'), signedAt, malformed),
    signedAt,
    signedHeaders: part('X-Amz-SignedHeaders').toLowerCase().split(';'),
    signature: part('X-Amz-Signature'),
    token: typeof token === 'string' ? token : undefined,
    expiresSeconds,
  };
}

const isTimestamp = (text: string | undefined): text is string =>
  /^\d{8}T\d{6}Z$/.test(text ?? '') && !Number.isNaN(timeOf(text ?? ''));

const timeOf = (timestamp: string): number =>
  Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function scopeOf(credential: string, signedAt: string, malformed: (message: string) => Error) {
  const [accessKeyId = '', date = '', region = '', signingName = '', end, ...more] = credential.split('/');
  if (!accessKeyId || !region || !signingName || end !== 'aws4_request' || more.length > 0) {
    throw malformed('Credential must be <access key id>/<date>/<region>/<service>/aws4_request.');
  }
  if (date !== signedAt.slice(0, 8)) throw malformed('The date in the credential scope is not the date of X-Amz-Date.');
  return { accessKeyId, date, region, signingName };
}

/** Milliseconds since the epoch. */
type Now = () => number;

/**
 * Whether the request comes in time by any of these clocks. Returns the one that it keeps to. Throws the service's error.
 */
export function checkTime(client: Client, signature: Signature, clocks: readonly Now[]): Now {
  const signedAt = timeOf(signature.signedAt);
  const lifeMs = signature.expiresSeconds === undefined ? SKEW_MS_MAX : signature.expiresSeconds * 1000;
  const early = (now: Now) => signedAt > now() + SKEW_MS_MAX;
  const late = (now: Now) => now() > signedAt + lifeMs;
  const kept = clocks.find((now) => !early(now) && !late(now));
  if (kept) return kept;
  if (signature.expiresSeconds !== undefined && clocks.some((now) => !early(now))) {
    throw refusal(client, 'presignedExpired', 'Request has expired');
  }
  const message =
    client.service === 's3'
      ? 'The difference between the request time and the current time is too large.'
      : `Signature expired or not yet valid: it was made at ${signature.signedAt}.`;
  throw refusal(client, 'signedTooEarlyOrLate', message);
}

/** Whether the session token is the one that was issued with the key, and still holds. Throws the service's error. */
export function checkToken(client: Client, { token }: Signature, key: SigningKey, now: number): void {
  if (token !== key.sessionToken) {
    throw refusal(client, 'tokenWrong', 'The security token included in the request is invalid.');
  }
  if (key.expiresAt !== undefined && now >= key.expiresAt) {
    throw refusal(client, 'tokenExpired', 'The security token included in the request is expired');
  }
}

/** Builds what was signed, with the SDK's own canonical form. */
class Canonical extends SignatureV4Base {
  constructor(client: Client) {
    super({
      service: client.service,
      region: 'none',
      credentials: { accessKeyId: '', secretAccessKey: '' },
      sha256: Sha256,
      // Only S3 signs the path as it is sent.
      uriEscapePath: client.service !== 's3',
    });
  }

  request(request: HttpRequest, signedHeaders: ReadonlySet<string>, payloadHash: string): string {
    return this.createCanonicalRequest(
      request,
      getCanonicalHeaders(request, undefined, new Set(signedHeaders)),
      payloadHash,
    );
  }

  toSign(longDate: string, scope: string, canonicalRequest: string): Promise<string> {
    return this.createStringToSign(longDate, scope, canonicalRequest, ALGORITHM);
  }
}

export const scopeText = ({ date, region, signingName }: Signature): string =>
  `${date}/${region}/${signingName}/aws4_request`;

/** The key that this request, and each chunk of its body, is signed with. */
export const signingKeyOf = (signature: Signature, key: SigningKey): Promise<Uint8Array> =>
  getSigningKey(Sha256, { ...signature, ...key }, signature.date, signature.region, signature.signingName);

/**
 * Throws unless the key's secret gives this signature over this request. `payloadHash` is what the canonical request
 * ends with: the body's hash or one of the words that stand for it.
 */
export async function checkSignature(
  client: Client,
  request: Received,
  signature: Signature,
  key: SigningKey,
  payloadHash: string,
): Promise<void> {
  const signed = new Set(signature.signedHeaders);
  checkCoverage(client, request, signature, signed);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => signed.has(name)));
  const message: HttpRequest = {
    method: request.method,
    path: request.path,
    query: request.query,
    headers,
    protocol: 'http:',
    hostname: '',
  };
  const canonical = new Canonical(client);
  const text = canonical.request(message, signed, payloadHash);
  const toSign = await canonical.toSign(signature.signedAt, scopeText(signature), text);
  if (same(signature.signature, hmac(await signingKeyOf(signature, key), toSign))) return;
  throw refusal(
    client,
    'badSignature',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
      'and signing method. Consult the service documentation for details.',
  );
}

/** The host must be signed, and with S3 every x-amz- header, or who relays a request could add to it. */
function checkCoverage(client: Client, request: Received, signature: Signature, signed: ReadonlySet<string>): void {
  const missing = signed.has('host') ? [] : ['host'];
  if (client.service === 's3' && signature.expiresSeconds === undefined) {
    missing.push(...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signed.has(name)));
  }
  if (missing.length === 0) return;
  const message = `There were headers present in the request which were not signed: ${missing.join(', ')}`;
  throw refusal(client, 'headersNotSigned', message);
}

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export const hmac = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('hex');

/** In a time that does not tell how much of it is right. */
export function same(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
