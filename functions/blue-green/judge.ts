/**
 * Is the new release good? Pass, fail or inconclusive; what is not known is never pass. Pure: the same input gives the
 * same verdict, and `watch` stores the input with each verdict that changes anything (blue-green/I16). It only looks.
 *
 * Two jobs. The rollback trigger is fast: sequential tests on counts (judge-sequential.ts), alarms, latency in M of N
 * minutes, traffic that stops. The commit criterion is strict: an upper confidence bound on enough requests
 * (judge-bounds.ts), at the end of a stage. Old against new is only asked while both have users (the steps); at 100 %
 * there is nothing to compare with, and absolute objectives hold.
 *
 * Error rates, from 4,000 simulated bakes each (`node test/bench/judge-table.ts`), limit 1 %: a service at 0.5 % is
 * rolled back by the sequential rule in 0.5 % of the bakes at 100 requests a minute; at 2 % it is in 99.2 %, at 5 % in all.
 */
import { isoOf } from '../shared/clock.ts';
import type { BalancerMinute, Minute } from '../shared/release-ports.ts';
import { attribute } from './attribution.ts';
import { upperBound } from './judge-bounds.ts';
import { type Counted, OBJECTS_AT, ratioAgainstLimit, ratioAgainstOther } from './judge-sequential.ts';

export interface JudgeInput {
  readonly stage: 'step' | 'bake';
  readonly role: 'active' | 'standby';
  /** Percent of the users that the new release should have had in this stage. */
  readonly percent: number;
  /** Minutes of the new release since it had its first user, oldest first. */
  readonly ours: readonly Minute[];
  /** The old release's, of the same time. */
  readonly other: readonly Minute[];
  readonly balancer: readonly BalancerMinute[];
  /** When this stage began; a minute of it begins at or after this. */
  readonly stageAt: string;
  /** What began before this is warm-up: it was slow or sparse for no fault of the release, but a user who failed has failed. */
  readonly warmFrom: string;
  /** Minutes that began before this are published, if anything is. */
  readonly publishedTo: string;
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
  /** Alarms that must be OK; those that were red before a hotfix are not among them. */
  readonly alarmsWanted: readonly string[];
  /** Users are to be rescued from the old release: what the load balancer answers for that one says nothing of ours. */
  readonly hotfix: boolean;
  readonly limits: Limits;
}

export interface Limits {
  readonly errorRateMax: number;
  readonly p95SecondsMax: number;
  readonly requestsMin: number;
}

export interface Finding {
  readonly check: 'errors' | 'comparison' | 'latency' | 'alarms' | 'traffic' | 'balancer' | 'evidence';
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly says: string;
}

export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly findings: readonly Finding[];
  readonly requests: number;
  readonly errors: number;
}

/** One failing check fails; else one that does not know makes it inconclusive. */
export function judge(input: JudgeInput): Verdict {
  const findings = [errors, comparison, latency, alarms, traffic, balancer, evidence].map((check) => check(input));
  const of = (verdict: Finding['verdict']) => findings.some((finding) => finding.verdict === verdict);
  const { requests, errors: failed } = total(stage(input));
  return {
    verdict: of('fail') ? 'fail' : of('inconclusive') ? 'inconclusive' : 'pass',
    findings,
    requests,
    errors: failed,
  };
}

const counted = (minutes: readonly Minute[]): Counted[] =>
  minutes.flatMap(({ requests, errors: failed }) =>
    requests === null ? [] : [{ requests, errors: Math.min(failed ?? 0, requests) }],
  );

const total = (counts: readonly Counted[]): Counted =>
  counts.reduce((sum, each) => ({ requests: sum.requests + each.requests, errors: sum.errors + each.errors }), {
    requests: 0,
    errors: 0,
  });

/** Minutes of this stage that are whole: in a younger one requests may be seen and their errors not yet. */
const stage = ({ ours, stageAt, warmFrom, publishedTo }: JudgeInput): Counted[] =>
  counted(ours.filter(({ at }) => at >= stageAt && at >= warmFrom && at < publishedTo));

const percentOf = (rate: number): string => `${(rate * 100).toFixed(2)} %`;

