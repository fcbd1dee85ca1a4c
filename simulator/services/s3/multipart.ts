/**
 * Objects in parts, which clients use for everything large (Amazon S3 User Guide, "Uploading and copying objects using
 * multipart upload in Amazon S3"; limits: "Amazon S3 multipart upload limits"). Parts are blobs until they are one object.
 */
import { createHash } from 'node:crypto';
import type { CompletedPart, S3 } from '@aws-sdk/client-s3';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { encryptionFor } from './encryption.ts';
import { bodyBytes, checkWriteConditions, storeObject } from './objects.ts';
import {
  type Bucket,
  bucketOf,
  currentVersion,
  type Part,
  type S3Context,
  type S3State,
  type Upload,
} from './state.ts';

type MultipartOperations = Pick<
  Operations<S3, S3State>,
  'CreateMultipartUpload' | 'UploadPart' | 'CompleteMultipartUpload' | 'AbortMultipartUpload' | 'ListParts'
>;

const PART_NUMBER_MAX = 10_000;
/** Of every part but the last. */
const PART_BYTES_MIN = 5 * 1024 * 1024;

export const multipartOperations: MultipartOperations = {
  CreateMultipartUpload(input, context) {
    const bucket = bucketOf(context, input.Bucket);
    const id = context.random.hex(64);
    bucket.uploads ??= {};
    bucket.uploads[id] = {
      key: input.Key ?? '',
      encryption: encryptionFor(bucket, input),
      ...(input.ContentType !== undefined && { contentType: input.ContentType }),
      metadata: { ...input.Metadata },
      parts: {},
    };
    return { Bucket: bucket.name, Key: input.Key, UploadId: id };
  },

  UploadPart(input, context) {
    const { upload } = uploadOf(context, input);
    const number = input.PartNumber ?? 0;
    if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX) {
      const message = `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`;
      throw new AwsError('InvalidArgument', message, { status: 400 });
    }
    const body = bodyBytes(input.Body);
    const md5 = createHash('md5').update(body).digest('hex');
    upload.parts[number] = { blob: context.cloud.blobs.put(body), size: body.length, md5, modifiedAt: context.now };
    return { ETag: `"${md5}"` };
  },

  CompleteMultipartUpload(input, context) {
    const { bucket, upload } = uploadOf(context, input);
    checkWriteConditions(input, currentVersion(bucket, upload.key));
    const parts = chosenParts(upload, input.MultipartUpload?.Parts ?? []);
    const digest = createHash('md5').update(Buffer.from(parts.map(({ md5 }) => md5).join(''), 'hex'));
    const { encryption, contentType, metadata } = upload;
    const version = storeObject(context, bucket, upload.key, {
      body: Buffer.concat(parts.map(({ blob }) => context.cloud.blobs.get(blob))),
      // Not the MD5 of the object: that of its parts' MD5s, and how many there were.
      etag: `"${digest.digest('hex')}-${parts.length}"`,
      encryption,
      contentType,
      metadata,
    });
    delete bucket.uploads?.[input.UploadId ?? ''];
    return {
      Bucket: bucket.name,
      Key: upload.key,
      ETag: version.etag,
      Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(upload.key)}`,
      ...(bucket.versioning === 'Enabled' && { VersionId: version.id }),
    };
  },

  AbortMultipartUpload(input, context) {
    const { bucket } = uploadOf(context, input);
    delete bucket.uploads?.[input.UploadId ?? ''];
    return {};
  },

  ListParts(input, context) {
    const { bucket, upload } = uploadOf(context, input);
    return {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: input.UploadId,
      IsTruncated: false,
      Parts: Object.entries(upload.parts).map(([number, { md5, size, modifiedAt }]) => ({
        PartNumber: Number(number),
        ETag: `"${md5}"`,
        Size: size,
        LastModified: new Date(modifiedAt),
      })),
    };
  },
};

interface Named {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
}

/** Throws NoSuchBucket or NoSuchUpload. */
function uploadOf(context: S3Context, input: Named): { bucket: Bucket; upload: Upload } {
  const bucket = bucketOf(context, input.Bucket);
  const upload = bucket.uploads?.[input.UploadId ?? ''];
  if (upload && upload.key === input.Key) return { bucket, upload };
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404 },
  );
}

/** The parts that the completion names. Throws MalformedXML, InvalidPart, InvalidPartOrder or EntityTooSmall. */
function chosenParts(upload: Upload, named: readonly CompletedPart[]): Part[] {
  const refuse = (code: string, message: string) => new AwsError(code, message, { status: 400 });
  if (named.length === 0) throw refuse('MalformedXML', 'You must specify at least one part');
  let last = 0;
  const parts = named.map(({ PartNumber: number = 0, ETag }) => {
    if (number <= last) throw refuse('InvalidPartOrder', 'The list of parts was not in ascending order.');
    last = number;
    const part = upload.parts[number];
    if (part && part.md5 === ETag?.replaceAll('"', '')) return part;
    throw refuse('InvalidPart', `Part ${number} could not be found, or its entity tag is another.`);
  });
  if (parts.slice(0, -1).some(({ size }) => size < PART_BYTES_MIN)) {
    throw refuse('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}
