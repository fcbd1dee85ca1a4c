/** Amazon ECR: each region's own repositories and images; what a push sets going is in push-effects.ts. */
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { INDEX, MANIFEST } from './build.ts';
import { publishDelete } from './events.ts';
import { existingImage, findImage, removeImage, tagsOf } from './images.ts';
import { layerOperations } from './layers.ts';
import { expireImages, lifecycleOperations } from './lifecycle.ts';
import { artifactTypeIn, checkIndex, mediaTypeIn } from './manifests.ts';
import { policyOperations, repositoryPolicy } from './policy.ts';
import { blobIn, digestOf } from './push.ts';
import { afterPush } from './push-effects.ts';
import { replicated, replicationOperations } from './replication.ts';
import { scanned, scanOperations } from './scanning.ts';
import { signed, signingOperations } from './signing.ts';
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
      const isNew = repository.images[digest] === undefined;
      repository.images[digest] ??= { digest, manifest, mediaType, blobHash, pushedAt: context.now, size };
      if (tag !== undefined) repository.tags[tag] = digest;
      afterPush(context, { repository, image: repository.images[digest], tag, isNew });
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
        ? input.imageIds.map((id) => existingImage(context, repository, id))
        : Object.values(repository.images);
      return {
        imageDetails: images.filter(tagged(repository, input.filter?.tagStatus)).map((image) => ({
          registryId: context.account,
          repositoryName: repository.name,
          imageDigest: image.digest,
          imageTags: tagsOf(repository, image),
          imageSizeInBytes: image.size,
          imagePushedAt: new Date(image.pushedAt),
          imageManifestMediaType: image.mediaType,
          artifactMediaType: artifactTypeIn(image.manifest),
        })),
      };
    },

    BatchDeleteImage(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const found = (input.imageIds ?? []).filter((id) => findImage(repository, id));
      for (const id of found) {
        const image = findImage(repository, id);
        // Only the last tag takes the image with it.
        if (image && (id.imageTag === undefined || tagsOf(repository, image).length === 1)) {
          publishDelete(context, repository, image);
        }
        removeImage(repository, id);
      }
      const failures = (input.imageIds ?? [])
        .filter((id) => !found.includes(id))
        .map((imageId) => ({
          imageId,
          failureCode: 'ImageNotFound' as const,
          failureReason: 'Requested image not found',
        }));
      return { imageIds: found, failures };
    },

    ListImages(input, context) {
      const repository = repositoryOf(context, input.repositoryName);
      const images = Object.values(repository.images).filter(tagged(repository, input.filter?.tagStatus));
      return {
        imageIds: images.flatMap((image) => {
          const tags = tagsOf(repository, image);
          const { digest: imageDigest } = image;
          return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
        }),
      };
    },

    ...layerOperations,
    ...lifecycleOperations,
    ...policyOperations,
    ...replicationOperations,
    ...scanOperations,
    ...signingOperations,
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
    ListImages: (input, context) => on(context, input.repositoryName),
    // "The IAM principal invoking this operation must have the ecr:BatchGetImage permission" (API Reference).
    ListImageReferrers: (input, context) => ({ action: 'ecr:BatchGetImage', ...on(context, input.repositoryName) }),
    GetDownloadUrlForLayer: (input, context) => on(context, input.repositoryName),
    StartImageScan: (input, context) => on(context, input.repositoryName),
    DescribeImageScanFindings: (input, context) => on(context, input.repositoryName),
    DescribeImageSigningStatus: (input, context) => on(context, input.repositoryName),
    DescribeImageReplicationStatus: (input, context) => on(context, input.repositoryName),
    PutLifecyclePolicy: (input, context) => on(context, input.repositoryName),
    GetLifecyclePolicy: (input, context) => on(context, input.repositoryName),
    DeleteLifecyclePolicy: (input, context) => on(context, input.repositoryName),
  },
  timers: { scanned, signed, replicated, expireImages },
  resourcePolicy: repositoryPolicy,
});

function mutabilityOf(operation: string, given: string | undefined): Repository['tagMutability'] {
  const mutability = given ?? 'MUTABLE';
  if (mutability === 'MUTABLE' || mutability === 'IMMUTABLE') return mutability;
  throw new NotModelled(`ecr:${operation} with imageTagMutability ${mutability} is not modelled`);
}

const tagged =
  (repository: Repository, status = 'ANY') =>
  (image: Image): boolean =>
    status === 'ANY' || tagsOf(repository, image).length > 0 === (status === 'TAGGED');

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

function imageOf(context: EcrContext, repository: Repository, image: Image, tag: string | undefined) {
  return {
    registryId: context.account,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) },
    imageManifest: image.manifest,
    imageManifestMediaType: image.mediaType,
  };
}
