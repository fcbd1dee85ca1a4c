/** How images come in and how instances get at what they hold: pushing a bundle, and finding its blob by digest at boot. */
import { createHash } from 'node:crypto';
import type { Cloud } from '../../cloud.ts';
import { ecrStateIn } from './state.ts';

const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** What names a layer's file (OCI image specification, "Pre-Defined Annotation Keys"). */
const TITLE = 'org.opencontainers.image.title';

const layer = (blobHash: string, size: number) => ({
  mediaType: 'application/javascript',
  digest: `sha256:${blobHash}`,
  size,
});

interface FileLayer {
  readonly path: string;
  readonly blobHash: string;
  readonly size: number;
}

/**
 * A manifest whose first layer is the blob, with a layer for each further file of its package; equal in every region, so
 * its digest is too.
 */
export function manifestOf(blobHash: string, size: number, files: readonly FileLayer[] = []): string {
  const further = files.map((file) => ({ ...layer(file.blobHash, file.size), annotations: { [TITLE]: file.path } }));
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE,
    layers: [layer(blobHash, size), ...further],
  });
}

export const digestOf = (manifest: string): string => `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

/** The blob that a manifest made by `manifestOf` names; null for any other manifest. */
export function blobIn(cloud: Cloud, manifest: string): string | null {
  try {
    const layers = (JSON.parse(manifest) as { layers?: { digest?: string }[] }).layers ?? [];
    const hash = layers[0]?.digest?.replace('sha256:', '') ?? '';
    cloud.blobs.get(hash);
    return hash;
  } catch {
    // Not JSON, or a layer that this cloud has no blob for: an image that nothing here can run.
    return null;
  }
}

export interface PushedImage {
  readonly blobHash: string;
  readonly digest?: string;
  readonly tags?: readonly string[];
  /** The other files of the bundle's package, by path beside it, as hashes in the cloud's blobs. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Pushes a bundle as an image, as a release pipeline with docker would, and returns its digest. With `digest`, that one
 * stands for the image instead of its manifest's. Throws when there is no such repository or blob.
 */
export function pushImage(
  cloud: Cloud,
  region: string,
  repository: string,
  { blobHash, digest, tags = [], files = {} }: PushedImage,
): string {
  const found = ecrStateIn(cloud, region)?.repositories[repository];
  if (!found) throw new Error(`there is no ECR repository ${repository} in ${region}`);
  const size = cloud.blobs.get(blobHash).length;
  const layers = Object.entries(files).map(([path, hash]) => ({
    path,
    blobHash: hash,
    size: cloud.blobs.get(hash).length,
  }));
  const manifest = manifestOf(blobHash, size, layers);
  const id = digest ?? digestOf(manifest);
  found.images[id] ??= { digest: id, manifest, mediaType: MEDIA_TYPE, blobHash, pushedAt: cloud.now, size };
  for (const tag of tags) found.tags[tag] = id;
  cloud.note(region, 'ecr', 'image.pushed', { repository, digest: id, tags });
  return id;
}

/** What a container of this image runs, as a hash in the cloud's blobs; null when the region has no such image. */
export function imageBlob(cloud: Cloud, region: string, repository: string, digest: string): string | null {
  return ecrStateIn(cloud, region)?.repositories[repository]?.images[digest]?.blobHash ?? null;
}
