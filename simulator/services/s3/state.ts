/** What S3 holds in one region: buckets and the versions of their objects. Bodies are blobs. */
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

export interface PublicAccessBlock {
  blockPublicAcls: boolean;
  ignorePublicAcls: boolean;
  blockPublicPolicy: boolean;
  restrictPublicBuckets: boolean;
}

export interface ObjectVersion {
  readonly id: string;
  readonly modifiedAt: number;
  /** A delete marker has no body. */
  readonly deleted: boolean;
  /** Hash of the body in the cloud's blobs. */
  readonly blob: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly contentType?: string;
  /** Algorithm; told, not applied. */
  readonly encryption?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One part of an object that is not complete yet. */
export interface Part {
  /** Hash of the body in the cloud's blobs. */
  readonly blob: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  readonly modifiedAt: number;
}

export interface Upload {
  readonly key: string;
  readonly encryption: string;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** By number. */
  readonly parts: Record<number, Part>;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdAt: number;
  versioning: 'Disabled' | 'Enabled' | 'Suspended';
  publicAccessBlock: PublicAccessBlock;
  /** JSON text. */
  policy?: string;
  /** Algorithm of new objects; undefined: S3's own default. */
  encryption?: string;
  /** By key, oldest version first. */
  objects: Record<string, ObjectVersion[]>;
  /** Uploads in parts that are neither completed nor aborted, by id. */
  uploads?: Record<string, Upload>;
}

export interface S3State {
  buckets: Record<string, Bucket>;
}

export type S3Context = Context<S3State>;

export const bucketArn = (name: string | undefined): string => `arn:aws:s3:::${name ?? ''}`;
export const objectArn = (bucket: string | undefined, key: string | undefined): string =>
  `arn:aws:s3:::${bucket ?? ''}/${key ?? ''}`;

/** A bucket wherever it is: names are unique over all regions. */
export function findBucket(cloud: Cloud, name: string | undefined): Bucket | undefined {
  for (const region of cloud.state.regions) {
    const state = cloud.state.services[region]?.s3 as S3State | undefined;
    if (state && Object.hasOwn(state.buckets, name ?? '')) return state.buckets[name ?? ''];
  }
  return undefined;
}

/** The bucket, which must be in the region called. Throws NoSuchBucket or PermanentRedirect. */
export function bucketOf(context: S3Context, name: string | undefined): Bucket {
  const { buckets } = context.state;
  const bucket = Object.hasOwn(buckets, name ?? '') ? buckets[name ?? ''] : undefined;
  if (bucket) return bucket;
  if (!findBucket(context.cloud, name)) {
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { members: { BucketName: name } });
  }
  throw new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future ' +
      'requests to this endpoint.',
    { status: 301 },
  );
}

/** All versions of a key, the oldest first. A key may be called like something that every object inherits. */
export const versionsOf = ({ objects }: Bucket, key = ''): readonly ObjectVersion[] =>
  (Object.hasOwn(objects, key) && objects[key]) || [];

/** The version that a request without a version id means: the latest, unless that is a delete marker. */
export function currentVersion(bucket: Bucket, key: string | undefined): ObjectVersion | undefined {
  const latest = versionsOf(bucket, key).at(-1);
  return latest?.deleted ? undefined : latest;
}
