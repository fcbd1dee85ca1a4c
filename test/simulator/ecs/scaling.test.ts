/** Application Auto Scaling of a service: by its alarms, within its limits, and held off while it is suspended. */
import { beforeEach, expect, it } from 'vitest';
import { at, createService, type Fleet, makeFleet, serviceOf } from './fixture.ts';

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
