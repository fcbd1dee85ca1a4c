/**
 * Metrics in AWS/ApplicationELB, one value a minute, as "CloudWatch metrics for your Application Load Balancer" lists
 * them: counts are missing when zero, health checks count for nothing, RequestCount is of requests for which a target was
 * chosen, TargetConnectionErrorCount of connections that were not established, and what the load balancer answers by
 * itself (HTTPCode_ELB_*) has no target group. Told to CloudWatch by one timer a minute in each region.
 */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../cloud.ts';
import type { Context } from '../../service.ts';
import { balancerMetricsSeconds } from '../../world/durations.ts';
import { publishServiceMetrics } from '../cloudwatch/metrics.ts';
import { elbv2 } from './service.ts';
import type { ElbState, TargetGroupRecord } from './state.ts';
import { loadBalancersUsing } from './usage.ts';

/** '<load balancer ARN>|<target group ARN or nothing>' → what passed it. */
export interface MinuteCounts {
  readonly counts: Record<string, Record<string, number>>;
  /** The same keys → milliseconds that targets took → how often. */
  readonly times: Record<string, Record<string, number>>;
}

/** One request that a load balancer has answered. */
export interface Passed {
  readonly loadBalancerArn: string;
  /** Of the group that was chosen. */
  readonly targetGroupArn?: string;
  readonly status: number;
  /** Left out when the load balancer answered by itself. */
  readonly targetMs?: number;
  /** Why no target answered: no connection came about, it broke off, or the target was silent; there was none to ask; or no forward. */
  readonly because?: 'connection' | 'reset' | 'timeout' | 'no-target' | 'fixed';
}

const MINUTE_MS = 60_000;

/** Guess: a request counts for the minute of its answer; AWS does not say whether for that or for the one of its beginning. */
export function countRequest(cloud: Cloud, region: string, passed: Passed): void {
  const state = cloud.stateOf<ElbState>(elbv2, region);
  const minute = startMinute(cloud, region, state);
  const { loadBalancerArn, targetGroupArn, because } = passed;
  const balancer = `${loadBalancerArn}|`;
  const keys = targetGroupArn === undefined ? [balancer] : [balancer, balancer + targetGroupArn];
  const add = (key: string, name: string): void => {
    minute.counts[key] ??= {};
    minute.counts[key][name] = (minute.counts[key][name] ?? 0) + 1;
  };
  const status = `${Math.floor(passed.status / 100)}XX`;
  for (const key of keys) {
    if (targetGroupArn !== undefined && because !== 'no-target') add(key, 'RequestCount');
    if (passed.targetMs !== undefined) {
      add(key, `HTTPCode_Target_${status}_Count`);
      minute.times[key] ??= {};
      minute.times[key][passed.targetMs] = (minute.times[key][passed.targetMs] ?? 0) + 1;
    }
    if (because === 'connection') add(key, 'TargetConnectionErrorCount');
  }
  if (because === 'fixed') add(balancer, 'HTTP_Fixed_Response_Count');
  else if (passed.targetMs === undefined) {
    add(balancer, `HTTPCode_ELB_${status}_Count`);
    if (passed.status >= 500) add(balancer, `HTTPCode_ELB_${passed.status}_Count`);
  }
}

/** Begins to count, and to tell the health of groups, from the first request or target on. */
export function startMinute(cloud: Cloud, region: string, state: ElbState): MinuteCounts {
  if (state.minute) return state.minute;
  state.minute = { counts: {}, times: {} };
  scheduleEnd(cloud, region);
  return state.minute;
}

/** In the minute's last millisecond, which still belongs to it. */
function scheduleEnd(cloud: Cloud, region: string): void {
  const at = Math.floor((cloud.now + 1) / MINUTE_MS + 1) * MINUTE_MS - 1;
  cloud.clock.schedule({ at, region, service: elbv2.name, name: 'minuteOver', data: {} });
}

/** Timer: tells a minute's metrics and begins the next. Where a region was dark meanwhile, it tells what it had counted. */
export function minuteOver(_data: unknown, context: Context<ElbState>): void {
  const { cloud, state, region, now } = context;
  const { counts, times } = state.minute ?? { counts: {}, times: {} };
  const data = [...countData(counts), ...timeData(times), ...healthData(state), ...shareData(counts, state)];
  if (data.length === 0) {
    delete state.minute;
    return;
  }
  state.minute = { counts: {}, times: {} };
  scheduleEnd(cloud, region);
  const random = cloud.random(`elasticloadbalancing.metrics@${region}`);
  const Timestamp = new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS);
  for (const datum of data) {
    const seenAt = now + Math.round(balancerMetricsSeconds(random) * 1_000);
    publishServiceMetrics(context, 'AWS/ApplicationELB', [{ ...datum, Timestamp }], seenAt);
  }
}

function* countData(counts: MinuteCounts['counts']): Generator<MetricDatum> {
  for (const [key, byName] of Object.entries(counts)) {
    for (const [MetricName, Value] of Object.entries(byName)) {
      // Of counts, the sum is the meaningful statistic; a sample for each request would only cost.
      yield { MetricName, Dimensions: dimensionsOf(key), Value };
    }
  }
}

function* timeData(times: MinuteCounts['times']): Generator<MetricDatum> {
  for (const [key, byMs] of Object.entries(times)) {
    const Values = Object.keys(byMs).map((ms) => Number(ms) / 1_000);
    yield { MetricName: 'TargetResponseTime', Dimensions: dimensionsOf(key), Values, Counts: Object.values(byMs) };
  }
}

/** Reported for every group in use that has targets, requests or not. */
function* healthData(state: ElbState): Generator<MetricDatum> {
  for (const group of Object.values(state.targetGroups)) {
    const targets = Object.values(group.targets).filter((target) => target.state !== 'draining');
    if (!group.inUse || targets.length === 0) continue;
    const healthy = targets.filter((target) => target.state === 'healthy').length;
    const unhealthy = targets.filter((target) => target.state === 'unhealthy').length;
    for (const balancer of balancersOf(state, group)) {
      const Dimensions = dimensionsOf(`${balancer}|${group.TargetGroupArn}`);
      yield { MetricName: 'HealthyHostCount', Dimensions, Value: healthy };
      yield { MetricName: 'UnHealthyHostCount', Dimensions, Value: unhealthy };
    }
  }
}

/** Requests of each group over its registered targets: what target tracking goes by. */
function* shareData(counts: MinuteCounts['counts'], state: ElbState): Generator<MetricDatum> {
  for (const [key, { RequestCount }] of Object.entries(counts)) {
    const group = state.targetGroups[key.split('|')[1] ?? ''];
    const targets = Object.values(group?.targets ?? {}).filter((target) => target.state !== 'draining').length;
    if (RequestCount === undefined || targets === 0) continue;
    yield { MetricName: 'RequestCountPerTarget', Dimensions: dimensionsOf(key), Value: RequestCount / targets };
  }
}

const balancersOf = (state: ElbState, group: TargetGroupRecord): string[] =>
  loadBalancersUsing(state, group.TargetGroupArn);

/** `LoadBalancer` is 'app/<name>/<id>', `TargetGroup` 'targetgroup/<name>/<id>'. */
function dimensionsOf(key: string): { Name: string; Value: string }[] {
  const [balancer = '', group = ''] = key.split('|');
  const LoadBalancer = { Name: 'LoadBalancer', Value: balancer.split(':loadbalancer/')[1] ?? '' };
  return group === '' ? [LoadBalancer] : [LoadBalancer, { Name: 'TargetGroup', Value: group.split(':').at(-1) ?? '' }];
}
