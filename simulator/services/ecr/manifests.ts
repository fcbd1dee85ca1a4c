/** What ECR reads in manifests that are put: their media type, what an index points at, what an artifact is about. */
import { AwsError } from '../../errors.ts';
import type { EcrContext, Repository } from './state.ts';

interface Manifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly manifests?: readonly { readonly digest?: string }[];
  readonly subject?: { readonly digest?: string };
}

/** Empty for text that is no JSON object: ECR's own tests with such text would be refused; here nothing is read in it. */
export function readManifest(text: string): Manifest {
  try {
    return (JSON.parse(text) as Manifest | null) ?? {};
  } catch {
    return {};
  }
}

export const mediaTypeIn = (text: string): string | undefined => readManifest(text).mediaType;

/** What an image is made for: the type of the artifact, else that of its configuration. */
export const artifactTypeIn = (text: string): string | undefined => {
  const { artifactType, config } = readManifest(text);
  return artifactType ?? config?.mediaType;
};

/** @throws AwsError ImagesNotFound when the index names a manifest that is not in the repository */
export function checkIndex(context: EcrContext, repository: Repository, text: string): void {
  const missing = (readManifest(text).manifests ?? []).filter(({ digest = '' }) => !repository.images[digest]);
  if (missing.length === 0) return;
  const names = missing.map(({ digest }) => digest).join(', ');
  throw new AwsError(
    'ReferencedImagesNotFoundException',
    `Manifest list references images ${names} that do not exist in the repository '${repository.name}' in the registry with id '${context.account}'`,
  );
}
