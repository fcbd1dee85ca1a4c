/** What happens to instances: target groups, draining, health, replacement, suspended processes. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { addFault } from '../../../simulator/faults.ts';
import { createBalancer, createGroup, createRule, health } from '../elbv2/fixture.ts';
import { machines, resetMachines } from '../elbv2/machines.ts';
import { activitiesOf, cloudWithGroup, ec2State, instancesOf, region, setDesired } from './fixture.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('../elbv2/machines.ts')).world);

beforeEach(resetMachines);

let targetGroup = '';

const behindBalancer = (graceSeconds = 0) =>
  cloudWithGroup(
    { DesiredCapacity: 2, HealthCheckType: 'ELB', HealthCheckGracePeriod: graceSeconds },
    async (cloud) => {
      targetGroup = await createGroup(cloud, 'blue', { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 5 });
      const { listenerArn } = await createBalancer(cloud);
      await createRule(cloud, listenerArn, { [targetGroup]: 100 });
      return { TargetGroupARNs: [targetGroup] };
    },
  );

const processes = (cloud: Cloud, operation: 'SuspendProcesses' | 'ResumeProcesses', ...ScalingProcesses: string[]) =>
  cloud.call('autoscaling', operation, { AutoScalingGroupName: 'orders-blue', ScalingProcesses }, { region });

describe('an instance of an Auto Scaling group', () => {
  it('is registered with the target groups when it goes into service', async () => {
    machines.answers['*'] = 200;
    const cloud = await behindBalancer();
    expect(await health(cloud, targetGroup)).toEqual({});
    await cloud.advance(45_000);
    expect(Object.values(await health(cloud, targetGroup))).toEqual(['healthy', 'healthy']);
  });

  it('drains for the deregistration delay before it is stopped', async () => {
    machines.answers['*'] = 200;
    const cloud = await behindBalancer();
    await cloud.advance(60_000);
    await setDesired(cloud, 1);
    const states = async () => Object.values(await health(cloud, targetGroup)).toSorted();
    expect(await states()).toEqual(['draining Target.DeregistrationInProgress', 'healthy']);
    expect((await activitiesOf(cloud))[0]?.StatusCode).toBe('WaitingForELBConnectionDraining');
    await cloud.advance(299_000);
    expect(machines.stopped).toEqual([]);
    await cloud.advance(1_000);
    expect(machines.stopped).toHaveLength(1);
    expect(await states()).toEqual(['healthy']);
    await cloud.advance(60_000);
    expect(ec2State(cloud).instances[machines.stopped[0] ?? '']?.state).toBe('terminated');
  });

  it('is replaced when its target is unhealthy, but not before the grace period is over', async () => {
    machines.answers['*'] = 503;
    const cloud = await behindBalancer(300);
    await cloud.advance(320_000);
    const first = (await instancesOf(cloud)).map((instance) => instance.InstanceId);
    expect((await instancesOf(cloud)).map((instance) => instance.LifecycleState)).toEqual(['InService', 'InService']);
    machines.answers['*'] = 200;
    for (const id of first) machines.answers[id ?? ''] = 503;
    await cloud.advance(45_000);
    const now = await instancesOf(cloud);
    expect(now.filter((instance) => instance.LifecycleState === 'Terminating').map((one) => one.InstanceId)).toEqual(
      first,
    );
    expect(now.filter((instance) => instance.LifecycleState !== 'Terminating')).toHaveLength(2);
  });

  it('is not judged by its target group when the health check type is EC2', async () => {
    machines.answers['*'] = 503;
    const cloud = await behindBalancer();
    await cloud.call(
      'autoscaling',
      'UpdateAutoScalingGroup',
      { AutoScalingGroupName: 'orders-blue', HealthCheckType: 'EC2' },
      { region },
    );
    await cloud.advance(600_000);
    expect((await instancesOf(cloud)).map((instance) => instance.HealthStatus)).toEqual(['Healthy', 'Healthy']);
  });

  it('is replaced when EC2 no longer runs it', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 1 });
    await cloud.advance(30_000);
    const [before] = await instancesOf(cloud);
    await cloud.call('ec2', 'TerminateInstances', { InstanceIds: [before?.InstanceId ?? ''] }, { region });
    await cloud.advance(90_000);
    const after = await instancesOf(cloud);
    expect(after).toHaveLength(1);
    expect(after[0]?.InstanceId).not.toBe(before?.InstanceId);
  });

  it('stays unhealthy and unreplaced while ReplaceUnhealthy is suspended', async () => {
    machines.answers['*'] = 503;
    const cloud = await behindBalancer();
    await processes(cloud, 'SuspendProcesses', 'ReplaceUnhealthy');
    await cloud.advance(300_000);
    const instances = await instancesOf(cloud);
    expect(instances.map((instance) => [instance.HealthStatus, instance.LifecycleState])).toEqual([
      ['Unhealthy', 'InService'],
      ['Unhealthy', 'InService'],
    ]);
  });

  it('is launched only after Launch is resumed', async () => {
    const cloud = await cloudWithGroup();
    await processes(cloud, 'SuspendProcesses', 'Launch');
    await setDesired(cloud, 2);
    await cloud.advance(60_000);
    expect(await instancesOf(cloud)).toEqual([]);
    await processes(cloud, 'ResumeProcesses', 'Launch');
    expect(await instancesOf(cloud)).toHaveLength(2);
  });

  it('may be taken out by hand with or without lowering the desired capacity', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 2, MinSize: 1 });
    await cloud.advance(30_000);
    const terminate = async (ShouldDecrementDesiredCapacity: boolean) => {
      const [InstanceId] = (await instancesOf(cloud)).map((instance) => instance.InstanceId);
      return cloud.call(
        'autoscaling',
        'TerminateInstanceInAutoScalingGroup',
        { InstanceId, ShouldDecrementDesiredCapacity },
        { region },
      );
    };
    expect((await terminate(true)).Activity?.Description).toMatch(/^Terminating EC2 instance: i-/);
    await cloud.advance(60_000);
    expect(await instancesOf(cloud)).toHaveLength(1);
    await expect(terminate(true)).rejects.toMatchObject({ code: 'ValidationError' });
    await terminate(false);
    await cloud.advance(60_000);
    expect((await instancesOf(cloud)).map((instance) => instance.LifecycleState)).toEqual(['InService']);
  });

  it('waits with its whole group while its region is dark', async () => {
    const cloud = await cloudWithGroup();
    await setDesired(cloud, 1);
    cloud.goDark(region);
    await cloud.advance(600_000);
    expect(machines.booted).toEqual({});
    cloud.comeBack(region);
    await cloud.advance(1);
    expect((await instancesOf(cloud))[0]?.LifecycleState).toBe('InService');
  });
});

describe('events of Auto Scaling', () => {
  it('tell the bus of launches, failed launches and terminations with the documented detail types', async () => {
    const cloud = await cloudWithGroup();
    addFault(cloud, { kind: 'shortage', region: 'us-west-2', zone: 'us-west-2a' });
    await setDesired(cloud, 1);
    await cloud.advance(30_000);
    await setDesired(cloud, 0);
    await cloud.advance(1_000);
    // Without EventBridge in this cloud, an event is only noted.
    const told = cloud.trace.entries.filter((entry) => entry.what === 'event.noBus');
    expect(told.map((entry) => (entry.detail as { detailType: string }).detailType)).toEqual([
      'EC2 Instance Launch Unsuccessful',
      'EC2 Instance Launch Successful',
      'EC2 Instance Terminate Successful',
    ]);
  });
});
