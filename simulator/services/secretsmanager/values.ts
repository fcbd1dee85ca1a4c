/** Seals secret values with KMS and copies versions to the replicas; plaintext is never kept. */
import { AwsError } from '../../errors.ts';
import type { Caller, CallOptions } from '../../service.ts';
import type { Secret, SecretsContext, SecretVersion } from './state.ts';

export interface Plain {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** Guess: a new version reaches its replicas within a second; nothing is published. */
const REPLICATION_MS = [200, 1_000] as const;
const RETRY_MS = 1_000;

/** Keys are used in the caller's name: a customer's key needs the caller's own permission, the AWS managed one does not. */
const inNameOf = (caller: Caller): CallOptions =>
  caller.kind === 'service' ? { caller } : { caller: { ...caller, via: 'secretsmanager.amazonaws.com' } };

/** Throws what KMS throws. */
export async function seal(context: SecretsContext, secret: Secret, plain: Plain): Promise<string> {
  const binary = plain.SecretBinary && Buffer.from(plain.SecretBinary).toString('base64');
  const text = JSON.stringify(binary === undefined ? { SecretString: plain.SecretString } : { SecretBinary: binary });
  const { CiphertextBlob } = await context.call(
    'kms',
    'Encrypt',
    { KeyId: secret.keyId, Plaintext: new TextEncoder().encode(text), EncryptionContext: { SecretARN: secret.name } },
    inNameOf(context.caller),
  );
  return Buffer.from(CiphertextBlob ?? []).toString('base64');
}

/** Throws what KMS throws. */
export async function open(context: SecretsContext, secret: Secret, version: SecretVersion): Promise<Plain> {
  const { Plaintext } = await context.call(
    'kms',
    'Decrypt',
    {
      CiphertextBlob: new Uint8Array(Buffer.from(version.sealed, 'base64')),
      EncryptionContext: { SecretARN: secret.name },
    },
    inNameOf(context.caller),
  );
  const parsed = JSON.parse(new TextDecoder().decode(Plaintext)) as { SecretString?: string; SecretBinary?: string };
  if (parsed.SecretBinary === undefined) return { SecretString: parsed.SecretString };
  return { SecretBinary: new Uint8Array(Buffer.from(parsed.SecretBinary, 'base64')) };
}

export interface ReplicateTimer {
  readonly name: string;
  readonly to: string;
  /** In whose name keys are used: whoever changed the secret. */
  readonly caller: Caller;
}

/** Sends the secret as it now is to its replicas. */
export function replicateSecret(context: SecretsContext, secret: Secret): void {
  for (const to of secret.replicas) {
    const timer: ReplicateTimer = { name: secret.name, to, caller: context.caller };
    context.schedule('replicate', Math.round(context.random.uniform(...REPLICATION_MS)), timer);
  }
}

/**
 * Timer in the primary's region: the copy is brought up to date, sealed with a key of its own region, or waits while the
 * way there is cut.
 */
export async function replicate(timer: ReplicateTimer, context: SecretsContext): Promise<void> {
  const secret = context.state.secrets[timer.name];
  if (!secret?.replicas.includes(timer.to)) return;
  if (!context.cloud.delivers(context.region, timer.to)) {
    context.schedule('replicate', RETRY_MS, timer);
    return;
  }
  try {
    await copyTo(context, secret, timer.to, timer.caller);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    context.trace('replication.failed', {
      secret: secret.name,
      to: timer.to,
      error: error.code,
      message: error.message,
    });
  }
}

/** Puts a copy of the secret, as it now is, in another region. Throws what KMS throws. */
export async function copyTo(
  context: SecretsContext,
  secret: Secret,
  region: string,
  caller: Caller = context.caller,
): Promise<void> {
  const there = context.stateIn(region);
  const known = there.secrets[secret.name];
  const arn = secret.arn.replace(`:${secret.primaryRegion}:`, `:${region}:`);
  const keyId = known?.keyId ?? 'alias/aws/secretsmanager';
  const versions = await Promise.all(
    secret.versions.map(async (version) => {
      const copied = known?.versions.find((each) => each.id === version.id);
      const sealed = copied?.sealed ?? (await reseal(context, secret, version, { keyId, region, caller }));
      return { ...version, stages: [...version.stages], sealed };
    }),
  );
  there.secrets[secret.name] = { ...secret, arn, keyId, replicas: [], versions };
}

/** User guide, "Replicate secrets across Regions": whoever replicates needs permission to use both keys. */
async function reseal(
  context: SecretsContext,
  secret: Secret,
  version: SecretVersion,
  { keyId, region, caller }: { readonly keyId: string; readonly region: string; readonly caller: Caller },
): Promise<string> {
  const EncryptionContext = { SecretARN: secret.name };
  const CiphertextBlob = new Uint8Array(Buffer.from(version.sealed, 'base64'));
  const options = inNameOf(caller);
  const { Plaintext } = await context.call('kms', 'Decrypt', { CiphertextBlob, EncryptionContext }, options);
  const copy = { KeyId: keyId, Plaintext, EncryptionContext };
  const sealed = await context.call('kms', 'Encrypt', copy, { ...options, region });
  return Buffer.from(sealed.CiphertextBlob ?? []).toString('base64');
}
