/**
 * CloudFormation's resource types of Auto Scaling. A template without DesiredCapacity starts the group at its minimum.
 * Left out by name: lifecycle hooks, warm pools. Policies and scheduled actions are in autoscaling-policies.ts.
 */
import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { NotModelled } from '../../errors.ts';
import type { Change, Created, Existing, ResourceContext, ResourceTable } from '../resource.ts';
import { resources as policies } from './autoscaling-policies.ts';
import { listChanges, optionalBoolean, optionalNumber, present, refuseOtherProperties } from './known-properties.ts';

export const resources: ResourceTable = {
  'AWS::AutoScaling::AutoScalingGroup': {
    create: createGroup,
    update: updateGroup,
    delete: deleteGroup,
    read: readGroup,
  },
  ...policies,
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

/** Sizes go along with every update unless the template's policy says that runtime owns them while it does not change them. */
const SIZES = ['MinSize', 'MaxSize', 'DesiredCapacity'];

async function updateGroup(change: Change, context: ResourceContext): Promise<undefined> {
  const { physicalId: AutoScalingGroupName, properties, wanted, changed } = change;
  refuseOtherProperties('AWS::AutoScaling::AutoScalingGroup', context.logicalId, wanted, known);
  const sent = (name: string): unknown =>
    !SIZES.includes(name) || changed.has(name) || !ignoresUnmodifiedSizes(change, context) ? wanted[name] : undefined;
  await context.call('autoscaling', 'UpdateAutoScalingGroup', {
    AutoScalingGroupName,
    MinSize: optionalNumber(sent('MinSize')),
    MaxSize: optionalNumber(sent('MaxSize')),
    DesiredCapacity: optionalNumber(sent('DesiredCapacity')),
    DefaultCooldown: optionalNumber(wanted.Cooldown) ?? (changed.has('Cooldown') ? 300 : undefined),
    DefaultInstanceWarmup: optionalNumber(wanted.DefaultInstanceWarmup),
    AvailabilityZones: wanted.AvailabilityZones as string[] | undefined,
    VPCZoneIdentifier: (wanted.VPCZoneIdentifier as string[] | undefined)?.join(','),
    LaunchTemplate: launchTemplate(wanted.LaunchTemplate as LaunchTemplateSpecification | undefined),
    HealthCheckType: String(wanted.HealthCheckType ?? 'EC2'),
    HealthCheckGracePeriod: optionalNumber(wanted.HealthCheckGracePeriod) ?? 0,
    NewInstancesProtectedFromScaleIn: optionalBoolean(wanted.NewInstancesProtectedFromScaleIn) ?? false,
  });
  if (changed.has('TargetGroupARNs')) {
    const { removed, added } = listChanges(
      properties.TargetGroupARNs as string[] | undefined,
      wanted.TargetGroupARNs as string[] | undefined,
    );
    const attached = { AutoScalingGroupName, TargetGroupARNs: added };
    const detached = { AutoScalingGroupName, TargetGroupARNs: removed };
    if (added.length > 0) await context.call('autoscaling', 'AttachLoadBalancerTargetGroups', attached);
    if (removed.length > 0) await context.call('autoscaling', 'DetachLoadBalancerTargetGroups', detached);
  }
  if (changed.has('Tags')) await changeTags(AutoScalingGroupName, wanted, context);
  return undefined;
}

/**
 * Template Reference, "UpdatePolicy attribute". Throws NotModelled for a policy that replaces instances: here a changed
 * launch template reaches the instances that are launched later, as without any policy.
 */
function ignoresUnmodifiedSizes({ updatePolicy = {} }: Change, { logicalId }: ResourceContext): boolean {
  const { AutoScalingScheduledAction: scheduled, ...others } = updatePolicy as Record<string, Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new NotModelled(`UpdatePolicy ${other} of ${logicalId} is not modelled`);
  return optionalBoolean(scheduled?.IgnoreUnmodifiedGroupSizeProperties) ?? false;
}

async function changeTags(name: string, wanted: Record<string, unknown>, context: ResourceContext): Promise<void> {
  const tags = groupTags(wanted.Tags as readonly GroupTag[] | undefined, context, name);
  const described = await context.call('autoscaling', 'DescribeAutoScalingGroups', { AutoScalingGroupNames: [name] });
  const live = described.AutoScalingGroups?.[0]?.Tags ?? [];
  const gone = live.filter(({ Key }) => !tags.some((tag) => tag.Key === Key));
  if (gone.length > 0) {
    const Tags = gone.map(({ Key }) => ({ Key, ResourceId: name, ResourceType: 'auto-scaling-group' }));
    await context.call('autoscaling', 'DeleteTags', { Tags });
  }
  await context.call('autoscaling', 'CreateOrUpdateTags', { Tags: tags });
}

async function deleteGroup({ physicalId }: Existing, context: ResourceContext): Promise<void> {
  const input = { AutoScalingGroupNames: [physicalId] };
  const { AutoScalingGroups: [live] = [] } = await context.call('autoscaling', 'DescribeAutoScalingGroups', input);
  if (live === undefined) return;
  await context.call('autoscaling', 'DeleteAutoScalingGroup', { AutoScalingGroupName: physicalId, ForceDelete: true });
}

async function readGroup({ physicalId }: Existing, context: ResourceContext) {
  const input = { AutoScalingGroupNames: [physicalId] };
  const { AutoScalingGroups: [live] = [] } = await context.call('autoscaling', 'DescribeAutoScalingGroups', input);
  if (live === undefined) return undefined;
  const { LaunchTemplateId, Version } = live.LaunchTemplate ?? {};
  return present({
    AutoScalingGroupName: live.AutoScalingGroupName,
    MinSize: live.MinSize,
    MaxSize: live.MaxSize,
    DesiredCapacity: live.DesiredCapacity,
    Cooldown: live.DefaultCooldown,
    HealthCheckType: live.HealthCheckType,
    HealthCheckGracePeriod: live.HealthCheckGracePeriod,
    LaunchTemplate: { LaunchTemplateId, Version },
    TargetGroupARNs: live.TargetGroupARNs,
  });
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
