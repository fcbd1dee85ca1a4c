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
import type { Images, ImageView } from '../release-ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly region: string;
  readonly repository: string;
  readonly tagPattern: string;
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

export function ecrImages({ region, repository, tagPattern }: Place): Images {
  const client = new ECRClient(clientOptions(region));
  const repositoryName = repository;
  return {
    async find(reference) {
      const id = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
      const command = new BatchGetImageCommand({ repositoryName, imageIds: [id] });
      const { images = [] } = await call('reading the manifest', client.send(command));
      const [image] = images;
      if (!image?.imageManifest) return null;
      const tags = images.flatMap(({ imageId }) => imageId?.imageTag ?? []);
      return viewOf(image.imageId?.imageDigest ?? reference, image.imageManifest, tags);
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
    async scan(digest) {
      const command = new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest: digest } });
      try {
        const found = await call('reading the scan', client.send(command));
        return {
          status: found.imageScanStatus?.status ?? 'NONE',
          findings: { ...found.imageScanFindings?.findingSeverityCounts },
        };
      } catch (error) {
        if (!isNamed(error, 'ScanNotFoundException', 'ImageNotFoundException')) throw error;
        return { status: 'NONE', findings: {} };
      }
    },
    async signing(digest) {
      const command = new DescribeImageSigningStatusCommand({ repositoryName, imageId: { imageDigest: digest } });
      try {
        const { signingStatuses = [] } = await call('reading the signature', client.send(command));
        const [first] = signingStatuses;
        const done = signingStatuses.find(({ status }) => status === 'COMPLETE') ?? first;
        return { status: done?.status ?? 'NONE', profileArn: done?.signingProfileArn ?? null };
      } catch (error) {
        if (!isNamed(error, 'ImageNotFoundException')) throw error;
        return { status: 'NONE', profileArn: null };
      }
    },
  };
}

function viewOf(digest: string, text: string, tags: readonly string[]): ImageView {
  const read = Manifest.safeParse(JSON.parse(text));
  const { manifests, config, annotations = {} } = read.data ?? {};
  const platforms = (manifests ?? []).flatMap((one) =>
    one.platform ? [[`${one.platform.os}/${one.platform.architecture}`, one.digest] as const] : [],
  );
  const kind = manifests ? 'index' : RUNNABLE.test(config?.mediaType ?? '') ? 'image' : 'other';
  return { digest, kind, tags, platforms: Object.fromEntries(platforms), labels: annotations };
}

function releaseTag({ imageTags = [] }: ImageDetail, pattern: string): string | undefined {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return imageTags.find((tag) => expression.test(tag));
}
