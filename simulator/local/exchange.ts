/**
 * One request from its headers to its answer: who is meant, whether the signature is right, the body, then the wire.
 * Started by `server.ts` for each request.
 */
import { randomUUID } from 'node:crypto';
import type { Cloud, SigningKey } from '../cloud.ts';
import { AnswerLost, type AwsError } from '../errors.ts';
import { type Client, clientOf, findClient } from '../wire/clients.ts';
import { callerOf } from '../wire/credentials.ts';
import { encodeError } from '../wire/errors.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { answerAwsCall, readAwsRequest } from '../wire/server.ts';
import { checkTypes } from '../wire/types.ts';
import { INTERNET } from '../world/place.ts';
import type { Addressed } from './admission.ts';
import type { Body } from './body.ts';
import { refuseInheritedNames } from './inherited-names.ts';
import { checkPayload, declaredPayload, withoutChunking } from './payload.ts';
import type { Received } from './received.ts';
import { refusal } from './refusals.ts';
import { checkSignature, checkTime, checkToken, type Signature, sha256Hex, signatureOf } from './signature.ts';
import { isCustomResourceAnswer, readPublicObject, takeCustomResourceAnswer } from './unsigned.ts';
import { wallClockOf } from './wall-clock.ts';

/** The API that a request seems to mean, in whose words it is refused if need be. Guessed for unsigned ones. */
export function apiOf({ headers, query }: Received): Client {
  const target = headers['x-amz-target'];
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? String(query['X-Amz-Credential']);
  const prefix = target?.includes('.') ? target.slice(0, target.lastIndexOf('.')) : undefined;
  const found = findClient(credential.split('/')[3], prefix, headers['user-agent'] ?? '');
  if (found) return found;
  if (target !== undefined || /json/.test(headers['content-type'] ?? '')) return clientOf('secrets-manager');
  return clientOf(/form-urlencoded/.test(headers['content-type'] ?? '') ? 'sts' : 's3');
}

/** An error as the answer that the API's clients understand. */
export function errorAnswer(client: Client, error: AwsError, method: string): WireResponse {
  const requestId = randomUUID();
  const answer = encodeError(client, error, requestId, method);
  answer.headers[client.service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid'] = requestId;
  answer.headers['content-length'] = String(answer.body.byteLength);
  return answer;
}

interface Exchange {
  readonly cloud: Cloud;
  readonly client: Client;
  readonly request: Received;
  readonly addressed: Addressed;
  /** Sends '100 Continue' if it is waited for, and reads the body. */
  body(): Promise<Body>;
}

/**
 * Carries out a request. Throws AwsError for a refusal, BodyRefused, Unreachable or AnswerLost; everything that reaches
 * the wire is answered by it.
 */
export async function exchange(given: Exchange): Promise<WireResponse> {
  const { cloud, client, request } = given;
  await wallClockOf(cloud)?.present();
  const signature = signatureOf(client, request);
  if (!signature) return unsigned(given);
  // In AWS's order, and before the body: what is refused anyhow costs no memory.
  callerOf(cloud, signature, client.service, client.protocol);
  const key = cloud.state.keys[signature.accessKeyId];
  if (!key) throw refusal(client, 'badSignature', 'The secret of this access key is not known here.');
  const now = checkTime(client, signature, [Date.now, () => cloud.now]);
  checkToken(client, signature, key, cloud.now);
  const declared = declaredPayload(client, request, signature);
  if (declared !== undefined) await checkSignature(client, request, signature, key, declared);
  const body = await given.body();
  try {
    if (declared === undefined) await checkSignature(client, request, signature, key, sha256Hex(body.bytes));
    const answer = await pass(given, { signature, key, declared }, body.bytes);
    // A client corrects its own clock by this, and must find the one it signs by.
    answer.headers.date = new Date(now()).toUTCString();
    return answer;
  } finally {
    body.release();
  }
}

async function unsigned(given: Exchange): Promise<WireResponse> {
  const { cloud, client, request, addressed } = given;
  if (isCustomResourceAnswer(request)) {
    const body = await given.body();
    body.release();
    return takeCustomResourceAnswer(cloud, request, body.bytes);
  }
  if (client.service === 's3') return readPublicObject(cloud, request, addressed.bucket);
  callerOf(cloud, undefined, client.service, client.protocol);
  throw refusal(client, 'malformedAuthorization', 'Request is missing a signature');
}

interface Proof {
  readonly signature: Signature;
  readonly key: SigningKey;
  readonly declared: string | undefined;
}

/** Hands a proven request to the wire. */
async function pass(given: Exchange, { signature, key, declared }: Proof, sent: Uint8Array): Promise<WireResponse> {
  const { cloud, client, request, addressed } = given;
  checkRegion(cloud, client, signature.region);
  const body = declared === undefined ? sent : await checkPayload(client, request, { signature, key, declared }, sent);
  const headers =
    declared === undefined ? request.headers : withoutChunking(request.headers, declared, body.byteLength);
  const { method } = request;
  const url = urlOf(request, addressed, signature.region);
  const http: WireRequest = { from: key.place ?? INTERNET, method, url, headers, body: formOf(client, request, body) };
  const answer = await carriedOut(cloud, http);
  if (!cloud.delivers(signature.region, http.from)) {
    throw new AnswerLost(`the answer from ${signature.region} to ${http.from} was lost`);
  }
  return answer;
}

/** The wire takes its requests from clients of the SDK; these come from anywhere. */
async function carriedOut(cloud: Cloud, http: WireRequest): Promise<WireResponse> {
  const call = await readAwsRequest(cloud, http);
  if ('status' in call) return call;
  checkTypes(call.client, call.operation.input, call.request.input);
  refuseInheritedNames(call.client, call.request.input);
  return answerAwsCall(cloud, call);
}

/** A region that this cloud was not made with has no services to answer. Throws AwsError 'NotImplemented'. */
function checkRegion(cloud: Cloud, client: Client, region: string): void {
  if (cloud.state.regions.includes(region)) return;
  if (cloud.services.get(client.service)?.homeRegion !== undefined) return;
  const message = `region '${region}' is not part of this cloud, which has ${cloud.state.regions.join(', ')}`;
  throw refusal(client, 'notImplemented', message);
}

/** The URL as the wire reads it: a bucket in the host is one in S3's own. */
function urlOf({ path, search }: Received, { bucket }: Addressed, region: string): URL {
  const host = bucket === undefined ? '127.0.0.1' : `${bucket}.s3.${region}.amazonaws.com`;
  return new URL(`http://${host}${path}${search}`);
}

/** The query services also take their form in the URL of a GET, as presigned requests have it. */
function formOf(client: Client, { method, search }: Received, body: Uint8Array): Uint8Array {
  const query = client.protocol === 'awsQuery' || client.protocol === 'ec2Query';
  return query && method === 'GET' && body.byteLength === 0 ? Buffer.from(search.slice(1)) : body;
}
