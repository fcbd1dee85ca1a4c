/** What ECR holds in one region: repositories, their images and tags. An image's contents are a blob of the cloud. */
import type { ReplicationRule, SigningConfiguration, SigningStatus } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

export interface Image {
  /** 'sha256:…' of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  /** Hash of what a container of this image runs, in the cloud's blobs; null where nothing says it. */
  readonly blobHash: string | null;
  readonly pushedAt: number;
  readonly size: number;
  scan?: { status: string; findings: Readonly<Record<string, number>>; completedAt: number | null };
  /** By signing profile. */
  signing?: Record<string, { status: SigningStatus; failureCode?: string; failureReason?: string }>;
  /** By region. */
  replication?: Record<string, 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'>;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  tagMutability: 'MUTABLE' | 'IMMUTABLE';
  scanOnPush: boolean;
  policy?: string;
  lifecyclePolicy?: string;
  /** Whether the timer that applies the policy is on its way. */
  expiring?: boolean;
  /** By digest. */
  images: Record<string, Image>;
  /** Tag → digest. */
  tags: Record<string, string>;
}

export interface EcrState {
  repositories: Record<string, Repository>;
  signing?: SigningConfiguration;
  replication?: readonly ReplicationRule[];
}

export type EcrContext = Context<EcrState>;

export const repositoryArn = (context: { region: string; account: string }, name: string | undefined): string =>
  `arn:aws:ecr:${context.region}:${context.account}:repository/${name ?? ''}`;

/** Throws RepositoryNotFoundException. */
export function repositoryOf(context: EcrContext, name: string | undefined): Repository {
  const repository = context.state.repositories[name ?? ''];
  if (repository) return repository;
  throw new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${context.account}'`,
  );
}

/** The state in a region, for those who stand outside of ECR. */
export const ecrStateIn = (cloud: Cloud, region: string): EcrState | undefined =>
  cloud.state.services[region]?.ecr as EcrState | undefined;
