/** What ECR reads in manifests that are put: their media type, what an index points at, what an artifact is about. */
import { AwsError } from '../../errors.ts';
import { INDEX } from './build.ts';
import type { EcrContext, Image, Repository } from './state.ts';

interface Manifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly manifests?: readonly { readonly digest?: string }[];
  readonly layers?: readonly { readonly digest?: string }[];
  readonly subject?: { readonly digest?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Type of the artifacts that are signatures in the form of Notation. */
export const SIGNATURE = 'application/vnd.cncf.notary.signature';

/** Empty for text that is not JSON: ECR refuses such a manifest; here nothing is read in it. */
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

/** Whether a container could run it: neither an index nor an artifact about another image. */
export function isRunnable({ mediaType, manifest }: Image): boolean {
  const { subject, artifactType } = readManifest(manifest);
  return mediaType !== INDEX && subject === undefined && artifactType === undefined;
}

/** @throws AwsError ReferencedImagesNotFoundException when the index names a manifest that is not here */
export function checkIndex(context: EcrContext, repository: Repository, text: string): void {
  const missing = (readManifest(text).manifests ?? []).filter(({ digest = '' }) => !repository.images[digest]);
  if (missing.length === 0) return;
  const names = missing.map(({ digest }) => digest).join(', ');
  throw new AwsError(
    'ReferencedImagesNotFoundException',
    `Manifest list references images ${names} that do not exist in the repository '${repository.name}' in the registry with id '${context.account}'`,
  );
}
