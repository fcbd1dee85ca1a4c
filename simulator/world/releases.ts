/**
 * What the world knows of each image, by digest, and nobody inside: how its release behaves, what a scan of it finds, how
 * its signing ends. And the push of a release, as a pipeline with docker makes it: the platform's manifest, then the index
 * that carries the tags. Drills push through the world event `pushImage` (events.ts).
 */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { defineService } from '../service.ts';
import { type BuiltImage, imageLike } from '../services/ecr/build.ts';
import { checkBehaviour, type ReleaseBehaviour } from './behaviour.ts';
import { INTERNET } from './place.ts';

/** How a scan on push ends; by default COMPLETE without findings. */
export interface ScanOutcome {
  /** A ScanStatus of ECR. IN_PROGRESS and PENDING stay for ever. */
  readonly status?: string;
  /** How many findings of each severity: {CRITICAL: 1}. */
  readonly findings?: Readonly<Record<string, number>>;
  readonly afterSeconds?: number;
}

/** What lies beside an image in the place of a signature, and is none. */
export type ForgedSignature = 'by another root' | 'of another image' | 'expired';

/** How managed signing ends; by default COMPLETE. */
export interface SigningOutcome {
  /** IN_PROGRESS stays for ever. */
  readonly status: 'COMPLETE' | 'FAILED' | 'IN_PROGRESS';
  readonly afterSeconds?: number;
  /** The registry says COMPLETE, and this is what lies there. */
  readonly forged?: ForgedSignature;
}

export interface ReleaseRecord {
  readonly behaviour?: ReleaseBehaviour;
  readonly scan?: ScanOutcome;
  readonly signing?: SigningOutcome;
}

interface ReleasesState {
  readonly byDigest: Record<string, ReleaseRecord>;
}

export const releases = defineService<object, ReleasesState>({
  name: 'world.releases',
  homeRegion: INTERNET,
  initialState: () => ({ byDigest: {} }),
  operations: {},
  access: {},
});

/** Undefined for images of which nothing special is known. */
export const releaseOf = (cloud: Cloud, digest: string): ReleaseRecord | undefined =>
  cloud.services.has(releases.name) ? cloud.stateOf<ReleasesState>(releases, INTERNET).byDigest[digest] : undefined;

/** @throws RangeError for a behaviour that cannot be */
export function recordRelease(cloud: Cloud, digest: string, record: ReleaseRecord): void {
  if (record.behaviour) checkBehaviour(record.behaviour);
  cloud.stateOf<ReleasesState>(releases, INTERNET).byDigest[digest] = record;
}

export interface PushedRelease extends ReleaseRecord {
  readonly region: string;
  readonly repository: string;
  /** On the index, or on the manifest when there is no index. */
  readonly tags?: readonly string[];
  /** Become annotations of the manifest: 'org.opencontainers.image.revision' and so on. */
  readonly labels?: Readonly<Record<string, string>>;
  /** An index over platforms, each with its own manifest, or one manifest. Default 'manifest'. */
  readonly shape?: 'manifest' | 'index';
  /** Tag or digest of the image in the repository whose package this release runs; by default the oldest one's. */
  readonly like?: string;
}

/** Digests of what `pushRelease` would push, or has pushed. */
export interface ReleaseDigests {
  /** What the tags stand for. */
  readonly digest: string;
  /** What an instance runs: the manifest of linux/amd64. Equal to `digest` without an index. */
  readonly platformDigest: string;
}

/** Throws when the repository or the image it is to be like is not there. Pushing the same again gives the same digests. */
export const digestsOf = (cloud: Cloud, release: PushedRelease): ReleaseDigests => told(imageLike(cloud, release));

const told = ({ digest, platformDigest }: BuiltImage): ReleaseDigests => ({ digest, platformDigest });

/**
 * Pushes a release through ECR's own API as the pipeline's administrator: events, scan, signing and replication follow as
 * on AWS. Throws AwsError where ECR refuses it (an immutable tag, a throttle).
 */
export async function pushRelease(cloud: Cloud, release: PushedRelease): Promise<ReleaseDigests> {
  const built = imageLike(cloud, release);
  const { behaviour, scan, signing, region, repository: repositoryName, tags = [] } = release;
  // Known before the first event of it is on its way.
  for (const digest of built.digests) recordRelease(cloud, digest, { behaviour, scan, signing });
  for (const { manifest, mediaType, tagged } of built.manifests) {
    for (const imageTag of tagged && tags.length > 0 ? tags : [undefined]) {
      const input = { repositoryName, imageManifest: manifest, imageManifestMediaType: mediaType, imageTag };
      await cloud.call('ecr', 'PutImage', input, { region }).catch(unlessThere);
    }
  }
  return told(built);
}

/** A client does not send again what the registry has. */
function unlessThere(error: unknown): void {
  if (!(error instanceof AwsError && error.code === 'ImageAlreadyExistsException')) throw error;
}
