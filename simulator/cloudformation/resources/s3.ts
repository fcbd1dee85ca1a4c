/** Resource types of S3. Lifecycle, logging and object lock of buckets are not acted on. */
import type { PublicAccessBlockConfiguration, ServerSideEncryption } from '@aws-sdk/client-s3';
import { NotModelled } from '../../errors.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties, unlessGone } from './known-properties.ts';

interface BucketProperties {
  readonly AccessControl?: string;
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration?: readonly {
      readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
    }[];
  };
  readonly BucketName?: string;
  readonly PublicAccessBlockConfiguration?: Readonly<Record<string, boolean | string>>;
  readonly VersioningConfiguration?: { readonly Status: 'Enabled' | 'Suspended' };
}

const modelled = [
  'AccessControl',
  'BucketEncryption',
  'BucketName',
  'PublicAccessBlockConfiguration',
  'VersioningConfiguration',
];
const inert = [
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'ObjectLockConfiguration',
  'ObjectLockEnabled',
  'OwnershipControls',
  'Tags',
];

/** S3 user guide, "Blocking public access": all four are on for new buckets. */
const NEW_BLOCK = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

const bucket: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::S3::Bucket', context.logicalId, raw, [...modelled, ...inert]);
    const properties = raw as BucketProperties;
    const { region } = context;
    const name = properties.BucketName ?? context.physicalName(63).toLowerCase();
    await context.call('s3', 'CreateBucket', {
      Bucket: name,
      ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as 'us-west-2' } }),
    });
    context.exists?.(name);
    await configure(name, properties, context);
    const domain = `${name}.s3.amazonaws.com`;
    const regional = `${name}.s3.${region}.amazonaws.com`;
    return {
      physicalId: name,
      attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regional },
    };
  },

  async update({ physicalId: Bucket, wanted, changed }, context) {
    refuseOtherProperties('AWS::S3::Bucket', context.logicalId, wanted, [...modelled, ...inert]);
    const properties = wanted as BucketProperties;
    if (changed.has('BucketEncryption') && properties.BucketEncryption === undefined) {
      await context.call('s3', 'DeleteBucketEncryption', { Bucket });
    }
    // Guess: without the property a bucket is again as a new one is; AWS may leave it open.
    const block = changed.has('PublicAccessBlockConfiguration') && { PublicAccessBlockConfiguration: NEW_BLOCK };
    // A bucket that once kept versions never goes back to not keeping any.
    const versioning = changed.has('VersioningConfiguration') && { VersioningConfiguration: { Status: 'Suspended' } };
    await configure(Bucket, { ...versioning, ...block, ...properties } as BucketProperties, context);
    return undefined;
  },

  delete: ({ physicalId: Bucket }, context) =>
    unlessGone('NoSuchBucket', () => context.call('s3', 'DeleteBucket', { Bucket })).then(() => {}),

  read: ({ physicalId: Bucket }, context) =>
    unlessGone('NoSuchBucket', async () => {
      const { PublicAccessBlockConfiguration: block } = await context.call('s3', 'GetPublicAccessBlock', { Bucket });
      const { Status } = await context.call('s3', 'GetBucketVersioning', { Bucket });
      return {
        BucketName: Bucket,
        PublicAccessBlockConfiguration: block,
        ...(Status !== undefined && { VersioningConfiguration: { Status } }),
      };
    }),
};

async function configure(name: string, properties: BucketProperties, context: ResourceContext): Promise<void> {
  const { PublicAccessBlockConfiguration: block, VersioningConfiguration: versioning } = properties;
  const { AccessControl: acl = 'Private' } = properties;
  // Private is what a bucket has without any; the others are not modelled.
  if (acl !== 'Private') throw new NotModelled(`AccessControl ${acl} of AWS::S3::Bucket (${context.logicalId})`);
  await encrypt(name, properties, context);
  if (block) {
    const PublicAccessBlock: PublicAccessBlockConfiguration = Object.fromEntries(
      Object.entries(block).map(([key, value]) => [key, optionalBoolean(value)]),
    );
    await context.call('s3', 'PutPublicAccessBlock', {
      Bucket: name,
      PublicAccessBlockConfiguration: PublicAccessBlock,
    });
  }
  if (versioning) {
    await context.call('s3', 'PutBucketVersioning', { Bucket: name, VersioningConfiguration: versioning });
  }
}

async function encrypt(name: string, properties: BucketProperties, context: ResourceContext): Promise<void> {
  const rule = properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault;
  if (rule === undefined) return;
  const ApplyServerSideEncryptionByDefault = { ...rule, SSEAlgorithm: rule.SSEAlgorithm as ServerSideEncryption };
  await context.call('s3', 'PutBucketEncryption', {
    Bucket: name,
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
  });
}

const bucketPolicy: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::S3::BucketPolicy', context.logicalId, raw, ['Bucket', 'PolicyDocument']);
    const name = String(raw.Bucket);
    await context.call('s3', 'PutBucketPolicy', { Bucket: name, Policy: JSON.stringify(raw.PolicyDocument) });
    return { physicalId: name };
  },

  async update({ physicalId: Bucket, wanted }, context) {
    await context.call('s3', 'PutBucketPolicy', { Bucket, Policy: JSON.stringify(wanted.PolicyDocument) });
    return undefined;
  },

  delete: ({ physicalId: Bucket }, context) =>
    unlessGone('NoSuchBucket', () => context.call('s3', 'DeleteBucketPolicy', { Bucket })).then(() => {}),

  read: ({ physicalId: Bucket }, context) =>
    unlessGone(['NoSuchBucket', 'NoSuchBucketPolicy'], async () => {
      const { Policy } = await context.call('s3', 'GetBucketPolicy', { Bucket });
      return { Bucket, PolicyDocument: JSON.parse(Policy ?? '{}') };
    }),
};

export const resources: ResourceTable = {
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
};
