/**
 * The health checkers: eight regions, each asking every endpoint at its own phase, and the way of what they see into DNS
 * answers. Data plane: it works without us-east-1. Started by the first health check; one timer per region and interval.
 */
import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { Unreachable } from '../../errors.ts';
import { checkersSee } from '../../faults/dns.ts';
import { networkOf } from '../../runtime/network.ts';
import type { Context } from '../../service.ts';
import {
  healthAggregationSeconds,
  healthCheckAnswerSeconds,
  healthCheckConnectSeconds,
  healthPropagationSeconds,
} from '../../world/durations.ts';
import { anonymousGet } from '../s3/anonymous.ts';
import { type CheckerRegion, checkerAddress, checkerRegions } from './checker-ranges.ts';
import { edge, type HealthCheckRecord, type Observation, type Route53State, scheduleAt } from './state.ts';
import { statusOf, vote } from './status.ts';

type R53Context = Context<Route53State>;

/** Takes up a new or changed check: its status follows at once from what is known. */
export function adoptCheck(context: R53Context, check: HealthCheckRecord): void {
  const { checks, observations } = context.state.dataPlane;
  // "A new health check is healthy until there is enough data, or unhealthy if inverted": the endpoint starts healthy.
  const fresh = checks[check.id] === undefined;
  checks[check.id] ??= { endpointHealthy: true, aggregating: false, healthy: true, published: true };
  observations[check.id] ??= {};
  const status = checks[check.id];
  if (fresh && status) {
    status.healthy = currentStatus(context, check.id);
    status.published = status.healthy;
  }
  refresh(context, check.id);
  if (check.config.Type !== 'CALCULATED') for (const region of regionsOf(check)) startChecker(context, region, check);
}

const regionsOf = ({ config }: HealthCheckRecord): readonly CheckerRegion[] => {
  const { Regions: chosen } = config;
  return chosen?.length ? checkerRegions.filter((region) => chosen.includes(region)) : checkerRegions;
};

const intervalOf = (check: HealthCheckRecord): number => check.config.RequestInterval ?? 30;

function startChecker(context: R53Context, region: CheckerRegion, check: HealthCheckRecord): void {
  const interval = intervalOf(check);
  if (context.state.dataPlane.checkers[`${region}/${interval}`] === undefined) nextRound(context, region, interval);
}

/** A fork asks at phases of its own: they would otherwise be those of the one deployment that all seeds share. */
function nextRound(context: R53Context, region: CheckerRegion, interval: number): void {
  const { checkers } = context.state.dataPlane;
  const { seed } = context.cloud.state;
  const key = `${region}/${interval}`;
  const afterMs = checkers[key] === seed ? interval * 1000 : context.random.uniform(0, interval * 1000);
  checkers[key] = seed;
  scheduleAt(context, region, 'check', afterMs, { region, interval });
}

/**
 * Timer, in a checker's region: asks every endpoint with this interval. Ends by itself when there is none left.
 * The busiest timer of a long run: it makes no strings, promises or traces that it does not need.
 */
export async function check(data: { region: CheckerRegion; interval: number }, context: R53Context): Promise<void> {
  const { healthChecks, dataPlane } = context.state;
  const asked: Promise<void>[] = [];
  let found = false;
  for (const one of Object.values(healthChecks)) {
    const { config } = one;
    if (config.Type === 'CALCULATED' || config.Disabled === true || intervalOf(one) !== data.interval) continue;
    if (!regionsOf(one).includes(data.region)) continue;
    found = true;
    // Silence is no event: that a checker's region went dark or came back is noticed here.
    aggregateSoon(context, one);
    const answering = ask(context, data.region, one);
    if (answering) asked.push(answering);
  }
  if (!found) {
    delete dataPlane.checkers[`${data.region}/${data.interval}`];
    return;
  }
  nextRound(context, data.region, data.interval);
  await Promise.all(asked);
}

/** A promise only where the answer takes time. */
function ask(context: R53Context, region: CheckerRegion, one: HealthCheckRecord): Promise<void> | undefined {
  const { url, bucket } = endpointOf(one.config);
  if (!bucket) return askOverNetwork(context, region, one, url);
  if (!context.cloud.reaches(region, bucket.region)) {
    noConnection(context, region, one);
    return undefined;
  }
  const { status } = anonymousGet(context.cloud, { ...bucket, sourceIp: checkerAddress(region), from: region });
  record(context, region, one.id, status);
  return undefined;
}

interface Endpoint {
  readonly url: URL;
  /** An object in S3, which is read without the network: that is cheap, and these checks are many. */
  readonly bucket: { readonly region: string; readonly bucket: string; readonly key: string } | undefined;
}

/** Kept by configuration object; a change makes a new one. */
const endpoints = new WeakMap<HealthCheckConfig, Endpoint>();

