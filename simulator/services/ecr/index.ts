/** Amazon ECR: each region's own repositories and images. Copying images between regions is the release pipeline's part. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { INDEX, MANIFEST } from './build.ts';
import { publishPush } from './events.ts';
import { checkIndex, mediaTypeIn } from './manifests.ts';
import { policyOperations, repositoryPolicy } from './policy.ts';
import { blobIn, digestOf } from './push.ts';
import { type EcrContext, type EcrState, type Image, type Repository, repositoryArn, repositoryOf } from './state.ts';

export { imageBlob, pushImage } from './push.ts';

export const ecr = defineService<Clients['ecr'], EcrState>({
  name: 'ecr',
  initialState: () => ({ repositories: {} }),
  operations: {
    CreateRepository(input, context) {
      const name = input.repositoryName ?? '';
      if (context.state.repositories[name]) {
        throw new AwsError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${name}' already exists in the registry with id '${context.account}'`,
        );
      }
      const mutability = mutabilityOf('CreateRepository', input.imageTagMutability);
      const repository: Repository = {
        name,
        arn: repositoryArn(context, name),
        createdAt: context.now,
        tagMutability: mutability,
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        images: {},
        tags: {},
      };
      context.state.repositories[name] = repository;
      return { repository: describe(context, repository) };
    },

    PutImageTagMutability(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      repository.tagMutability = mutabilityOf('PutImageTagMutability', input.imageTagMutability);
      return { repositoryName: repository.name, imageTagMutability: repository.tagMutability };
    },

    PutImageScanningConfiguration(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
      return {
        repositoryName: repository.name,
        imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
      };
    },

    DeleteRepository(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      if (!input.force && Object.keys(repository.images).length > 0) {
        throw new AwsError(
          'RepositoryNotEmptyException',
          `The repository with name '${repository.name}' in registry with id '${context.account}' cannot be deleted because it still contains images`,
        );
      }
      delete context.state.repositories[repository.name];
      return { repository: describe(context, repository) };
    },

    DescribeRepositories(input, context) {
      const names = input.repositoryNames ?? Object.keys(context.state.repositories).sort();
      return { repositories: names.map((name) => describe(context, repositoryOf(context, name))) };
    },

    PutImage(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const manifest = input.imageManifest ?? '';
      const digest = digestOf(manifest);
      if (input.imageDigest !== undefined && input.imageDigest !== digest) {
        throw new AwsError('ImageDigestDoesNotMatchException', 'The specified digest does not match the manifest.');
      }
      const tag = input.imageTag;
      const tagged = tag === undefined ? undefined : repository.tags[tag];
      if (repository.images[digest] && (tag === undefined || tagged === digest)) {
        throw new AwsError('ImageAlreadyExistsException', `Image with digest '${digest}' already exists`);
      }
      if (tagged !== undefined && repository.tagMutability === 'IMMUTABLE') {
        throw new AwsError(
          'ImageTagAlreadyExistsException',
          `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
        );
      }
      const mediaType = input.imageManifestMediaType ?? mediaTypeIn(manifest) ?? MANIFEST;
      if (mediaType === INDEX) checkIndex(context, repository, manifest);
      const blobHash = blobIn(context.cloud, manifest);
      const size = Buffer.byteLength(manifest);
      repository.images[digest] ??= { digest, manifest, mediaType, blobHash, pushedAt: context.now, size };
      if (tag !== undefined) repository.tags[tag] = digest;
      publishPush(context, repository, repository.images[digest], tag);
      return { image: imageOf(context, repository, repository.images[digest], tag) };
    },

    BatchGetImage(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const wanted = (input.imageIds ?? []).map((id) => ({ id, image: findImage(repository, id) }));
      return {
        images: wanted.flatMap(({ id, image }) => (image ? [imageOf(context, repository, image, id.imageTag)] : [])),
        failures: wanted
          .filter(({ image }) => !image)
          .map(({ id }) => ({
            imageId: id,
            failureCode: 'ImageNotFound' as const,
            failureReason: 'Requested image not found',
          })),
      };
    },

    DescribeImages(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const images = input.imageIds
        ? input.imageIds.map((id) => findImage(repository, id) ?? missing(context, repository, id))
        : Object.values(repository.images);
      return {
        imageDetails: images.map((image) => ({
          registryId: context.account,
          repositoryName: repository.name,
          imageDigest: image.digest,
          imageTags: tagsOf(repository, image),
          imageSizeInBytes: image.size,
          imagePushedAt: new Date(image.pushedAt),
          imageManifestMediaType: image.mediaType,
        })),
      };
    },

    BatchDeleteImage(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const found = (input.imageIds ?? []).filter((id) => findImage(repository, id));
      for (const id of found) remove(repository, id);
      const failures = (input.imageIds ?? [])
        .filter((id) => !found.includes(id))
        .map((imageId) => ({
          imageId,
          failureCode: 'ImageNotFound' as const,
          failureReason: 'Requested image not found',
        }));
      return { imageIds: found, failures };
    },

    ...policyOperations,
  },
  access: {
    CreateRepository: (input, context) => on(context, input.repositoryName),
    DescribeRepositories: (input, context) => ({
      resources: (input.repositoryNames ?? ['*']).map((name) => repositoryArn(context, name)),
    }),
    PutImageTagMutability: (input, context) => on(context, input.repositoryName),
    PutImageScanningConfiguration: (input, context) => on(context, input.repositoryName),
    DeleteRepository: (input, context) => on(context, input.repositoryName),
    PutImage: (input, context) => on(context, input.repositoryName),
    BatchGetImage: (input, context) => on(context, input.repositoryName),
    BatchDeleteImage: (input, context) => on(context, input.repositoryName),
    DescribeImages: (input, context) => on(context, input.repositoryName),
    SetRepositoryPolicy: (input, context) => on(context, input.repositoryName),
    GetRepositoryPolicy: (input, context) => on(context, input.repositoryName),
    DeleteRepositoryPolicy: (input, context) => on(context, input.repositoryName),
  },
  resourcePolicy: repositoryPolicy,
});

function mutabilityOf(operation: string, given: string | undefined): Repository['tagMutability'] {
  const mutability = given ?? 'MUTABLE';
  if (mutability === 'MUTABLE' || mutability === 'IMMUTABLE') return mutability;
  throw new NotModelled(`ecr:${operation} with imageTagMutability ${mutability} is not modelled`);
}

const on = (context: EcrContext, name: string | undefined): Access => ({ resources: [repositoryArn(context, name)] });

function describe(context: EcrContext, repository: Repository) {
  return {
    repositoryArn: repository.arn,
    registryId: context.account,
    repositoryName: repository.name,
    repositoryUri: `${context.account}.dkr.ecr.${context.region}.amazonaws.com/${repository.name}`,
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.tagMutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  };
}

function findImage(repository: Repository, { imageDigest: digest, imageTag: tag }: ImageIdentifier): Image | undefined {
  const byTag = tag === undefined ? undefined : repository.tags[tag];
  if (tag !== undefined && digest !== undefined && byTag !== digest) return undefined;
  return repository.images[digest ?? byTag ?? ''];
}

function missing(context: EcrContext, repository: Repository, id: ImageIdentifier): never {
  const shown = `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId ${shown} does not exist within the repository with name '${repository.name}' in the ` +
      `registry with id '${context.account}'`,
  );
}

const tagsOf = (repository: Repository, image: Image): string[] =>
  Object.keys(repository.tags)
    .filter((tag) => repository.tags[tag] === image.digest)
    .sort();

function imageOf(context: EcrContext, repository: Repository, image: Image, tag: string | undefined) {
  return {
    registryId: context.account,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) },
    imageManifest: image.manifest,
    imageManifestMediaType: image.mediaType,
  };
}

/** By tag, only the tag goes, and the image with its last one (BatchDeleteImage API reference); by digest, both go. */
function remove(repository: Repository, id: ImageIdentifier): void {
  const image = findImage(repository, id);
  if (!image) return;
  const tags = id.imageTag === undefined ? tagsOf(repository, image) : [id.imageTag];
  for (const tag of tags) delete repository.tags[tag];
  if (tagsOf(repository, image).length === 0) delete repository.images[image.digest];
}
