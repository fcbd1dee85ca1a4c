/** Releases as data: pushed through ECR's own API, and as bad in what they answer as their record says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { addFault } from '../../../simulator/faults.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import {
  digestsOf,
  haltInstances,
  happen,
  type PushedRelease,
  pushRelease,
  type ReleaseBehaviour,
  resumeInstances,
  runningInstances,
  scheduleEvents,
  worldParts,
} from '../../../simulator/world/index.ts';
import { bootInstance, runningOn } from '../../../simulator/world/instances.ts';
import { instanceRequest } from '../../../simulator/world/processes.ts';
import { functionArn, lambdaIn, makeCloud, makeRole, west } from '../eventbridge/harness.ts';

const region = 'us-west-2';
const instanceId = 'i-1';
const APP = `exports.start = () => ({
  handle: async () => ({ status: 200, headers: { 'x-release-digest': process.env.RELEASE_DIGEST }, body: '' }),
  stop: async () => {},
});`;

let cloud: Cloud;
let role: string;
beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region, 'us-east-1'],
    services: [iam, ssm, ecr, ...worldParts],
    startAt: Date.UTC(2026, 0, 1),
  });
  role = await makeRole(cloud, 'ec2', ['ssm:GetParameter', 'ecr:BatchGetImage']);
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, { region });
  pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(APP), tags: ['1.0.0'] });
});

const release = (behaviour?: ReleaseBehaviour, more: Partial<PushedRelease> = {}): PushedRelease => ({
  region,
  repository: 'orders',
  tags: ['2.0.0'],
  behaviour,
  ...more,
});

/** Runs it, and asks it so many times: how often each status came, and how long the answers took. */
async function run(behaviour?: ReleaseBehaviour): Promise<string> {
  const { platformDigest: Value } = await pushRelease(cloud, release(behaviour));
  await cloud.call('ssm', 'PutParameter', { Name: '/digest', Value, Type: 'String', Overwrite: true }, { region });
  const userData =
    '# app.env begin\nDIGEST_PARAMETER=/digest\nIMAGE_REPOSITORY=orders\nCOLOUR=green\nPORT=3000\n# app.env end\n';
  await bootInstance(cloud, { instanceId, region, zone: `${region}a`, userData, roleArn: role, tags: {} });
  await cloud.advance(280_000);
  return Value;
}

async function ask(path = '/orders/1') {
  const from = cloud.now;
  const answer = await cloud.resolve(
    instanceRequest(cloud, instanceId, { method: 'GET', path, headers: {}, body: '' }),
  );
  return { ...answer, ms: cloud.now - from };
}

async function askMany(count: number, path?: string) {
  const answers = [];
  for (let i = 0; i < count; i++) answers.push(await ask(path));
  return answers;
}