function endpointOf(config: HealthCheckConfig): Endpoint {
  const known = endpoints.get(config);
  if (known) return known;
  const scheme = config.Type === 'HTTP' ? 'http' : 'https';
  const port = config.Port === undefined ? '' : `:${config.Port}`;
  const url = new URL(
    `${scheme}://${config.FullyQualifiedDomainName ?? config.IPAddress}${port}${config.ResourcePath ?? '/'}`,
  );
  const match = /^(.+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(url.hostname);
  const key = decodeURIComponent(url.pathname.slice(1));
  const bucket = match?.[1] && match[2] ? { bucket: match[1], region: match[2], key } : undefined;
  const endpoint = { url, bucket };
  endpoints.set(config, endpoint);
  return endpoint;
}

async function askOverNetwork(
  context: R53Context,
  region: CheckerRegion,
  one: HealthCheckRecord,
  url: URL,
): Promise<void> {
  const { dataPlane } = context.state;
  const request = dataPlane.nextRequest++;
  dataPlane.pending[request] = true;
  const limitMs = (healthCheckConnectSeconds + healthCheckAnswerSeconds) * 1000;
  scheduleAt(context, region, 'noAnswer', limitMs, { region, id: one.id, request });
  const headers = { host: url.host, 'user-agent': 'Amazon-Route53-Health-Check-Service' };
  try {
    const answer = await networkOf(context.cloud).send({
      from: region,
      method: 'GET',
      url,
      headers,
      body: new Uint8Array(),
    });
    if (!context.state.dataPlane.pending[request]) return;
    delete context.state.dataPlane.pending[request];
    record(context, region, one.id, answer.status);
  } catch (error) {
    // No connection: the timer counts it when the checker would have given up.
    if (!(error instanceof Unreachable)) throw error;
  }
}

/** A failed connection takes four seconds to show; when it changes nothing it is counted at once and costs no timer. */
function noConnection(context: R53Context, region: CheckerRegion, one: HealthCheckRecord): void {
  const seen = context.state.dataPlane.observations[one.id]?.[region];
  if (seen && !seen.healthy && seen.passes === 0) {
    record(context, region, one.id, undefined);
  } else {
    scheduleAt(context, region, 'noAnswer', healthCheckConnectSeconds * 1000, { region, id: one.id });
  }
}

/** Timer, in a checker's region: an endpoint did not answer in time. */
export function noAnswer(data: { region: CheckerRegion; id: string; request?: number }, context: R53Context): void {
  const { pending } = context.state.dataPlane;
  if (data.request !== undefined) {
    if (!pending[data.request]) return;
    delete pending[data.request];
  }
  record(context, data.region, data.id, undefined);
}

/** Route 53 guide: an HTTP status of 2xx or 3xx passes. */
export const passes = (status: number | undefined): boolean => status !== undefined && status >= 200 && status < 400;

/** Counts one answer; undefined is none in time. */
function record(context: R53Context, region: CheckerRegion, id: string, status: number | undefined): void {
  const { healthChecks, dataPlane } = context.state;
  const one = healthChecks[id];
  const observations = dataPlane.observations[id];
  if (!one || !observations) return;
  const see = checkersSee(context.cloud, region, id);
  if (see === 'nothing') return;
  observations[region] ??= { healthy: true, passes: 0, failures: 0, status: undefined, at: 0 };
  const seen: Observation = observations[region];
  const passed = see === undefined ? passes(status) : see === 'healthy';
  seen.at = context.now;
  seen.status = status;
  seen.passes = passed ? seen.passes + 1 : 0;
  seen.failures = passed ? 0 : seen.failures + 1;
  if (seen.healthy === passed || Math.max(seen.passes, seen.failures) < (one.config.FailureThreshold ?? 3)) return;
  seen.healthy = passed;
  aggregateSoon(context, one);
}

/** What the checkers that can report say together. A checker in a dark or cut-off region is silent. */
function endpointVote({ cloud, state }: R53Context, one: HealthCheckRecord): boolean | undefined {
  const observations = state.dataPlane.observations[one.id] ?? {};
  let reports = 0;
  let healthyReports = 0;
  for (const region of regionsOf(one)) {
    const seen = observations[region];
    if (!seen || !cloud.delivers(region, edge) || checkersSee(cloud, region, one.id) === 'nothing') continue;
    reports++;
    if (seen.healthy) healthyReports++;
  }
  return vote(healthyReports, reports);
}

function aggregateSoon(context: R53Context, one: HealthCheckRecord): void {
  const status = context.state.dataPlane.checks[one.id];
  const verdict = endpointVote(context, one);
  if (!status || status.aggregating || verdict === undefined || verdict === status.endpointHealthy) return;
  status.aggregating = true;
  scheduleAt(context, edge, 'aggregate', healthAggregationSeconds(context.random) * 1000, { id: one.id });
}

/** Timer, at the edge: the checkers' verdict of now becomes the check's. */
export function aggregate({ id }: { id: string }, context: R53Context): void {
  const status = context.state.dataPlane.checks[id];
  const one = context.state.healthChecks[id];
  if (!status || !one) return;
  status.aggregating = false;
  status.endpointHealthy = endpointVote(context, one) ?? status.endpointHealthy;
  refresh(context, id);
}

function currentStatus(context: R53Context, id: string): boolean {
  const one = context.state.healthChecks[id];
  const { checks } = context.state.dataPlane;
  if (!one) return true;
  return statusOf(one.config, checks[id]?.endpointHealthy ?? true, (child) => checks[child]?.healthy ?? true);
}

/** Brings a check's status up to date and, if it changed, the calculated checks above it. */
function refresh(context: R53Context, id: string): void {
  const status = context.state.dataPlane.checks[id];
  if (!status) return;
  const healthy = currentStatus(context, id);
  if (healthy === status.healthy) return;
  status.healthy = healthy;
  context.cloud.note(edge, 'route53', healthy ? 'healthCheck.healthy' : 'healthCheck.unhealthy', { id });
  scheduleAt(context, edge, 'propagate', healthPropagationSeconds(context.random) * 1000, { id });
  for (const parent of Object.values(context.state.healthChecks)) {
    if (parent.config.ChildHealthChecks?.includes(id)) refresh(context, parent.id);
  }
}

/** Timer, at the edge: DNS answers follow the status of now, so a late change never undoes a later one. */
export function propagate({ id }: { id: string }, context: R53Context): void {
  const status = context.state.dataPlane.checks[id];
  if (!status || status.published === status.healthy) return;
  status.published = status.healthy;
  context.cloud.note(edge, 'route53', 'dns.healthSeen', { id, healthy: status.healthy });
}
