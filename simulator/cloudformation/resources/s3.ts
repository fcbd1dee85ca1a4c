/** Resource types of S3. Encryption, lifecycle, logging and notifications of buckets are not acted on. */
import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties } from './known-properties.ts';

interface BucketProperties {
  readonly BucketName?: string;
  readonly PublicAccessBlockConfiguration?: Readonly<Record<string, boolean | string>>;
  readonly VersioningConfiguration?: { readonly Status: 'Enabled' | 'Suspended' };
}

const modelled = ['BucketName', 'PublicAccessBlockConfiguration', 'VersioningConfiguration'];
const inert = ['BucketEncryption', 'LifecycleConfiguration', 'LoggingConfiguration', 'OwnershipControls', 'Tags'];

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
    await configure(name, properties, context);
    const domain = `${name}.s3.amazonaws.com`;
    const regional = `${name}.s3.${region}.amazonaws.com`;
    return {
      physicalId: name,
      attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regional },
    };
  },
};

async function configure(name: string, properties: BucketProperties, context: ResourceContext): Promise<void> {
  const { PublicAccessBlockConfiguration: block, VersioningConfiguration: versioning } = properties;
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

const bucketPolicy: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::S3::BucketPolicy', context.logicalId, raw, ['Bucket', 'PolicyDocument']);
    const name = String(raw.Bucket);
    await context.call('s3', 'PutBucketPolicy', { Bucket: name, Policy: JSON.stringify(raw.PolicyDocument) });
    return { physicalId: name };
  },
};

export const resources: ResourceTable = {
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
};
