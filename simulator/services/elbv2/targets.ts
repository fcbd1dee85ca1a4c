/**
 * Targets and their health. Each target group has one timer per interval that checks all its targets; Auto Scaling
 * registers and deregisters through the two functions below, clients through the operations of the same name.
 * Rules of health: Application Load Balancers guide, "Health checks for target groups".
 */
import type { TargetDescription, TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { probeInstance } from '../../world/instances.ts';
import { matchesCode } from './matcher.ts';
import { startMinute } from './metrics.ts';
import { type ElbState, type Target, type TargetGroupRecord, targetGroup } from './state.ts';

type ElbContext = Context<ElbState>;
type Elb = Clients['elasticloadbalancing'];

const keyOf = (id: string, port: number): string => `${id}:${port}`;

/** Registers a target, or does nothing when it is registered; one that is draining is taken back. */
export function registerTarget(context: ElbContext, groupArn: string, description: TargetDescription): void {
  const group = targetGroup(context.state, groupArn);
  const id = description.Id ?? '';
  const port = description.Port ?? group.Port ?? 80;
  const known = group.targets[keyOf(id, port)];
  if (known && known.state !== 'draining') return;
  group.targets[keyOf(id, port)] = {
    id,
    port,
    state: 'initial',
    reason: 'Elb.RegistrationInProgress',
    description: 'Target registration is in progress',
    passes: 0,
    failures: 0,
  };
  context.trace('target.registered', { targetGroup: group.TargetGroupName, target: id });
  startMinute(context.cloud, context.region, context.state);
  startChecks(context, group);
}

/** Stops sending requests to a target; returns how long it drains, 0 when it was not registered. */
export function deregisterTarget(context: ElbContext, groupArn: string, description: TargetDescription): number {
  const group = targetGroup(context.state, groupArn);
  const delayMs = Number(group.attributes['deregistration_delay.timeout_seconds']) * 1000;
  let drainMs = 0;
  for (const target of Object.values(group.targets)) {
    if (target.id !== description.Id || (description.Port !== undefined && target.port !== description.Port)) continue;
    if (target.state === 'draining') continue;
    target.state = 'draining';
    target.reason = 'Target.DeregistrationInProgress';
    target.description = 'Target deregistration is in progress';
    drainMs = delayMs;
    context.schedule('drained', delayMs, { targetGroupArn: groupArn, key: keyOf(target.id, target.port) });
    context.trace('target.draining', { targetGroup: group.TargetGroupName, target: target.id });
  }
  return drainMs;
}

/** Timer: the deregistration delay is over. */
export function drained(data: { targetGroupArn: string; key: string }, context: ElbContext): void {
  const group = context.state.targetGroups[data.targetGroupArn];
  if (group?.targets[data.key]?.state === 'draining') delete group.targets[data.key];
}

/**
 * A change of listeners or rules may put groups in or out of use. A group that comes into use starts from `initial`:
 * what was known of its targets before is not trusted.
 */
export function refreshUse(context: ElbContext, used: ReadonlySet<string>): void {
  for (const group of Object.values(context.state.targetGroups)) {
    const inUse = used.has(group.TargetGroupArn);
    if (inUse === group.inUse) continue;
    group.inUse = inUse;
    if (!inUse) continue;
    for (const target of Object.values(group.targets)) {
      if (target.state === 'draining') continue;
      Object.assign(target, { state: 'initial', reason: 'Elb.InitialHealthChecking', passes: 0, failures: 0 });
      target.description = 'Initial health checks in progress';
    }
    startChecks(context, group);
  }
}

function startChecks(context: ElbContext, group: TargetGroupRecord): void {
  if (group.checking || !group.inUse || !checkable(group)) return;
  group.checking = true;
  const firstAfterMs = Math.round(context.random.uniform(0, (group.HealthCheckIntervalSeconds ?? 30) * 1000));
  context.schedule('healthCheck', firstAfterMs, { targetGroupArn: group.TargetGroupArn });
}

const checkable = (group: TargetGroupRecord): boolean =>
  Object.values(group.targets).some((target) => target.state !== 'draining');

/** Timer: one round of checks of a group. Ends by itself when nothing is left to check. */
export async function healthCheck(data: { targetGroupArn: string }, context: ElbContext): Promise<void> {
  const group = context.state.targetGroups[data.targetGroupArn];
  if (!group) return;
  if (!group.inUse || !checkable(group)) {
    group.checking = false;
    return;
  }
  const targets = Object.values(group.targets).filter((target) => target.state !== 'draining');
  const number = group.round.number + 1;
  group.round = { number, pending: Object.fromEntries(targets.map((target) => [keyOf(target.id, target.port), true])) };
  context.schedule('roundOver', (group.HealthCheckTimeoutSeconds ?? 5) * 1000, { ...data, number });
  context.schedule('healthCheck', (group.HealthCheckIntervalSeconds ?? 30) * 1000, data);
  await Promise.all(targets.map((target) => probe(context, data.targetGroupArn, number, target)));
}

async function probe(context: ElbContext, groupArn: string, number: number, target: Target): Promise<void> {
  const before = context.state.targetGroups[groupArn];
  if (!before) return;
  const port = before.HealthCheckPort === 'traffic-port' ? target.port : Number(before.HealthCheckPort);
  const path = before.HealthCheckPath ?? '/';
  const answer = await probeInstance(context.cloud, { instanceId: target.id, port, path });
  const group = context.state.targetGroups[groupArn];
  const key = keyOf(target.id, target.port);
  // An answer after the timeout counts for nothing: `roundOver` has already counted the check as failed.
  if (!group || group.round.number !== number || !group.round.pending[key]) return;
  delete group.round.pending[key];
  if (answer === null) {
    fail(context, group, key, 'Target.FailedHealthChecks', 'Health checks failed');
  } else if (matchesCode(group.Matcher?.HttpCode ?? '200', answer.status)) {
    pass(context, group, key);
  } else {
    fail(
      context,
      group,
      key,
      'Target.ResponseCodeMismatch',
      `Health checks failed with these codes: [${answer.status}]`,
    );
  }
}

/** Timer: whoever has not answered by now timed out. */
export function roundOver(data: { targetGroupArn: string; number: number }, context: ElbContext): void {
  const group = context.state.targetGroups[data.targetGroupArn];
  if (!group || group.round.number !== data.number) return;
  for (const key of Object.keys(group.round.pending)) fail(context, group, key, 'Target.Timeout', 'Request timed out');
  group.round.pending = {};
}

function pass(context: ElbContext, group: TargetGroupRecord, key: string): void {
  const target = group.targets[key];
  if (!target || target.state === 'draining') return;
  target.failures = 0;
  target.passes++;
  const enough = target.state === 'initial' || target.passes >= (group.HealthyThresholdCount ?? 5);
  if (target.state === 'healthy' || !enough) return;
  Object.assign(target, { state: 'healthy', reason: undefined, description: undefined });
  context.trace('target.healthy', { targetGroup: group.TargetGroupName, target: target.id });
}

function fail(
  context: ElbContext,
  group: TargetGroupRecord,
  key: string,
  reason: NonNullable<Target['reason']>,
  description: string,
): void {
  const target = group.targets[key];
  if (!target || target.state === 'draining') return;
  target.passes = 0;
  target.failures++;
  if (target.failures < (group.UnhealthyThresholdCount ?? 2)) {
    if (target.state === 'initial') target.reason = 'Elb.InitialHealthChecking';
    if (target.state === 'initial') target.description = 'Initial health checks in progress';
    return;
  }
  const changed = target.state !== 'unhealthy';
  Object.assign(target, { state: 'unhealthy', reason, description });
  if (changed) context.trace('target.unhealthy', { targetGroup: group.TargetGroupName, target: target.id, reason });
}

/** A target's health as DescribeTargetHealth tells it; undefined when it is not registered. */
export function targetHealth(group: TargetGroupRecord, id: string, port?: number): TargetHealth | undefined {
  const target = Object.values(group.targets).find(
    (candidate) => candidate.id === id && (port === undefined || candidate.port === port),
  );
  if (!target) return undefined;
  if (!group.inUse && target.state !== 'draining') {
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    };
  }
  return { State: target.state, Reason: target.reason, Description: target.description };
}

