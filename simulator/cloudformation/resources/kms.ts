/** Resource types of KMS. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties, unlessGone } from './known-properties.ts';

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

/** What keys and replicas have in common. */
const life: Pick<Modelled, 'update' | 'delete' | 'read'> = {
  async update({ physicalId: KeyId, wanted, changed }, context) {
    const properties = wanted as KeyProperties;
    if (changed.has('Description')) {
      await context.call('kms', 'UpdateKeyDescription', { KeyId, Description: properties.Description ?? '' });
    }
    if (changed.has('KeyPolicy') && properties.KeyPolicy !== undefined) {
      const Policy = JSON.stringify(properties.KeyPolicy);
      await context.call('kms', 'PutKeyPolicy', { KeyId, Policy });
    }
    if (changed.has('EnableKeyRotation')) {
      const on = optionalBoolean(properties.EnableKeyRotation) ?? false;
      await context.call('kms', on ? 'EnableKeyRotation' : 'DisableKeyRotation', { KeyId });
    }
    if (changed.has('Enabled')) {
      const on = optionalBoolean(properties.Enabled) ?? true;
      await context.call('kms', on ? 'EnableKey' : 'DisableKey', { KeyId });
    }
    return undefined;
  },

  /** A key is only scheduled to go; nothing can use it meanwhile. */
  async delete({ physicalId: KeyId, properties }, context) {
    const PendingWindowInDays = optionalNumber(properties.PendingWindowInDays);
    const key = await unlessGone('NotFoundException', () => context.call('kms', 'DescribeKey', { KeyId }));
    if (key === undefined || key.KeyMetadata?.KeyState === 'PendingDeletion') return;
    await context.call('kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays });
  },

  read: ({ physicalId: KeyId }, context) =>
    unlessGone('NotFoundException', async () => {
      const { KeyMetadata: key } = await context.call('kms', 'DescribeKey', { KeyId });
      if (key?.KeyState === 'PendingDeletion') return undefined;
      const { Policy } = await context.call('kms', 'GetKeyPolicy', { KeyId });
      const { KeyRotationEnabled } = await context.call('kms', 'GetKeyRotationStatus', { KeyId });
      return {
        Description: key?.Description,
        Enabled: key?.Enabled,
        EnableKeyRotation: KeyRotationEnabled,
        KeyPolicy: JSON.parse(Policy ?? '{}'),
      };
    }),
};

const key: Modelled = {
  ...life,
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
    context.exists?.(id);
    await switchKey(id, properties, context);
    return { physicalId: id, attributes: { Arn: made?.Arn, KeyId: id } };
  },
};

const replicaKey: Modelled = {
  ...life,
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
    context.exists?.(id);
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

  async update({ physicalId: AliasName, wanted }, context) {
    await context.call('kms', 'UpdateAlias', { AliasName, TargetKeyId: String(wanted.TargetKeyId) });
    return undefined;
  },

  delete: ({ physicalId: AliasName }, context) =>
    unlessGone('NotFoundException', () => context.call('kms', 'DeleteAlias', { AliasName })).then(() => {}),

  async read({ physicalId }, context) {
    const { Aliases = [] } = await context.call('kms', 'ListAliases', {});
    const live = Aliases.find(({ AliasName }) => AliasName === physicalId);
    // The template may name the key by its ARN: then that is the way to say it.
    return live && { AliasName: physicalId };
  },
};

export const resources: ResourceTable = {
  'AWS::KMS::Key': key,
  'AWS::KMS::ReplicaKey': replicaKey,
  'AWS::KMS::Alias': alias,
};
