/**
 * Managed signing: images pushed to repositories that the registry's rules name are signed some seconds later, and the
 * signature comes to lie beside the image as an artifact of its own, which has its own push event. Status is not proof:
 * who needs proof reads the signature (ListImageReferrers) and verifies it.
 */
import type { ImageSigningStatus, SigningStatus } from '@aws-sdk/client-ecr';
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { imageSigningSeconds } from '../../world/durations.ts';
import { releaseOf } from '../../world/releases.ts';
import { signerStateIn } from '../signer/state.ts';
import { MANIFEST } from './build.ts';
import { publishPush } from './events.ts';
import { existingImage } from './images.ts';
import { artifactTypeIn, readManifest, SIGNATURE } from './manifests.ts';
import { digestOf } from './push.ts';
import { signatureManifest } from './signatures.ts';
import { type EcrContext, type EcrState, type Image, type Repository, repositoryOf } from './state.ts';

interface Job {
  readonly repositoryName: string;
  readonly digest: string;
  readonly profile: string;
}

/** Begins to sign a pushed image with each profile whose rule names its repository. Signatures are not signed. */
export function startSigning(context: EcrContext, repository: Repository, image: Image): void {
  if (artifactTypeIn(image.manifest) === SIGNATURE) return;
  for (const { signingProfileArn: profile = '', repositoryFilters: filters } of context.state.signing?.rules ?? []) {
    if (filters?.length && !filters.some(({ filter = '' }) => named(filter, repository.name))) continue;
    image.signing ??= {};
    image.signing[profile] = { status: 'IN_PROGRESS' };
    const { status, afterSeconds } = releaseOf(context.cloud, image.digest)?.signing ?? {};
    if (status === 'IN_PROGRESS') continue;
    const seconds = afterSeconds ?? imageSigningSeconds(context.cloud.random(`ecr.signing@${context.region}`));
    const job: Job = { repositoryName: repository.name, digest: image.digest, profile };
    context.schedule('signed', Math.round(seconds * 1_000), job);
  }
}

/** `*` stands for any characters (SigningRepositoryFilter API reference). */
function named(filter: string, name: string): boolean {
  const expression = filter
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(name);
}

/** Timer: one signature is made, or could not be. */
export function signed({ repositoryName, digest, profile }: Job, context: EcrContext): void {
  const repository = context.state.repositories[repositoryName];
  const image = repository?.images[digest];
  if (!repository || !image?.signing?.[profile]) return;
  const { status = 'COMPLETE', forged } = releaseOf(context.cloud, digest)?.signing ?? {};
  const { profiles = {} } = signerStateIn(context.cloud, context.region) ?? {};
  const found = Object.values(profiles).find(({ arn }) => arn === profile);
  if (status === 'FAILED' || found?.status !== 'Active') {
    image.signing[profile] = { status: 'FAILED', ...whyNot(status) };
    return;
  }
  image.signing[profile] = { status };
  attach(context, repository, signatureManifest(context, image, found.versionArn, forged));
}

/** Guess: the codes of a signature that failed, and their wording. */
const whyNot = (status: SigningStatus) =>
  status === 'FAILED'
    ? { failureCode: 'InternalFailure', failureReason: 'The signature could not be generated.' }
    : { failureCode: 'ValidationException', failureReason: 'The signing profile is not active.' };

function attach(context: EcrContext, repository: Repository, manifest: string): void {
  const digest = digestOf(manifest);
  const size = Buffer.byteLength(manifest);
  const artifact = { digest, manifest, mediaType: MANIFEST, blobHash: null, pushedAt: context.now, size };
  repository.images[digest] = artifact;
  publishPush(context, repository, artifact, undefined);
}

export const signingOperations: Operations<Clients['ecr'], EcrState> = {
  /** @throws AwsError InvalidParameterException for more than ten rules */
  PutSigningConfiguration({ signingConfiguration }, context) {
    const rules = signingConfiguration?.rules ?? [];
    if (rules.length > 10)
      throw new AwsError('InvalidParameterException', 'A signing configuration has at most 10 rules');
    context.state.signing = { rules };
    return { signingConfiguration };
  },

  /** @throws AwsError SigningConfigurationNotFoundException */
  GetSigningConfiguration(_input, context) {
    return { registryId: context.account, signingConfiguration: configured(context) };
  },

  /** @throws AwsError SigningConfigurationNotFoundException */
  DeleteSigningConfiguration(_input, context) {
    const signingConfiguration = configured(context);
    delete context.state.signing;
    return { registryId: context.account, signingConfiguration };
  },

  DescribeImageSigningStatus(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const image = existingImage(context, repository, input.imageId ?? {});
    return {
      registryId: context.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      signingStatuses: Object.entries(image.signing ?? {}).map(
        ([signingProfileArn, status]): ImageSigningStatus => ({ signingProfileArn, ...status }),
      ),
    };
  },

  /** Artifacts about an image: signatures. Those of the filter's types, when it names any. */
  ListImageReferrers(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const types = input.filter?.artifactTypes ?? [];
    const about = Object.values(repository.images).filter(
      ({ manifest }) => readManifest(manifest).subject?.digest === input.subjectId?.imageDigest,
    );
    const referrers = about.map(({ digest, mediaType, manifest, size }) => ({
      digest,
      mediaType,
      artifactType: artifactTypeIn(manifest),
      size,
      annotations: { ...readManifest(manifest).annotations },
    }));
    return {
      referrers: referrers.filter(({ artifactType = '' }) => types.length === 0 || types.includes(artifactType)),
    };
  },
};

function configured({ state, account }: EcrContext) {
  if (state.signing) return state.signing;
  throw new AwsError(
    'SigningConfigurationNotFoundException',
    `The signing configuration does not exist in the registry with id '${account}'`,
  );
}
