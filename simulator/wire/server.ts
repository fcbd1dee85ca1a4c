/**
 * The AWS endpoint: an HTTP request in, the kernel's operation, an HTTP answer out. Called by the simulated network for
 * every host under amazonaws.com, and by the local server. Which service and region is meant comes from the SigV4
 * credential scope, so one entry serves them all.
 */
import { gunzipSync } from 'node:zlib';
import type { Cloud, Request } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
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

/** The second half: does it and encodes the answer. */
export async function answerAwsCall(cloud: Cloud, call: AwsCall): Promise<WireResponse> {
  const { client, operation, http, request, requestId } = call;
  let output: Record<string, unknown>;
  try {
    output = (await cloud.request(request)) as Record<string, unknown>;
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
  return target?.includes('.') ? target.slice(0, target.lastIndexOf('.')) : undefined;
}

async function readCall(
  cloud: Cloud,
  client: Client,
  scope: Scope | undefined,
  signed: WireRequest,
  requestId: string,
): Promise<AwsCall> {
  const http = decompressed(client, client.service === 's3' ? withoutChunks(signed) : signed);
  const caller = callerOf(cloud, scope, client.service, client.protocol);
  const { operation, labels } = operationOf(client, http);
  const input = await read(client, operation, http, labels);
  const region = scope?.region ?? 'us-east-1';
  const common = { input, region, caller, from: http.from, overWire: true };
  const request = { service: client.service, operation: operation.name, ...common };
  return { client, operation, http, request, requestId };
}

/** Larger than any request that AWS takes compressed; a few bytes can unpack to gigabytes. */
const UNPACKED_BYTES_MAX = 16 * 1024 * 1024;

/** The SDK compresses large metric data (the `requestCompression` trait). */
function decompressed(client: Client, http: WireRequest): WireRequest {
  if (http.headers['content-encoding'] !== 'gzip' || client.service === 's3') return http;
  try {
    return { ...http, body: gunzipSync(http.body, { maxOutputLength: UNPACKED_BYTES_MAX }) };
  } catch (cause) {
    const message = 'The body cannot be decompressed by the algorithm that content-encoding names.';
    throw new AwsError('MalformedHttpRequestException', message, { status: 400, cause });
  }
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
  const { method, headers, url } = http;
  const given: Record<string, string> = bucket === undefined ? {} : { Bucket: bucket };
  const match = matchRoute(client.routes, { method, path, query: url.searchParams, headers, labels: given });
  if (!match)
    throw new AwsError('UnknownOperationException', `no route for ${http.method} ${http.url.pathname}`, {
      status: 404,
    });
  return { operation: match.operation, labels: { ...match.labels, ...given } };
}

async function read(client: Client, operation: Operation, http: WireRequest, labels: Record<string, string>) {
  try {
    return await protocols[client.protocol].decode(client, operation, http, labels);
  } catch (cause) {
    if (cause instanceof AwsError) throw cause;
    // What a parser says of a text helps its author; what the program says of itself helps nobody.
    const why = cause instanceof SyntaxError ? cause.message : 'it does not fit the input of the operation';
    throw new AwsError('SerializationException', `the request cannot be read: ${why}`, { status: 400, cause });
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
