/** AWS KMS: symmetric keys with their policies, aliases and multi-region replicas. Grants are not modelled. */
import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { evaluate } from '../../iam/evaluate.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import { principalOf } from '../../iam/principal.ts';
import { type Access, defineService } from '../../service.ts';
import { decrypt, encrypt, keyIdIn } from './cipher.ts';
import { deleteKey, deletionOperations } from './deletion.ts';
import {
  aliasArn,
  findKey,
  type Key,
  type KmsContext,
  type KmsState,
  keyArn,
  keyOf,
  newKey,
  policyOf,
  usableKey,
} from './state.ts';

/** API reference: Encrypt takes at most 4096 bytes. */
const PLAINTEXT_BYTES_MAX = 4096;

export const kms = defineService<Clients['kms'], KmsState>({
  name: 'kms',
  initialState: () => ({ keys: {}, aliases: {} }),
  operations: {
    CreateKey(input, context) {
      const { KeySpec: spec = 'SYMMETRIC_DEFAULT', KeyUsage: usage = 'ENCRYPT_DECRYPT' } = input;
      if (spec !== 'SYMMETRIC_DEFAULT' || usage !== 'ENCRYPT_DECRYPT') {
        throw new NotModelled(`kms:CreateKey for ${spec} ${usage} is not modelled`);
      }
      const key = newKey(context, {
        ...(input.Description !== undefined && { description: input.Description }),
        ...(input.Policy !== undefined && { policy: checkedPolicy(context, input) }),
        ...(input.MultiRegion !== undefined && { multiRegion: input.MultiRegion }),
      });
      return { KeyMetadata: metadata(context, key) };
    },

    ReplicateKey(input, context) {
      const key = usableKey(context, input.KeyId);
      const region = input.ReplicaRegion ?? '';
      if (!key.multiRegion)
        throw new AwsError('UnsupportedOperationException', `${key.arn} is not a multi-Region key.`);
      if (!context.cloud.reaches(context.region, region)) {
        throw new AwsError('DependencyTimeoutException', `${region} cannot be reached`);
      }
      const there = context.stateIn(region);
      if (there.keys[key.id]) throw new AwsError('AlreadyExistsException', `${key.id} already exists in ${region}`);
      const arn = keyArn({ region, account: context.account }, key.id);
      const replica: Key = {
        ...key,
        arn,
        createdAt: context.now,
        ...(input.Policy && { policy: checkedPolicy(context, input) }),
      };
      there.keys[key.id] = replica;
      return { ReplicaKeyMetadata: metadata(context, replica), ReplicaPolicy: replica.policy };
    },

    DescribeKey(input, context) {
      return { KeyMetadata: metadata(context, keyOf(context, input.KeyId)) };
    },

    GetKeyPolicy(input, context) {
      return { Policy: keyOf(context, input.KeyId).policy, PolicyName: 'default' };
    },

    PutKeyPolicy(input, context) {
      keyOf(context, input.KeyId).policy = checkedPolicy(context, input);
      return {};
    },

    EnableKey(input, context) {
      setState(context, input.KeyId, 'Enabled');
      return {};
    },

    DisableKey(input, context) {
      setState(context, input.KeyId, 'Disabled');
      return {};
    },

    EnableKeyRotation(input, context) {
      keyOf(context, input.KeyId).rotation = true;
      return {};
    },

    GetKeyRotationStatus(input, context) {
      return { KeyRotationEnabled: keyOf(context, input.KeyId).rotation };
    },

    CreateAlias(input, context) {
      const name = aliasName(input.AliasName);
      const key = keyOf(context, input.TargetKeyId);
      if (context.state.aliases[name]) {
        throw new AwsError(
          'AlreadyExistsException',
          `An alias with the name ${aliasArn(context, name)} already exists`,
        );
      }
      context.state.aliases[name] = key.id;
      return {};
    },

    ListAliases(input, context) {
      const Aliases = Object.entries(context.state.aliases)
        .filter(([, id]) => input.KeyId === undefined || findKey(context, input.KeyId)?.id === id)
        .map(([AliasName, TargetKeyId]) => ({ AliasName, AliasArn: aliasArn(context, AliasName), TargetKeyId }));
      return { Aliases, Truncated: false };
    },

    ...deletionOperations,

    Encrypt(input, context) {
      const key = usableKey(context, input.KeyId);
      const plaintext = input.Plaintext ?? new Uint8Array();
      if (plaintext.length > PLAINTEXT_BYTES_MAX) {
        throw new AwsError('ValidationException', 'Plaintext must have length less than or equal to 4096');
      }
      const CiphertextBlob = encrypt(key, plaintext, input.EncryptionContext, context.random);
      return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },

    Decrypt(input, context) {
      const ciphertext = input.CiphertextBlob ?? new Uint8Array();
      const id = keyIdIn(ciphertext);
      if (!context.state.keys[id]) throw new AwsError('InvalidCiphertextException', '');
      const key = usableKey(context, id);
      if (input.KeyId !== undefined && keyOf(context, input.KeyId).id !== key.id) {
        throw new AwsError(
          'IncorrectKeyException',
          'The key ID in the request does not identify a CMK that can perform this operation.',
        );
      }
      const Plaintext = decrypt(key, ciphertext, input.EncryptionContext);
      return { Plaintext, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },

    GenerateDataKey(input, context) {
      const key = usableKey(context, input.KeyId);
      const length = input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
      const Plaintext = new Uint8Array(Buffer.from(context.random.hex(length * 2), 'hex'));
      const CiphertextBlob = encrypt(key, Plaintext, input.EncryptionContext, context.random);
      return { Plaintext, CiphertextBlob, KeyId: key.arn };
    },
  },
  access: {
    CreateAlias: (input, context) => ({
      resources: [aliasArn(context, input.AliasName ?? ''), arnOf(context, input.TargetKeyId)],
    }),
    UpdateAlias: (input, context) => ({
      resources: [aliasArn(context, input.AliasName ?? ''), arnOf(context, input.TargetKeyId)],
    }),
    DeleteAlias: (input, context) => ({
      resources: [aliasArn(context, input.AliasName ?? ''), arnOf(context, input.AliasName)],
    }),
    UpdateKeyDescription: (input, context) => onKey(context, input.KeyId, {}),
    DisableKeyRotation: (input, context) => onKey(context, input.KeyId, {}),
    ScheduleKeyDeletion: (input, context) => onKey(context, input.KeyId, {}),
    CancelKeyDeletion: (input, context) => onKey(context, input.KeyId, {}),
    Decrypt: (input, context) => onKey(context, keyIdIn(input.CiphertextBlob ?? new Uint8Array()), input),
    DescribeKey: (input, context) => onKey(context, input.KeyId, {}),
    DisableKey: (input, context) => onKey(context, input.KeyId, {}),
    EnableKey: (input, context) => onKey(context, input.KeyId, {}),
    EnableKeyRotation: (input, context) => onKey(context, input.KeyId, {}),
    Encrypt: (input, context) => onKey(context, input.KeyId, input),
    GenerateDataKey: (input, context) => onKey(context, input.KeyId, input),
    GetKeyPolicy: (input, context) => onKey(context, input.KeyId, {}),
    GetKeyRotationStatus: (input, context) => onKey(context, input.KeyId, {}),
    PutKeyPolicy: (input, context) => onKey(context, input.KeyId, {}),
    ReplicateKey: (input, context) => onKey(context, input.KeyId, {}),
  },
  /** A key's own policy has to let IAM decide (Developer Guide, "Key policies in AWS KMS"). */
  resourcePolicy(resource, context) {
    const policy = policyOf(context, resource);
    return policy === undefined ? undefined : { documents: [policy], mustAllow: 'key' };
  },
  redact: { Encrypt: () => ['Plaintext'] },
  timers: { deleteKey },
});

function onKey(
  context: KmsContext,
  keyId: string | undefined,
  { EncryptionContext: pairs }: { EncryptionContext?: Record<string, string> | undefined },
): Access {
  const entries = Object.entries(pairs ?? {});
  const { caller } = context;
  const via = caller.kind === 'service' ? undefined : caller.via;
  return {
    resources: [arnOf(context, keyId)],
    conditions: {
      ...Object.fromEntries(entries.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
      'kms:EncryptionContext:': undefined,
      'kms:EncryptionContextKeys': entries.length > 0 ? entries.map(([name]) => name) : undefined,
      'kms:RequestAlias': keyId?.includes('alias/') ? keyId.slice(keyId.indexOf('alias/')) : undefined,
      'kms:CallerAccount': context.account,
      'kms:ViaService': via?.replace('.', `.${context.region}.`),
    },
  };
}

function arnOf(context: KmsContext, keyId: string | undefined): string {
  return findKey(context, keyId)?.arn ?? (keyId?.startsWith('arn:') ? keyId : keyArn(context, keyId ?? ''));
}

interface GivenPolicy {
  readonly Policy?: string | undefined;
  readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined;
}

/** Throws MalformedPolicyDocumentException, also for a policy that its author could not change again. */
function checkedPolicy(
  context: KmsContext,
  { Policy: policy = '', BypassPolicyLockoutSafetyCheck: bypass }: GivenPolicy,
): string {
  checkGrammar('resource', policy);
  const principal = principalOf(context.account, context.caller);
  const may = evaluate([policy], { action: 'kms:PutKeyPolicy', resource: '*', principal });
  if (!bypass && may !== 'allow') {
    const message = 'The new key policy will not allow you to update the key policy in the future.';
    throw new AwsError('MalformedPolicyDocumentException', message, { status: 400 });
  }
  return policy;
}

function setState(context: KmsContext, keyId: string | undefined, state: 'Enabled' | 'Disabled'): void {
  const key = keyOf(context, keyId);
  if (key.state === 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
  key.state = state;
}

function aliasName(name: string | undefined): string {
  if (name && /^alias\/[a-zA-Z0-9/_-]+$/.test(name) && !name.startsWith('alias/aws/')) return name;
  throw new AwsError(
    'InvalidAliasNameException',
    'Alias must start with the prefix "alias/" and not with "alias/aws/".',
  );
}

function metadata(context: KmsContext, key: Key): KeyMetadata {
  return {
    AWSAccountId: context.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: key.multiRegion,
  };
}
