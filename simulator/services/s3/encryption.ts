/**
 * Default encryption of buckets, and what an object's encryption is told as. Nothing is encrypted here; keys of
 * customers are refused, because their use would need permissions that are not asked for.
 */
import type { S3, ServerSideEncryption } from '@aws-sdk/client-s3';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { type Bucket, bucketOf, type S3State } from './state.ts';

type EncryptionOperations = Pick<
  Operations<S3, S3State>,
  'GetBucketEncryption' | 'PutBucketEncryption' | 'DeleteBucketEncryption'
>;

/** S3 user guide, "Setting default server-side encryption behavior": every bucket has this when nothing is set. */
const DEFAULT = 'AES256';

export const encryptionOperations: EncryptionOperations = {
  GetBucketEncryption(input, context) {
    const { encryption = DEFAULT } = bucketOf(context, input.Bucket);
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption as ServerSideEncryption },
      BucketKeyEnabled: false,
    };
    return { ServerSideEncryptionConfiguration: { Rules: [rule] } };
  },

  PutBucketEncryption(input, context) {
    const rule = input.ServerSideEncryptionConfiguration?.Rules?.[0];
    const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    if (algorithm === undefined) {
      throw new AwsError('MalformedXML', 'The XML you provided was not well-formed', { status: 400 });
    }
    checkAlgorithm(algorithm, key);
    bucketOf(context, input.Bucket).encryption = algorithm;
    return {};
  },

  DeleteBucketEncryption(input, context) {
    delete bucketOf(context, input.Bucket).encryption;
    return {};
  },
};

interface Wish {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/** How an object is encrypted: as the request asks, or as its bucket does. Throws NotModelled for customers' keys. */
export function encryptionFor(bucket: Bucket, wish: Wish): string {
  if (wish.SSECustomerAlgorithm !== undefined) throw new NotModelled('s3:PutObject with SSE-C is not modelled');
  const algorithm = wish.ServerSideEncryption ?? bucket.encryption ?? DEFAULT;
  checkAlgorithm(algorithm, wish.SSEKMSKeyId);
  return algorithm;
}

function checkAlgorithm(algorithm: string, key: string | undefined): void {
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms')
    throw new NotModelled(`s3: encryption ${algorithm} is not modelled`);
  if (key === undefined || key.endsWith('alias/aws/s3')) return;
  throw new NotModelled(`s3: encryption with a customer's key (${key}) is not modelled`);
}
