/** AWS Secrets Manager: secrets with staged versions, encrypted by KMS, and read-only replicas in other regions. */
import type { PutSecretValueRequest } from '@aws-sdk/client-secrets-manager';
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { randomPassword } from './generate.ts';
import { policyOperations, secretPolicy } from './policy.ts';
import {
  type Secret,
  type SecretsContext,
  type SecretsManagerState,
  type SecretVersion,
  secretArnOf,
  secretOf,
} from './state.ts';
import { copyTo, open, type Plain, replicate, replicateSecret, seal } from './values.ts';

/** User guide, quotas: a secret value holds 65,536 bytes. */
const VALUE_BYTES_MAX = 65_536;
const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

export const secretsManager = defineService<Clients['secretsmanager'], SecretsManagerState>({
  name: 'secretsmanager',
  initialState: () => ({ secrets: {} }),
  operations: {
    async CreateSecret(input, context) {
      const name = input.Name ?? '';
      if (context.state.secrets[name]) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const arn = `arn:aws:secretsmanager:${context.region}:${context.account}:secret:${name}-${suffix(context)}`;
      const secret: Secret = {
        name,
        arn,
        createdAt: context.now,
        changedAt: context.now,
        ...(input.Description !== undefined && { description: input.Description }),
        keyId: input.KmsKeyId ?? 'alias/aws/secretsmanager',
        primaryRegion: context.region,
        replicas: [],
        versions: [],
      };
      const id = input.ClientRequestToken ?? context.random.uuid();
      const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
      if (hasValue) await addVersion(context, secret, input, id, [CURRENT]);
      context.state.secrets[name] = secret;
      for (const { Region: region = '' } of input.AddReplicaRegions ?? []) await addReplica(context, secret, region);
      return { ARN: arn, Name: name, ...(hasValue && { VersionId: id }) };
    },

    async PutSecretValue(input, context) {
      const secret = writable(context, input.SecretId);
      const id = input.ClientRequestToken ?? context.random.uuid();
      const stages = input.VersionStages ?? [CURRENT];
      if (!(await repeated(context, secret, id, input))) {
        await addVersion(context, secret, input, id, []);
        for (const stage of stages) moveStage(secret, stage, id);
        replicateSecret(context, secret);
      }
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    },

    UpdateSecretVersionStage(input, context) {
      const secret = writable(context, input.SecretId);
      const stage = input.VersionStage ?? '';
      if (input.MoveToVersionId !== undefined)
        moveStage(secret, stage, versionOf(secret, { VersionId: input.MoveToVersionId }).id);
      else
        versionOf(secret, { VersionId: input.RemoveFromVersionId }).stages = without(
          secret,
          input.RemoveFromVersionId,
          stage,
        );
      replicateSecret(context, secret);
      return { ARN: secret.arn, Name: secret.name };
    },

    async GetSecretValue(input, context) {
      const secret = secretOf(context, input.SecretId);
      const version = versionOf(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: [...version.stages],
        CreatedDate: new Date(version.createdAt),
        ...(await open(context, secret, version)),
      };
    },

    DescribeSecret(input, context) {
      const secret = secretOf(context, input.SecretId);
      return {
        ARN: secret.arn,
        Name: secret.name,
        KmsKeyId: secret.keyId,
        CreatedDate: new Date(secret.createdAt),
        LastChangedDate: new Date(secret.changedAt),
        PrimaryRegion: secret.primaryRegion,
        VersionIdsToStages: Object.fromEntries(secret.versions.map((each) => [each.id, [...each.stages]])),
        ...(secret.description !== undefined && { Description: secret.description }),
        ...(secret.replicas.length > 0 && {
          ReplicationStatus: secret.replicas.map((Region) => ({
            Region,
            Status: replicaStatus(context, secret, Region),
          })),
        }),
      };
    },

    async ReplicateSecretToRegions(input, context) {
      const secret = writable(context, input.SecretId);
      for (const { Region: region = '' } of input.AddReplicaRegions ?? []) await addReplica(context, secret, region);
      return { ARN: secret.arn };
    },

    async UpdateSecret(input, context) {
      const secret = writable(context, input.SecretId);
      if (input.Description) secret.description = input.Description;
      else if (input.Description === '') delete secret.description;
      // API reference: the staged versions are encrypted again.
      if (input.KmsKeyId !== undefined && input.KmsKeyId !== secret.keyId)
        await changeKey(context, secret, input.KmsKeyId);
      const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
      const id = input.ClientRequestToken ?? context.random.uuid();
      if (hasValue && !(await repeated(context, secret, id, { ...input, SecretId: secret.arn }))) {
        await addVersion(context, secret, input, id, []);
        moveStage(secret, CURRENT, id);
      }
      replicateSecret(context, secret);
      return { ARN: secret.arn, Name: secret.name, ...(hasValue && { VersionId: id }) };
    },

    RemoveRegionsFromReplication(input, context) {
      const secret = writable(context, input.SecretId);
      const removed = input.RemoveReplicaRegions ?? [];
      for (const region of removed) {
        if (!context.cloud.reaches(context.region, region)) {
          throw new AwsError('InternalServiceError', `${region} cannot be reached`);
        }
        delete context.stateIn(region).secrets[secret.name];
      }
      secret.replicas = secret.replicas.filter((region) => !removed.includes(region));
      return { ARN: secret.arn };
    },

    DeleteSecret(input, context) {
      const secret = writable(context, input.SecretId);
      if (secret.replicas.length > 0) {
        throw new AwsError('InvalidRequestException', "You can't delete a secret that still has replicas.");
      }
      if (input.ForceDeleteWithoutRecovery) delete context.state.secrets[secret.name];
      else secret.deletedAt = context.now;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(context.now) };
    },

    GetRandomPassword(input, context) {
      return { RandomPassword: randomPassword(input, context.random) };
    },

    ...policyOperations,
  },
  access: {
    CreateSecret: (input, context) => ({
      resources: [secretArnOf(context, input.Name)],
      conditions: { 'secretsmanager:Name': input.Name ?? '' },
    }),
    DeleteSecret: (input, context) => on(context, input.SecretId),
    UpdateSecret: (input, context) => on(context, input.SecretId),
    RemoveRegionsFromReplication: (input, context) => on(context, input.SecretId),
    DescribeSecret: (input, context) => on(context, input.SecretId),
    GetSecretValue: (input, context) => ({
      ...on(context, input.SecretId),
      conditions: {
        'secretsmanager:SecretId': input.SecretId ?? '',
        'secretsmanager:VersionStage': input.VersionStage ?? CURRENT,
        'secretsmanager:VersionId': input.VersionId,
      },
    }),
    GetResourcePolicy: (input, context) => on(context, input.SecretId),
    PutResourcePolicy: (input, context) => on(context, input.SecretId),
    DeleteResourcePolicy: (input, context) => on(context, input.SecretId),
    PutSecretValue: (input, context) => on(context, input.SecretId),
    ReplicateSecretToRegions: (input, context) => on(context, input.SecretId),
    UpdateSecretVersionStage: (input, context) => on(context, input.SecretId),
  },
  resourcePolicy: secretPolicy,
  redact: {
    CreateSecret: () => ['SecretString', 'SecretBinary'],
    PutSecretValue: () => ['SecretString', 'SecretBinary'],
    UpdateSecret: () => ['SecretString', 'SecretBinary'],
  },
  timers: { replicate },
});

