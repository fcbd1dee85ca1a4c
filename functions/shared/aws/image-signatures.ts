/**
 * Signatures of Notation that lie beside an image in ECR: artifacts whose subject it is, each with one envelope as a layer
 * (Notary Project specifications, "Signature Specification", "Storage"). Fetched as `docker pull` fetches layers; how many,
 * how large and how long is limited, for whoever may push may put anything there.
 */
import { createHash } from 'node:crypto';
import {
  BatchGetImageCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import * as z from 'zod';
import type { Web } from '../ports.ts';
import type { SignaturesView, SignatureView } from '../release-ports.ts';
import { call } from './client.ts';

/** Of the artifacts that are signatures. */
const SIGNATURE = 'application/vnd.cncf.notary.signature';

/** More are not looked at. */
const SIGNATURES_MAX = 20;
/** Signer's, with four certificates, take a tenth. */
const ENVELOPE_BYTES_MAX = 65_536;
const DOWNLOAD_TIMEOUT_MS = 3_000;

const Manifest = z.object({
  layers: z.tuple([z.object({ mediaType: z.string(), digest: z.string(), size: z.number() })]),
});

/** Null when nothing lies beside it, or there is no such image. */
export const signaturesOf =
  (repositoryName: string, imageDigest: string, web: Web) =>
  async (client: ECRClient): Promise<SignaturesView | null> => {
    const referrers = new ListImageReferrersCommand({
      repositoryName,
      subjectId: { imageDigest },
      filter: { artifactTypes: [SIGNATURE] },
      maxResults: SIGNATURES_MAX,
    });
    const { referrers: found = [], nextToken } = await call('listing the signatures', client.send(referrers));
    const digests = found.flatMap(({ digest }) => digest ?? []);
    if (digests.length === 0) return null;
    const imageIds = [imageDigest, ...digests].map((each) => ({ imageDigest: each }));
    const manifests = new BatchGetImageCommand({ repositoryName, imageIds });
    const { images = [] } = await call('reading the manifests', client.send(manifests));
    const textOf = (digest: string) => images.find(({ imageId }) => imageId?.imageDigest === digest);
    const { imageManifest, imageManifestMediaType: mediaType = '' } = textOf(imageDigest) ?? {};
    if (imageManifest === undefined) return null;
    const read = digests.map((digest) =>
      envelopeOf({ client, repositoryName, web }, digest, textOf(digest)?.imageManifest),
    );
    const signatures = await Promise.all(read);
    if (nextToken) signatures.push(unread('and others', `there are more than ${SIGNATURES_MAX}`));
    return { artifact: { mediaType, digest: imageDigest, size: Buffer.byteLength(imageManifest) }, signatures };
  };

interface Source {
  readonly client: ECRClient;
  readonly repositoryName: string;
  readonly web: Web;
}

/** One that cannot be read keeps nobody from reading the others. */
async function envelopeOf(
  { client, repositoryName, web }: Source,
  digest: string,
  manifest: string | undefined,
): Promise<SignatureView> {
  const layer = layerIn(manifest);
  if (!layer) return unread(digest, 'its manifest has not one envelope');
  const { mediaType, digest: layerDigest, size } = layer;
  if (size > ENVELOPE_BYTES_MAX)
    return unread(digest, `its envelope is of ${size} bytes, more than ${ENVELOPE_BYTES_MAX}`);
  try {
    const where = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest });
    const { downloadUrl: url = '' } = await call('finding the envelope', client.send(where));
    // Whatever the manifest says of its size, no more than this comes.
    const headers = { range: `bytes=0-${ENVELOPE_BYTES_MAX - 1}` };
    const answer = await web.send({ method: 'GET', url, headers, timeoutMs: DOWNLOAD_TIMEOUT_MS });
    if (answer?.status !== 200 && answer?.status !== 206) {
      return unread(digest, `its envelope does not come: ${answer?.status ?? 'no answer'}`);
    }
    const hash = createHash('sha256').update(answer.body).digest('hex');
    if (layerDigest !== `sha256:${hash}`) return unread(digest, 'its envelope is not what the manifest says');
    return { digest, mediaType, envelope: answer.body };
  } catch (error) {
    return unread(digest, `its envelope cannot be read: ${error}`);
  }
}

const unread = (digest: string, problem: string): SignatureView => ({ digest, envelope: null, problem });

function layerIn(manifest = '') {
  try {
    return Manifest.parse(JSON.parse(manifest)).layers[0];
  } catch {
    return null;
  }
}
