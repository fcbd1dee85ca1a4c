/** Reads without credentials, as Route 53's health checkers and browsers do: the bucket's policy alone decides. */
import type { Cloud } from '../../cloud.ts';
import { Unreachable } from '../../errors.ts';
import type { Place } from '../../faults.ts';
import { anonymousDecision } from './policy.ts';
import { bucketArn, currentVersion, findBucket, objectArn, type S3State } from './state.ts';

export interface AnonymousGet {
  /** Of the endpoint called, '<bucket>.s3.<region>.amazonaws.com'. */
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly sourceIp: string;
  /** Where the reader is. */
  readonly from: Place;
}

/**
 * The HTTP status of an unsigned GET. Untraced and without faults or latency, for callers that poll. Throws Unreachable
 * when there is no way there and back.
 */
export function anonymousGet(
  cloud: Cloud,
  { region, bucket: name, key, sourceIp, from }: AnonymousGet,
): { status: number } {
  if (!cloud.reaches(from, region)) throw new Unreachable(from, region);
  const bucket = (cloud.state.services[region]?.s3 as S3State | undefined)?.buckets[name];
  if (!bucket) return { status: findBucket(cloud, name) ? 301 : 404 };
  const may = (action: string, resource: string): boolean =>
    anonymousDecision(bucket, action, resource, sourceIp) === 'allow';
  if (!may('s3:GetObject', objectArn(name, key))) return { status: 403 };
  if (currentVersion(bucket, key)) return { status: 200 };
  // GetObject API reference: whoever may not list is not told that a key is missing.
  return { status: may('s3:ListBucket', bucketArn(name)) ? 404 : 403 };
}