export function describeTargetHealth(
  input: Input<Elb, 'DescribeTargetHealth'>,
  context: ElbContext,
): Output<Elb, 'DescribeTargetHealth'> {
  const group = targetGroup(context.state, input.TargetGroupArn);
  const asked: TargetDescription[] = input.Targets?.length
    ? input.Targets
    : Object.values(group.targets).map((target) => ({ Id: target.id, Port: target.port }));
  return {
    TargetHealthDescriptions: asked.map(({ Id, Port }) => {
      const port = Port ?? group.Port ?? 80;
      const health = targetHealth(group, Id ?? '', Port) ?? {
        State: 'unused',
        Reason: 'Target.NotRegistered',
        Description: 'Target is not registered to the target group',
      };
      return { Target: { Id, Port: port }, HealthCheckPort: String(port), TargetHealth: health };
    }),
  };
}

/** @throws AwsError TargetGroupNotFound, InvalidTarget */
export function registerTargets(
  input: Input<Elb, 'RegisterTargets'>,
  context: ElbContext,
): Output<Elb, 'RegisterTargets'> {
  for (const target of input.Targets ?? []) {
    if (!target.Id) throw new AwsError('InvalidTargetException', 'A target needs an id');
    registerTarget(context, input.TargetGroupArn ?? '', target);
  }
  return {};
}

/** @throws AwsError TargetGroupNotFound */
export function deregisterTargets(
  input: Input<Elb, 'DeregisterTargets'>,
  context: ElbContext,
): Output<Elb, 'DeregisterTargets'> {
  for (const target of input.Targets ?? []) deregisterTarget(context, input.TargetGroupArn ?? '', target);
  return {};
}