function errors({ ours, limits, publishedTo }: JudgeInput): Finding {
  // Errors that are seen count at once; what is not published yet must not dilute them.
  const known = ours.filter(({ at, errors: seen }) => at < publishedTo || (seen ?? 0) > 0);
  const ratio = ratioAgainstLimit(counted(known), limits.errorRateMax);
  const { requests, errors: failed } = total(counted(known));
  const says = `${failed} of ${requests} requests failed, log ratio ${ratio.toFixed(2)} of ${OBJECTS_AT.toFixed(2)}`;
  return { check: 'errors', verdict: ratio >= OBJECTS_AT ? 'fail' : 'pass', says };
}

/** Three times worse than the old one is only acted on from half the limit: below, nobody would notice. */
function comparison({ stage: now, ours, other, warmFrom, limits }: JudgeInput): Finding {
  const check = 'comparison';
  if (now === 'bake') return { check, verdict: 'pass', says: 'the old release has no users to compare with' };
  const warm = ours.filter(({ at }) => at >= warmFrom);
  const pairs = warm.flatMap((minute) => {
    const twin = other.find(({ at }) => at === minute.at);
    const [mine, theirs] = [counted([minute])[0], counted(twin ? [twin] : [])[0]];
    return mine && theirs ? [{ ours: mine, other: theirs }] : [];
  });
  const ratio = ratioAgainstOther(pairs);
  const { requests, errors: failed } = total(pairs.map((pair) => pair.ours));
  const noticeable = requests > 0 && failed / requests > limits.errorRateMax / 2;
  const says = `in ${pairs.length} common minutes, log ratio ${ratio.toFixed(2)} of ${OBJECTS_AT.toFixed(2)}`;
  return { check, verdict: ratio >= OBJECTS_AT && noticeable ? 'fail' : 'pass', says };
}

/** Minutes with fewer requests than this say nothing about a 95th percentile. */
const LATENCY_REQUESTS_MIN = 20;
const LATENCY_WINDOWS = 5;
const LATENCY_SLOW_MAX = 2;

/** A single slow minute is a neighbour's; three of five are the release's. */
function latency({ ours, role, warmFrom, limits }: JudgeInput): Finding {
  const check = 'latency';
  const usable = ours.filter(
    ({ at, requests, p95Seconds }) => at >= warmFrom && p95Seconds !== null && (requests ?? 0) >= LATENCY_REQUESTS_MIN,
  );
  const last = usable.slice(-LATENCY_WINDOWS);
  const slow = last.filter(({ p95Seconds }) => Number(p95Seconds) > limits.p95SecondsMax).length;
  const says = `${slow} of the last ${last.length} minutes were slower than ${limits.p95SecondsMax} s`;
  if (slow > LATENCY_SLOW_MAX) return { check, verdict: 'fail', says };
  if (last.length === 0 && role === 'active') {
    return { check, verdict: 'inconclusive', says: `no minute had ${LATENCY_REQUESTS_MIN} requests` };
  }
  // The newest is slow and there are not enough around it to tell.
  return { check, verdict: slow > 0 && last.length < LATENCY_WINDOWS ? 'inconclusive' : 'pass', says };
}

function alarms({ alarms: seen, alarmsWanted }: JudgeInput): Finding {
  const check = 'alarms';
  const stateOf = (name: string) => seen.find((alarm) => alarm.name === name)?.state ?? 'not there';
  const red = alarmsWanted.filter((name) => stateOf(name) === 'ALARM');
  if (red.length > 0) return { check, verdict: 'fail', says: `in ALARM: ${red.join(', ')}` };
  const unknown = alarmsWanted.filter((name) => stateOf(name) !== 'OK');
  if (unknown.length === 0) return { check, verdict: 'pass', says: `${alarmsWanted.length} alarms are OK` };
  const says = unknown.map((name) => `${name} is ${stateOf(name)}`).join(', ');
  return { check, verdict: 'inconclusive', says };
}

/** So many requests should have been there before their absence means anything. */
const TRAFFIC_EXPECTED_MIN = 20;
const TRAFFIC_MINUTES = 2;

/**
 * Users who were there and are not any more: the load balancer counted them and the new release did not. When the load
 * balancer itself counted nothing, it is not known whether users or metrics are missing.
 */
