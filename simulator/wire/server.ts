/**
 * The AWS endpoint: an HTTP request in, the kernel's operation, an HTTP answer out. Called by the simulated network for
 * every host under amazonaws.com, and by the local server. Which service and region is meant comes from the SigV4
 * credential scope, so one entry serves them all.
 */
import { gunzipSync } from 'node:zlib';
import type { Cloud, Request } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import type { CallFault } from '../faults.ts';
import { type Client, clientOf, findClient, type Operation } from './clients.ts';
import { callerOf, type Scope, scopeOf } from './credentials.ts';
import { encodeError } from './errors.ts';
import type { WireRequest, WireResponse } from './message.ts';
import { textOf } from './message.ts';
import { protocols } from './protocol.ts';
import { checkRequired } from './required.ts';
import { matchRoute } from './routes.ts';
import { s3Host, s3Path, withoutChunks } from './s3.ts';

export type { WireRequest, WireResponse } from './message.ts';

/** A request that was understood and awaits its turn. */
export interface AwsCall {
  readonly client: Client;
  readonly operation: Operation;
  readonly http: WireRequest;
  readonly request: Request;
  readonly requestId: string;
}

/**
 * Carries out one request. AWS's errors and what is not modelled (HTTP 501) become answers; rejects with Unreachable
 * or AnswerLost when there is no answer.
 */
export async function handleAwsRequest(cloud: Cloud, http: WireRequest): Promise<WireResponse> {
  const read = await readAwsRequest(cloud, http);
  return 'status' in read ? read : answerAwsCall(cloud, read);
}

/** The first half: what is asked, or the answer when it cannot be asked so. */
export async function readAwsRequest(cloud: Cloud, http: WireRequest): Promise<AwsCall | WireResponse> {
  const requestId = cloud.random('wire').uuid();
  const scope = scopeOf(http);
  const client = findClient(signingNameOf(scope, http), targetPrefix(http), http.headers['user-agent'] ?? '');
  if (!client) return unknownService(cloud, http, scope, requestId);
  try {
    const call = await readCall(cloud, client, scope, http, requestId);
    checkRequired(client, call.operation.input, call.request.input as Record<string, unknown>);
    return call;
  } catch (error) {
    return failed(cloud, client, error, requestId, http.method);
  }
}

/** The second half: does it and encodes the answer. `faults` are what the transport drew for this call. */
export async function answerAwsCall(
  cloud: Cloud,
  call: AwsCall,
  faults: CallFault[] = cloud.drawFaults(call.request),
): Promise<WireResponse> {
  const { client, operation, http, request, requestId } = call;
  let output: Record<string, unknown>;
  try {
    output = (await cloud.request(request, faults)) as Record<string, unknown>;
  } catch (error) {
    return failed(cloud, client, error, requestId, http.method);
  }
  const encoded = protocols[client.protocol].encode(client, operation, output, { request: http, requestId });
  return finished(cloud, client, encoded, requestId);
}

/** Only S3 is also known by its host, for requests that are not signed. */
const signingNameOf = (scope: Scope | undefined, http: WireRequest): string | undefined =>
  scope?.signingName ?? (s3Host(http.url.hostname) ? 's3' : undefined);

function targetPrefix(http: WireRequest): string | undefined {
  const target = http.headers['x-amz-target'];
  return target?.slice(0, target.lastIndexOf('.'));
}

async function readCall(
  cloud: Cloud,
  client: Client,
  scope: Scope | undefined,
  signed: WireRequest,
  requestId: string,
): Promise<AwsCall> {
  const http = decompressed(client.service === 's3' ? withoutChunks(signed) : signed);
  const caller = callerOf(cloud, scope, client.service, client.protocol);
  const { operation, labels } = operationOf(client, http);
  const input = await read(client, operation, http, labels);
  const region = scope?.region ?? 'us-east-1';
  const request = { service: client.service, operation: operation.name, input, region, caller, from: http.from };
  return { client, operation, http, request, requestId };
}

/** The SDK compresses large metric data (the `requestCompression` trait). */
function decompressed(http: WireRequest): WireRequest {
  if (http.headers['content-encoding'] !== 'gzip' || s3Host(http.url.hostname)) return http;
  return { ...http, body: gunzipSync(http.body) };
}

function operationOf(client: Client, http: WireRequest): { operation: Operation; labels: Record<string, string> } {
  if (client.protocol === 'restJson1' || client.protocol === 'restXml') return restOperation(client, http);
  const name =
    client.protocol === 'awsJson'
      ? (http.headers['x-amz-target']?.split('.').at(-1) ?? '')
      : (/(?:^|&)Action=([^&]*)/.exec(textOf(http.body))?.[1] ?? '');
  const operation = client.operations.get(name);
  if (operation) return { operation, labels: {} };
  // DocumentDB's client knows fewer operations than the control plane that it shares with RDS.
  const code = client.protocol === 'awsJson' ? 'UnknownOperationException' : 'InvalidAction';
  throw new AwsError(code, `${client.service} has no operation '${name}'`, { status: 400 });
}

function restOperation(client: Client, http: WireRequest): { operation: Operation; labels: Record<string, string> } {
  const { bucket, path } = client.service === 's3' ? s3Path(http.url) : { bucket: undefined, path: http.url.pathname };
  const match = matchRoute(client.routes, http.method, path, http.url.searchParams);
  if (!match)
    throw new AwsError('UnknownOperationException', `no route for ${http.method} ${http.url.pathname}`, {
      status: 404,
    });
  return {
    operation: match.operation,
    labels: bucket === undefined ? match.labels : { ...match.labels, Bucket: bucket },
  };
}

async function read(client: Client, operation: Operation, http: WireRequest, labels: Record<string, string>) {
  try {
    return await protocols[client.protocol].decode(client, operation, http, labels);
  } catch (cause) {
    if (cause instanceof AwsError) throw cause;
    throw new AwsError('SerializationException', `the request cannot be read: ${String(cause)}`, { cause });
  }
}

/** Turns what an operation threw into an answer; rethrows what has no answer. */
function failed(cloud: Cloud, client: Client, error: unknown, requestId: string, method: string): WireResponse {
  if (error instanceof NotModelled) {
    const refusal = new AwsError('NotImplemented', error.message, { status: 501 });
    return finished(cloud, client, encodeError(client, refusal, requestId, method), requestId);
  }
  if (!(error instanceof AwsError)) throw error;
  return finished(cloud, client, encodeError(client, error, requestId, method), requestId);
}

/** A service that the wire does not speak is refused in JSON or XML, whichever the request is in. */
function unknownService(cloud: Cloud, http: WireRequest, scope: Scope | undefined, requestId: string): WireResponse {
  const name = targetPrefix(http) ?? scope?.signingName ?? http.url.hostname;
  const refusal = new NotModelled(
    `the service '${name}' is not modelled by the simulator; see simulator/KNOWN-GAPS.md`,
  );
  const json = /json/.test(http.headers['content-type'] ?? '') || targetPrefix(http) !== undefined;
  return failed(cloud, clientOf(json ? 'secrets-manager' : 'sts'), refusal, requestId, http.method);
}

/** Adds the headers of every answer. The service's clock is right whatever the caller's shows. */
function finished(cloud: Cloud, client: Client, encoded: WireResponse, requestId: string): WireResponse {
  const { headers } = encoded;
  headers[client.service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid'] = requestId;
  headers['content-length'] ??= String(encoded.body.byteLength);
  headers.date = new Date(cloud.now).toUTCString();
  return encoded;
}
