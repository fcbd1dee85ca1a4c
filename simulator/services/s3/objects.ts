/** Operations on objects. Bodies are kept as blobs and answered as bytes; the wire turns them into a stream. */
import { createHash } from 'node:crypto';
import type { GetObjectCommandOutput, S3 } from '@aws-sdk/client-s3';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { checkMayKnowOfAbsence } from './absence.ts';
import { encryptionFor } from './encryption.ts';
import {
  type Bucket,
  bucketOf,
  currentVersion,
  type ObjectVersion,
  type S3Context,
  type S3State,
  versionsOf,
} from './state.ts';

type ObjectOperations = Pick<
  Operations<S3, S3State>,
  'PutObject' | 'GetObject' | 'HeadObject' | 'DeleteObject' | 'ListObjectsV2'
>;

/** The version id of objects in a bucket without versioning. */
const NULL_VERSION = 'null';
/** ListObjectsV2 API reference. */
const KEYS_MAX = 1000;

export const objectOperations: ObjectOperations = {
  PutObject(input, context) {
    const bucket = bucketOf(context, input.Bucket);
    const key = input.Key ?? '';
    checkWriteConditions(input, currentVersion(bucket, key));
    const body = bodyBytes(input.Body);
    const version = storeObject(context, bucket, key, {
      body,
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      encryption: encryptionFor(bucket, input),
      contentType: input.ContentType,
      metadata: { ...input.Metadata },
    });
    return {
      ETag: version.etag,
      ServerSideEncryption: version.encryption as 'AES256',
      ...(bucket.versioning === 'Enabled' && { VersionId: version.id }),
    };
  },

  GetObject(input, context) {
    if (input.PartNumber !== undefined) throw new NotModelled('s3:GetObject by part number is not modelled');
    const version = read(input, context, 'NoSuchKey');
    const whole = context.cloud.blobs.get(version.blob);
    const range = rangeOf(input.Range, version.size);
    const bytes = range ? whole.subarray(range.first, range.last + 1) : whole;
    // The client sees a stream; the simulator's side of the wire hands over bytes.
    const Body = bytes as unknown as NonNullable<GetObjectCommandOutput['Body']>;
    if (!range) return { Body, ...headersOf(version) };
    const ContentRange = `bytes ${range.first}-${range.last}/${version.size}`;
    return { Body, ...headersOf(version), ContentLength: bytes.byteLength, ContentRange };
  },

  HeadObject(input, context) {
    return headersOf(read(input, context, 'NotFound'));
  },

  DeleteObject(input, context) {
    const bucket = bucketOf(context, input.Bucket);
    const key = input.Key ?? '';
    if (input.IfMatch !== undefined) checkWriteConditions({ IfMatch: input.IfMatch }, currentVersion(bucket, key));
    if (input.VersionId !== undefined) return deleteVersion(bucket, key, input.VersionId);
    if (bucket.versioning === 'Disabled') {
      delete bucket.objects[key];
      return {};
    }
    const id = bucket.versioning === 'Enabled' ? context.random.hex(32) : NULL_VERSION;
    const marker = { id, modifiedAt: context.now, deleted: true, blob: '', size: 0, etag: '', metadata: {} };
    addVersion(bucket, key, marker);
    return { DeleteMarker: true, VersionId: id };
  },

  ListObjectsV2(input, context) {
    const bucket = bucketOf(context, input.Bucket);
    const prefix = input.Prefix ?? '';
    const after = input.ContinuationToken ?? input.StartAfter ?? '';
    const limit = Math.min(input.MaxKeys ?? KEYS_MAX, KEYS_MAX);
    const entries = entriesOf(bucket, prefix, input.Delimiter).filter(({ name }) => name > after);
    const page = entries.slice(0, limit);
    const last = page.at(-1);
    const truncated = entries.length > page.length;
    const prefixes = page.filter(({ version }) => !version).map(({ name }) => ({ Prefix: name }));
    return {
      Name: bucket.name,
      Prefix: prefix,
      MaxKeys: limit,
      KeyCount: page.length,
      IsTruncated: truncated,
      ...(truncated && last && { NextContinuationToken: last.name }),
      Contents: page.flatMap(({ name, version }) =>
        version
          ? [{ Key: name, ETag: version.etag, Size: version.size, LastModified: new Date(version.modifiedAt) }]
          : [],
      ),
      ...(prefixes.length > 0 && { CommonPrefixes: prefixes }),
    };
  },
};