function traffic({ ours, balancer: all, percent, role, stageAt, publishedTo }: JudgeInput): Finding {
  const check = 'traffic';
  if (role === 'standby') return { check, verdict: 'pass', says: 'users are served by the other region' };
  const minutes = all.filter(({ at }) => at >= stageAt && at < publishedTo).slice(-TRAFFIC_MINUTES);
  if (minutes.length < TRAFFIC_MINUTES) return { check, verdict: 'pass', says: 'the stage is too young' };
  const sum = (values: readonly (number | null)[]) => values.reduce<number>((s, value) => s + (value ?? 0), 0);
  const expected = (sum(minutes.map(({ requests }) => requests)) * percent) / 100;
  const same = ours.filter(({ at }) => minutes.some((minute) => minute.at === at));
  const got = sum(same.map(({ requests }) => requests));
  const says = `${got} requests in ${minutes.length} minutes, of about ${Math.round(expected)}`;
  const gone = expected >= TRAFFIC_EXPECTED_MIN && got === 0;
  // Something of it was published, and how many requests it had was not.
  const unknown = same.some(({ requests }) => requests === null);
  return { check, verdict: gone ? (unknown ? 'inconclusive' : 'fail') : 'pass', says };
}

/**
 * What the load balancer answered 5xx by itself and is not the old release's (attribution.ts), of all requests; and what the
 * new one certainly left unanswered, of its own: ten per cent of the users would hide it among all. Beside a hotfix only the
 * latter counts as long as the broken release has users, and until the minute after.
 */
function balancer(input: JudgeInput): Finding {
  const { stage: now, stageAt, hotfix, limits, publishedTo } = input;
  const check = 'balancer';
  const rescues = hotfix && now === 'step';
  const from = hotfix && now === 'bake' ? isoOf(Date.parse(stageAt) + MINUTE_MS) : stageAt;
  const minutes = input.balancer
    .filter(({ at }) => at >= from)
    .map((all) => {
      const ours = input.ours.find(({ at }) => at === all.at);
      const other = input.other.find(({ at }) => at === all.at);
      const whole = all.at < publishedTo;
      const minute = attribute({ balancer: all, ours, other, whole, shared: now === 'step' });
      return { ...minute, whole, oursRequests: whole ? (ours?.requests ?? 0) : 0 };
    });
  const ratio = (counts: readonly Counted[]) => ratioAgainstLimit(counts, limits.errorRateMax);
  const own = ratio(minutes.map((each) => ({ requests: each.oursRequests, errors: each.own })));
  // What is not published yet must not dilute what is.
  const known = minutes.filter(({ whole, against }) => whole || against > 0);
  const certain = ratio(known.map(({ requests, against, open }) => ({ requests: requests - open, errors: against })));
  const possible = ratio(minutes.map(({ requests, against, open }) => ({ requests, errors: against + open })));
  const sum = (of: 'own' | 'against' | 'open') => minutes.reduce((all, minute) => all + minute[of], 0);
  const says =
    `of the answers 5xx by the load balancer itself ${sum('against')} are not the old release's, ${sum('own')} certainly ` +
    `the new one's, ${sum('open')} not known; log ratio ${certain.toFixed(2)}`;
  if (own >= OBJECTS_AT || (certain >= OBJECTS_AT && !rescues)) return { check, verdict: 'fail', says };
  return { check, verdict: possible >= OBJECTS_AT && !rescues ? 'inconclusive' : 'pass', says };
}

const MINUTE_MS = 60_000;

/** Requests of a standby region, all of them probes, without which nothing was seen. */
const STANDBY_REQUESTS_MIN = 20;

/**
 * A commit needs proof on enough requests; a step only needs that something was seen. In a standby region there are no
 * users to prove it by: no probe may have failed.
 */
function evidence(input: JudgeInput): Finding {
  const check = 'evidence';
  const { role, limits } = input;
  const { requests, errors: failed } = total(stage(input));
  if (role === 'standby') {
    const proved = failed === 0 && requests >= STANDBY_REQUESTS_MIN;
    return { check, verdict: proved ? 'pass' : 'inconclusive', says: `${failed} of ${requests} probes failed` };
  }
  if (input.stage === 'step') {
    const seen = requests > 0;
    return { check, verdict: seen ? 'pass' : 'inconclusive', says: `${requests} requests in this step` };
  }
  const bound = upperBound(failed, requests);
  const says = `${failed} of ${requests} requests failed: below ${percentOf(bound)} with 95 %`;
  if (requests < limits.requestsMin) {
    return { check, verdict: 'inconclusive', says: `${says}; ${limits.requestsMin} requests are needed` };
  }
  return { check, verdict: bound <= limits.errorRateMax ? 'pass' : 'inconclusive', says };
}
