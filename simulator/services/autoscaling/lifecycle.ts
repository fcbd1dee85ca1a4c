/**
 * What Auto Scaling does to instances: launches up to the desired capacity, balanced over zones; puts them in service
 * and into their target groups; drains and terminates them. Started by every change of a group and by timers.
 * Not modelled: zone rebalancing after a zone's capacity returns (AZRebalance), lifecycle hooks, warm pools.
 */
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { launchRetrySeconds } from '../../world/durations.ts';
import { launchInstance, terminateInstance } from '../ec2/instances.ts';
import { findTemplate, versionOf } from '../ec2/launch-templates.ts';
import { ec2 } from '../ec2/service.ts';
import type { Ec2State } from '../ec2/state.ts';
import { elbv2 } from '../elbv2/service.ts';
import type { ElbState } from '../elbv2/state.ts';
import { deregisterTarget, registerTarget } from '../elbv2/targets.ts';
import { beginActivity, endActivity } from './activities.ts';
import { type AutoScalingState, activeInstances, type Group, type GroupInstance } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;

const principal = { kind: 'service', principal: 'autoscaling.amazonaws.com' } as const;

export const ec2Context = (context: AutoScalingContext): Context<Ec2State> =>
  context.cloud.context(ec2, context.region, principal);

export const elbContext = (context: AutoScalingContext): Context<ElbState> =>
  context.cloud.context(elbv2, context.region, principal);

/** Brings a group to its desired capacity, as far as suspended processes and capacity let it. */
export function reconcile(context: AutoScalingContext, group: Group, cause: string): void {
  const active = activeInstances(group);
  for (let missing = group.desiredCapacity - active.length; missing > 0; missing--) {
    if (group.suspended.Launch !== undefined || !launchOne(context, group, cause)) break;
  }
  if (group.suspended.Terminate === undefined) {
    for (const instance of toScaleIn(group, active.length - group.desiredCapacity)) {
      beginTermination(context, group, instance, cause);
    }
  }
  startTicking(context);
}

/** The health of all groups of the region is looked at by one timer while there is any instance. */
function startTicking(context: AutoScalingContext): void {
  const { state } = context;
  if (state.ticking || !Object.values(state.groups).some((group) => group.instances.length > 0)) return;
  state.ticking = true;
  context.schedule('healthTick', Math.round(context.random.uniform(1_000, 30_000)), {});
}

/** Tries the emptiest zone first and then the others. False when every zone refused; then it tries again later. */
function launchOne(context: AutoScalingContext, group: Group, cause: string): boolean {
  for (const zone of zonesByLoad(group)) {
    if (launchIn(context, group, zone, cause)) {
      group.launchFailures = 0;
      return true;
    }
  }
  group.launchFailures++;
  if (!group.retryScheduled) {
    group.retryScheduled = true;
    const afterMs = Math.round(launchRetrySeconds(context.random, group.launchFailures) * 1000);
    context.schedule('retryLaunch', afterMs, { group: group.name });
  }
  return false;
}

function zonesByLoad(group: Group): string[] {
  const active = activeInstances(group);
  const load = (zone: string): number => active.filter((instance) => instance.zone === zone).length;
  return group.zones.toSorted((a, b) => load(a) - load(b) || group.zones.indexOf(a) - group.zones.indexOf(b));
}

function launchIn(context: AutoScalingContext, group: Group, zone: string, cause: string): boolean {
  const activity = beginActivity(context, group, {
    cause,
    description: 'Launching a new EC2 instance',
    status: 'PreInService',
    zone,
  });
  try {
    const own = ec2Context(context);
    const specification = group.launchTemplate;
    const template = findTemplate(own.state, {
      id: specification.LaunchTemplateId,
      name: specification.LaunchTemplateName,
    });
    const version = versionOf(template, specification.Version);
    const { instanceId, bootedAfterMs } = launchInstance(own, {
      version,
      zone,
      subnetId: group.subnets[zone],
      tags: { 'aws:autoscaling:groupName': group.name, ...propagatedTags(group) },
    });
    activity.description = `Launching a new EC2 instance: ${instanceId}`;
    group.instances.push({
      instanceId,
      zone,
      launchTemplate: {
        LaunchTemplateId: template.id,
        LaunchTemplateName: template.name,
        Version: String(version.number),
      },
      instanceType: version.data.InstanceType ?? '',
      launchedAt: context.now,
      lifecycleState: 'Pending',
      healthStatus: 'Healthy',
      protectedFromScaleIn: group.newInstancesProtected,
      inServiceAt: undefined,
    });
    context.schedule('booted', bootedAfterMs, { group: group.name, instanceId, activityId: activity.id });
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = `${error.message} Launching EC2 instance failed.`;
    endActivity(context, activity.id, { status: 'Failed', statusMessage: message });
    context.trace('launch.failed', { group: group.name, zone, error: error.code });
    return false;
  }
}

