/**
 * Basic scanning: on push where the repository says so, or on request; how it ends is the world's to know (releases.ts).
 * An index and an artifact cannot be scanned, only a platform's manifest. As in the newer basic scanning the result is in
 * DescribeImageScanFindings alone and never in DescribeImages.
 */
import type { FindingSeverity, ImageScanFinding, ScanStatus } from '@aws-sdk/client-ecr';
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { imageScanSeconds } from '../../world/durations.ts';
import { releaseOf } from '../../world/releases.ts';
import { publishScan } from './events.ts';
import { existingImage } from './images.ts';
import { isRunnable } from './manifests.ts';
import { type EcrContext, type EcrState, type Image, type Repository, repositoryOf } from './state.ts';

export function startScan(context: EcrContext, repository: Repository, image: Image): void {
  image.scan = { status: 'IN_PROGRESS', findings: {}, completedAt: null };
  const { status, afterSeconds } = releaseOf(context.cloud, image.digest)?.scan ?? {};
  if (status === 'IN_PROGRESS' || status === 'PENDING') {
    image.scan.status = status;
    return;
  }
  const seconds = afterSeconds ?? imageScanSeconds(context.cloud.random(`ecr.scans@${context.region}`));
  const data = { repositoryName: repository.name, digest: image.digest };
  context.schedule('scanned', Math.round(seconds * 1_000), data);
}

/** Timer: the scan of an image is over. */
export function scanned(data: { repositoryName: string; digest: string }, context: EcrContext): void {
  const repository = context.state.repositories[data.repositoryName];
  const image = repository?.images[data.digest];
  if (!repository || !image?.scan) return;
  const { status = 'COMPLETE', findings = {} } = releaseOf(context.cloud, image.digest)?.scan ?? {};
  image.scan = { status, findings: status === 'COMPLETE' ? findings : {}, completedAt: context.now };
  publishScan(context, repository, image);
}

/** The API reference: basic scans of an image may be started once in 24 hours. */
const AGAIN_AFTER_MS = 24 * 3_600_000;

export const scanOperations: Operations<Clients['ecr'], EcrState> = {
  /** @throws AwsError UnsupportedImageTypeException, LimitExceededException, ImageNotFoundException */
  StartImageScan(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const image = existingImage(context, repository, input.imageId ?? {});
    if (!isRunnable(image)) {
      throw new AwsError('UnsupportedImageTypeException', 'The image is of a type that cannot be scanned.');
    }
    const { scan } = image;
    if (scan?.completedAt && context.now - scan.completedAt < AGAIN_AFTER_MS) {
      const message = 'The scan quota per image has been exceeded. Wait and try again.';
      throw new AwsError('LimitExceededException', message);
    }
    if (scan?.status !== 'IN_PROGRESS') startScan(context, repository, image);
    return {
      registryId: context.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      imageScanStatus: { status: 'IN_PROGRESS' },
    };
  },

  /** @throws AwsError ScanNotFoundException where none was ever started */
  DescribeImageScanFindings(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const image = existingImage(context, repository, input.imageId ?? {});
    const { scan, digest } = image;
    if (!scan) {
      throw new AwsError(
        'ScanNotFoundException',
        `Image scan does not exist for the image with '{imageDigest:'${digest}', imageTag:'null'}' in the repository with name '${repository.name}' in the registry with id '${context.account}'`,
      );
    }
    const told = { registryId: context.account, repositoryName: repository.name, imageId: { imageDigest: digest } };
    const imageScanStatus = { status: scan.status as ScanStatus, description: DESCRIPTIONS[scan.status] };
    if (scan.status !== 'COMPLETE') return { ...told, imageScanStatus };
    const completedAt = new Date(scan.completedAt ?? context.now);
    return {
      ...told,
      imageScanStatus,
      imageScanFindings: {
        imageScanCompletedAt: completedAt,
        vulnerabilitySourceUpdatedAt: completedAt,
        findingSeverityCounts: { ...scan.findings },
        findings: Object.entries(scan.findings).flatMap(([severity, count]) => listed(severity, count)),
      },
    };
  },
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  COMPLETE: 'The scan was completed successfully.',
  FAILED: 'The scan failed.',
  UNSUPPORTED_IMAGE: 'The operating system of the image is not supported.',
};

const listed = (severity: string, count: number): ImageScanFinding[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `CVE-2026-${severity.length}${String(1_000 + i)}`,
    severity: severity as FindingSeverity,
    description: `simulated finding of severity ${severity}`,
  }));
