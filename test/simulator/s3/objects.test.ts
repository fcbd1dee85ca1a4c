/** Objects: written, read, listed, versioned, uploaded in parts, and read by strangers. */
import { describe, expect, test } from 'vitest';
import type { Clients, Input, OperationName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { anonymousGet } from '../../../simulator/services/s3/anonymous.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';

const [west, virginia] = ['us-west-2', 'us-east-1'] as const;
type S3 = Clients['s3'];
const call = <O extends OperationName<S3>>(cloud: Cloud, operation: O, input: Input<S3, O>, region: string = west) =>
  cloud.call('s3', operation, input, { region });
const Bucket = 'latch';
const Key = 'moved';

async function withBucket(versioned = false): Promise<Cloud> {
  const cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [west, virginia],
    services: [s3],
    startAt: Date.UTC(2026, 0, 1),
  });
  await call(cloud, 'CreateBucket', { Bucket, CreateBucketConfiguration: { LocationConstraint: west } });
  if (versioned) await call(cloud, 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  return cloud;
}

const put = (cloud: Cloud, key: string, Body: string, more: Partial<Input<S3, 'PutObject'>> = {}) =>
  call(cloud, 'PutObject', { Bucket, Key: key, Body, ...more });

describe('objects', () => {
  test('come back as they were put, with the MD5 as entity tag', async () => {
    const cloud = await withBucket();
    const { ETag } = await put(cloud, Key, 'hello', { ContentType: 'text/plain', Metadata: { epoch: '4' } });
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const object = await call(cloud, 'GetObject', { Bucket, Key });
    expect(new TextDecoder().decode(object.Body as unknown as Uint8Array)).toBe('hello');
    expect(object).toMatchObject({ ETag, ContentLength: 5, ContentType: 'text/plain', Metadata: { epoch: '4' } });
  });

  test('a missing key or bucket is told by its name', async () => {
    const cloud = await withBucket();
    await expect(call(cloud, 'GetObject', { Bucket, Key })).rejects.toMatchObject({ code: 'NoSuchKey', status: 404 });
    await expect(call(cloud, 'HeadObject', { Bucket, Key })).rejects.toMatchObject({ code: 'NotFound', status: 404 });
    const other = { Bucket: 'none', Key };
    await expect(call(cloud, 'GetObject', other)).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });

  test('a bucket of another region is not served here', async () => {
    const cloud = await withBucket();
    await expect(call(cloud, 'GetObject', { Bucket, Key }, virginia)).rejects.toMatchObject({
      code: 'PermanentRedirect',
      status: 301,
    });
  });

  test('If-None-Match * writes only when there is nothing, If-Match only over what was seen', async () => {
    const cloud = await withBucket();
    const first = await put(cloud, Key, 'one', { IfNoneMatch: '*' });
    await expect(put(cloud, Key, 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
      status: 412,
    });
    const second = await put(cloud, Key, 'two', { IfMatch: first.ETag });
    await expect(put(cloud, Key, 'three', { IfMatch: first.ETag })).rejects.toMatchObject({ status: 412 });
    await expect(put(cloud, 'absent', 'x', { IfMatch: first.ETag })).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect((await call(cloud, 'HeadObject', { Bucket, Key })).ETag).toBe(second.ETag);
  });

  test('with versioning, a deletion hides the object and its versions stay', async () => {
    const cloud = await withBucket(true);
    const { VersionId } = await put(cloud, Key, 'one');
    const marker = await call(cloud, 'DeleteObject', { Bucket, Key });
    expect(marker.DeleteMarker).toBe(true);
    await expect(call(cloud, 'GetObject', { Bucket, Key })).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect((await call(cloud, 'HeadObject', { Bucket, Key, VersionId })).ContentLength).toBe(3);
    await call(cloud, 'DeleteObject', { Bucket, Key, VersionId: marker.VersionId });
    expect((await call(cloud, 'HeadObject', { Bucket, Key })).VersionId).toBe(VersionId);
  });

  test('are listed in order, by prefix and delimiter, page by page', async () => {
    const cloud = await withBucket();
    for (const key of ['b', 'a/2', 'a/1', 'c/x']) await put(cloud, key, key);
    const page = await call(cloud, 'ListObjectsV2', { Bucket, MaxKeys: 3 });
    expect(page).toMatchObject({ KeyCount: 3, IsTruncated: true });
    expect(page.Contents?.map((each) => each.Key)).toEqual(['a/1', 'a/2', 'b']);
    const rest = await call(cloud, 'ListObjectsV2', { Bucket, ContinuationToken: page.NextContinuationToken });
    expect(rest.Contents?.map((each) => each.Key)).toEqual(['c/x']);
    const folders = await call(cloud, 'ListObjectsV2', { Bucket, Delimiter: '/' });
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c/' }]);
  });

  test('keep their bodies out of the trace', async () => {
    const cloud = await withBucket();
    await put(cloud, Key, 'a private body');
    expect(cloud.trace.toJsonLines()).not.toContain('a private body');
  });
});

