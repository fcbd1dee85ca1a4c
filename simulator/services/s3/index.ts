/** Amazon S3: regional buckets, versions, conditional writes, uploads in parts, bucket policies and Block Public Access. */
import type { Clients } from '../../clients.ts';
import { type Access, defineService } from '../../service.ts';
import { bucketOperations } from './buckets.ts';
import { encryptionOperations } from './encryption.ts';
import { multipartOperations } from './multipart.ts';
import { objectOperations } from './objects.ts';
import { bucketPolicy } from './policy.ts';
import { bucketArn, objectArn, type S3State } from './state.ts';

export const s3 = defineService<Clients['s3'], S3State>({
  name: 's3',
  initialState: () => ({ buckets: {} }),
  operations: { ...bucketOperations, ...encryptionOperations, ...objectOperations, ...multipartOperations },
  access: {
    CreateBucket: (input) => onBucket('CreateBucket', input.Bucket),
    DeleteBucket: (input) => onBucket('DeleteBucket', input.Bucket),
    HeadBucket: (input) => onBucket('ListBucket', input.Bucket),
    ListBuckets: () => ({ action: 's3:ListAllMyBuckets', resources: ['*'] }),
    GetBucketLocation: (input) => onBucket('GetBucketLocation', input.Bucket),
    PutBucketVersioning: (input) => onBucket('PutBucketVersioning', input.Bucket),
    GetBucketVersioning: (input) => onBucket('GetBucketVersioning', input.Bucket),
    PutBucketPolicy: (input) => onBucket('PutBucketPolicy', input.Bucket),
    GetBucketPolicy: (input) => onBucket('GetBucketPolicy', input.Bucket),
    DeleteBucketPolicy: (input) => onBucket('DeleteBucketPolicy', input.Bucket),
    GetBucketEncryption: (input) => onBucket('GetEncryptionConfiguration', input.Bucket),
    PutBucketEncryption: (input) => onBucket('PutEncryptionConfiguration', input.Bucket),
    DeleteBucketEncryption: (input) => onBucket('PutEncryptionConfiguration', input.Bucket),
    PutPublicAccessBlock: (input) => onBucket('PutBucketPublicAccessBlock', input.Bucket),
    GetPublicAccessBlock: (input) => onBucket('GetBucketPublicAccessBlock', input.Bucket),
    ListObjectsV2: (input) => ({
      ...onBucket('ListBucket', input.Bucket),
      conditions: {
        's3:prefix': input.Prefix ?? '',
        's3:delimiter': input.Delimiter,
        's3:max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
      },
    }),
    PutObject: (input) => onObject('PutObject', input),
    // API reference of each: a multipart upload needs s3:PutObject but for its end and its list.
    CreateMultipartUpload: (input) => onObject('PutObject', input),
    UploadPart: (input) => onObject('PutObject', input),
    CompleteMultipartUpload: (input) => onObject('PutObject', input),
    AbortMultipartUpload: (input) => onObject('AbortMultipartUpload', input),
    ListParts: (input) => onObject('ListMultipartUploadParts', input),
    GetObject: (input) => onObject(input.VersionId === undefined ? 'GetObject' : 'GetObjectVersion', input),
    HeadObject: (input) => onObject(input.VersionId === undefined ? 'GetObject' : 'GetObjectVersion', input),
    DeleteObject: (input) => onObject(input.VersionId === undefined ? 'DeleteObject' : 'DeleteObjectVersion', input),
  },
  resourcePolicy: bucketPolicy,
  redact: { PutObject: () => ['Body'], UploadPart: () => ['Body'] },
});

const onBucket = (action: string, bucket: string | undefined): Access => ({
  action: `s3:${action}`,
  resources: [bucketArn(bucket)],
});

const onObject = (
  action: string,
  input: { readonly Bucket?: string | undefined; readonly Key?: string | undefined },
): Access => ({ action: `s3:${action}`, resources: [objectArn(input.Bucket, input.Key)] });
