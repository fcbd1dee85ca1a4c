/** Lifecycle policies of repositories: kept by clients, applied by a timer once a day while there is one. */
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { publishDelete } from './events.ts';
import { removeImage } from './images.ts';
import { expiring, parsePolicy } from './lifecycle-policy.ts';
import { readManifest } from './manifests.ts';
import { type EcrContext, type EcrState, type Repository, repositoryOf } from './state.ts';

/** Guess: "images are expired within 24 hours" of becoming eligible (user guide); here once a day from the policy on. */
const EVERY_MS = 24 * 3_600_000;

/** Timer: one application of a repository's policy. Ends with the policy. */
export function expireImages({ repositoryName }: { repositoryName: string }, context: EcrContext): void {
  const repository = context.state.repositories[repositoryName];
  if (!repository?.lifecyclePolicy) {
    if (repository) delete repository.expiring;
    return;
  }
  context.schedule('expireImages', EVERY_MS, { repositoryName });
  for (const digest of expiring(repository, parsePolicy(repository.lifecyclePolicy), context.now)) {
    expire(context, repository, digest);
  }
}

/** The image, and the artifacts about it. */
function expire(context: EcrContext, repository: Repository, digest: string): void {
  const about = Object.values(repository.images).filter(
    ({ manifest }) => readManifest(manifest).subject?.digest === digest,
  );
  for (const gone of [repository.images[digest], ...about]) {
    if (!gone || !repository.images[gone.digest]) continue;
    publishDelete(context, repository, gone);
    removeImage(repository, { imageDigest: gone.digest });
    context.trace('image.expired', { repository: repository.name, digest: gone.digest });
  }
}

export const lifecycleOperations: Operations<Clients['ecr'], EcrState> = {
  PutLifecyclePolicy(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const lifecyclePolicyText = input.lifecyclePolicyText ?? '';
    parsePolicy(lifecyclePolicyText);
    repository.lifecyclePolicy = lifecyclePolicyText;
    if (!repository.expiring) {
      repository.expiring = true;
      context.schedule('expireImages', EVERY_MS, { repositoryName: repository.name });
    }
    return { registryId: context.account, repositoryName: repository.name, lifecyclePolicyText };
  },

  GetLifecyclePolicy(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    return {
      registryId: context.account,
      repositoryName: repository.name,
      lifecyclePolicyText: policyOf(context, repository),
    };
  },

  DeleteLifecyclePolicy(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const lifecyclePolicyText = policyOf(context, repository);
    delete repository.lifecyclePolicy;
    return { registryId: context.account, repositoryName: repository.name, lifecyclePolicyText };
  },
};

function policyOf({ account }: EcrContext, { name, lifecyclePolicy }: Repository): string {
  if (lifecyclePolicy !== undefined) return lifecyclePolicy;
  throw new AwsError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  );
}
