/** Zones without capacity, slow boots, instances that are never healthy: as Auto Scaling and a load balancer see them. */
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { addFault, type Fault } from '../../../simulator/faults.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { autoScaling } from '../../../simulator/services/autoscaling/service.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import type { Ec2State } from '../../../simulator/services/ec2/state.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { worldParts } from '../../../simulator/world/index.ts';
import { createBalancer, createGroup, createRule, health } from '../elbv2/fixture.ts';
import { makeRole } from '../eventbridge/harness.ts';

const region = 'us-west-2';
const zones = ['us-west-2a', 'us-west-2b'];
const at = { region };

const APP = `exports.start = () => ({
  handle: async () => ({ status: 200, headers: {}, body: '' }),
  stop: async () => {},
});`;

async function instanceProfile(cloud: Cloud): Promise<string> {
  const InstanceProfileName = 'app';
  const home = { region: 'us-east-1' };
  const role = await makeRole(cloud, 'ec2', ['ssm:GetParameter', 'ecr:BatchGetImage']);
  await cloud.call('iam', 'CreateInstanceProfile', { InstanceProfileName }, home);
  const RoleName = role.split('/').at(-1);
  await cloud.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName }, home);
  return InstanceProfileName;
}

/** A group of two instances behind a load balancer, launched under the fault: zones, ages and health. */
async function group(fault?: Fault, waitMs = 400_000) {
  const services = [ec2, autoScaling, elbv2, iam, ssm, ecr, ...worldParts];
  const startAt = Date.UTC(2026, 10, 20);
  const cloud = Cloud.create({ seed: 1, account: '111122223333', regions: [region, 'us-east-1'], services, startAt });
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, at);
  const Value = pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(APP) });
  await cloud.call('ssm', 'PutParameter', { Name: '/digest', Value, Type: 'String' }, at);
  const env = 'DIGEST_PARAMETER=/digest\nIMAGE_REPOSITORY=orders\nPORT=3000';
  const UserData = Buffer.from(`# app.env begin\n${env}\n# app.env end\n`).toString('base64');
  const IamInstanceProfile = { Name: await instanceProfile(cloud) };
  const LaunchTemplateData = { ImageId: 'ami-1', InstanceType: 'm7g.large' as const, UserData, IamInstanceProfile };
  const template = { LaunchTemplateName: 't', LaunchTemplateData };
  const { LaunchTemplate } = await cloud.call('ec2', 'CreateLaunchTemplate', template, at);
  const { subnets } = cloud.stateOf<Ec2State>(ec2, region);
  for (const zone of zones) subnets[`subnet-${zone.at(-1)}`] = { vpcId: 'vpc-1', zone, cidr: '' };
  const targets = await createGroup(cloud, 'blue', { HealthCheckIntervalSeconds: 10 });
  const { listenerArn } = await createBalancer(cloud);
  await createRule(cloud, listenerArn, { [targets]: 1 });
  const id = fault ? addFault(cloud, fault) : '';
  const launched = cloud.now;
  const AutoScalingGroup = {
    AutoScalingGroupName: 'blue',
    ...{ MinSize: 2, MaxSize: 2, DesiredCapacity: 2, VPCZoneIdentifier: 'subnet-a,subnet-b' },
    LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: '$Latest' },
    TargetGroupARNs: [targets],
  };
  await cloud.call('autoscaling', 'CreateAutoScalingGroup', AutoScalingGroup, at);
  await cloud.advance(waitMs);
  const { AutoScalingGroups } = await cloud.call('autoscaling', 'DescribeAutoScalingGroups', {}, at);
  const inZones = (AutoScalingGroups?.[0]?.Instances ?? []).map(({ AvailabilityZone }) => AvailabilityZone).toSorted();
  const startedMs = cloud.trace.entries
    .filter(({ what }) => what === 'app.started')
    .map(({ t }) => t - (launched - cloud.state.startedAt));
  const states = Object.values(await health(cloud, targets)).toSorted();
  return { inZones, startedMs, states, hits: cloud.state.faults.hits[id] };
}

describe('instances', () => {
  it('start in both zones and become healthy when nothing is wrong', async () => {
    const { inZones, states } = await group();
    expect([inZones, states]).toEqual([zones, ['healthy', 'healthy']]);
  });

  it('start elsewhere when a zone has no capacity left, and nowhere when the region has none', async () => {
    const { inZones, hits } = await group({ kind: 'shortage', region, zone: 'us-west-2a' });
    expect([inZones, hits]).toEqual([['us-west-2b', 'us-west-2b'], 2]);
    const none = await group({ kind: 'shortage', region });
    expect([none.inZones, (none.hits ?? 0) >= 2]).toEqual([[], true]);
    expect(await group({ kind: 'shortage', region: 'us-east-1' })).toMatchObject({ inZones: zones, hits: 0 });
  });

  it('take many times as long to boot and to start', async () => {
    const usual = await group();
    const slow = await group({ kind: 'slow-boot', region, factor: 4 }, 2_000_000);
    expect(slow.hits).toBe(2);
    for (const [index, ms] of slow.startedMs.entries()) {
      expect(ms / (usual.startedMs[index] ?? 0)).toBeCloseTo(4, 1);
    }
  });

  it('never pass their health checks when they are sick, each by the draw at its launch', async () => {
    const sick = await group({ kind: 'sick-instance', region, zone: 'us-west-2a' });
    expect([sick.states, sick.hits]).toEqual([['healthy', 'unhealthy Target.ResponseCodeMismatch'], 1]);
  });
});
