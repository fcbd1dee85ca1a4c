/** Resource types of ECR. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties, unlessGone } from './known-properties.ts';

interface RepositoryProperties {
  readonly RepositoryName?: string;
  readonly ImageTagMutability?: 'MUTABLE' | 'IMMUTABLE';
  readonly ImageScanningConfiguration?: { readonly ScanOnPush?: boolean | string };
  readonly RepositoryPolicyText?: object;
}

/** Nothing cleans images up here. */
const inert = ['EmptyOnDelete', 'EncryptionConfiguration', 'LifecyclePolicy', 'Tags'];

const refuseOthers = (raw: Record<string, unknown>, logicalId: string): void => {
  const modelled = ['RepositoryName', 'ImageTagMutability', 'ImageScanningConfiguration', 'RepositoryPolicyText'];
  refuseOtherProperties('AWS::ECR::Repository', logicalId, raw, [...modelled, ...inert]);
};

const scanOnPush = ({ ImageScanningConfiguration: scanning }: RepositoryProperties): boolean =>
  optionalBoolean(scanning?.ScanOnPush) ?? false;

async function setPolicy(
  repositoryName: string,
  { RepositoryPolicyText: text }: RepositoryProperties,
  context: ResourceContext,
): Promise<void> {
  if (text === undefined) return;
  await context.call('ecr', 'SetRepositoryPolicy', { repositoryName, policyText: JSON.stringify(text) });
}

const repository: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOthers(raw, context.logicalId);
    const properties = raw as RepositoryProperties;
    const name = properties.RepositoryName ?? context.physicalName(256).toLowerCase();
    const { repository: made } = await context.call('ecr', 'CreateRepository', {
      repositoryName: name,
      imageTagMutability: properties.ImageTagMutability,
      imageScanningConfiguration: { scanOnPush: scanOnPush(properties) },
    });
    await setPolicy(name, properties, context);
    return { physicalId: name, attributes: { Arn: made?.repositoryArn, RepositoryUri: made?.repositoryUri } };
  },

  async update({ physicalId: repositoryName, wanted, changed }, context) {
    refuseOthers(wanted, context.logicalId);
    const properties = wanted as RepositoryProperties;
    if (changed.has('ImageTagMutability')) {
      const imageTagMutability = properties.ImageTagMutability ?? 'MUTABLE';
      await context.call('ecr', 'PutImageTagMutability', { repositoryName, imageTagMutability });
    }
    if (changed.has('ImageScanningConfiguration')) {
      await context.call('ecr', 'PutImageScanningConfiguration', {
        repositoryName,
        imageScanningConfiguration: { scanOnPush: scanOnPush(properties) },
      });
    }
    if (changed.has('RepositoryPolicyText')) {
      const text = properties.RepositoryPolicyText;
      if (text === undefined) await context.call('ecr', 'DeleteRepositoryPolicy', { repositoryName });
      else await setPolicy(repositoryName, properties, context);
    }
    return undefined;
  },

  delete: ({ physicalId: repositoryName, properties }, context) =>
    unlessGone('RepositoryNotFoundException', () =>
      context.call('ecr', 'DeleteRepository', {
        repositoryName,
        force: optionalBoolean(properties.EmptyOnDelete) ?? false,
      }),
    ).then(() => {}),

  read: ({ physicalId }, context) =>
    unlessGone('RepositoryNotFoundException', async () => {
      const { repositories: [live] = [] } = await context.call('ecr', 'DescribeRepositories', {
        repositoryNames: [physicalId],
      });
      return {
        RepositoryName: live?.repositoryName,
        ImageTagMutability: live?.imageTagMutability,
        ImageScanningConfiguration: { ScanOnPush: live?.imageScanningConfiguration?.scanOnPush },
      };
    }),
};

export const resources: ResourceTable = {
  'AWS::ECR::Repository': repository,
  'AWS::ECR::ReplicationConfiguration': {
    inert: true,
    reason: 'images are pushed to each region by the release pipeline',
    create: (_properties, context) => ({ physicalId: context.account, attributes: { RegistryId: context.account } }),
  },
};