const on = (context: SecretsContext, id: string | undefined): Access => ({ resources: [secretArnOf(context, id)] });

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const suffix = (context: SecretsContext): string =>
  Array.from({ length: 6 }, () => context.random.pick([...letters])).join('');

/** Throws InvalidRequestException for a replica, which only its primary changes. */
function writable(context: SecretsContext, id: string | undefined): Secret {
  const secret = secretOf(context, id);
  if (secret.primaryRegion === context.region) return secret;
  throw new AwsError(
    'InvalidRequestException',
    'Operation not permitted on a replica secret. Call must be made in primary secret’s region.',
  );
}

async function addVersion(
  context: SecretsContext,
  secret: Secret,
  plain: Plain,
  id: string,
  stages: string[],
): Promise<void> {
  const size = plain.SecretString === undefined ? plain.SecretBinary?.length : Buffer.byteLength(plain.SecretString);
  if ((size ?? 0) > VALUE_BYTES_MAX) throw new AwsError('InvalidParameterException', 'The secret value is too long.');
  const sealed = await seal(context, secret, plain);
  secret.versions.push({ id, createdAt: context.now, sealed, stages });
  secret.changedAt = context.now;
}

async function changeKey(context: SecretsContext, secret: Secret, keyId: string): Promise<void> {
  const plain = await Promise.all(secret.versions.map((version) => open(context, secret, version)));
  secret.keyId = keyId;
  secret.versions = await Promise.all(
    secret.versions.map(async (version, index) => ({
      ...version,
      sealed: await seal(context, secret, plain[index] as Plain),
    })),
  );
}

