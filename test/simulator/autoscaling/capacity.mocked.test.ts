/** Launching and scaling in: boot times, zones, limits, cooldown, shortage of capacity. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addFault, removeFault } from '../../../simulator/faults.ts';
import { machines, resetMachines } from '../elbv2/machines.ts';
import { activitiesOf, cloudWithGroup, groupOf, instancesOf, region, setDesired, zones } from './fixture.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('../elbv2/machines.ts')).world);

beforeEach(resetMachines);

const countBy = <T>(list: readonly T[], key: (one: T) => string | undefined): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of list) counts[key(one) ?? ''] = (counts[key(one) ?? ''] ?? 0) + 1;
  return counts;
};

describe('Auto Scaling capacity', () => {
  it('starts at the minimum when no desired capacity is given', async () => {
    const cloud = await cloudWithGroup({ MinSize: 2 });
    expect((await groupOf(cloud)).DesiredCapacity).toBe(2);
    expect(await instancesOf(cloud)).toHaveLength(2);
  });

  it('puts an instance in service when its operating system has booted, 22 to 29 s after the launch', async () => {
    const cloud = await cloudWithGroup();
    await setDesired(cloud, 1);
    await cloud.advance(21_900);
    expect((await instancesOf(cloud))[0]?.LifecycleState).toBe('Pending');
    expect(machines.booted).toEqual({});
    await cloud.advance(7_200);
    const [instance] = await instancesOf(cloud);
    expect(instance?.LifecycleState).toBe('InService');
    expect(machines.booted[instance?.InstanceId ?? '']).toMatchObject({
      region,
      zone: instance?.AvailabilityZone,
      userData: '# app.env begin\nPORT=3000\n# app.env end',
      tags: { Name: 'orders', 'aws:autoscaling:groupName': 'orders-blue' },
    });
  });

  it('balances instances over its zones', async () => {
    const cloud = await cloudWithGroup();
    await setDesired(cloud, 6);
    const instances = await instancesOf(cloud);
    expect(countBy(instances, (instance) => instance.AvailabilityZone)).toEqual(
      Object.fromEntries(zones.map((zone) => [zone, 2])),
    );
  });

  it('takes instances from the fullest zone when it scales in, and keeps protected ones', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 4 });
    await cloud.advance(30_000);
    await setDesired(cloud, 3);
    await cloud.advance(1_000);
    const left = await instancesOf(cloud);
    expect(countBy(left, (instance) => instance.AvailabilityZone)).toEqual(
      Object.fromEntries(zones.map((zone) => [zone, 1])),
    );
    expect(machines.stopped).toHaveLength(1);
  });

  it('refuses a desired capacity outside its limits with ValidationError', async () => {
    const cloud = await cloudWithGroup({ MinSize: 1, MaxSize: 4 });
    await expect(setDesired(cloud, 5)).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.',
    });
    await expect(setDesired(cloud, 0)).rejects.toMatchObject({ code: 'ValidationError' });
    expect((await groupOf(cloud)).DesiredCapacity).toBe(1);
  });

  it('answers ScalingActivityInProgress in a cooldown only when asked to honour it', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 1, DefaultCooldown: 120 });
    await expect(setDesired(cloud, 2, true)).rejects.toMatchObject({ code: 'ScalingActivityInProgressFault' });
    await cloud.advance(60_000);
    await expect(setDesired(cloud, 2, true)).rejects.toMatchObject({ code: 'ScalingActivityInProgressFault' });
    await cloud.advance(120_000);
    await setDesired(cloud, 2, true);
    await setDesired(cloud, 3);
    expect((await groupOf(cloud)).DesiredCapacity).toBe(3);
  });

  it('moves the desired capacity along when an update moves the limits past it', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2 });
    const update = (limits: { MinSize?: number; MaxSize?: number }) =>
      cloud.call(
        'autoscaling',
        'UpdateAutoScalingGroup',
        { AutoScalingGroupName: 'orders-blue', ...limits },
        { region },
      );
    await update({ MinSize: 4 });
    expect((await groupOf(cloud)).DesiredCapacity).toBe(4);
    await update({ MinSize: 0, MaxSize: 1 });
    expect((await groupOf(cloud)).DesiredCapacity).toBe(1);
  });

  it('refuses members that are not modelled by name', async () => {
    await expect(cloudWithGroup({ MixedInstancesPolicy: {} })).rejects.toThrow(
      "member 'MixedInstancesPolicy' is not modelled",
    );
  });
});

describe('shortage of capacity', () => {
  it('fails the launch in the short zone with AWS words and uses the others', async () => {
    const cloud = await cloudWithGroup();
    addFault(cloud, { kind: 'shortage', region: 'us-west-2', zone: 'us-west-2a' });
    await setDesired(cloud, 4);
    const instances = await instancesOf(cloud);
    expect(countBy(instances, (instance) => instance.AvailabilityZone)).toEqual({ 'us-west-2b': 2, 'us-west-2c': 2 });
    const failed = (await activitiesOf(cloud)).filter((activity) => activity.StatusCode === 'Failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]?.StatusMessage).toMatch(
      /^We currently do not have sufficient m7g\.large capacity in the Availability Zone you requested \(us-west-2a\)\. .* Launching EC2 instance failed\.$/,
    );
  });

  it('keeps the desired capacity, retries with growing pauses and succeeds when capacity is back', async () => {
    const cloud = await cloudWithGroup();
    const ids = zones.map((zone) => addFault(cloud, { kind: 'shortage', region: 'us-west-2', zone }));
    await setDesired(cloud, 2);
    await cloud.advance(600_000);
    const failedAt = (await activitiesOf(cloud)).map((activity) => activity.StartTime?.getTime() ?? 0).toReversed();
    const rounds = [...new Set(failedAt)];
    expect(rounds.length).toBeGreaterThanOrEqual(4);
    expect(rounds.length).toBeLessThanOrEqual(6);
    const pauses = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(await groupOf(cloud)).toMatchObject({ DesiredCapacity: 2, Instances: [] });
    for (const id of ids) removeFault(cloud, id);
    await cloud.advance(400_000);
    expect(await instancesOf(cloud)).toHaveLength(2);
  });

  it('honours an injected fault of ec2:RunInstances', async () => {
    const cloud = await cloudWithGroup();
    const call = { service: 'ec2', operation: 'RunInstances' };
    addFault(cloud, { kind: 'error', ...call, error: 'RequestLimitExceeded' });
    await setDesired(cloud, 1);
    expect((await activitiesOf(cloud))[0]).toMatchObject({ StatusCode: 'Failed' });
  });
});
