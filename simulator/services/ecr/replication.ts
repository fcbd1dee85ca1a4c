/** Replication of pushed images to other regions of the account; what was there before it was configured stays where it is. */
import type { ImageReplicationStatus, ReplicationRule } from '@aws-sdk/client-ecr';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { imageReplicationSeconds } from '../../world/durations.ts';
import { publishReplication } from './events.ts';
import { existingImage } from './images.ts';
import { type EcrContext, type EcrState, type Image, type Repository, repositoryArn, repositoryOf } from './state.ts';

interface Copy {
  readonly repositoryName: string;
  readonly digest: string;
  readonly tag: string | undefined;
  readonly region: string;
}

/** While the other region cannot be reached it is tried again. E. */
const RETRY_MS = 60_000;

export function startReplication(context: EcrContext, repository: Repository, image: Image, tag?: string): void {
  for (const region of regionsFor(context, repository.name)) {
    image.replication ??= {};
    image.replication[region] = 'IN_PROGRESS';
    const seconds = imageReplicationSeconds(context.cloud.random(`ecr.replication@${context.region}`));
    const copy: Copy = { repositoryName: repository.name, digest: image.digest, tag, region };
    context.schedule('replicated', Math.round(seconds * 1_000), copy);
  }
}

const regionsFor = (context: EcrContext, name: string): string[] =>
  (context.state.replication ?? [])
    .filter(
      ({ repositoryFilters: filters }) =>
        !filters?.length || filters.some(({ filter = '' }) => name.startsWith(filter)),
    )
    .flatMap(({ destinations = [] }) => destinations.map(({ region = '' }) => region));

/** Timer: the copy arrives. A repository that is not there is made; an immutable tag that names another image stops it. */
export function replicated(copy: Copy, context: EcrContext): void {
  const { repositoryName, digest, tag, region } = copy;
  const image = context.state.repositories[repositoryName]?.images[digest];
  if (!image) return;
  if (!context.cloud.reaches(context.region, region)) {
    context.schedule('replicated', RETRY_MS, copy);
    return;
  }
  const there = context.stateIn(region);
  there.repositories[repositoryName] ??= emptyRepository(context, region, repositoryName);
  const target = there.repositories[repositoryName];
  const taken = tag === undefined ? undefined : target.tags[tag];
  image.replication ??= {};
  if (taken !== undefined && taken !== digest && target.tagMutability === 'IMMUTABLE') {
    image.replication[region] = 'FAILED';
    return;
  }
  const { scan: _scan, signing: _signing, replication: _replication, ...contents } = image;
  target.images[digest] ??= { ...contents, pushedAt: context.now };
  if (tag !== undefined) target.tags[tag] = digest;
  image.replication[region] = 'COMPLETE';
  publishReplication(context, { region, repositoryName, digest, tag });
}

const emptyRepository = (context: EcrContext, region: string, name: string): Repository => ({
  name,
  arn: repositoryArn({ region, account: context.account }, name),
  createdAt: context.now,
  tagMutability: 'MUTABLE',
  scanOnPush: false,
  images: {},
  tags: {},
});

export const replicationOperations: Operations<Clients['ecr'], EcrState> = {
  /** Replaces the whole configuration; no rules switch replication off. @throws AwsError ValidationException */
  PutReplicationConfiguration({ replicationConfiguration }, context) {
    const rules = replicationConfiguration?.rules ?? [];
    checkRules(rules, context);
    context.state.replication = rules;
    return { replicationConfiguration };
  },

  DescribeRegistry: (_input, context) => ({
    registryId: context.account,
    replicationConfiguration: { rules: [...(context.state.replication ?? [])] },
  }),

  DescribeImageReplicationStatus(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const image = existingImage(context, repository, input.imageId ?? {});
    const statuses = Object.entries(image.replication ?? {});
    return {
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      replicationStatuses: statuses.map(
        ([region, status]): ImageReplicationStatus => ({ region, registryId: context.account, status }),
      ),
    };
  },
};

function checkRules(rules: readonly ReplicationRule[], { account, region, cloud }: EcrContext): void {
  for (const { destinations = [] } of rules) {
    for (const { region: to = '', registryId = '' } of destinations) {
      if (registryId !== account)
        throw new NotModelled(`ecr: replication to another registry (${registryId}) is not modelled`);
      const refused = to === region || !cloud.state.regions.includes(to);
      if (refused) throw new AwsError('ValidationException', `'${to}' is not a region that ${region} can replicate to`);
    }
  }
}