const propagatedTags = (group: Group): Record<string, string> =>
  Object.fromEntries(group.tags.filter((tag) => tag.PropagateAtLaunch).map((tag) => [tag.Key, tag.Value]));

/** Timer: another try after launches failed. */
export function retryLaunch(data: { group: string }, context: AutoScalingContext): void {
  const group = context.state.groups[data.group];
  if (!group) return;
  group.retryScheduled = false;
  reconcile(context, group, difference(context));
}

/** Timer: the instance's operating system is up; it goes into service and into its target groups. */
export function booted(
  data: { group: string; instanceId: string; activityId: string },
  context: AutoScalingContext,
): void {
  const group = context.state.groups[data.group];
  const instance = group?.instances.find((candidate) => candidate.instanceId === data.instanceId);
  if (!group || instance?.lifecycleState !== 'Pending') {
    endActivity(context, data.activityId, { status: 'Cancelled' });
    return;
  }
  instance.lifecycleState = 'InService';
  instance.inServiceAt = context.now;
  endActivity(context, data.activityId, { status: 'Successful', instanceId: data.instanceId });
  context.trace('instance.inService', { group: group.name, instanceId: data.instanceId, zone: instance.zone });
  if (group.suspended.AddToLoadBalancer !== undefined) return;
  for (const arn of group.targetGroupArns) registerTarget(elbContext(context), arn, { Id: data.instanceId });
}

/**
 * Which instances a smaller desired capacity takes: from the fullest zone, then the oldest launch template version,
 * then the oldest instance. (The default policy ends with "closest to the next billing hour", which ties mostly.)
 */
function toScaleIn(group: Group, count: number): GroupInstance[] {
  const left = activeInstances(group);
  const victims: GroupInstance[] = [];
  while (victims.length < count) {
    const candidates = left.filter((instance) => !instance.protectedFromScaleIn);
    const load = (zone: string): number => left.filter((instance) => instance.zone === zone).length;
    const [victim] = candidates.toSorted(
      (a, b) =>
        load(b.zone) - load(a.zone) ||
        Number(a.launchTemplate.Version) - Number(b.launchTemplate.Version) ||
        a.launchedAt - b.launchedAt,
    );
    if (!victim) break;
    victims.push(victim);
    left.splice(left.indexOf(victim), 1);
  }
  return victims;
}

/** Takes an instance out: out of its target groups first, terminated when it has drained. Returns the activity's id. */
export function beginTermination(
  context: AutoScalingContext,
  group: Group,
  instance: GroupInstance,
  cause: string,
): string {
  const wasInService = instance.lifecycleState === 'InService';
  instance.lifecycleState = 'Terminating';
  const activity = beginActivity(context, group, {
    cause,
    description: `Terminating EC2 instance: ${instance.instanceId}`,
    status: wasInService && group.targetGroupArns.length > 0 ? 'WaitingForELBConnectionDraining' : 'InProgress',
    zone: instance.zone,
  });
  context.trace('instance.terminating', { group: group.name, instanceId: instance.instanceId, cause });
  const drainMs = group.targetGroupArns.map((arn) =>
    deregisterTarget(elbContext(context), arn, { Id: instance.instanceId }),
  );
  const data = { group: group.name, instanceId: instance.instanceId, activityId: activity.id };
  // Guess: the whole deregistration delay is waited for; AWS may go on as soon as no request is in flight.
  context.schedule('drained', Math.max(0, ...drainMs), data);
  return activity.id;
}

/** Timer: nothing is sent to the instance any more. */
export async function drained(
  data: { group: string; instanceId: string; activityId: string },
  context: AutoScalingContext,
): Promise<void> {
  const group = context.state.groups[data.group];
  endActivity(context, data.activityId, { status: 'Successful', instanceId: data.instanceId });
  if (group) group.instances = group.instances.filter((instance) => instance.instanceId !== data.instanceId);
  await terminateInstance(ec2Context(context), data.instanceId, 'Terminated by Auto Scaling');
}

/** The cause AWS gives when it only makes up for missing instances. */
export const difference = (context: AutoScalingContext): string =>
  `At ${at(context)} an instance was started in response to a difference between desired and actual capacity.`;

export const at = (context: AutoScalingContext): string => new Date(context.now).toISOString().replace(/\.\d+Z$/, 'Z');
