/** Images of the repository, with what scan and signing say of them. */
import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImageSigningStatusCommand,
  DescribeImagesCommand,
  ECRClient,
  type ImageDetail,
} from '@aws-sdk/client-ecr';
import * as z from 'zod';
import type { Web } from '../ports.ts';
import type { Images, ImageView, ScanView, SigningView } from '../release-ports.ts';
import { fitsWildcard } from '../wildcard.ts';
import { call, clientOptions, isNamed } from './client.ts';
import { signaturesOf } from './image-signatures.ts';

interface Place {
  readonly region: string;
  readonly servingRegions: readonly string[];
  readonly repository: string;
  readonly tagPattern: string;
  readonly web: Web;
}

/** What is read of an OCI or Docker manifest or index (OCI Image Format Specification). */
const Manifest = z.object({
  manifests: z
    .array(
      z.object({
        digest: z.string(),
        platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
  config: z.object({ mediaType: z.string().optional() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** Configurations of things that run; signatures and attestations have others. */
const RUNNABLE = /^application\/vnd\.(oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/;

export function ecrImages({ region, servingRegions, repository, tagPattern, web }: Place): Images {
  const client = new ECRClient(clientOptions(region));
  const others = servingRegions.filter((other) => other !== region).map((other) => new ECRClient(clientOptions(other)));
  const repositoryName = repository;
  const tagsOf = async (imageDigest: string): Promise<readonly string[]> => {
    const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
    const { imageDetails = [] } = await call('reading the tags', client.send(command));
    return imageDetails.flatMap(({ imageTags = [] }) => imageTags);
  };
  /** The first region that knows something; a copy has neither scan nor signature of its own. */
  const firstKnown = async <View>(ask: (client: ECRClient) => Promise<View>, isKnown: (view: View) => boolean) => {
    let view = await ask(client);
    for (const other of others) if (!isKnown(view)) view = await ask(other);
    return view;
  };
  return {
    async find(reference) {
      const id = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
      const command = new BatchGetImageCommand({ repositoryName, imageIds: [id] });
      const { images = [] } = await call('reading the manifest', client.send(command));
      const [image] = images;
      if (!image?.imageManifest) return null;
      const digest = image.imageId?.imageDigest ?? reference;
      return viewOf(digest, image.imageManifest, await tagsOf(digest));
    },
    async newest() {
      let newest: ImageDetail | undefined;
      let nextToken: string | undefined;
      do {
        const command = new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' }, nextToken });
        const page = await call('listing images', client.send(command));
        for (const image of page.imageDetails ?? []) {
          const later = (image.imagePushedAt?.getTime() ?? 0) > (newest?.imagePushedAt?.getTime() ?? -1);
          if (later && releaseTag(image, tagPattern)) newest = image;
        }
        nextToken = page.nextToken;
      } while (nextToken);
      const tag = newest && releaseTag(newest, tagPattern);
      if (!newest?.imageDigest || !newest.imagePushedAt || !tag) return null;
      return { digest: newest.imageDigest, tag, pushedAt: newest.imagePushedAt.toISOString() };
    },
    scan: (digest) => firstKnown(scanOf(repositoryName, digest), ({ status }) => status !== 'NONE'),
    signing: (digest) => firstKnown(signingOf(repositoryName, digest), (views) => views.length > 0),
    signatures: (digest) => firstKnown(signaturesOf(repositoryName, digest, web), (view) => view !== null),
  };
}

const scanOf =
  (repositoryName: string, imageDigest: string) =>
  async (client: ECRClient): Promise<ScanView> => {
    const command = new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest } });
    try {
      const { imageScanStatus, imageScanFindings } = await call('reading the scan', client.send(command));
      return {
        status: imageScanStatus?.status ?? 'NONE',
        findings: { ...imageScanFindings?.findingSeverityCounts },
      };
    } catch (error) {
      if (!isNamed(error, 'ScanNotFoundException', 'ImageNotFoundException')) throw error;
      return { status: 'NONE', findings: {} };
    }
  };

const signingOf =
  (repositoryName: string, imageDigest: string) =>
  async (client: ECRClient): Promise<SigningView[]> => {
    const command = new DescribeImageSigningStatusCommand({ repositoryName, imageId: { imageDigest } });
    try {
      const { signingStatuses = [] } = await call('reading the signature', client.send(command));
      return signingStatuses.map(({ status, signingProfileArn }) => ({
        status: status ?? 'UNKNOWN',
        profileArn: signingProfileArn ?? 'an unnamed profile',
      }));
    } catch (error) {
      if (!isNamed(error, 'ImageNotFoundException')) throw error;
      return [];
    }
  };

function viewOf(digest: string, text: string, tags: readonly string[]): ImageView {
  const read = Manifest.safeParse(JSON.parse(text));
  const { manifests, config, annotations = {} } = read.data ?? {};
  const platforms = (manifests ?? []).flatMap((one) =>
    one.platform ? [[`${one.platform.os}/${one.platform.architecture}`, one.digest] as const] : [],
  );
  const kind = manifests ? 'index' : RUNNABLE.test(config?.mediaType ?? '') ? 'image' : 'other';
  return { digest, kind, tags, platforms: Object.fromEntries(platforms), labels: annotations };
}

const releaseTag = ({ imageTags = [] }: ImageDetail, pattern: string): string | undefined =>
  imageTags.find((tag) => fitsWildcard(pattern, tag));
