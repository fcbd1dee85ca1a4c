/** What follows from the evidence and several invariants ask: who was live, what was sent where, commits, rollbacks. */
import type { Colour, Evidence, Execution, Request, RuleVersion, Sample, Served, StateVersion } from './evidence.ts';
import { at, COLOURS, other, SAMPLE_SECONDS } from './evidence.ts';

/** What was committed last at that moment. */
export const liveAt = ({ states, before }: Evidence, t: number): Served => at(states, t)?.live ?? before;

export const candidateAt = (evidence: Evidence, t: number): Colour => other(liveAt(evidence, t).colour);

/** A rule that Mainstay wrote, with the one before it. */
export interface Written extends RuleVersion {
  readonly previous: RuleVersion;
  /** Colour that was not live then. */
  readonly candidate: Colour;
}

/** Handlers that send users back (functions/blue-green/retreat.ts). */
const RETREATING: readonly (string | null)[] = ['roll-back', 'clean-up'];
export const isRetreat = (by: string | null): boolean => RETREATING.includes(by);

export function writtenByMainstay(evidence: Evidence): Written[] {
  return evidence.rules.flatMap((rule, index) => {
    const previous = evidence.rules[index - 1];
    if (rule.by === null || !previous) return [];
    // A commit in the very moment is about what was written before it.
    return [{ ...rule, previous, candidate: candidateAt(evidence, rule.t - MOMENT) }];
  });
}

/** Less than one tick of the clock. */
export const MOMENT = 0.0005;

/** Mainstay sent more users to the release that is not committed. */
export const raises = (evidence: Evidence): Written[] =>
  writtenByMainstay(evidence).filter(
    ({ weights, previous, candidate, by }) =>
      !isRetreat(by) && shareOf(weights, candidate) > shareOf(previous.weights, candidate),
  );

/** Mainstay took all users from a colour, in a rollback or in the return from a release that was committed. */
export interface Withdrawal extends Written {
  readonly from: Colour;
  /** What users are to get now; null when nobody knows. */
  readonly to: Served | null;
}

export function withdrawals(evidence: Evidence): Withdrawal[] {
  return writtenByMainstay(evidence).flatMap((rule): Withdrawal[] => {
    const { weights, previous, candidate, by, t } = rule;
    const from = isRetreat(by)
      ? COLOURS.find((colour) => weights[colour] === 0 && previous.weights[colour] > 0)
      : weights[candidate] === 0 && previous.weights[candidate] > 0
        ? candidate
        : undefined;
    if (!from) return [];
    const state = at(evidence.states, t - MOMENT);
    const live = liveAt(evidence, t - MOMENT);
    return [{ ...rule, from, to: from === live.colour ? (state?.retained ?? null) : live }];
  });
}

export const shareOf = (weights: RuleVersion['weights'], colour: Colour): number => {
  const sum = weights.blue + weights.green;
  return sum > 0 ? weights[colour] / sum : 0;
};

export interface Commit {
  /** A deployment, or a return to the release that was kept. */
  readonly how: 'released' | 'returned';
  readonly t: number;
  readonly live: Served;
  readonly before: Served;
  readonly retained: StateVersion['retained'];
  readonly releaseId: string | null;
}

/** Each time that another release became the one that is committed. */
export function commits(evidence: Evidence): Commit[] {
  return evidence.states.flatMap((version, index) => {
    const previous = evidence.states[index - 1];
    const before = previous ? (previous.live ?? evidence.before) : evidence.before;
    const { live, t, retained } = version;
    if (!live || (live.digest === before.digest && live.colour === before.colour)) return [];
    const kept = previous?.retained;
    const how = !retained && kept?.digest === live.digest && kept.colour === live.colour ? 'returned' : 'released';
    return [{ how, t, live, before, retained, releaseId: previous?.releaseId ?? version.releaseId }];
  });
}

/** A stretch in which a release that is not committed may have got users: from its first to the end of the last of it. */
export interface Exposure {
  readonly candidate: Colour;
  readonly live: Served;
  readonly from: number;
  /** When it was committed, or had no users any more by whoever's hand; the end of the run when neither happened. */
  readonly until: number;
  readonly ended: 'committed' | 'withdrawn' | null;
}

export function exposures(evidence: Evidence): Exposure[] {
  const found: Exposure[] = [];
  const committed = commits(evidence);
  for (const raise of raises(evidence)) {
    if (shareOf(raise.previous.weights, raise.candidate) > 0) continue;
    const commit = committed.find(({ t, live }) => t >= raise.t && live.colour === raise.candidate);
    const taken = takenAway(evidence, raise);
    const until = Math.min(commit?.t ?? evidence.endedAt, taken?.t ?? evidence.endedAt);
    const ended = until === commit?.t ? 'committed' : until === taken?.t ? 'withdrawn' : null;
    found.push({ candidate: raise.candidate, live: liveAt(evidence, raise.t - MOMENT), from: raise.t, until, ended });
  }
  return found;
}

