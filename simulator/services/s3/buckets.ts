/**
 * Operations on buckets. Making, deleting and configuring them needs S3's control plane in us-east-1 (AWS Fault Isolation
 * Boundaries, appendix B, "global single-Region operations"); reading and writing objects does not.
 */
import type { PublicAccessBlockConfiguration, S3 } from '@aws-sdk/client-s3';
import { AwsError } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import type { Operations } from '../../service.ts';
import { isPublic } from './policy.ts';
import {
  type Bucket,
  bucketArn,
  bucketOf,
  findBucket,
  type PublicAccessBlock,
  type S3Context,
  type S3State,
} from './state.ts';

type BucketOperations = Pick<
  Operations<S3, S3State>,
  | 'CreateBucket'
  | 'HeadBucket'
  | 'DeleteBucket'
  | 'ListBuckets'
  | 'GetBucketLocation'
  | 'PutBucketVersioning'
  | 'GetBucketVersioning'
  | 'PutBucketPolicy'
  | 'GetBucketPolicy'
  | 'DeleteBucketPolicy'
  | 'PutPublicAccessBlock'
  | 'GetPublicAccessBlock'
>;

const CONTROL_PLANE = 'us-east-1';

export const bucketOperations: BucketOperations = {
  CreateBucket(input, context) {
    needControlPlane(context);
    const name = input.Bucket ?? '';
    checkName(name);
    const wanted = input.CreateBucketConfiguration?.LocationConstraint ?? 'us-east-1';
    if (wanted !== context.region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        { status: 400 },
      );
    }
    if (findBucket(context.cloud, name)) {
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { status: 409 },
      );
    }
    context.state.buckets[name] = {
      name,
      region: context.region,
      createdAt: context.now,
      versioning: 'Disabled',
      // S3 user guide, "Blocking public access": all four are on for new buckets.
      publicAccessBlock: blockOf({
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      }),
      objects: {},
    };
    return { Location: `/${name}`, BucketArn: bucketArn(name) };
  },

  HeadBucket(input, context) {
    if (!findBucket(context.cloud, input.Bucket)) throw new AwsError('NotFound', 'Not Found', { status: 404 });
    const bucket = bucketOf(context, input.Bucket);
    return { BucketRegion: bucket.region };
  },

  DeleteBucket(input, context) {
    needControlPlane(context);
    const bucket = bucketOf(context, input.Bucket);
    if (Object.keys(bucket.objects).length > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
    }
    delete context.state.buckets[bucket.name];
    return {};
  },

  ListBuckets(_input, context) {
    const buckets = context.cloud.state.regions.flatMap((region) => Object.values(context.stateIn(region).buckets));
    return {
      Buckets: buckets
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((each) => ({ Name: each.name, BucketRegion: each.region, CreationDate: new Date(each.createdAt) })),
    };
  },

  GetBucketLocation(input, context) {
    const { region } = bucketOf(context, input.Bucket);
    // GetBucketLocation API reference: null for us-east-1.
    return region === 'us-east-1' ? {} : { LocationConstraint: region as 'us-west-2' };
  },

  PutBucketVersioning(input, context) {
    const bucket = configured(context, input.Bucket);
    const status = input.VersioningConfiguration?.Status;
    if (status === undefined)
      throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified', {
        status: 400,
      });
    bucket.versioning = status;
    return {};
  },

  GetBucketVersioning(input, context) {
    const { versioning } = bucketOf(context, input.Bucket);
    return versioning === 'Disabled' ? {} : { Status: versioning };
  },

  PutBucketPolicy(input, context) {
    const bucket = configured(context, input.Bucket);
    const policy = input.Policy ?? '';
    try {
      checkGrammar('resource', policy);
    } catch (cause) {
      throw new AwsError('MalformedPolicy', (cause as Error).message, { status: 400, cause });
    }
    if (bucket.publicAccessBlock.blockPublicPolicy && isPublic(policy)) {
      throw new AwsError(
        'AccessDenied',
        'User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the ' +
          'BlockPublicPolicy setting in S3 Block Public Access.',
        { status: 403 },
      );
    }
    bucket.policy = policy;
    return {};
  },

  GetBucketPolicy(input, context) {
    const { policy } = bucketOf(context, input.Bucket);
    if (policy !== undefined) return { Policy: policy };
    throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', { status: 404 });
  },

  DeleteBucketPolicy(input, context) {
    delete configured(context, input.Bucket).policy;
    return {};
  },

  PutPublicAccessBlock(input, context) {
    configured(context, input.Bucket).publicAccessBlock = blockOf(input.PublicAccessBlockConfiguration ?? {});
    return {};
  },

  GetPublicAccessBlock(input, context) {
    const block = bucketOf(context, input.Bucket).publicAccessBlock;
    return {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: block.blockPublicAcls,
        IgnorePublicAcls: block.ignorePublicAcls,
        BlockPublicPolicy: block.blockPublicPolicy,
        RestrictPublicBuckets: block.restrictPublicBuckets,
      },
    };
  },
};

function configured(context: S3Context, name: string | undefined): Bucket {
  needControlPlane(context);
  return bucketOf(context, name);
}

/** Guess: the error; the documentation says only that these operations depend on us-east-1. */
function needControlPlane(context: S3Context): void {
  if (!context.cloud.state.regions.includes(CONTROL_PLANE)) return;
  if (context.cloud.reaches(context.region, CONTROL_PLANE)) return;
  throw new AwsError('ServiceUnavailable', 'Please reduce your request rate.', { status: 503 });
}

/** S3 user guide, "General purpose bucket naming rules". */
function checkName(name: string): void {
  const address = /^\d+\.\d+\.\d+\.\d+$/;
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !address.test(name)) return;
  throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', { status: 400 });
}

const blockOf = (given: PublicAccessBlockConfiguration): PublicAccessBlock => ({
  blockPublicAcls: given.BlockPublicAcls ?? false,
  ignorePublicAcls: given.IgnorePublicAcls ?? false,
  blockPublicPolicy: given.BlockPublicPolicy ?? false,
  restrictPublicBuckets: given.RestrictPublicBuckets ?? false,
});