test('objects are written without us-east-1, buckets are not configured without it', async () => {
  const cloud = await withBucket();
  cloud.goDark(virginia);
  await put(cloud, Key, 'moved');
  const change = call(cloud, 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  await expect(change).rejects.toMatchObject({ code: 'ServiceUnavailable' });
});

describe('anonymous reads', () => {
  const policyFor = (range: string | undefined) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${Bucket}/${Key}`,
          ...(range && { Condition: { IpAddress: { 'aws:SourceIp': [range] } } }),
        },
      ],
    });
  const checker = { region: west, bucket: Bucket, key: Key, from: 'internet', sourceIp: '15.177.2.9' };

  test('a named range may read the object and nobody else, with Block Public Access on', async () => {
    const cloud = await withBucket();
    await call(cloud, 'PutBucketPolicy', { Bucket, Policy: policyFor('15.177.0.0/18') });
    expect(anonymousGet(cloud, checker).status).toBe(403);
    await put(cloud, Key, '');
    expect(anonymousGet(cloud, checker).status).toBe(200);
    expect(anonymousGet(cloud, { ...checker, sourceIp: '198.51.100.7' }).status).toBe(403);
    expect(anonymousGet(cloud, { ...checker, key: 'other' }).status).toBe(403);
  });

  test.each([undefined, '0.0.0.0/1'])('a policy for everyone (%s) is refused by Block Public Access', async (range) => {
    const cloud = await withBucket();
    const Policy = policyFor(range);
    await expect(call(cloud, 'PutBucketPolicy', { Bucket, Policy })).rejects.toMatchObject({ code: 'AccessDenied' });
    await call(cloud, 'PutPublicAccessBlock', {
      Bucket,
      PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
    });
    await call(cloud, 'PutBucketPolicy', { Bucket, Policy });
    await put(cloud, Key, '');
    expect(anonymousGet(cloud, checker).status).toBe(403);
    await call(cloud, 'PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration: {} });
    expect(anonymousGet(cloud, checker).status).toBe(200);
  });

  test('a dark region does not answer', async () => {
    const cloud = await withBucket();
    cloud.goDark(west);
    expect(() => anonymousGet(cloud, checker)).toThrow('cannot be reached');
  });

  test('are not traced', async () => {
    const cloud = await withBucket();
    const before = cloud.trace.entries.length;
    anonymousGet(cloud, checker);
    expect(cloud.trace.entries).toHaveLength(before);
  });
});

test('a deny in the bucket policy holds against a role, too', async () => {
  const cloud = await withBucket();
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/*` };
  await call(cloud, 'PutBucketPolicy', {
    Bucket,
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
  });
  await expect(put(cloud, Key, 'x')).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
});

describe('an object uploaded in parts', () => {
  const PART = 5 * 1024 * 1024;

  async function parts(cloud: Cloud, ...sizes: number[]) {
    const { UploadId } = await call(cloud, 'CreateMultipartUpload', { Bucket, Key, ContentType: 'text/plain' });
    const Parts = [];
    for (const [index, size] of sizes.entries()) {
      const PartNumber = index + 1;
      const Body = String(PartNumber).repeat(size);
      const { ETag } = await call(cloud, 'UploadPart', { Bucket, Key, UploadId, PartNumber, Body });
      Parts.push({ PartNumber, ETag });
    }
    return { UploadId, Parts };
  }

  test('is there when it is completed, not before, and can be read by ranges', async () => {
    const cloud = await withBucket();
    const { UploadId, Parts } = await parts(cloud, PART, 3);
    await expect(call(cloud, 'GetObject', { Bucket, Key })).rejects.toMatchObject({ code: 'NoSuchKey' });
    const { ETag } = await call(cloud, 'CompleteMultipartUpload', {
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
    });
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const tail = await call(cloud, 'GetObject', { Bucket, Key, Range: `bytes=${PART - 1}-` });
    expect(new TextDecoder().decode(tail.Body as unknown as Uint8Array)).toBe('1222');
    expect(tail).toMatchObject({
      ContentRange: `bytes ${PART - 1}-${PART + 2}/${PART + 3}`,
      ContentType: 'text/plain',
    });
    const last = await call(cloud, 'GetObject', { Bucket, Key, Range: 'bytes=-2' });
    expect(last.ContentLength).toBe(2);
    await expect(call(cloud, 'GetObject', { Bucket, Key, Range: `bytes=${PART + 3}-` })).rejects.toMatchObject({
      code: 'InvalidRange',
    });
  });

  test('is refused when parts are too small, missing or out of order, or the upload is gone', async () => {
    const cloud = await withBucket();
    const { UploadId, Parts } = await parts(cloud, 3, 3);
    const complete = (list: typeof Parts) =>
      call(cloud, 'CompleteMultipartUpload', { Bucket, Key, UploadId, MultipartUpload: { Parts: list } });
    await expect(complete(Parts)).rejects.toMatchObject({ code: 'EntityTooSmall' });
    await expect(complete([...Parts].reverse())).rejects.toMatchObject({ code: 'InvalidPartOrder' });
    await expect(complete([{ PartNumber: 7, ETag: '"x"' }])).rejects.toMatchObject({ code: 'InvalidPart' });
    expect((await call(cloud, 'ListParts', { Bucket, Key, UploadId })).Parts).toHaveLength(2);
    await call(cloud, 'AbortMultipartUpload', { Bucket, Key, UploadId });
    await expect(complete(Parts)).rejects.toMatchObject({ code: 'NoSuchUpload' });
  });
});
