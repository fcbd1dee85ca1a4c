/** What a push sets going: a scan, a signature, copies in other regions; and what a lifecycle policy takes away again. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { signer } from '../../../simulator/services/signer/index.ts';
import { type PushedRelease, pushRelease, worldParts } from '../../../simulator/world/index.ts';
import { east, functionArn, lambdaIn, makeCloud, west } from '../eventbridge/harness.ts';

const options = { region: west };
const repositoryName = 'orders';
let cloud: Cloud;
/** As it is after the pushes of the test's set-up. */
let before: number;

beforeEach(async () => {
  cloud = makeCloud(1, [ecr, signer, ...worldParts]);
  const imageScanningConfiguration = { scanOnPush: true };
  await cloud.call('ecr', 'CreateRepository', { repositoryName, imageScanningConfiguration }, options);
  pushImage(cloud, west, repositoryName, { blobHash: cloud.blobs.put('module.exports = 1'), tags: ['1.0.0'] });
  for (const region of [west, east]) {
    await cloud.call('events', 'PutRule', { Name: 'ecr', EventPattern: '{"source":["aws.ecr"]}' }, { region });
    const Targets = [{ Id: 't', Arn: functionArn(region) }];
    await cloud.call('events', 'PutTargets', { Rule: 'ecr', Targets }, { region });
  }
  before = cloud.now;
});

const push = (more: Partial<PushedRelease> = {}) =>
  pushRelease(cloud, { region: west, repository: repositoryName, tags: ['2.0.0'], ...more });

type Detail = Record<string, unknown>;
const told = (detailType: string, region = west): Detail[] =>
  lambdaIn(cloud, region)
    .received.map(({ payload }) => payload as { 'detail-type': string; detail: Detail })
    .filter((event) => event['detail-type'] === detailType)
    .map(({ detail }) => detail);

const scanOf = (imageDigest: string) =>
  cloud.call('ecr', 'DescribeImageScanFindings', { repositoryName, imageId: { imageDigest } }, options);

describe('a scan on push', () => {
  it('is in progress, then complete with its findings, of which an event tells', async () => {
    const { digest } = await push({ scan: { findings: { CRITICAL: 1, LOW: 2 } } });
    expect((await scanOf(digest)).imageScanStatus?.status).toBe('IN_PROGRESS');
    await cloud.advance(130_000);
    const { imageScanStatus, imageScanFindings } = await scanOf(digest);
    expect(imageScanStatus?.status).toBe('COMPLETE');
    expect(imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1, LOW: 2 });
    expect(imageScanFindings?.findings).toHaveLength(3);
    expect(told('ECR Image Scan')).toMatchObject([
      {
        'scan-status': 'COMPLETE',
        'image-digest': digest,
        'image-tags': ['2.0.0'],
        'finding-severity-counts': { CRITICAL: 1, LOW: 2 },
      },
    ]);
  });

  it.each(['FAILED', 'UNSUPPORTED_IMAGE', 'FINDINGS_UNAVAILABLE', 'SCAN_ELIGIBILITY_EXPIRED', 'LIMIT_EXCEEDED'])(
    'may end %s, without findings',
    async (status) => {
      const { digest } = await push({ scan: { status, findings: { HIGH: 1 }, afterSeconds: 5 } });
      await cloud.advance(6_000);
      const { imageScanStatus, imageScanFindings } = await scanOf(digest);
      expect([imageScanStatus?.status, imageScanFindings]).toEqual([status, undefined]);
    },
  );

  it('may stay in progress for ever', async () => {
    const { digest } = await push({ scan: { status: 'PENDING' } });
    await cloud.advance(3_600_000);
    expect((await scanOf(digest)).imageScanStatus?.status).toBe('PENDING');
  });

  it('is of the platforms of an index and not of the index', async () => {
    const { digest, platformDigest } = await push({ shape: 'index' });
    await cloud.advance(130_000);
    expect((await scanOf(platformDigest)).imageScanStatus?.status).toBe('COMPLETE');
    await expect(scanOf(digest)).rejects.toMatchObject({ code: 'ScanNotFoundException' });
    const start = cloud.call('ecr', 'StartImageScan', { repositoryName, imageId: { imageDigest: digest } }, options);
    await expect(start).rejects.toMatchObject({ code: 'UnsupportedImageTypeException' });
  });
});

