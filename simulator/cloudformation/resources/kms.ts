/** Resource types of KMS. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties } from './known-properties.ts';

interface KeyProperties {
  readonly Description?: string;
  readonly Enabled?: boolean | string;
  readonly EnableKeyRotation?: boolean | string;
  readonly KeyPolicy?: object;
  readonly MultiRegion?: boolean | string;
  readonly PrimaryKeyArn?: string;
}

const policyOf = ({ KeyPolicy: policy }: KeyProperties) => (policy ? { Policy: JSON.stringify(policy) } : {});

async function switchKey(id: string, properties: KeyProperties, context: ResourceContext): Promise<void> {
  if (optionalBoolean(properties.EnableKeyRotation)) await context.call('kms', 'EnableKeyRotation', { KeyId: id });
  if (optionalBoolean(properties.Enabled) === false) await context.call('kms', 'DisableKey', { KeyId: id });
}

const key: Modelled = {
  async create(raw, context): Promise<Created> {
    const known = ['Description', 'Enabled', 'EnableKeyRotation', 'KeyPolicy', 'KeySpec', 'KeyUsage', 'MultiRegion'];
    refuseOtherProperties('AWS::KMS::Key', context.logicalId, raw, [...known, 'PendingWindowInDays', 'Tags']);
    const properties = raw as KeyProperties & { KeySpec?: 'SYMMETRIC_DEFAULT'; KeyUsage?: 'ENCRYPT_DECRYPT' };
    const { KeyMetadata: made } = await context.call('kms', 'CreateKey', {
      Description: properties.Description,
      KeySpec: properties.KeySpec,
      KeyUsage: properties.KeyUsage,
      MultiRegion: optionalBoolean(properties.MultiRegion),
      ...policyOf(properties),
    });
    const id = made?.KeyId ?? '';
    await switchKey(id, properties, context);
    return { physicalId: id, attributes: { Arn: made?.Arn, KeyId: id } };
  },
};

const replicaKey: Modelled = {
  async create(raw, context): Promise<Created> {
    const known = ['Description', 'Enabled', 'KeyPolicy', 'PrimaryKeyArn', 'PendingWindowInDays', 'Tags'];
    refuseOtherProperties('AWS::KMS::ReplicaKey', context.logicalId, raw, known);
    const properties = raw as KeyProperties;
    const primaryRegion = properties.PrimaryKeyArn?.split(':')[3];
    const { ReplicaKeyMetadata: made } = await context.call(
      'kms',
      'ReplicateKey',
      { KeyId: properties.PrimaryKeyArn, ReplicaRegion: context.region, ...policyOf(properties) },
      primaryRegion,
    );
    const id = made?.KeyId ?? '';
    await switchKey(id, properties, context);
    return { physicalId: id, attributes: { Arn: made?.Arn, KeyId: id } };
  },
};

const alias: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::KMS::Alias', context.logicalId, raw, ['AliasName', 'TargetKeyId']);
    const name = String(raw.AliasName);
    await context.call('kms', 'CreateAlias', { AliasName: name, TargetKeyId: String(raw.TargetKeyId) });
    return { physicalId: name, attributes: { AliasName: name } };
  },
};

export const resources: ResourceTable = {
  'AWS::KMS::Key': key,
  'AWS::KMS::ReplicaKey': replicaKey,
  'AWS::KMS::Alias': alias,
};
