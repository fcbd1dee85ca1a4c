/** Finding and removing images of a repository, by digest and by tag. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { AwsError } from '../../errors.ts';
import type { EcrContext, Image, Repository } from './state.ts';

export function findImage(
  repository: Repository,
  { imageDigest: digest, imageTag: tag }: ImageIdentifier,
): Image | undefined {
  const byTag = tag === undefined ? undefined : repository.tags[tag];
  if (tag !== undefined && digest !== undefined && byTag !== digest) return undefined;
  return repository.images[digest ?? byTag ?? ''];
}

/** @throws AwsError ImageNotFoundException */
export function existingImage(context: EcrContext, repository: Repository, id: ImageIdentifier): Image {
  const image = findImage(repository, id);
  if (image) return image;
  const shown = `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId ${shown} does not exist within the repository with name '${repository.name}' in the ` +
      `registry with id '${context.account}'`,
  );
}

export const tagsOf = (repository: Repository, { digest }: Image): string[] =>
  Object.keys(repository.tags)
    .filter((tag) => repository.tags[tag] === digest)
    .sort();

/** By tag, only the tag goes, and the image with its last one (BatchDeleteImage API reference); by digest, both go. */
export function removeImage(repository: Repository, id: ImageIdentifier): void {
  const image = findImage(repository, id);
  if (!image) return;
  const tags = id.imageTag === undefined ? tagsOf(repository, image) : [id.imageTag];
  for (const tag of tags) delete repository.tags[tag];
  if (tagsOf(repository, image).length === 0) delete repository.images[image.digest];
}
