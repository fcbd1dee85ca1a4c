/** Resource types of Secrets Manager. Rotation schedules are not in this table: they are refused until they are modelled. */
import type { ReplicaRegionType } from '@aws-sdk/client-secrets-manager';
import { type PasswordRules, randomPassword } from '../../services/secretsmanager/generate.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { listChanges, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

interface SecretProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly KmsKeyId?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: PasswordRules & {
    readonly SecretStringTemplate?: string;
    readonly GenerateStringKey?: string;
  };
  readonly ReplicaRegions?: readonly ReplicaRegionType[];
}

/** Secrets Manager's word for what is not there. */
const GONE = 'ResourceNotFoundException';

const check = (raw: Record<string, unknown>, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::SecretsManager::Secret', logicalId, raw, [
    'Name',
    'Description',
    'KmsKeyId',
    'SecretString',
    'GenerateSecretString',
    'ReplicaRegions',
    'Tags',
  ]);

const replicasOf = ({ ReplicaRegions: regions = [] }: SecretProperties): string[] =>
  regions.map(({ Region }) => Region ?? '');

const secret: Modelled = {
  async create(raw, context): Promise<Created> {
    check(raw, context);
    const properties = raw as SecretProperties;
    const { ARN = '' } = await context.call('secretsmanager', 'CreateSecret', {
      Name: properties.Name ?? context.physicalName(64),
      Description: properties.Description,
      KmsKeyId: properties.KmsKeyId,
      SecretString: properties.SecretString ?? generated(properties, context),
      AddReplicaRegions: [...(properties.ReplicaRegions ?? [])],
    });
    return { physicalId: ARN, attributes: { Id: ARN } };
  },

  /** The value is only touched when the template says something new of it: rotation owns it otherwise. */
  async update({ physicalId: SecretId, properties: before, wanted, changed }, context) {
    check(wanted, context);
    const properties = wanted as SecretProperties;
    const value = changed.has('SecretString') || changed.has('GenerateSecretString');
    await context.call('secretsmanager', 'UpdateSecret', {
      SecretId,
      Description: properties.Description ?? '',
      KmsKeyId: changed.has('KmsKeyId') ? (properties.KmsKeyId ?? 'alias/aws/secretsmanager') : undefined,
      SecretString: value ? (properties.SecretString ?? generated(properties, context)) : undefined,
    });
    const { removed, added } = listChanges(replicasOf(before as SecretProperties), replicasOf(properties));
    if (removed.length > 0) {
      const input = { SecretId, RemoveReplicaRegions: removed };
      await context.call('secretsmanager', 'RemoveRegionsFromReplication', input);
    }
    if (added.length > 0) {
      const AddReplicaRegions = properties.ReplicaRegions?.filter(({ Region }) => added.includes(Region ?? ''));
      await context.call('secretsmanager', 'ReplicateSecretToRegions', { SecretId, AddReplicaRegions });
    }
    return undefined;
  },

  /** Guess: without the recovery window, as a stack of the same name can be made again at once on AWS. */
  async delete({ physicalId: SecretId }, context) {
    const live = await unlessGone(GONE, () => context.call('secretsmanager', 'DescribeSecret', { SecretId }));
    if (live === undefined) return;
    const RemoveReplicaRegions = (live.ReplicationStatus ?? []).map(({ Region }) => Region ?? '');
    if (RemoveReplicaRegions.length > 0) {
      await context.call('secretsmanager', 'RemoveRegionsFromReplication', { SecretId, RemoveReplicaRegions });
    }
    await context.call('secretsmanager', 'DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
  },

  /** The value is not told. */
  read: ({ physicalId: SecretId }, context) =>
    unlessGone(GONE, async () => {
      const live = await context.call('secretsmanager', 'DescribeSecret', { SecretId });
      const ReplicaRegions = live.ReplicationStatus?.map(({ Region }) => ({ Region }));
      return present({ Name: live.Name, Description: live.Description, KmsKeyId: live.KmsKeyId, ReplicaRegions });
    }),
};

/** Template reference, GenerateSecretString: the password alone, or put into the template under the given key. */
function generated({ GenerateSecretString: rules }: SecretProperties, context: ResourceContext): string {
  const { SecretStringTemplate: template, GenerateStringKey: key, ...characters } = rules ?? {};
  const passwordRules = typed(characters);
  const password = randomPassword(passwordRules, context.cloud.random(`secretsmanager@${context.region}`));
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: password });
}

/** Numbers and booleans may come as text; the excluded characters stay text even when they look like a number. */
function typed(rules: PasswordRules): PasswordRules {
  const { ExcludeCharacters: excluded, ...others } = rules;
  const entries = Object.entries(numbersIn(others)).map(([name, value]) => [name, booleanIn(value)]);
  return { ...Object.fromEntries(entries), ...(excluded !== undefined && { ExcludeCharacters: excluded }) };
}

const booleanIn = (value: unknown): unknown => (value === 'true' || value === 'false' ? value === 'true' : value);

/** Adds where the database is to the secret with its user and password. */
const attachment: Modelled = {
  async create(raw, context): Promise<Created> {
    const known = ['SecretId', 'TargetId', 'TargetType'];
    refuseOtherProperties('AWS::SecretsManager::SecretTargetAttachment', context.logicalId, raw, known);
    const id = String(raw.SecretId);
    await merge(id, await describeTarget(String(raw.TargetType), String(raw.TargetId), context), context);
    return { physicalId: id };
  },

  async update({ physicalId, wanted }, context) {
    const target = await describeTarget(String(wanted.TargetType), String(wanted.TargetId), context);
    await merge(physicalId, target, context);
    return undefined;
  },

  /** Guess: what the attachment put into the secret is taken out again. */
  delete: ({ physicalId }, context) =>
    unlessGone(GONE, () => merge(physicalId, Object.fromEntries(MEMBERS.map((name) => [name, undefined])), context)),

  /** The secret's value is not told. */
  read: ({ physicalId: SecretId }, context) =>
    unlessGone(GONE, async () => {
      await context.call('secretsmanager', 'DescribeSecret', { SecretId });
      return { SecretId };
    }),
};

const MEMBERS = ['engine', 'host', 'port', 'dbClusterIdentifier', 'ssl'];

/** Members without a value are taken out. */
async function merge(SecretId: string, members: Record<string, unknown>, context: ResourceContext): Promise<void> {
  const { SecretString: text } = await context.call('secretsmanager', 'GetSecretValue', { SecretId });
  const SecretString = JSON.stringify({ ...(JSON.parse(text ?? '{}') as object), ...members });
  await context.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString });
}

async function describeTarget(type: string, id: string, context: ResourceContext): Promise<Record<string, unknown>> {
  if (type !== 'AWS::DocDB::DBCluster') {
    throw new Error(`attaching a secret to ${type} (${context.logicalId}) is not modelled`);
  }
  const { DBClusters: clusters } = await context.call('rds', 'DescribeDBClusters', { DBClusterIdentifier: id });
  const cluster = clusters?.[0];
  return { engine: 'mongo', host: cluster?.Endpoint, port: cluster?.Port, dbClusterIdentifier: id, ssl: true };
}

export const resources: ResourceTable = {
  'AWS::SecretsManager::Secret': secret,
  'AWS::SecretsManager::SecretTargetAttachment': attachment,
};