/** API reference: the same token with the same value does nothing, with another value it is an error. */
async function repeated(
  context: SecretsContext,
  secret: Secret,
  id: string,
  input: PutSecretValueRequest,
): Promise<boolean> {
  const known = secret.versions.find((each) => each.id === id);
  if (!known) return false;
  const plain = await open(context, secret, known);
  const same =
    plain.SecretString === input.SecretString &&
    Buffer.from(plain.SecretBinary ?? []).equals(input.SecretBinary ?? new Uint8Array());
  if (same) return true;
  throw new AwsError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${id} because that value is already in use.`,
  );
}

/** A stage is on one version only; the version that loses AWSCURRENT gets AWSPREVIOUS. */
function moveStage(secret: Secret, stage: string, id: string): void {
  const holder = secret.versions.find((each) => each.stages.includes(stage));
  if (holder?.id === id) return;
  if (holder) holder.stages = holder.stages.filter((each) => each !== stage);
  if (holder && stage === CURRENT) moveStage(secret, PREVIOUS, holder.id);
  const target = secret.versions.find((each) => each.id === id);
  target?.stages.push(stage);
}

const without = (secret: Secret, id: string | undefined, stage: string): string[] =>
  versionOf(secret, { VersionId: id }).stages.filter((each) => each !== stage);

/** Throws ResourceNotFoundException. */
function versionOf(
  secret: Secret,
  { VersionId: id, VersionStage: stage }: { VersionId?: string | undefined; VersionStage?: string | undefined },
): SecretVersion {
  const wanted = stage ?? (id === undefined ? CURRENT : undefined);
  const version = secret.versions.find(
    (each) => (id === undefined || each.id === id) && (wanted === undefined || each.stages.includes(wanted)),
  );
  if (version) return version;
  const what = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
  throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${what}`);
}

async function addReplica(context: SecretsContext, secret: Secret, region: string): Promise<void> {
  if (!context.cloud.reaches(context.region, region)) {
    throw new AwsError('InternalServiceError', `${region} cannot be reached`);
  }
  if (!secret.replicas.includes(region)) secret.replicas.push(region);
  await copyTo(context, secret, region);
}

function replicaStatus(context: SecretsContext, secret: Secret, region: string): 'InSync' | 'InProgress' {
  const copy = context.stateIn(region).secrets[secret.name];
  const view = (versions: readonly SecretVersion[] = []) =>
    JSON.stringify(versions.map(({ id, stages }) => [id, stages]));
  return view(copy?.versions) === view(secret.versions) ? 'InSync' : 'InProgress';
}
