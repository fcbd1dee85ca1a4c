/** Services of Fargate tasks: up to the wanted number, into their target group, over to another release, and down again. */
import { beforeEach, describe, expect, it } from 'vitest';
import { addFault } from '../../../simulator/faults.ts';
import { crashTask, haltInstances, resumeInstances, runningTasks } from '../../../simulator/world/index.ts';
import {
  ask,
  at,
  createService,
  type Fleet,
  health,
  makeFleet,
  register,
  serviceOf,
  tasksOf,
  update,
} from './fixture.ts';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await makeFleet();
});

const READY_MS = 120_000;

describe('a service', () => {
  it('starts its tasks, which take about a minute, and puts them behind the load balancer', async () => {
    const { cloud } = fleet;
    const definition = await fleet.define('1');
    await createService(fleet, definition, 2);
    expect((await tasksOf(cloud)).map(({ lastStatus }) => lastStatus)).toEqual(['PROVISIONING', 'PROVISIONING']);
    await cloud.advance(READY_MS);
    const service = await serviceOf(cloud);
    expect(service).toMatchObject({ runningCount: 2, pendingCount: 0, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect(Object.values(await health(fleet))).toEqual(['healthy', 'healthy']);
    const zones = (await tasksOf(cloud)).map(({ availabilityZone }) => availabilityZone);
    expect(new Set(zones).size).toBe(2);
    const answer = await ask(fleet);
    const [{ containers } = {}] = await tasksOf(cloud);
    expect(answer).toMatchObject({ status: 200, target: { release: containers?.[0]?.imageDigest, colour: 'blue' } });
    expect(answer.headers['x-release-digest']).toBe(answer.target?.release);
  });

  it('runs the platform of an index, and an image by its tag as the digest that the tag stood for', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1', undefined, { shape: 'index' }), 1);
    await cloud.advance(READY_MS);
    expect((await ask(fleet)).status).toBe(200);
    const { imageDetails } = await cloud.call(
      'ecr',
      'DescribeImages',
      { repositoryName: 'orders', imageIds: [{ imageTag: '1' }] },
      at,
    );
    const roleArn = (await cloud.call('iam', 'GetRole', { RoleName: 'role-for-ecs-tasks' }, { region: 'us-east-1' }))
      .Role?.Arn;
    await update(cloud, { taskDefinition: await register(cloud, roleArn ?? '', ':1', 'by-tag') });
    await cloud.advance(600_000);
    expect((await tasksOf(cloud))[0]?.containers?.[0]?.imageDigest).toBe(imageDetails?.[0]?.imageDigest);
  });

  it('goes over to another task definition without ever having less than it needs', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1'), 2);
    await cloud.advance(READY_MS);
    const next = await fleet.define('2');
    await update(cloud, { taskDefinition: next });
    for (let i = 0; i < 60; i++) {
      await cloud.advance(10_000);
      expect(Object.values(await health(fleet)).filter((state) => state === 'healthy').length).toBeGreaterThanOrEqual(
        2,
      );
      expect((await ask(fleet)).status).toBe(200);
    }
    const service = await serviceOf(cloud);
    expect(service.deployments).toMatchObject([{ taskDefinition: next, rolloutState: 'COMPLETED', runningCount: 2 }]);
    expect(service.events?.map(({ message }) => message)).toContainEqual(expect.stringContaining('steady state'));
  });

  it('drains a task before it stops it', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1'), 1);
    await cloud.advance(READY_MS);
    await update(cloud, { desiredCount: 0 });
    expect(Object.values(await health(fleet))).toEqual(['draining']);
    await cloud.advance(200_000);
    expect(runningTasks(cloud)).toHaveLength(1);
    await cloud.advance(200_000);
    expect(runningTasks(cloud)).toEqual([]);
    expect(await tasksOf(cloud, 'STOPPED')).toMatchObject([
      { lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated' },
    ]);
    expect((await serviceOf(cloud)).runningCount).toBe(0);
  });

  it('replaces a task whose process ends, and one that load balancers hold for unfit', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1'), 2);
    await cloud.advance(READY_MS);
    const [first = ''] = runningTasks(cloud);
    crashTask(cloud, first);
    await cloud.advance(READY_MS);
    expect(runningTasks(cloud)).toHaveLength(2);
    expect(runningTasks(cloud)).not.toContain(first);
    expect(await tasksOf(cloud, 'STOPPED')).toMatchObject([{ stopCode: 'EssentialContainerExited' }]);
    addFault(cloud, { kind: 'sick-instance', region: 'us-west-2', times: 1 });
    await update(cloud, { desiredCount: 3 });
    await cloud.advance(600_000);
    expect(Object.values(await health(fleet)).filter((state) => state === 'healthy')).toHaveLength(3);
  });

  it('keeps trying, with longer pauses, while the image is missing or the release crashes', async () => {
    const { cloud } = fleet;
    const roleArn = (await cloud.call('iam', 'GetRole', { RoleName: 'role-for-ecs-tasks' }, { region: 'us-east-1' }))
      .Role?.Arn;
    await createService(fleet, await register(cloud, roleArn ?? '', ':none', 'none'), 1);
    await cloud.advance(600_000);
    const stopped = await tasksOf(cloud, 'STOPPED');
    expect(stopped.length).toBeGreaterThan(2);
    expect(stopped.length).toBeLessThan(9);
    expect(stopped[0]?.stoppedReason).toContain('CannotPullContainerError');
    await update(cloud, { taskDefinition: await fleet.define('2', { crashesAfterMs: 10_000 }) });
    await cloud.advance(600_000);
    expect((await serviceOf(cloud)).deployments?.[0]?.failedTasks).toBeGreaterThan(1);
  });

  it('says so where there is no capacity, and starts its tasks when there is some again', async () => {
    const { cloud } = fleet;
    addFault(cloud, { kind: 'shortage', region: 'us-west-2', until: cloud.now + 60_000 });
    await createService(fleet, await fleet.define('1'), 1);
    expect((await serviceOf(cloud)).events?.[0]?.message).toContain('Capacity is unavailable');
    await cloud.advance(300_000);
    expect((await serviceOf(cloud)).runningCount).toBe(1);
  });

  it('runs on in a fork', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1'), 1);
    await cloud.advance(READY_MS);
    haltInstances(cloud);
    const fork = cloud.fork(2);
    resumeInstances(fork);
    await fork.advance(60_000);
    expect((await ask({ ...fleet, cloud: fork })).status).toBe(200);
  });

  it('costs nothing when it has no tasks', async () => {
    const { cloud } = fleet;
    await createService(fleet, await fleet.define('1'), 0);
    await cloud.advance(7_200_000);
    expect(cloud.clock.nextAt).toBeUndefined();
  });
});

describe('what is asked of ECS', () => {
  it('is refused with its own errors', async () => {
    const { cloud } = fleet;
    const none = { cluster: 'none', services: ['blue'] };
    await expect(cloud.call('ecs', 'DescribeServices', none, at)).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    });
    await expect(update(cloud, {})).rejects.toMatchObject({ code: 'ServiceNotFoundException' });
    await expect(createService(fleet, 'none:1', 1)).rejects.toMatchObject({ code: 'ClientException' });
    const definition = await fleet.define('1');
    await expect(createService(fleet, definition, -1)).rejects.toMatchObject({ code: 'InvalidParameterException' });
    const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await expect(createService(fleet, definition, 1, breaker)).rejects.toThrow('circuit breaker');
    const { failures } = await cloud.call('ecs', 'DescribeServices', { cluster: 'orders', services: ['x'] }, at);
    expect(failures).toMatchObject([{ reason: 'MISSING' }]);
  });
});
