/**
 * What works without a signature: reading public objects, as browsers and Route 53's checkers do, and the answers of
 * custom resources, whose URL is the proof. Called by `exchange.ts`.
 */
import type { Cloud } from '../cloud.ts';
import { receiveCustomResourceResponse, responseHost } from '../cloudformation/pending-responses.ts';
import { AwsError } from '../errors.ts';
import { anonymousGet } from '../services/s3/anonymous.ts';
import { currentVersion, findBucket } from '../services/s3/state.ts';
import type { WireResponse } from '../wire/message.ts';
import { INTERNET } from '../world/place.ts';
import type { Received } from './received.ts';

const LOOPBACK_ADDRESS = '127.0.0.1';

/**
 * An unsigned GET or HEAD of an object. The bucket's policy sees 127.0.0.1 as the source address. Throws AwsError
 * 'AccessDenied', 'NoSuchBucket' or 'NoSuchKey', or Unreachable.
 */
export function readPublicObject(cloud: Cloud, request: Received, bucketInHost: string | undefined): WireResponse {
  const denied = new AwsError('AccessDenied', 'Access Denied', { status: 403 });
  if (request.method !== 'GET' && request.method !== 'HEAD') throw denied;
  const [, inPath = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? [];
  const name = bucketInHost ?? decodeURIComponent(inPath);
  const key = decodeURIComponent(bucketInHost === undefined ? rest : request.path.slice(1));
  const bucket = findBucket(cloud, name);
  if (name !== '' && !bucket) {
    const message = 'The specified bucket does not exist';
    throw new AwsError('NoSuchBucket', message, { status: 404, members: { BucketName: name } });
  }
  // Lists and configurations need credentials here: no policy of the application makes one public.
  if (!bucket || key === '' || request.search !== '') throw denied;
  const { region } = bucket;
  const { status } = anonymousGet(cloud, { region, bucket: name, key, sourceIp: LOOPBACK_ADDRESS, from: INTERNET });
  if (status === 404) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, members: { Key: key } });
  }
  const version = currentVersion(bucket, key);
  if (status !== 200 || !version) throw denied;
  const headers = {
    'content-type': version.contentType ?? 'binary/octet-stream',
    'content-length': String(version.size),
    'last-modified': new Date(version.modifiedAt).toUTCString(),
    etag: version.etag,
  };
  return { status: 200, headers, body: request.method === 'HEAD' ? new Uint8Array() : cloud.blobs.get(version.blob) };
}

const RESPONSE_PATH = /^\/cloudformation-custom-resource-response-([a-z0-9-]+)(\/.*)$/s;

/** Whether this is a PUT to a custom resource's response URL, in path style. */
export const isCustomResourceAnswer = ({ method, path }: Received): boolean =>
  method === 'PUT' && RESPONSE_PATH.test(path);

/** Hands it to CloudFormation. */
export function takeCustomResourceAnswer(cloud: Cloud, { path, search }: Received, body: Uint8Array): WireResponse {
  const [, region = '', rest = ''] = RESPONSE_PATH.exec(path) ?? [];
  const { status } = receiveCustomResourceResponse(cloud, `https://${responseHost(region)}${rest}${search}`, body);
  if (status !== 200) throw new AwsError('AccessDenied', 'Access Denied', { status });
  return { status, headers: {}, body: new Uint8Array() };
}