interface Read {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

function read(input: Read, context: S3Context, missing: 'NoSuchKey' | 'NotFound'): ObjectVersion {
  const bucket = bucketOf(context, input.Bucket);
  if (input.VersionId === undefined && !currentVersion(bucket, input.Key)) checkMayKnowOfAbsence(context, bucket);
  const version = findVersion(bucket, input, missing);
  if (input.IfMatch !== undefined && !sameTag(input.IfMatch, version.etag)) throw preconditionFailed();
  if (input.IfNoneMatch !== undefined && sameTag(input.IfNoneMatch, version.etag)) {
    throw new AwsError('NotModified', 'Not Modified', { status: 304 });
  }
  return version;
}

/** Throws NoSuchKey (or NotFound for HeadObject, whose answer has no body), NoSuchVersion or MethodNotAllowed. */
function findVersion(bucket: Bucket, { Key: key = '', VersionId: id }: Read, missing: string): ObjectVersion {
  if (id === undefined) {
    const current = currentVersion(bucket, key);
    if (current) return current;
    throw new AwsError(missing, 'The specified key does not exist.', { status: 404, members: { Key: key } });
  }
  const version = versionsOf(bucket, key).find((each) => each.id === id);
  if (!version) throw new AwsError('NoSuchVersion', 'The specified version does not exist.', { status: 404 });
  if (!version.deleted) return version;
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', { status: 405 });
}

/** S3 user guide, "Conditional writes": If-None-Match takes '*' only; If-Match needs the object. */
export function checkWriteConditions(
  { IfNoneMatch, IfMatch }: { IfNoneMatch?: string | undefined; IfMatch?: string | undefined },
  current: ObjectVersion | undefined,
): void {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') {
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      status: 501,
    });
  }
  if (IfNoneMatch === '*' && current) throw preconditionFailed();
  if (IfMatch === undefined) return;
  if (!current) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
  if (!sameTag(IfMatch, current.etag)) throw preconditionFailed();
}

const sameTag = (given: string, etag: string): boolean =>
  given === '*' || given.replaceAll('"', '') === etag.replaceAll('"', '');

const preconditionFailed = (): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { status: 412 });

/**
 * The bytes that a Range header means; undefined for all of them, also where it cannot be read (RFC 9110 §14.2: it is then
 * ignored). Throws InvalidRange when it begins behind the end.
 */
function rangeOf(range: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  if (first <= last) return { first, last };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
}

interface NewObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly encryption: string;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Makes it the key's current version. */
export function storeObject(context: S3Context, bucket: Bucket, key: string, given: NewObject): ObjectVersion {
  const { body, etag, encryption, contentType, metadata } = given;
  const version: ObjectVersion = {
    id: bucket.versioning === 'Enabled' ? context.random.hex(32) : NULL_VERSION,
    modifiedAt: context.now,
    deleted: false,
    blob: context.cloud.blobs.put(body),
    size: body.length,
    etag,
    encryption,
    ...(contentType !== undefined && { contentType }),
    metadata,
  };
  addVersion(bucket, key, version);
  return version;
}

function addVersion(bucket: Bucket, key: string, version: ObjectVersion): void {
  const kept = versionsOf(bucket, key).filter((each) => each.id !== version.id);
  bucket.objects[key] = [...kept, version];
}

function deleteVersion(bucket: Bucket, key: string, id: string): { VersionId: string; DeleteMarker?: boolean } {
  const versions = versionsOf(bucket, key);
  const deleted = versions.find((each) => each.id === id);
  const kept = versions.filter((each) => each.id !== id);
  if (kept.length > 0) bucket.objects[key] = kept;
  else delete bucket.objects[key];
  return { VersionId: id, ...(deleted?.deleted && { DeleteMarker: true }) };
}

function headersOf(version: ObjectVersion) {
  return {
    ETag: version.etag,
    ContentLength: version.size,
    ContentType: version.contentType ?? 'binary/octet-stream',
    LastModified: new Date(version.modifiedAt),
    Metadata: { ...version.metadata },
    ServerSideEncryption: (version.encryption ?? 'AES256') as 'AES256',
    ...(version.id !== NULL_VERSION && { VersionId: version.id }),
  };
}

/** Keys and, with a delimiter, the prefixes that stand for several of them; in UTF-8 order. */
function entriesOf(
  bucket: Bucket,
  prefix: string,
  delimiter: string | undefined,
): { name: string; version?: ObjectVersion }[] {
  const entries = new Map<string, ObjectVersion | undefined>();
  for (const key of Object.keys(bucket.objects)) {
    const version = currentVersion(bucket, key);
    if (!version || !key.startsWith(prefix)) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (end < 0) entries.set(key, version);
    else entries.set(key.slice(0, end + (delimiter?.length ?? 0)), undefined);
  }
  return [...entries]
    .map(([name, version]) => (version ? { name, version } : { name }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** Throws NotModelled for a body that no client sends. */
export function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  throw new NotModelled('s3:PutObject with a body that is neither text nor bytes is not modelled');
}