describe('a release', () => {
  it('that nothing is said of answers as its code does, at once', async () => {
    const digest = await run();
    expect(await ask()).toMatchObject({ status: 200, ms: 0, headers: { 'x-release-digest': digest } });
    expect(runningOn(cloud, instanceId)).toEqual({ release: digest, colour: 'green' });
  });

  it('fails so many requests by its own draw, and passes every health check', async () => {
    const digest = await run({ errorShare: 0.2 });
    const failed = (await askMany(500)).filter(({ status }) => status === 500);
    expect(failed.length).toBeGreaterThan(70);
    expect(failed.length).toBeLessThan(130);
    expect(failed[0]?.headers['x-release-digest']).toBe(digest);
    expect((await askMany(100, '/ready')).every(({ status }) => status === 200)).toBe(true);
  });

  it('takes as long as its percentiles say, and longer in its tail', async () => {
    await run({ latencyMs: { p50: 100, p95: 400 } });
    const times = (await askMany(600)).map(({ ms }) => ms).sort((a, b) => a - b);
    expect(times[300]).toBeGreaterThan(85);
    expect(times[300]).toBeLessThan(115);
    expect(times[570]).toBeGreaterThan(320);
    expect(times[570]).toBeLessThan(490);
  });

  it('is broken for users behind passing health checks', async () => {
    await run({ brokenStatus: 404 });
    expect(await ask('/health')).toMatchObject({ status: 200 });
    expect(await ask('/orders/1')).toMatchObject({ status: 404 });
  });

  it('never becomes healthy, or names a digest that is not its own', async () => {
    await run({ healthStatus: 503, reportsDigest: 'sha256:other' });
    expect(await ask('/ready')).toMatchObject({ status: 503 });
    expect((await ask()).headers['x-release-digest']).toBe('sha256:other');
  });

  it('crashes after each start, and not more often after a fork', async () => {
    const digest = await run({ crashesAfterMs: 20_000 });
    const crashes = (of: Cloud) => of.trace.entries.filter(({ what }) => what === 'app.crashed').length;
    const before = crashes(cloud);
    expect(before).toBeGreaterThan(0);
    haltInstances(cloud);
    const fork = cloud.fork(2);
    resumeInstances(fork);
    await fork.advance(100_000);
    expect(crashes(fork)).toBeGreaterThanOrEqual(3);
    expect(crashes(fork)).toBeLessThanOrEqual(5);
    expect(runningOn(fork, instanceId)?.release).toBe(digest);
  });

  it('leaks until the kernel kills it: that request and those beside it get 502, the next start answers again', async () => {
    await run({ oomAfterRequests: 3 });
    expect((await askMany(4)).map(({ status }) => status)).toEqual([200, 200, 200, 502]);
    expect(runningInstances(cloud)).toEqual([]);
    await cloud.advance(6_000);
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('listens only when it is warm', async () => {
    await run({ warmUpMs: 400_000 });
    expect(runningInstances(cloud)).toEqual([]);
    await cloud.advance(400_000);
    expect(runningInstances(cloud)).toEqual([instanceId]);
  });

  it('is refused with a behaviour that cannot be, naming the member', async () => {
    await expect(pushRelease(cloud, release({ errorShare: 2 }))).rejects.toThrow('errorShare is 2');
    await expect(pushRelease(cloud, release({ latencyMs: { p50: 9, p95: 3 } }))).rejects.toThrow('latencyMs.p95 is 3');
  });
});

describe('a push', () => {
  it('of an index brings each platform untagged and then the index with the tags, and can be foretold', async () => {
    const index = release(undefined, { shape: 'index', labels: { 'org.opencontainers.image.revision': 'abc' } });
    const foretold = digestsOf(cloud, index);
    expect(await pushRelease(cloud, index)).toEqual(foretold);
    expect(foretold.platformDigest).not.toBe(foretold.digest);
    const { images } = await cloud.call(
      'ecr',
      'BatchGetImage',
      { repositoryName: 'orders', imageIds: [{ imageTag: '2.0.0' }] },
      { region },
    );
    const manifest = JSON.parse(images?.[0]?.imageManifest ?? '');
    expect(images?.[0]?.imageId?.imageDigest).toBe(foretold.digest);
    expect(manifest.manifests[0]).toMatchObject({
      digest: foretold.platformDigest,
      platform: { architecture: 'amd64', os: 'linux' },
    });
    expect(manifest.annotations['org.opencontainers.image.revision']).toBe('abc');
  });

  it('of what is there already changes nothing', async () => {
    const before = await pushRelease(cloud, release());
    expect(await pushRelease(cloud, release())).toEqual(before);
  });

  it('happens as an event of the world, and a refusal of the registry ends nothing else', async () => {
    addFault(cloud, { kind: 'throttle', service: 'ecr', operation: 'PutImage', times: 1 });
    await happen(cloud, { do: 'pushImage', ...release() });
    expect(cloud.trace.entries.filter(({ what }) => what === 'push.failed')).toHaveLength(1);
    scheduleEvents(cloud, [{ do: 'pushImage', ...release(), afterMs: 60_000 }]);
    await cloud.advance(61_000);
    const { imageDetails } = await cloud.call('ecr', 'DescribeImages', { repositoryName: 'orders' }, { region });
    expect(imageDetails?.map(({ imageTags }) => imageTags)).toContainEqual(['2.0.0']);
  });
});

it('each manifest and tag has an event of its own, of which those without a tag are nothing to deploy', async () => {
  const bus = makeCloud(1, [ecr, ...worldParts]);
  const at = { region: west };
  await bus.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, at);
  pushImage(bus, west, 'orders', { blobHash: bus.blobs.put(APP) });
  const EventPattern = '{"source":["aws.ecr"],"detail":{"action-type":["PUSH"],"result":["SUCCESS"]}}';
  await bus.call('events', 'PutRule', { Name: 'pushes', EventPattern }, at);
  const Targets = [{ Id: 't', Arn: functionArn(west) }];
  await bus.call('events', 'PutTargets', { Rule: 'pushes', Targets }, at);
  const { digest } = await pushRelease(bus, release(undefined, { region: west, shape: 'index' }));
  await bus.advance(10_000);
  const details = lambdaIn(bus, west).received.map(({ payload }) => (payload as { detail: object }).detail);
  expect(details).toHaveLength(3);
  expect(details.filter((detail) => (detail as Record<string, string>)['image-tag'] !== '')).toEqual([
    {
      result: 'SUCCESS',
      'repository-name': 'orders',
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': '2.0.0',
      'manifest-media-type': 'application/vnd.oci.image.index.v1+json',
    },
  ]);
  addFault(bus, { kind: 'event-lost', source: 'aws.ecr' });
  await pushRelease(bus, release(undefined, { region: west, tags: ['3.0.0'] }));
  await bus.advance(10_000);
  expect(lambdaIn(bus, west).received).toHaveLength(3);
});