describe('managed signing', () => {
  const signingProfileArn = `arn:aws:signer:${west}:111122223333:/signing-profiles/orders`;
  const profile = { profileName: 'orders', platformId: 'Notation-OCI-SHA384-ECDSA' };
  beforeEach(async () => void (await cloud.call('signer', 'PutSigningProfile', profile, options)));
  const repositoryFilters = [{ filter: 'ord*', filterType: 'WILDCARD_MATCH' as const }];
  const configure = () =>
    cloud.call(
      'ecr',
      'PutSigningConfiguration',
      { signingConfiguration: { rules: [{ signingProfileArn, repositoryFilters }] } },
      options,
    );
  const statusOf = async (imageDigest: string) =>
    (await cloud.call('ecr', 'DescribeImageSigningStatus', { repositoryName, imageId: { imageDigest } }, options))
      .signingStatuses;

  it('is of nothing that no rule names', async () => {
    const { digest } = await push();
    expect(await statusOf(digest)).toEqual([]);
  });

  it('is in progress right after the push, then complete with an artifact that is about the image', async () => {
    await configure();
    const { digest } = await push();
    expect(await statusOf(digest)).toEqual([{ signingProfileArn, status: 'IN_PROGRESS' }]);
    await cloud.advance(30_000);
    expect(await statusOf(digest)).toEqual([{ signingProfileArn, status: 'COMPLETE' }]);
    const input = { repositoryName, subjectId: { imageDigest: digest } };
    const { referrers } = await cloud.call('ecr', 'ListImageReferrers', input, options);
    expect(referrers).toMatchObject([{ artifactType: 'application/vnd.cncf.notary.signature' }]);
    expect(told('ECR Image Action').map((detail) => [detail['image-tag'], detail['artifact-media-type']])).toEqual([
      ['2.0.0', 'application/vnd.oci.image.config.v1+json'],
      ['', 'application/vnd.cncf.notary.signature'],
    ]);
  });

  it('fails with a profile that signs no more', async () => {
    await configure();
    await cloud.call('signer', 'CancelSigningProfile', { profileName: 'orders' }, options);
    const { digest } = await push();
    await cloud.advance(30_000);
    expect(await statusOf(digest)).toMatchObject([
      { status: 'FAILED', failureReason: expect.stringMatching(/not active/) },
    ]);
  });

  it('leaves the same bytes in every run of a seed, whoever runs it', async () => {
    await configure();
    const { digest } = await push();
    await cloud.advance(30_000);
    const input = { repositoryName, subjectId: { imageDigest: digest } };
    const { referrers } = await cloud.call('ecr', 'ListImageReferrers', input, options);
    expect(referrers?.[0]?.digest).toBe('sha256:5a15dcacd09d212bf7001451f1a037062122ee099df0cb62c6e8eecc0ec06b92');
  });

  it('may fail, and may never end', async () => {
    await configure();
    const failed = await push({ signing: { status: 'FAILED' } });
    const stuck = await push({ tags: ['3.0.0'], signing: { status: 'IN_PROGRESS' } });
    await cloud.advance(3_600_000);
    expect(await statusOf(failed.digest)).toMatchObject([{ status: 'FAILED', failureCode: expect.any(String) }]);
    expect(await statusOf(stuck.digest)).toEqual([{ signingProfileArn, status: 'IN_PROGRESS' }]);
  });
});

describe('replication', () => {
  const configure = () => {
    const rules = [{ destinations: [{ region: east, registryId: '111122223333' }] }];
    return cloud.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration: { rules } }, options);
  };

  it('copies what is pushed from then on, with its tag, and tells the region where it arrives', async () => {
    await configure();
    const { digest } = await push();
    await cloud.advance(310_000);
    const { imageDetails } = await cloud.call('ecr', 'DescribeImages', { repositoryName }, { region: east });
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['2.0.0'] }]);
    const input = { repositoryName, imageId: { imageDigest: digest } };
    const { replicationStatuses } = await cloud.call('ecr', 'DescribeImageReplicationStatus', input, options);
    expect(replicationStatuses).toMatchObject([{ region: east, status: 'COMPLETE' }]);
    expect(told('ECR Replication Action', east)).toMatchObject([{ 'image-digest': digest, 'source-region': west }]);
    expect(told('ECR Replication Action')).toEqual([]);
  });

  it('waits for a region that cannot be reached', async () => {
    await configure();
    const { digest } = await push();
    cloud.goDark(east);
    await cloud.advance(600_000);
    cloud.comeBack(east);
    await cloud.advance(61_000);
    const imageIds = [{ imageDigest: digest }];
    const { images } = await cloud.call('ecr', 'BatchGetImage', { repositoryName, imageIds }, { region: east });
    expect(images).toHaveLength(1);
  });
});

describe('a lifecycle policy', () => {
  const policy = (...selections: object[]) =>
    JSON.stringify({
      rules: selections.map((selection, i) => ({ rulePriority: i + 1, selection, action: { type: 'expire' } })),
    });
  const put = (lifecyclePolicyText: string) =>
    cloud.call('ecr', 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText }, options);
  const tagsLeft = async () =>
    (await cloud.call('ecr', 'ListImages', { repositoryName }, options)).imageIds
      ?.map(({ imageTag }) => imageTag ?? '-')
      .sort();

  it('expires the oldest beyond a count, and never what a rule of higher priority has matched', async () => {
    for (const tag of ['keep-1', 'v2', 'v3', 'v4']) {
      await cloud.advance(1_000);
      await push({ tags: [tag] });
    }
    const kept = { tagStatus: 'tagged', tagPrefixList: ['keep-'], countType: 'imageCountMoreThan', countNumber: 50 };
    await put(policy(kept, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 }));
    await cloud.advance(24 * 3_600_000 + 10_000);
    expect(await tagsLeft()).toEqual(['keep-1', 'v3', 'v4']);
    const deleted = told('ECR Image Action').filter((detail) => detail['action-type'] === 'DELETE');
    expect(deleted.map((detail) => detail['image-tag']).sort()).toEqual(['1.0.0', 'v2']);
  });

  it('keeps untagged manifests as long as an index names them', async () => {
    await push({ tags: ['v2'], shape: 'index' });
    await put(policy({ tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 }));
    await cloud.advance(3 * 24 * 3_600_000);
    expect(await tagsLeft()).toEqual(['-', '-', '1.0.0', 'v2']);
    expect(cloud.now).toBeGreaterThan(before);
  });

  it.each([
    ['{', 'not JSON'],
    [policy({ tagStatus: 'tagged', countType: 'imageCountMoreThan', countNumber: 1 }), 'tagPrefixList'],
    [policy({ tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 1 }), 'countUnit'],
  ])('is refused when it cannot be meant: %s', async (text, why) => {
    await expect(put(text)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(why),
    });
  });
});
