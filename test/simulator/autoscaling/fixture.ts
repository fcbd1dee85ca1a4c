/** A cloud with a launch template, one subnet in each of three zones and, if asked for, a group over them. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Clients, Input } from '../../../simulator/clients.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import type { Ec2State } from '../../../simulator/services/ec2/state.ts';
import { newCloud, region } from '../elbv2/fixture.ts';

export { region } from '../elbv2/fixture.ts';

export const zones = ['us-west-2a', 'us-west-2b', 'us-west-2c'];

export const ec2State = (cloud: Cloud): Ec2State => cloud.stateOf<Ec2State>(ec2, region);

export async function cloudWithTemplate(seed = 1): Promise<{ cloud: Cloud; templateId: string }> {
  const cloud = newCloud(seed);
  for (const zone of zones) ec2State(cloud).subnets[`subnet-${zone.at(-1)}`] = { vpcId: 'vpc-1', zone, cidr: '' };
  const { LaunchTemplate } = await cloud.call(
    'ec2',
    'CreateLaunchTemplate',
    {
      LaunchTemplateName: 'orders-blue',
      LaunchTemplateData: {
        ImageId: 'ami-1',
        InstanceType: 'm7g.large',
        UserData: Buffer.from('# app.env begin\nPORT=3000\n# app.env end').toString('base64'),
        MetadataOptions: { HttpTokens: 'required' },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'orders' }] }],
      },
    },
    { region },
  );
  return { cloud, templateId: LaunchTemplate?.LaunchTemplateId ?? '' };
}

type GroupInput = Partial<Input<Clients['autoscaling'], 'CreateAutoScalingGroup'>>;

export async function cloudWithGroup(settings: GroupInput = {}, prepare?: (cloud: Cloud) => Promise<GroupInput>) {
  const { cloud, templateId } = await cloudWithTemplate();
  const more = (await prepare?.(cloud)) ?? {};
  await cloud.call(
    'autoscaling',
    'CreateAutoScalingGroup',
    {
      AutoScalingGroupName: 'orders-blue',
      MinSize: 0,
      MaxSize: 10,
      LaunchTemplate: { LaunchTemplateId: templateId, Version: '$Latest' },
      VPCZoneIdentifier: 'subnet-a,subnet-b,subnet-c',
      ...settings,
      ...more,
    },
    { region },
  );
  return cloud;
}

export async function groupOf(cloud: Cloud): Promise<AutoScalingGroup> {
  const { AutoScalingGroups } = await cloud.call('autoscaling', 'DescribeAutoScalingGroups', {}, { region });
  const [group] = AutoScalingGroups ?? [];
  if (!group) throw new Error('there is no group');
  return group;
}

export const instancesOf = async (cloud: Cloud) => (await groupOf(cloud)).Instances ?? [];

export const setDesired = (cloud: Cloud, DesiredCapacity: number, HonorCooldown = false) =>
  cloud.call(
    'autoscaling',
    'SetDesiredCapacity',
    { AutoScalingGroupName: 'orders-blue', DesiredCapacity, HonorCooldown },
    { region },
  );

export async function activitiesOf(cloud: Cloud) {
  const { Activities } = await cloud.call('autoscaling', 'DescribeScalingActivities', {}, { region });
  return Activities ?? [];
}
