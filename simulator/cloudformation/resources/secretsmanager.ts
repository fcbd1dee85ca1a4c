/** Resource types of Secrets Manager. Rotation schedules are not in this table: they are refused until they are modelled. */
import type { ReplicaRegionType } from '@aws-sdk/client-secrets-manager';
import { type PasswordRules, randomPassword } from '../../services/secretsmanager/generate.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';
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

const secret: Modelled = {
  async create(raw, context): Promise<Created> {
    const known = ['Name', 'Description', 'KmsKeyId', 'SecretString', 'GenerateSecretString', 'ReplicaRegions', 'Tags'];
    refuseOtherProperties('AWS::SecretsManager::Secret', context.logicalId, raw, known);
    const properties = raw as SecretProperties;
    const { ARN } = await context.call('secretsmanager', 'CreateSecret', {
      Name: properties.Name ?? context.physicalName(64),
      Description: properties.Description,
      KmsKeyId: properties.KmsKeyId,
      SecretString: properties.SecretString ?? generated(properties, context),
      AddReplicaRegions: [...(properties.ReplicaRegions ?? [])],
    });
    return { physicalId: ARN ?? '', attributes: { Id: ARN } };
  },
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
    const { SecretString: text } = await context.call('secretsmanager', 'GetSecretValue', { SecretId: id });
    const target = await describeTarget(String(raw.TargetType), String(raw.TargetId), context);
    const SecretString = JSON.stringify({ ...(JSON.parse(text ?? '{}') as object), ...target });
    await context.call('secretsmanager', 'PutSecretValue', { SecretId: id, SecretString });
    return { physicalId: id };
  },
};

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
