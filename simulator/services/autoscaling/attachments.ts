/** What is attached to a group: target groups and tags; and the end of a group. Started by clients and deployments. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { terminateInstance } from '../ec2/instances.ts';
import { deregisterTarget, registerTarget } from '../elbv2/targets.ts';
import { ec2Context, elbContext } from './lifecycle.ts';
import { deletePolicy, policiesOf } from './policies.ts';
import { type AutoScalingState, type Group, groupNamed } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;
type AutoScaling = Clients['autoscaling'];

const inService = (group: Group): string[] =>
  group.instances.filter(({ lifecycleState }) => lifecycleState === 'InService').map(({ instanceId }) => instanceId);

/** @throws AwsError ValidationError for a target group that is not there */
export function attachLoadBalancerTargetGroups(
  input: Input<AutoScaling, 'AttachLoadBalancerTargetGroups'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'AttachLoadBalancerTargetGroups'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  const own = elbContext(context);
  for (const arn of input.TargetGroupARNs ?? []) {
    if (own.state.targetGroups[arn] === undefined) {
      throw new AwsError('ValidationError', `Provided Target Groups may not be valid: ${arn}`);
    }
    if (group.targetGroupArns.includes(arn)) continue;
    group.targetGroupArns.push(arn);
    if (group.suspended.AddToLoadBalancer !== undefined) continue;
    for (const id of inService(group)) registerTarget(own, arn, { Id: id });
  }
  return {};
}

/** A target group that is not attached, or not there any more, is passed over. */
export function detachLoadBalancerTargetGroups(
  input: Input<AutoScaling, 'DetachLoadBalancerTargetGroups'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DetachLoadBalancerTargetGroups'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  const own = elbContext(context);
  for (const arn of input.TargetGroupARNs ?? []) {
    if (!group.targetGroupArns.includes(arn)) continue;
    group.targetGroupArns = group.targetGroupArns.filter((other) => other !== arn);
    if (own.state.targetGroups[arn] === undefined) continue;
    for (const id of inService(group)) deregisterTarget(own, arn, { Id: id });
  }
  return {};
}

/** @throws AwsError ValidationError for a group that is not there */
export function createOrUpdateTags(
  input: Input<AutoScaling, 'CreateOrUpdateTags'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'CreateOrUpdateTags'> {
  for (const { ResourceId, Key = '', Value = '', PropagateAtLaunch = false } of input.Tags ?? []) {
    const group = groupNamed(context.state, ResourceId);
    group.tags = [...group.tags.filter((tag) => tag.Key !== Key), { Key, Value, PropagateAtLaunch }];
  }
  return {};
}

/** @throws AwsError ValidationError for a group that is not there */
export function deleteTags(
  input: Input<AutoScaling, 'DeleteTags'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DeleteTags'> {
  for (const { ResourceId, Key } of input.Tags ?? []) {
    const group = groupNamed(context.state, ResourceId);
    group.tags = group.tags.filter((tag) => tag.Key !== Key);
  }
  return {};
}

/**
 * With ForceDelete its instances end with it, undrained. The group is gone at once: on AWS it is being deleted until
 * they are. Throws AwsError ResourceInUse without ForceDelete while there are instances.
 */
export async function deleteAutoScalingGroup(
  input: Input<AutoScaling, 'DeleteAutoScalingGroup'>,
  context: AutoScalingContext,
): Promise<Output<AutoScaling, 'DeleteAutoScalingGroup'>> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  if (!input.ForceDelete && group.instances.length > 0) {
    throw new AwsError(
      'ResourceInUseFault',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    );
  }
  for (const { arn, groupName } of Object.values(policiesOf(context))) {
    if (groupName === group.name) await deletePolicy({ PolicyName: arn }, context);
  }
  delete context.state.groups[group.name];
  const own = elbContext(context);
  for (const { instanceId } of group.instances) {
    for (const arn of group.targetGroupArns) {
      if (own.state.targetGroups[arn] !== undefined) deregisterTarget(own, arn, { Id: instanceId });
    }
  }
  await Promise.all(
    group.instances.map(({ instanceId }) =>
      terminateInstance(ec2Context(context), instanceId, 'Terminated with its Auto Scaling group'),
    ),
  );
  return {};
}
