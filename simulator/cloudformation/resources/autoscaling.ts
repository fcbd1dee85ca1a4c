/**
 * CloudFormation's resource types of Auto Scaling. A template without DesiredCapacity starts the group at its minimum.
 * Left out by name: scaling policies, scheduled actions, lifecycle hooks, warm pools.
 */
import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties } from './known-properties.ts';

export const resources: ResourceTable = {
  'AWS::AutoScaling::AutoScalingGroup': { create: createGroup },
};

const known = [
  'AutoScalingGroupName',
  'AvailabilityZones',
  'Cooldown',
  'DefaultInstanceWarmup',
  'DesiredCapacity',
  'HealthCheckGracePeriod',
  'HealthCheckType',
  'LaunchTemplate',
  'MaxSize',
  'MinSize',
  'NewInstancesProtectedFromScaleIn',
  'Tags',
  'TargetGroupARNs',
  'VPCZoneIdentifier',
  // Group metrics only; no metric of a group is simulated, and an alarm on one shows as missing data.
  'MetricsCollection',
];

interface GroupTag {
  readonly Key: string;
  readonly Value: string;
  readonly PropagateAtLaunch: boolean | string;
}

async function createGroup(properties: Record<string, unknown>, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::AutoScaling::AutoScalingGroup', context.logicalId, properties, known);
  const name = String(properties.AutoScalingGroupName ?? context.physicalName(255));
  await context.call('autoscaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: name,
    MinSize: Number(properties.MinSize),
    MaxSize: Number(properties.MaxSize),
    DesiredCapacity: optionalNumber(properties.DesiredCapacity),
    DefaultCooldown: optionalNumber(properties.Cooldown),
    DefaultInstanceWarmup: optionalNumber(properties.DefaultInstanceWarmup),
    AvailabilityZones: properties.AvailabilityZones as string[] | undefined,
    VPCZoneIdentifier: (properties.VPCZoneIdentifier as string[] | undefined)?.join(','),
    LaunchTemplate: launchTemplate(properties.LaunchTemplate as LaunchTemplateSpecification | undefined),
    TargetGroupARNs: properties.TargetGroupARNs as string[] | undefined,
    HealthCheckType: properties.HealthCheckType as string | undefined,
    HealthCheckGracePeriod: optionalNumber(properties.HealthCheckGracePeriod),
    NewInstancesProtectedFromScaleIn: optionalBoolean(properties.NewInstancesProtectedFromScaleIn),
    Tags: groupTags(properties.Tags as readonly GroupTag[] | undefined, context, name),
  });
  const described = await context.call('autoscaling', 'DescribeAutoScalingGroups', { AutoScalingGroupNames: [name] });
  return {
    physicalId: name,
    attributes: { AutoScalingGroupARN: described.AutoScalingGroups?.[0]?.AutoScalingGroupARN },
  };
}

/** Versions may be numbers when they come from GetAtt LatestVersionNumber. */
const launchTemplate = (
  specification: LaunchTemplateSpecification | undefined,
): LaunchTemplateSpecification | undefined =>
  specification && { ...specification, Version: String(specification.Version ?? '$Default') };

/** The group's own tags say themselves whether instances get them; the stack's tags always reach instances. */
function groupTags(own: readonly GroupTag[] | undefined, context: ResourceContext, name: string) {
  const ownTags = (own ?? []).map((tag) => ({ ...tag, PropagateAtLaunch: optionalBoolean(tag.PropagateAtLaunch) }));
  const inherited = Object.entries(context.tags)
    .filter(([Key]) => !ownTags.some((tag) => tag.Key === Key))
    .map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true }));
  return [...ownTags, ...inherited].map((tag) => ({ ...tag, ResourceId: name, ResourceType: 'auto-scaling-group' }));
}
