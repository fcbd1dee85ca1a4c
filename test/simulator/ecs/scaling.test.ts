/** Application Auto Scaling of a service: by its alarms, within its limits, and held off while it is suspended. */
import { beforeEach, expect, it } from 'vitest';
import { ask, at, createService, type Fleet, makeFleet, serviceOf } from './fixture.ts';

let fleet: Fleet;
const target = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: 'service/orders/blue',
} as const;

beforeEach(async () => {
  fleet = await makeFleet();
  await createService(fleet, await fleet.define('1'), 2);
  await registerTarget({ MinCapacity: 1, MaxCapacity: 6 });
  const CustomizedMetricSpecification = { Namespace: 'App', MetricName: 'Load', Statistic: 'Average' } as const;
  await fleet.cloud.call(
    'application-autoscaling',
    'PutScalingPolicy',
    {
      ...target,
      PolicyName: 'load',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 100,
        CustomizedMetricSpecification,
        ScaleInCooldown: 60,
      },
    },
    at,
  );
});

const registerTarget = (more: object) =>
  fleet.cloud.call('application-autoscaling', 'RegisterScalableTarget', { ...target, ...more }, at);

async function load(value: number, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    const MetricData = [{ MetricName: 'Load', Value: value }];
    await fleet.cloud.call('cloudwatch', 'PutMetricData', { Namespace: 'App', MetricData }, at);
    await fleet.cloud.advance(60_000);
  }
}

const desired = async () => (await serviceOf(fleet.cloud)).desiredCount;

it('a service grows with its metric up to its limit, and shrinks after fifteen low minutes', async () => {
  await load(300, 8);
  expect(await desired()).toBe(6);
  await load(10, 24);
  expect(await desired()).toBe(1);
});

it('a suspended target is left alone, and is scaled again when it is resumed', async () => {
  const suspended = (value: boolean) => ({
    SuspendedState: {
      DynamicScalingInSuspended: value,
      DynamicScalingOutSuspended: value,
      ScheduledScalingSuspended: value,
    },
  });
  await registerTarget(suspended(true));
  const { ScalableTargets } = await fleet.cloud.call(
    'application-autoscaling',
    'DescribeScalableTargets',
    { ServiceNamespace: 'ecs' },
    at,
  );
  expect(ScalableTargets).toMatchObject([
    { MinCapacity: 1, MaxCapacity: 6, SuspendedState: { DynamicScalingOutSuspended: true } },
  ]);
  await load(300, 8);
  expect(await desired()).toBe(2);
  await registerTarget(suspended(false));
  await load(300, 3);
  expect(await desired()).toBe(6);
});

it('a target takes its policies and their alarms with it', async () => {
  await fleet.cloud.call('application-autoscaling', 'DeregisterScalableTarget', target, at);
  expect((await fleet.cloud.call('cloudwatch', 'DescribeAlarms', {}, at)).MetricAlarms).toEqual([]);
  const again = fleet.cloud.call('application-autoscaling', 'DeregisterScalableTarget', target, at);
  await expect(again).rejects.toMatchObject({ code: 'ObjectNotFoundException' });
});

const schedule = (ScheduledActionName: string, Schedule: string, ScalableTargetAction: object) =>
  fleet.cloud.call(
    'application-autoscaling',
    'PutScheduledAction',
    { ...target, ScheduledActionName, Schedule, ScalableTargetAction },
    at,
  );

// The fixture's clock begins at midnight.
it('a scheduled action sets the bounds at its time, once or each day', async () => {
  await schedule('day', 'cron(0 7 * * ? *)', { MinCapacity: 4 });
  await schedule('party', 'at(2026-01-01T08:00:00)', { MinCapacity: 5 });
  await fleet.cloud.advance(7 * 3_600_000 - 1);
  expect(await desired()).toBe(2);
  await fleet.cloud.advance(1_000);
  expect(await desired()).toBe(4);
  await fleet.cloud.advance(3_600_000);
  expect(await desired()).toBe(5);
  const { ScheduledActions } = await fleet.cloud.call(
    'application-autoscaling',
    'DescribeScheduledActions',
    { ServiceNamespace: 'ecs' },
    at,
  );
  expect(ScheduledActions?.map(({ ScheduledActionName }) => ScheduledActionName)).toEqual(['day']);
});

it('a suspended target lets its schedule pass', async () => {
  await schedule('day', 'cron(0 7 * * ? *)', { MinCapacity: 4 });
  await registerTarget({ SuspendedState: { ScheduledScalingSuspended: true } });
  await fleet.cloud.advance(8 * 3_600_000);
  expect(await desired()).toBe(2);
});

it('a schedule that cannot be is refused, and one in words of its own is not modelled', async () => {
  await expect(schedule('gone', 'at(2020-01-01T00:00:00)', { MinCapacity: 4 })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  await expect(schedule('none', 'cron(0 7 * * ? *)', {})).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(schedule('rate', 'rate(1 day)', { MinCapacity: 4 })).rejects.toThrow('not modelled');
});

it('the processors of a service are told of each minute, busier with more requests', async () => {
  const cpu = async () => {
    const Dimensions = [
      { Name: 'ClusterName', Value: 'orders' },
      { Name: 'ServiceName', Value: 'blue' },
    ];
    const { cloud } = fleet;
    const { Datapoints = [] } = await cloud.call(
      'cloudwatch',
      'GetMetricStatistics',
      {
        ...{ Namespace: 'AWS/ECS', MetricName: 'CPUUtilization', Dimensions, Period: 60, Statistics: ['Average'] },
        StartTime: new Date(cloud.now - 360_000),
        EndTime: new Date(cloud.now),
      },
      at,
    );
    return Math.max(...Datapoints.map(({ Average = 0 }) => Average));
  };
  await fleet.cloud.advance(600_000);
  const idle = await cpu();
  expect(idle).toBeGreaterThan(0);
  for (let second = 0; second < 240; second++) {
    await ask(fleet);
    await fleet.cloud.advance(1_000);
  }
  await fleet.cloud.advance(90_000);
  expect(await cpu()).toBeGreaterThan(idle * 1.1);
});
