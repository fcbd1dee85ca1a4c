/** Resource types of ECR. */
import type { Created, Modelled, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties } from './known-properties.ts';

interface RepositoryProperties {
  readonly RepositoryName?: string;
  readonly ImageTagMutability?: 'MUTABLE' | 'IMMUTABLE';
  readonly ImageScanningConfiguration?: { readonly ScanOnPush?: boolean | string };
}

/** Nothing cleans images up or reads them with another account's rights here. */
const inert = ['EmptyOnDelete', 'EncryptionConfiguration', 'LifecyclePolicy', 'RepositoryPolicyText', 'Tags'];

const repository: Modelled = {
  async create(raw, context): Promise<Created> {
    const modelled = ['RepositoryName', 'ImageTagMutability', 'ImageScanningConfiguration'];
    refuseOtherProperties('AWS::ECR::Repository', context.logicalId, raw, [...modelled, ...inert]);
    const properties = raw as RepositoryProperties;
    const name = properties.RepositoryName ?? context.physicalName(256).toLowerCase();
    const { repository: made } = await context.call('ecr', 'CreateRepository', {
      repositoryName: name,
      imageTagMutability: properties.ImageTagMutability,
      imageScanningConfiguration: {
        scanOnPush: optionalBoolean(properties.ImageScanningConfiguration?.ScanOnPush) ?? false,
      },
    });
    return { physicalId: name, attributes: { Arn: made?.repositoryArn, RepositoryUri: made?.repositoryUri } };
  },
};

export const resources: ResourceTable = {
  'AWS::ECR::Repository': repository,
  'AWS::ECR::ReplicationConfiguration': {
    inert: true,
    reason: 'images are pushed to each region by the release pipeline',
    create: (_properties, context) => ({ physicalId: context.account, attributes: { RegistryId: context.account } }),
  },
};
