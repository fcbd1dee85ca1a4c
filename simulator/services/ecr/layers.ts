/**
 * How a client gets at a layer: ECR hands out a URL of S3 that is good for a while, and the simulated network hands a GET of
 * it to `downloadLayer`. Source: ECR API Reference, GetDownloadUrlForLayer; the bucket's name as in the ECR User Guide,
 * "Interface VPC endpoints", "Create the Amazon S3 gateway endpoint".
 */
import { createHash } from 'node:crypto';
import type { Clients } from '../../clients.ts';
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { readManifest } from './manifests.ts';
import { type EcrState, repositoryOf } from './state.ts';

/** Guess: the URL of a layer is good for an hour. */
const GOOD_FOR_MS = 3_600_000;

const HOST = /^prod-([a-z0-9-]+)-starport-layer-bucket\.s3\.\1\.amazonaws\.com$/;

/** Whether a URL is one that layers are fetched from. */
export const isLayerUrl = (url: URL): boolean => HOST.test(url.hostname);

export const layerOperations: Operations<Clients['ecr'], EcrState> = {
  /** @throws AwsError LayersNotFoundException unless an image of the repository has it */
  GetDownloadUrlForLayer({ repositoryName, layerDigest = '' }, context) {
    const repository = repositoryOf(context, repositoryName);
    const images = Object.values(repository.images);
    if (!images.some(({ manifest }) => readManifest(manifest).layers?.some(({ digest }) => digest === layerDigest))) {
      throw new AwsError(
        'LayersNotFoundException',
        `The layer with digest '${layerDigest}' does not exist in the repository with name '${repository.name}'`,
      );
    }
    const { cloud, region, now } = context;
    const url = new URL(`https://prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com/${layerDigest}`);
    const until = String(now + GOOD_FOR_MS);
    url.searchParams.set('X-Amz-Expires', until);
    url.searchParams.set('X-Amz-Signature', signatureOf(cloud, url.hostname, layerDigest, until));
    return { downloadUrl: url.href, layerDigest };
  },
};

/** Takes a GET of such a URL, as S3 would: 403 when it was not handed out, or is too old. */
export function downloadLayer(
  cloud: Cloud,
  url: URL,
  headers: Readonly<Record<string, string>>,
): { status: number; headers: Record<string, string>; body: Uint8Array } {
  const digest = decodeURIComponent(url.pathname.slice(1));
  const until = url.searchParams.get('X-Amz-Expires') ?? '';
  const wanted = signatureOf(cloud, url.hostname, digest, until);
  if (url.searchParams.get('X-Amz-Signature') !== wanted || Number(until) < cloud.now) {
    return { status: 403, headers: {}, body: new Uint8Array() };
  }
  const whole = cloud.blobs.get(digest.replace('sha256:', ''));
  const last = /^bytes=0-(\d+)$/.exec(headers.range ?? '')?.[1];
  if (last === undefined) return { status: 200, headers: {}, body: whole };
  const body = whole.slice(0, Number(last) + 1);
  return { status: 206, headers: { 'content-range': `bytes 0-${body.length - 1}/${whole.length}` }, body };
}

/** Nobody here forges one; it only ties a URL to this cloud, its layer and its time. */
const signatureOf = (cloud: Cloud, host: string, digest: string, until: string): string =>
  createHash('sha256').update([cloud.state.account, host, digest, until].join('\n')).digest('hex');
