/** What changes a group's capacity by itself: policies that alarms carry out, and scheduled actions; and what holds both off. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { addFault } from '../../../simulator/faults.ts';
import { resetMachines } from '../elbv2/machines.ts';
import { cloudWithGroup, groupOf, instancesOf, region, setDesired } from './fixture.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('../elbv2/machines.ts')).world);

beforeEach(resetMachines);

const at = { region };
const AutoScalingGroupName = 'orders-blue';
const desired = async (cloud: Cloud) => (await groupOf(cloud)).DesiredCapacity;

const track = (cloud: Cloud, more: object = {}) =>
  cloud.call(
    'autoscaling',
    'PutScalingPolicy',
    {
      AutoScalingGroupName,
      PolicyName: 'load',
      PolicyType: 'TargetTrackingScaling',
      EstimatedInstanceWarmup: 60,
      TargetTrackingConfiguration: {
        TargetValue: 100,
        CustomizedMetricSpecification: { Namespace: 'App', MetricName: 'Load', Statistic: 'Average' },
        ...more,
      },
    },
    at,
  );

/** The metric has this value for so many minutes. */
async function load(cloud: Cloud, value: number, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    const MetricData = [{ MetricName: 'Load', Value: value }];
    await cloud.call('cloudwatch', 'PutMetricData', { Namespace: 'App', MetricData }, at);
    await cloud.advance(60_000);
  }
}

describe('a target tracking policy', () => {
  it('makes its two alarms, scales out in proportion, and after fifteen low minutes in again', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2 });
    const { Alarms } = await track(cloud);
    expect(Alarms).toHaveLength(2);
    await load(cloud, 180, 6);
    expect(await desired(cloud)).toBeGreaterThanOrEqual(4);
    const high = await desired(cloud);
    await load(cloud, 20, 10);
    expect(await desired(cloud)).toBe(high);
    await load(cloud, 20, 12);
    expect(await desired(cloud)).toBeLessThan(high ?? 0);
  });

  it('does nothing while AlarmNotification is suspended, and goes on by itself when it is resumed', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2 });
    await track(cloud);
    const ScalingProcesses = ['AlarmNotification'];
    await cloud.call('autoscaling', 'SuspendProcesses', { AutoScalingGroupName, ScalingProcesses }, at);
    await load(cloud, 180, 8);
    expect(await desired(cloud)).toBe(2);
    await cloud.call('autoscaling', 'ResumeProcesses', { AutoScalingGroupName, ScalingProcesses }, at);
    await load(cloud, 180, 3);
    expect(await desired(cloud)).toBeGreaterThan(2);
  });

  it('that Auto Scaling refuses is tried again at the next evaluation, and the alarm goes on', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2 });
    await track(cloud);
    const refusal = { kind: 'throttle', service: 'autoscaling', operation: 'ExecutePolicy', region } as const;
    addFault(cloud, { ...refusal, until: cloud.now + 8 * 60_000 });
    await load(cloud, 180, 8);
    expect(await desired(cloud)).toBe(2);
    expect(cloud.trace.entries.filter(({ what }) => what === 'alarm.actionFailed').length).toBeGreaterThan(1);
    await load(cloud, 180, 3);
    expect(await desired(cloud)).toBeGreaterThan(2);
  });

  it('never scales in when told so, nor without data', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 4 });
    const { Alarms } = await track(cloud, { DisableScaleIn: true });
    expect(Alarms).toHaveLength(1);
    await load(cloud, 1, 25);
    await cloud.advance(3_600_000);
    expect(await desired(cloud)).toBe(4);
  });

  it('is held by the limits of its group, and takes its alarms with it', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2, MinSize: 2, MaxSize: 3 });
    await track(cloud);
    await load(cloud, 900, 8);
    expect(await desired(cloud)).toBe(3);
    await cloud.call('autoscaling', 'DeletePolicy', { AutoScalingGroupName, PolicyName: 'load' }, at);
    expect((await cloud.call('cloudwatch', 'DescribeAlarms', {}, at)).MetricAlarms).toEqual([]);
  });
});

describe('a step scaling policy', () => {
  it('goes by how far the alarm is breached', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2 });
    const { PolicyARN = '' } = await cloud.call(
      'autoscaling',
      'PutScalingPolicy',
      {
        AutoScalingGroupName,
        PolicyName: 'steps',
        PolicyType: 'StepScaling',
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 50, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 50, ScalingAdjustment: 4 },
        ],
      },
      at,
    );
    const execute = (MetricValue: number) =>
      cloud.call('autoscaling', 'ExecutePolicy', { PolicyName: PolicyARN, MetricValue, BreachThreshold: 100 }, at);
    await execute(120);
    expect(await desired(cloud)).toBe(3);
    await execute(150);
    expect(await desired(cloud)).toBe(7);
    await execute(90);
    expect(await desired(cloud)).toBe(7);
  });
});

describe('a scheduled action', () => {
  const put = (cloud: Cloud, more: object) =>
    cloud.call(
      'autoscaling',
      'PutScheduledUpdateGroupAction',
      { AutoScalingGroupName, ScheduledActionName: 'night', ...more },
      at,
    );

  it('sets the sizes at its time, and again', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 4 });
    await put(cloud, { Recurrence: '0 22 * * *', DesiredCapacity: 1 });
    await cloud.advance(22 * 3_600_000 + 1_000);
    expect(await desired(cloud)).toBe(1);
    await setDesired(cloud, 4);
    await cloud.advance(24 * 3_600_000);
    expect(await desired(cloud)).toBe(1);
  });

  it('lets its time pass while ScheduledActions is suspended', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 4 });
    const ScalingProcesses = ['ScheduledActions'];
    await cloud.call('autoscaling', 'SuspendProcesses', { AutoScalingGroupName, ScalingProcesses }, at);
    await put(cloud, { StartTime: new Date(cloud.now + 60_000), DesiredCapacity: 1 });
    await cloud.advance(120_000);
    expect(await desired(cloud)).toBe(4);
    expect((await cloud.call('autoscaling', 'DescribeScheduledActions', {}, at)).ScheduledUpdateGroupActions).toEqual(
      [],
    );
  });

  it.each([
    [{ DesiredCapacity: 1, StartTime: new Date(0) }, 'past'],
    [{ DesiredCapacity: 1, Recurrence: '0 22' }, '5 fields'],
    [{ Recurrence: '0 22 * * *' }, 'At least one'],
  ])('is refused when it can never do anything: %o', async (more, why) => {
    const cloud = await cloudWithGroup();
    await expect(put(cloud, more)).rejects.toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining(why),
    });
  });
});

it('an instance that is protected is not scaled in', async () => {
  const cloud = await cloudWithGroup({ DesiredCapacity: 3 });
  await cloud.advance(60_000);
  const InstanceIds = (await instancesOf(cloud)).slice(0, 2).map(({ InstanceId = '' }) => InstanceId);
  const input = { AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: true };
  await cloud.call('autoscaling', 'SetInstanceProtection', input, at);
  await setDesired(cloud, 0);
  await cloud.advance(60_000);
  expect((await instancesOf(cloud)).map(({ InstanceId }) => InstanceId)).toEqual(InstanceIds);
});

it('a shortage in one zone moves launches to the others', async () => {
  const cloud = await cloudWithGroup();
  addFault(cloud, { kind: 'shortage', region, zone: 'us-west-2a' });
  await setDesired(cloud, 4);
  const zones = (await instancesOf(cloud)).map(({ AvailabilityZone }) => AvailabilityZone);
  expect(zones.sort()).toEqual(['us-west-2b', 'us-west-2b', 'us-west-2c', 'us-west-2c']);
});
