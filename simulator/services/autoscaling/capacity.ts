/** What clients do to a group's capacity: set it, take one instance out, suspend and resume processes. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { describeActivity } from './activities.ts';
import { at, beginTermination, difference, reconcile } from './lifecycle.ts';
import { type AutoScalingState, activeInstances, type Group, groupNamed } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;
type AutoScaling = Clients['autoscaling'];

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError ValidationError outside the limits, ScalingActivityInProgressFault in an honoured cooldown */
export function setDesiredCapacity(
  input: Input<AutoScaling, 'SetDesiredCapacity'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'SetDesiredCapacity'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  const wanted = input.DesiredCapacity ?? 0;
  if (wanted > group.maxSize) {
    throw invalid(
      `New SetDesiredCapacity value ${wanted} is above max value ${group.maxSize} for the AutoScalingGroup.`,
    );
  }
  if (wanted < group.minSize) {
    throw invalid(
      `New SetDesiredCapacity value ${wanted} is below min value ${group.minSize} for the AutoScalingGroup.`,
    );
  }
  if (input.HonorCooldown && coolingDown(context, group)) {
    throw new AwsError(
      'ScalingActivityInProgressFault',
      `A scaling activity is in progress or in cooldown and blocks this action on ${group.name}`,
    );
  }
  const before = group.desiredCapacity;
  group.desiredCapacity = wanted;
  reconcile(
    context,
    group,
    `At ${at(context)} a user request explicitly set group desired capacity changing the desired capacity from ${before} to ${wanted}.`,
  );
  return {};
}

function coolingDown(context: AutoScalingContext, group: Group): boolean {
  const running = context.state.activities.some(
    (activity) => activity.groupName === group.name && activity.endedAt === undefined,
  );
  const since = group.lastScaledAt;
  return running || (since !== undefined && context.now < since + group.defaultCooldownSeconds * 1000);
}

/** @throws AwsError ValidationError for an unknown instance or a capacity that would fall below the minimum */
export function terminateInstanceInAutoScalingGroup(
  input: Input<AutoScaling, 'TerminateInstanceInAutoScalingGroup'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'TerminateInstanceInAutoScalingGroup'> {
  const { InstanceId: id } = input;
  const group = Object.values(context.state.groups).find((candidate) =>
    activeInstances(candidate).some((instance) => instance.instanceId === id),
  );
  const instance = group?.instances.find((candidate) => candidate.instanceId === id);
  if (!group || !instance) throw invalid(`Instance Id not found - No managed instance found for instance ID ${id}`);
  if (input.ShouldDecrementDesiredCapacity) {
    if (group.desiredCapacity - 1 < group.minSize) {
      throw invalid(
        `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
      );
    }
    group.desiredCapacity--;
  }
  const cause = `At ${at(context)} instance ${id} was taken out of service in response to a user request.`;
  const activityId = beginTermination(context, group, instance, cause);
  reconcile(context, group, difference(context));
  const activity = context.state.activities.find((candidate) => candidate.id === activityId);
  return { Activity: activity && describeActivity(activity) };
}

/** Auto Scaling guide, "Types of processes". AZRebalance and InstanceRefresh never happen here. */
const processes = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

/** @throws AwsError ValidationError for an unknown process */
export function suspendProcesses(
  input: Input<AutoScaling, 'SuspendProcesses'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'SuspendProcesses'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  for (const name of named(input.ScalingProcesses)) group.suspended[name] = `User suspended at ${at(context)}`;
  return {};
}

/** @throws AwsError ValidationError for an unknown process */
export function resumeProcesses(
  input: Input<AutoScaling, 'ResumeProcesses'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'ResumeProcesses'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  for (const name of named(input.ScalingProcesses)) delete group.suspended[name];
  reconcile(context, group, difference(context));
  return {};
}

function named(given: readonly string[] | undefined): readonly string[] {
  for (const name of given ?? []) if (!processes.includes(name)) throw invalid(`Invalid scaling process '${name}'`);
  return given?.length ? given : processes;
}

/** @throws AwsError ValidationError for an instance that is not in the group */
export function setInstanceProtection(
  input: Input<AutoScaling, 'SetInstanceProtection'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'SetInstanceProtection'> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  const chosen = (input.InstanceIds ?? []).map((id) => {
    const instance = group.instances.find((one) => one.instanceId === id);
    if (instance) return instance;
    throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
  });
  for (const instance of chosen) instance.protectedFromScaleIn = input.ProtectedFromScaleIn ?? false;
  return {};
}
