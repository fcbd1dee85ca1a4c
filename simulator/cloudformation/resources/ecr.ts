/** Resource types of ECR. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties, unlessGone } from './known-properties.ts';

interface RepositoryProperties {
  readonly RepositoryName?: string;
  readonly ImageTagMutability?: 'MUTABLE' | 'IMMUTABLE';
  readonly ImageScanningConfiguration?: { readonly ScanOnPush?: boolean | string };
  readonly RepositoryPolicyText?: object;
  readonly LifecyclePolicy?: { readonly LifecyclePolicyText?: string };
}

const inert = ['EmptyOnDelete', 'EncryptionConfiguration', 'Tags'];

const refuseOthers = (raw: Record<string, unknown>, logicalId: string): void => {
  const modelled = ['RepositoryName', 'ImageTagMutability', 'ImageScanningConfiguration', 'RepositoryPolicyText'];
  refuseOtherProperties('AWS::ECR::Repository', logicalId, raw, [...modelled, 'LifecyclePolicy', ...inert]);
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

async function setLifecycle(
  repositoryName: string,
  { LifecyclePolicy: policy }: RepositoryProperties,
  context: ResourceContext,
): Promise<void> {
  const { LifecyclePolicyText: lifecyclePolicyText } = policy ?? {};
  if (lifecyclePolicyText === undefined) return;
  await context.call('ecr', 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
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
    await setLifecycle(name, properties, context);
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
    if (changed.has('LifecyclePolicy')) {
      if (properties.LifecyclePolicy === undefined)
        await context.call('ecr', 'DeleteLifecyclePolicy', { repositoryName });
      else await setLifecycle(repositoryName, properties, context);
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

interface ReplicationProperties {
  readonly ReplicationConfiguration?: {
    readonly Rules?: readonly {
      readonly Destinations?: readonly { readonly Region?: string; readonly RegistryId?: string }[];
      readonly RepositoryFilters?: readonly { readonly Filter?: string; readonly FilterType?: string }[];
    }[];
  };
}

const replicationOf = ({ ReplicationConfiguration }: ReplicationProperties) => ({
  rules: (ReplicationConfiguration?.Rules ?? []).map(({ Destinations = [], RepositoryFilters }) => ({
    destinations: Destinations.map(({ Region: region, RegistryId: registryId }) => ({ region, registryId })),
    repositoryFilters: RepositoryFilters?.map(({ Filter: filter }) => ({
      filter,
      filterType: 'PREFIX_MATCH' as const,
    })),
  })),
});

const replication: Modelled = {
  async create(raw, context): Promise<Created> {
    const replicationConfiguration = replicationOf(raw as ReplicationProperties);
    await context.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration });
    return { physicalId: context.account, attributes: { RegistryId: context.account } };
  },

  async update({ wanted }, context) {
    const replicationConfiguration = replicationOf(wanted as ReplicationProperties);
    await context.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration });
    return undefined;
  },

  async delete(_gone, context) {
    await context.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration: { rules: [] } });
  },

  async read(_live, context) {
    const { replicationConfiguration } = await context.call('ecr', 'DescribeRegistry', {});
    const rules = replicationConfiguration?.rules ?? [];
    if (rules.length === 0) return undefined;
    return {
      ReplicationConfiguration: {
        Rules: rules.map(({ destinations, repositoryFilters }) => ({
          Destinations: destinations?.map(({ region: Region, registryId: RegistryId }) => ({ Region, RegistryId })),
          ...(repositoryFilters && {
            RepositoryFilters: repositoryFilters.map(({ filter: Filter, filterType: FilterType }) => ({
              Filter,
              FilterType,
            })),
          }),
        })),
      },
    };
  },
};

interface SigningProperties {
  readonly Rules?: readonly {
    readonly SigningProfileArn?: string;
    readonly RepositoryFilters?: readonly { readonly Filter?: string }[];
  }[];
}

const signingOf = ({ Rules = [] }: SigningProperties) => ({
  rules: Rules.map(({ SigningProfileArn: signingProfileArn, RepositoryFilters }) => ({
    signingProfileArn,
    ...(RepositoryFilters && {
      repositoryFilters: RepositoryFilters.map(({ Filter: filter }) => ({
        filter,
        filterType: 'WILDCARD_MATCH' as const,
      })),
    }),
  })),
});

/** One of the whole registry, as its replication is. */
const signing: Modelled = {
  async create(raw, context): Promise<Created> {
    await context.call('ecr', 'PutSigningConfiguration', { signingConfiguration: signingOf(raw as SigningProperties) });
    return { physicalId: context.account, attributes: { RegistryId: context.account } };
  },

  async update({ wanted }, context) {
    const signingConfiguration = signingOf(wanted as SigningProperties);
    await context.call('ecr', 'PutSigningConfiguration', { signingConfiguration });
    return undefined;
  },

  delete: (_gone, context) =>
    unlessGone('SigningConfigurationNotFoundException', () =>
      context.call('ecr', 'DeleteSigningConfiguration', {}),
    ).then(() => {}),

  read: (_live, context) =>
    unlessGone('SigningConfigurationNotFoundException', async () => {
      const { signingConfiguration } = await context.call('ecr', 'GetSigningConfiguration', {});
      return {
        Rules: signingConfiguration?.rules?.map(({ signingProfileArn, repositoryFilters }) => ({
          SigningProfileArn: signingProfileArn,
          ...(repositoryFilters && {
            RepositoryFilters: repositoryFilters.map(({ filter: Filter, filterType: FilterType }) => ({
              Filter,
              FilterType,
            })),
          }),
        })),
      };
    }),
};

export const resources: ResourceTable = {
  'AWS::ECR::SigningConfiguration': signing,
  'AWS::ECR::Repository': repository,
  'AWS::ECR::ReplicationConfiguration': replication,
};
