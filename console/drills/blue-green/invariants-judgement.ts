/** Invariants 14–16: what a verdict rests on, what a commit needs, and that whoever judges only looks. */
import { isCalm } from './disturbances.ts';
import { at, type Evidence, wasCarriedOut } from './evidence.ts';
import {
  commits,
  executionAt,
  isBad,
  isFix,
  isPromoted,
  isStandby,
  liveAt,
  moment,
  raises,
  shareOf,
  shownUntil,
  surelyAbove,
  usersOf,
} from './facts.ts';
import { knewNothing, notOkAtBegin, rang } from './ringing.ts';

/** 14: without figures, or without users, there is no pass: nothing goes forward on it. */
export function noPassWithoutEvidence(evidence: Evidence): string[] {
  const all = raises(evidence);
  return all.flatMap((raise, index) => {
    const before = all[index - 1];
    if (!before || before.candidate !== raise.candidate || shareOf(raise.previous.weights, raise.candidate) === 0)
      return [];
    if (isPromoted(evidence, before.t, raise.t) || isStandby(evidence, before.t, raise.t)) return [];
    const when = `${raise.candidate} was raised to ${raise.weights[raise.candidate]} ${moment(evidence, raise.t)}`;
    const got = usersOf(evidence, raise.candidate, before.t, raise.t).length;
    const samples = evidence.samples.filter(({ t }) => t >= before.t && t <= raise.t);
    const blind = samples.length > 0 && samples.every(({ metricsBroken }) => metricsBroken);
    return [
      ...(got === 0 ? [`${when} although nobody had used it`] : []),
      ...(blind ? [`${when} although there were no metrics since the step before`] : []),
    ];
  });
}

/** 15: a commit after the whole bake, on enough evidence, with every alarm OK, and never of a release that is bad. */
export function commitsAreEarned(evidence: Evidence): string[] {
  return [...commits(evidence).flatMap((commit) => unearned(evidence, commit)), ...startedIntoAnAlarm(evidence)];
}

function unearned(evidence: Evidence, { t, live }: ReturnType<typeof commits>[number]): string[] {
  const { policy } = evidence;
  const when = `${live.digest.slice(0, 15)} was committed ${moment(evidence, t)}`;
  // Of the release that went back to the one before, nothing new has to be proved.
  const alreadyProved =
    evidence.before.digest === live.digest ||
    commits(evidence).some((each) => each.t < t && each.live.digest === live.digest);
  if (alreadyProved) return [];
  const full = raises(evidence).findLast(
    (raise) => raise.t <= t && raise.candidate === live.colour && shareOf(raise.weights, live.colour) === 1,
  );
  if (!full) return [`${when} without ever having had all users`];
  const promoted = isPromoted(evidence, full.t - policy.releaseSecondsMax, t);
  const baked = t - full.t;
  const users = usersOf(evidence, live.colour, full.t, t);
  // A person may do without proof, not against one: of what no metric showed yet there was none.
  const until = promoted ? shownUntil(evidence, t) : t;
  // What a slow or broken network did to the others no release can help.
  const calm = users.filter((each) => each.t < until && isCalm(evidence, each.t));
  const failed = calm.filter(({ ok }) => !ok).length;
  const slow = calm.filter((each) => isBad(each, evidence)).length;
  const execution = executionAt(evidence, t);
  const excused = isFix(evidence, execution, t) ? notOkAtBegin(evidence, execution?.from ?? t) : new Set<string>();
  const rung = rang(evidence, full.t, t).filter((name) => !excused.has(name));
  const unknown = knewNothing(evidence, full.t, t).filter((name) => !excused.has(name));
  const push = evidence.pushes.find(({ digests }) => digests.includes(live.digest));
  // What leaks is bad from when it fails more users than it may.
  const bad = push && !push.good && !(push.wearsOut && failed <= calm.length * policy.errorShareMax);
  return [
    ...(baked < policy.bakeSeconds && !promoted
      ? [`${when} after ${Math.round(baked)} of ${policy.bakeSeconds} s of bake`]
      : []),
    ...(users.length < policy.requestsMin && !promoted && !isStandby(evidence, full.t, t)
      ? [`${when} on ${users.length} of ${policy.requestsMin} requests`]
      : []),
    ...(rung.length > 0 ? [`${when} after ${rung.join(', ')} had rung`] : []),
    ...(unknown.length > 0 && !promoted ? [`${when} while ${unknown.join(', ')} knew nothing`] : []),
    ...(surelyAbove(failed, calm.length, policy.errorShareMax)
      ? [`${when} having failed ${failed} of ${calm.length} users`]
      : []),
    ...(surelyAbove(slow, calm.length, SLOW_SHARE_MAX)
      ? [`${when} having kept ${slow} of ${calm.length} users waiting`]
      : []),
    ...(bad && !promoted ? [`${when}, which is a bad release`] : []),
  ];
}

/** A 95th percentile above the limit is this share of the requests above it. */
const SLOW_SHARE_MAX = 0.05;

/** The machine has looked at the alarms, and then it prepares. */
const LOOKED_SECONDS = 60;

function startedIntoAnAlarm(evidence: Evidence): string[] {
  const assigned = evidence.calls.filter((call) => call.deed === 'assign' && wasCarriedOut(call));
  return assigned.flatMap(({ t, colour }) => {
    if (colour === liveAt(evidence, t).colour) return [];
    const execution = executionAt(evidence, t);
    // An alarm that rings while the colour is emptied, for minutes, is heard before the first user is sent.
    const since = Math.min(t - LOOKED_SECONDS, execution?.from ?? t);
    const before = evidence.samples.filter((sample) => sample.t >= since && sample.t <= t);
    const ringing = before.length > 0 && before.every(({ alarms }) => alarms.length > 0);
    const named = isFix(evidence, execution, t);
    return ringing && !named
      ? [
          `a release was begun ${moment(evidence, t)} while ${before.at(-1)?.alarms.join(', ')} rang, and nobody asked for that`,
        ]
      : [];
  });
}

/** The handler that judges; the reaper reads metrics too, and ends machines. */
const JUDGE = 'watch';

/** 16: the judge changes nothing, and asks about the colour that it judges. */
export function theJudgeOnlyLooks(evidence: Evidence): string[] {
  const judging = evidence.calls.filter(({ by }) => by === JUDGE);
  const changed = judging.find((call) => call.deed !== null && wasCarriedOut(call));
  const wrong = judging.find((call) => {
    if (call.operation !== 'GetMetricData' || call.error) return false;
    const { colour } = liveAt(evidence, call.t);
    const rule = at(evidence.rules, call.t);
    const candidate = colour === 'blue' ? 'green' : 'blue';
    if (!rule || shareOf(rule.weights, candidate) === 0) return false;
    const text = JSON.stringify(call.input);
    return text.includes('TargetGroup') && !text.includes(evidence.policy.targetGroups[candidate]);
  });
  return [
    ...(changed ? [`the judge did ${changed.operation} ${moment(evidence, changed.t)}`] : []),
    ...(wrong ? [`the judge asked about another target group than the candidate's ${moment(evidence, wrong.t)}`] : []),
  ];
}
