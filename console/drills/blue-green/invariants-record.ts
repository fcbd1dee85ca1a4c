/** Invariants 22–24: every wait ends, a broken application can be mended, and the record is whole and true. */
import { afterCalm, calmSeconds, isDisturbed } from './disturbances.ts';
import type { Call, Evidence } from './evidence.ts';
import { type Commit, commits, moment, raises, rollbacksOfUsers, shareOf, takenAway, withdrawals } from './facts.ts';

/** Retries and the looks between them come on top of what a step may take. */
const SLACK_SECONDS = 300;

/** 22: no release runs on for ever, and users are not left between two releases for longer than a step may take. */
export function everyWaitEnds(evidence: Evidence): string[] {
  const { executions, policy, endedAt, asked } = evidence;
  const long = executions.flatMap(({ arn, from, until }) => {
    const seconds = (until ?? endedAt) - from;
    return seconds > policy.releaseSecondsMax
      ? [`${arn.split(':').at(-1)} ran for ${Math.round(seconds)} s, ${policy.releaseSecondsMax} are allowed`]
      : [];
  });
  const ends = [...raises(evidence), ...withdrawals(evidence), ...commits(evidence)].map(({ t }) => t);
  const stuck = raises(evidence).flatMap((raise) => {
    const { t, weights, candidate } = raise;
    // A person may have sent the users back.
    const taken = takenAway(evidence, raise)?.t ?? endedAt;
    const until = Math.min(taken, ...ends.filter((end) => end > t));
    const paused = asked.some(({ wish, t: when }) => wish === 'pause' && when >= t && when <= until);
    const most = shareOf(weights, candidate) === 1 ? policy.bakeSecondsMax : policy.stepSecondsMax;
    const allowed = most + SLACK_SECONDS + (paused ? policy.pauseSecondsMax : 0);
    return calmSeconds(evidence, t, until) > allowed
      ? [
          `users were left with ${weights[candidate]} % on ${candidate} for ${Math.round(until - t)} s from ${moment(evidence, t)} on`,
        ]
      : [];
  });
  return [...long, ...stuck];
}

/** 23: a fix that a named person asks for begins although what is live is broken. */
export function brokenLiveCanBeFixed(evidence: Evidence): string[] {
  const { asked, pushes, states, endedAt } = evidence;
  const patience = evidence.policy.reconcileSeconds + BEGUN_SECONDS;
  return asked.flatMap(({ t, wish, digest, by }) => {
    if (wish !== 'hotfix' || by === '' || endedAt - t < patience) return [];
    // The event may be lost, and whoever asked sees that nothing happens.
    if (isDisturbed(evidence, t, t + patience)) return [];
    const push = pushes.find(({ digests }) => digests.includes(digest ?? ''));
    const busyUntil = states.find((version) => version.t >= t && version.holder === null)?.t ?? t;
    const until = Math.max(t, busyUntil) + patience;
    // A newer wish takes its place before its turn has come.
    const newer = pushes.some((each) => each.released && each.t > t && each.t <= until);
    return newer || isBegun(evidence, push?.digests ?? [String(digest)], t, until) || push?.admissible === false
      ? []
      : [`the fix that ${by} asked for ${moment(evidence, t)} was never begun`];
  });
}

/** Machines were started for one of these digests, by a release that began in this time; or one that ran already made it live. */
function isBegun({ executions, calls }: Evidence, digests: readonly string[], t: number, by: number): boolean {
  return executions
    .filter(({ input }) => digests.includes(String(input.digest)))
    .some(({ from, until, output }) => {
      const begun = calls.some(
        (call) => startsMachines(call) && call.t >= Math.max(from, t) && call.t <= Math.min(until ?? by, by),
      );
      return begun || (from <= t && (until === null || until > t) && output?.outcome === 'committed');
    });
}

/** What is declared already need not be declared again. */
const startsMachines = ({ deed, size }: Call): boolean => deed === 'assign' || (deed === 'size' && (size ?? 0) > 0);

/** Evidence about the image is waited for before. */
const BEGUN_SECONDS = 300;

/** 24: what was done is in the record, before and after; nothing in it was changed; and it counts what really happened. */
export function theRecordIsTrue(evidence: Evidence): string[] {
  return [...broken(evidence), ...missing(evidence)];
}

function broken({ entries }: Evidence): string[] {
  return entries.flatMap(({ sequence, previous, hash, hashComputed }, index) => {
    const before = entries[index - 1];
    if (hash !== hashComputed) return [`entry ${sequence} of the record is not what its hash says`];
    if (before && sequence !== before.sequence + 1)
      return [`the record goes from entry ${before.sequence} to ${sequence}`];
    if (before && previous !== before.hash) return [`entry ${sequence} of the record does not follow the one before`];
    return [];
  });
}

/** A record may be written this long after what it is about. */
const WRITTEN_SECONDS = 180;

/** All repetitions of a step under faults, of which the first wrote the intent and the last the rule. */
const REPEATED_SECONDS = 400;

/** What happened so shortly before the end may be written still. */
const LATE_SECONDS = 60;

function missing(evidence: Evidence): string[] {
  const { entries, endedAt } = evidence;
  const has = (kind: string, from: number, until: number) =>
    entries.some((entry) => entry.kind === kind && entry.t >= from - 1 && entry.t <= until);
  const late = (t: number) => calmSeconds(evidence, t, endedAt) < LATE_SECONDS;
  const intents = raises(evidence).flatMap(({ t, weights, candidate }) =>
    has('shifting', isDisturbed(evidence, t - REPEATED_SECONDS, t) ? t - REPEATED_SECONDS : t - WRITTEN_SECONDS, t)
      ? []
      : [`nothing in the record says that ${candidate} would get ${weights[candidate]} ${moment(evidence, t)}`],
  );
  const after = (kind: string, times: readonly number[]) =>
    times.flatMap((t) =>
      late(t) || has(kind, t - WRITTEN_SECONDS, afterCalm(evidence, t, WRITTEN_SECONDS))
        ? []
        : [`the record has no '${kind}' for what happened ${moment(evidence, t)}`],
    );
  const became = (wanted: Commit['how']) => commits(evidence).flatMap(({ how, t }) => (how === wanted ? [t] : []));
  const committed = became('released');
  const counted = entries.filter(({ kind, t }) => kind === 'committed' && t >= evidence.faultAt).length;
  return [
    ...intents,
    ...after('committed', committed),
    // A return is no deployment: it counts against the release that it leaves.
    ...after('rolled-back', [...rollbacksOfUsers(evidence), ...became('returned')]),
    ...(counted > committed.length ? [`the record has ${counted} commits; there were ${committed.length}`] : []),
  ];
}
