/** Manifests and indexes of a new image that runs the package of one that is there. Called for each push of a release. */
import type { Cloud } from '../../cloud.ts';
import { digestOf } from './push.ts';
import { ecrStateIn, type Image, type Repository } from './state.ts';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json';

export interface BuiltImage {
  readonly digest: string;
  readonly platformDigest: string;
  /** All of them: platforms first, then the index. */
  readonly digests: readonly string[];
  /** In the order in which a client pushes them. */
  readonly manifests: readonly { readonly manifest: string; readonly mediaType: string; readonly tagged: boolean }[];
}

export interface ImagePlan {
  readonly region: string;
  readonly repository: string;
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly shape?: 'manifest' | 'index';
  readonly like?: string;
}

/** Throws when the repository, or the image that it is to be like, is not there. */
export function imageLike(cloud: Cloud, plan: ImagePlan): BuiltImage {
  const repository = ecrStateIn(cloud, plan.region)?.repositories[plan.repository];
  if (!repository) throw new Error(`there is no ECR repository ${plan.repository} in ${plan.region}`);
  const { layers } = JSON.parse(patternOf(repository, plan.like).manifest) as { layers: unknown[] };
  // The first tag makes two releases of one package differ, as their build times would.
  const version = plan.tags?.[0] ? { 'org.opencontainers.image.version': plan.tags[0] } : {};
  const annotations = { ...version, ...plan.labels };
  const platforms = plan.shape === 'index' ? ['amd64', 'arm64'] : ['amd64'];
  const built = platforms.map((architecture) => {
    const config = { mediaType: IMAGE_CONFIG, digest: digestOf(architecture), size: architecture.length };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers, annotations });
    return { architecture, manifest, digest: digestOf(manifest) };
  });
  const platformDigest = built[0]!.digest;
  const manifests = built.map(({ manifest }) => ({ manifest, mediaType: MANIFEST, tagged: plan.shape !== 'index' }));
  if (plan.shape !== 'index') return { digest: platformDigest, platformDigest, digests: [platformDigest], manifests };
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: built.map(({ architecture, manifest, digest }) => ({
      mediaType: MANIFEST,
      digest,
      size: manifest.length,
      platform: { architecture, os: 'linux' },
    })),
    annotations,
  });
  const digest = digestOf(index);
  return {
    digest,
    platformDigest,
    digests: [...built.map((platform) => platform.digest), digest],
    manifests: [...manifests, { manifest: index, mediaType: INDEX, tagged: true }],
  };
}

function patternOf(repository: Repository, like: string | undefined): Image {
  const runnable = Object.values(repository.images).filter(({ blobHash }) => blobHash !== null);
  const found = like === undefined ? runnable[0] : repository.images[repository.tags[like] ?? like];
  if (found) return found;
  throw new Error(`repository ${repository.name} has no image ${like ?? 'that anything could run'}`);
}