/** When the colour that was raised had no users any more by the rule, whoever wrote it. */
export const takenAway = ({ rules }: Pick<Evidence, 'rules'>, { t, candidate }: Written): RuleVersion | undefined =>
  rules.find((rule) => rule.t > t && shareOf(rule.weights, candidate) === 0);

/** Users' requests that this colour got within [from, until). */
export const usersOf = ({ requests }: Evidence, colour: Colour, from: number, until: number): Request[] =>
  requests.filter((each) => each.who === 'user' && each.colour === colour && each.t >= from && each.t < until);

/** Users were in another region for all of this time: what is released here serves nobody, and probes are all there is. */
export const isStandby = ({ requests, elsewhere }: Evidence, from: number, until: number): boolean =>
  elsewhere.some((t) => t >= from && t < until) &&
  !requests.some(({ who, t }) => who === 'user' && t >= from && t < until);

const JUDGE = 'watch';
const METRICS = 'GetMetricData';
/** What is younger no metric can show: a minute must end, and its figures take up to two to be seen. */
const BLIND_SECONDS = 180;

/** Until when metrics could show the judge what users got, as it looked last before this moment. */
export const shownUntil = ({ calls }: Evidence, t: number): number =>
  (calls.findLast((call) => call.by === JUDGE && call.operation === METRICS && !call.error && call.t <= t)?.t ?? t) -
  BLIND_SECONDS;

export const sampleAt = ({ samples }: Evidence, t: number): Sample | undefined => at(samples, t) ?? samples[0];

/** Healthy targets of a colour at a moment, by the kinder of the samples around it: health may turn between them. */
export function healthyAt(evidence: Evidence, t: number, colour: Colour): number {
  const next = evidence.samples.find((sample) => sample.t > t && sample.t < t + SAMPLE_SECONDS);
  const around = [sampleAt(evidence, t), next].flatMap((sample) => (sample ? [sample.colours[colour].healthy] : []));
  return Math.max(0, ...around);
}

/** Failed, or slower than the policy's 95th percentile may be. */
export const isBad = ({ ok, seconds }: Request, { policy }: Evidence): boolean => !ok || seconds > policy.p95SecondsMax;

/** A checker must not be wrong by chance in thousands of runs. */
const BY_CHANCE = 1 / 2000;

/**
 * Whether so many bad ones of `all` rule out that their true share is `limit` or less: by the exact binomial tail, because
 * approximations are far too sure of three in forty.
 */
export function surelyAbove(bad: number, all: number, limit: number): boolean {
  const odds = Math.log(limit) - Math.log1p(-limit);
  let term = all * Math.log1p(-limit);
  let fewer = 0;
  for (let i = 0; i < bad; i++) {
    fewer += Math.exp(term);
    term += Math.log((all - i) / (i + 1)) + odds;
  }
  return 1 - fewer < BY_CHANCE;
}

/** 'at 812 s' after the scenario's beginning. */
export const moment = ({ faultAt }: Evidence, t: number): string => `at ${Math.round((t - faultAt) * 10) / 10} s`;

/** Whether a person promoted the release in this time, who may do without proof, never against one. */
export const isPromoted = ({ asked }: Pick<Evidence, 'asked'>, from: number, until: number): boolean =>
  asked.some(({ wish, t }) => wish === 'promote' && t >= from && t <= until);

/** The execution that held the lease right before a moment; undefined when nobody did, or a job. */
export function executionAt({ states, executions }: Evidence, t: number): Execution | undefined {
  const holder = at(states, t - MOMENT)?.holder;
  return executions.find(({ arn }) => arn === holder);
}

/** A wish may be on its way for so long while another wish for the same digest is begun. */
const ON_ITS_WAY_SECONDS = 60;

/**
 * Whether what the execution releases is what a named person asked for as a fix (invariant 23): as what it was begun for, or
 * since. An earlier wish, for a release that has ended, excuses nothing.
 */
export function isFix({ asked, pushes }: Evidence, execution: Execution | undefined, until: number): boolean {
  if (!execution) return false;
  if (execution.input.kind === 'hotfix') return true;
  const released = String(execution.input.digest);
  const same = pushes.find(({ digests }) => digests.includes(released))?.digests ?? [released];
  return asked.some(
    ({ wish, by, digest, t }) =>
      wish === 'hotfix' &&
      by !== '' &&
      same.includes(digest ?? '') &&
      t >= execution.from - ON_ITS_WAY_SECONDS &&
      t <= until,
  );
}

/** When users were taken back from a release that never was committed. */
export const rollbacksOfUsers = (evidence: Evidence): number[] =>
  exposures(evidence).flatMap(({ ended, until }) => (ended === 'withdrawn' ? [until] : []));
