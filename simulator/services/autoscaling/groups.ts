/** Auto Scaling groups: making, changing and describing them. Capacity is runtime data: a template may leave it out. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { findTemplate, versionOf } from '../ec2/launch-templates.ts';
import { at, ec2Context, reconcile } from './lifecycle.ts';
import { type AutoScalingState, type Group, groupNamed } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;
type AutoScaling = Clients['autoscaling'];

const modelledOnCreate = new Set([
  'AutoScalingGroupName',
  'LaunchTemplate',
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'DefaultCooldown',
  'AvailabilityZones',
  'VPCZoneIdentifier',
  'TargetGroupARNs',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'NewInstancesProtectedFromScaleIn',
  'Tags',
  // Guess: scaling policies here go by their own warm-up or by the cooldown.
  'DefaultInstanceWarmup',
]);

const modelledOnUpdate = new Set([...modelledOnCreate].filter((name) => name !== 'Tags' && name !== 'TargetGroupARNs'));

function refuseOthers(operation: string, input: object, modelled: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !modelled.has(name)) {
      throw new NotModelled(`autoscaling:${operation}: member '${name}' is not modelled`);
    }
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError AlreadyExistsFault, ValidationError */
export function createAutoScalingGroup(
  input: Input<AutoScaling, 'CreateAutoScalingGroup'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'CreateAutoScalingGroup'> {
  refuseOthers('CreateAutoScalingGroup', input, modelledOnCreate);
  const { state, region, account } = context;
  const name = input.AutoScalingGroupName ?? '';
  if (state.groups[name])
    throw new AwsError(
      'AlreadyExistsFault',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  if (!input.LaunchTemplate) throw invalid('A launch template is required');
  checkTemplate(context, input.LaunchTemplate);
  const minSize = input.MinSize ?? 0;
  const group: Group = {
    name,
    arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${context.random.uuid()}:autoScalingGroupName/${name}`,
    createdAt: context.now,
    minSize,
    maxSize: input.MaxSize ?? minSize,
    desiredCapacity: input.DesiredCapacity ?? minSize,
    defaultCooldownSeconds: input.DefaultCooldown ?? 300,
    launchTemplate: input.LaunchTemplate,
    ...placement(context, input),
    targetGroupArns: [...(input.TargetGroupARNs ?? [])],
    healthCheckType: healthCheckType(input.HealthCheckType),
    healthCheckGraceSeconds: input.HealthCheckGracePeriod ?? 0,
    newInstancesProtected: input.NewInstancesProtectedFromScaleIn ?? false,
    tags: (input.Tags ?? []).map(({ Key = '', Value = '', PropagateAtLaunch = false }) => ({
      Key,
      Value,
      PropagateAtLaunch,
    })),
    suspended: {},
    instances: [],
    lastScaledAt: undefined,
    launchFailures: 0,
    retryScheduled: false,
  };
  checkSizes(group);
  state.groups[name] = group;
  reconcile(
    context,
    group,
    `At ${at(context)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${group.desiredCapacity}.`,
  );
  return {};
}

/** Left-out members keep their values; limits that no longer fit move the desired capacity, as AWS documents. */
export function updateAutoScalingGroup(
  input: Input<AutoScaling, 'UpdateAutoScalingGroup'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'UpdateAutoScalingGroup'> {
  refuseOthers('UpdateAutoScalingGroup', input, modelledOnUpdate);
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  if (input.LaunchTemplate) checkTemplate(context, input.LaunchTemplate);
  const minSize = input.MinSize ?? group.minSize;
  const maxSize = input.MaxSize ?? group.maxSize;
  const desiredCapacity = input.DesiredCapacity ?? Math.min(Math.max(group.desiredCapacity, minSize), maxSize);
  checkSizes({ minSize, maxSize, desiredCapacity });
  Object.assign(group, { minSize, maxSize, desiredCapacity });
  group.launchTemplate = input.LaunchTemplate ?? group.launchTemplate;
  group.defaultCooldownSeconds = input.DefaultCooldown ?? group.defaultCooldownSeconds;
  group.healthCheckGraceSeconds = input.HealthCheckGracePeriod ?? group.healthCheckGraceSeconds;
  group.newInstancesProtected = input.NewInstancesProtectedFromScaleIn ?? group.newInstancesProtected;
  if (input.HealthCheckType !== undefined) group.healthCheckType = healthCheckType(input.HealthCheckType);
  if (input.VPCZoneIdentifier !== undefined || input.AvailabilityZones) Object.assign(group, placement(context, input));
  reconcile(context, group, `At ${at(context)} a user request updated the AutoScalingGroup constraints.`);
  return {};
}

function checkSizes(sizes: Pick<Group, 'minSize' | 'maxSize' | 'desiredCapacity'>): void {
  const { minSize, maxSize, desiredCapacity } = sizes;
  if (minSize < 0 || minSize > maxSize)
    throw invalid(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw invalid(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
}

function checkTemplate(context: AutoScalingContext, specification: Group['launchTemplate']): void {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version } = specification;
  try {
    versionOf(findTemplate(ec2Context(context).state, { id, name }), version);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('ValidationError', error.message, { cause: error });
  }
}

function healthCheckType(type: string | undefined): Group['healthCheckType'] {
  const types = (type ?? 'EC2').split(',').map((part) => part.trim());
  const other = types.find((candidate) => candidate !== 'EC2' && candidate !== 'ELB');
  if (other !== undefined) throw new NotModelled(`autoscaling: health check type '${other}' is not modelled`);
  return types.includes('ELB') ? 'ELB' : 'EC2';
}

/** Zones from the subnets where there are some. */
function placement(
  context: AutoScalingContext,
  input: { VPCZoneIdentifier?: string | undefined; AvailabilityZones?: string[] | undefined },
): Pick<Group, 'zones' | 'subnets'> {
  const subnetIds = (input.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '');
  if (subnetIds.length === 0) {
    if (!input.AvailabilityZones?.length) throw invalid('At least one Availability Zone or VPC Subnet is required.');
    return { zones: [...input.AvailabilityZones], subnets: {} };
  }
  const known = ec2Context(context).state.subnets;
  const subnets: Record<string, string> = {};
  for (const id of subnetIds) {
    const subnet = known[id];
    if (!subnet) throw invalid(`The subnet ID '${id}' does not exist`);
    subnets[subnet.zone] ??= id;
  }
  return { zones: Object.keys(subnets), subnets };
}

/** Filters: tag:<key>, tag-key, tag-value. Names that are not there are left out, as on AWS. */
export function describeAutoScalingGroups(
  input: Input<AutoScaling, 'DescribeAutoScalingGroups'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DescribeAutoScalingGroups'> {
  const { AutoScalingGroupNames: names } = input;
  const matching = Object.values(context.state.groups).filter(
    (group) =>
      (!names?.length || names.includes(group.name)) &&
      (input.Filters ?? []).every((filter) => matches(group, filter.Name ?? '', filter.Values ?? [])),
  );
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxRecords ?? 50);
  return {
    AutoScalingGroups: matching.slice(start, end).map(describe),
    NextToken: end < matching.length ? String(end) : undefined,
  };
}

function matches(group: Group, name: string, values: readonly string[]): boolean {
  if (name === 'tag-key') return group.tags.some((tag) => values.includes(tag.Key));
  if (name === 'tag-value') return group.tags.some((tag) => values.includes(tag.Value));
  if (name.startsWith('tag:')) {
    return group.tags.some((tag) => tag.Key === name.slice(4) && values.includes(tag.Value));
  }
  throw new NotModelled(`autoscaling:DescribeAutoScalingGroups: filter '${name}' is not modelled`);
}

const describe = (group: Group): AutoScalingGroup => ({
  AutoScalingGroupName: group.name,
  AutoScalingGroupARN: group.arn,
  LaunchTemplate: group.launchTemplate,
  MinSize: group.minSize,
  MaxSize: group.maxSize,
  DesiredCapacity: group.desiredCapacity,
  DefaultCooldown: group.defaultCooldownSeconds,
  AvailabilityZones: group.zones,
  TargetGroupARNs: group.targetGroupArns,
  HealthCheckType: group.healthCheckType,
  HealthCheckGracePeriod: group.healthCheckGraceSeconds,
  CreatedTime: new Date(group.createdAt),
  VPCZoneIdentifier: Object.values(group.subnets).join(','),
  NewInstancesProtectedFromScaleIn: group.newInstancesProtected,
  TerminationPolicies: ['Default'],
  SuspendedProcesses: Object.entries(group.suspended).map(([ProcessName, SuspensionReason]) => ({
    ProcessName,
    SuspensionReason,
  })),
  Instances: group.instances.map((instance) => ({
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.zone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: instance.healthStatus,
    LaunchTemplate: instance.launchTemplate,
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
  })),
  Tags: group.tags.map((tag) => ({ ...tag, ResourceId: group.name, ResourceType: 'auto-scaling-group' })),
});
