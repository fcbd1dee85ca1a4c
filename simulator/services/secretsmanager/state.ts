/** What Secrets Manager holds in one region: secrets, primary or replica, and their versions. */
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  /** KMS's ciphertext in base64; its plaintext is {"SecretString": …} or {"SecretBinary": base64}. */
  readonly sealed: string;
  stages: string[];
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  description?: string;
  keyId: string;
  /** Where the secret is written; a replica in another region is read-only. */
  readonly primaryRegion: string;
  /** Of a primary: the regions that hold a copy. */
  replicas: string[];
  versions: SecretVersion[];
  deletedAt?: number;
  /** Resource policy, JSON text. */
  policy?: string;
}

export interface SecretsManagerState {
  /** By name. */
  secrets: Record<string, Secret>;
}

export type SecretsContext = Context<SecretsManagerState>;

/** A secret by name, ARN, or ARN without its random ending. */
export function findSecret(context: SecretsContext, id: string | undefined): Secret | undefined {
  const secrets = Object.values(context.state.secrets);
  return secrets.find((each) => each.name === id || each.arn === id || each.arn.slice(0, -7) === id);
}

/** Throws ResourceNotFoundException, or InvalidRequestException for one that is being deleted. */
export function secretOf(context: SecretsContext, id: string | undefined): Secret {
  const secret = findSecret(context, id);
  if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  if (secret.deletedAt === undefined) return secret;
  throw new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** For IAM: the secret's ARN, or what its ARN would begin with. */
export function secretArnOf(context: SecretsContext, id: string | undefined): string {
  const secret = findSecret(context, id);
  if (secret) return secret.arn;
  return id?.startsWith('arn:') ? id : `arn:aws:secretsmanager:${context.region}:${context.account}:secret:${id ?? ''}`;
}
