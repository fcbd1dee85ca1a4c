/**
 * Health of a group's instances: by EC2's state always, by their target groups where the group's health check type is
 * ELB and the grace period is over. Unhealthy instances are terminated and replaced. Started by one timer per region, which
 * measures the processors of each group too.
 */
import type { Context } from '../../service.ts';
import { autoScalingHealthIntervalSeconds } from '../../world/durations.ts';
import { measureCpu } from '../cloudwatch/cpu.ts';
import { targetHealth } from '../elbv2/targets.ts';
import { at, beginTermination, ec2Context, elbContext, reconcile } from './lifecycle.ts';
import type { AutoScalingState, Group, GroupInstance } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;

/** Timer. Ends by itself when no group has an instance. */
export function healthTick(_data: unknown, context: AutoScalingContext): void {
  const groups = Object.values(context.state.groups);
  for (const group of groups) {
    const machines = group.instances.flatMap((one) => (one.lifecycleState === 'InService' ? [one.instanceId] : []));
    const fleet = { namespace: 'AWS/EC2', dimensions: { AutoScalingGroupName: group.name }, machines } as const;
    group.measuredAt = measureCpu(context, fleet, group.measuredAt);
    if (group.suspended.HealthCheck === undefined)
      for (const instance of group.instances) judge(context, group, instance);
    if (group.suspended.ReplaceUnhealthy === undefined) replaceUnhealthy(context, group);
  }
  if (groups.some((group) => group.instances.length > 0)) {
    context.schedule('healthTick', autoScalingHealthIntervalSeconds * 1000, {});
  } else {
    context.state.ticking = false;
  }
}

function judge(context: AutoScalingContext, group: Group, instance: GroupInstance): void {
  if (instance.lifecycleState !== 'InService' || instance.healthStatus === 'Unhealthy') return;
  const reason = whyUnhealthy(context, group, instance);
  if (reason === undefined) return;
  instance.healthStatus = 'Unhealthy';
  context.trace('instance.unhealthy', { group: group.name, instanceId: instance.instanceId, reason });
}

function whyUnhealthy(context: AutoScalingContext, group: Group, instance: GroupInstance): string | undefined {
  const machine = ec2Context(context).state.instances[instance.instanceId];
  if (machine?.state !== 'running') return 'EC2 instance status check failure';
  if (group.healthCheckType !== 'ELB') return undefined;
  if (context.now < (instance.inServiceAt ?? context.now) + group.healthCheckGraceSeconds * 1000) return undefined;
  const { targetGroups } = elbContext(context).state;
  const failed = group.targetGroupArns.some((arn) => {
    const targets = targetGroups[arn];
    return targets !== undefined && targetHealth(targets, instance.instanceId)?.State === 'unhealthy';
  });
  return failed ? 'ELB system health check failure' : undefined;
}

function replaceUnhealthy(context: AutoScalingContext, group: Group): void {
  const unhealthy = group.instances.filter(
    (instance) => instance.healthStatus === 'Unhealthy' && instance.lifecycleState === 'InService',
  );
  if (unhealthy.length === 0 || group.suspended.Terminate !== undefined) return;
  for (const instance of unhealthy) {
    const cause = `At ${at(context)} an instance was taken out of service in response to a failed health check.`;
    beginTermination(context, group, instance, cause);
  }
  reconcile(
    context,
    group,
    `At ${at(context)} an instance was launched in response to an unhealthy instance needing to be replaced.`,
  );
}
