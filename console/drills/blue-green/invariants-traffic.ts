/** Invariants 1–6: where users are sent, and when a release may get more of them. */
import { afterCalm, calmSeconds } from './disturbances.ts';
import { at, type Evidence, other, type RuleVersion, wasCarriedOut } from './evidence.ts';
import {
  commits,
  executionAt,
  exposures,
  healthyAt,
  isFix,
  isPromoted,
  isRetreat,
  liveAt,
  MOMENT,
  moment,
  raises,
  sampleAt,
  shareOf,
  shownUntil,
  surelyAbove,
  usersOf,
  type Written,
  writtenByMainstay,
} from './facts.ts';
import { notOkAtBegin, rang, ringsAt } from './ringing.ts';

const said = ({ weights }: Pick<RuleVersion, 'weights'>): string => `blue ${weights.blue}, green ${weights.green}`;

/** 1: both groups are in the rule, their weights add up, and who gets more users has the machines for all of them. */
export function weightsAreServed(evidence: Evidence): string[] {
  return writtenByMainstay(evidence).flatMap((rule) => {
    const { blue, green } = rule.weights;
    const when = moment(evidence, rule.t);
    if (!(blue >= 0 && green >= 0 && blue + green > 0)) return [`the rule got weights ${said(rule)} ${when}`];
    const sample = sampleAt(evidence, rule.t);
    const { candidate, previous } = rule;
    const back = other(candidate);
    if (
      sample &&
      isRetreat(rule.by) &&
      healthyAt(evidence, rule.t, back) === 0 &&
      sample.colours[candidate].healthy > 0
    )
      return [`users were sent back to ${back} ${when}, where no machine was healthy, and ${candidate} had some`];
    if (!sample || shareOf(rule.weights, candidate) <= shareOf(previous.weights, candidate)) return [];
    const needed = needsOf(evidence, rule);
    const healthy = healthyAt(evidence, rule.t, candidate);
    return healthy >= needed
      ? []
      : [`${candidate} got weight ${rule.weights[candidate]} ${when} with ${healthy} of ${needed} healthy targets`];
  });
}

/** Healthy targets for all users: as many as the live colour is meant to have. */
function needsOf(evidence: Evidence, { t, by, candidate }: Pick<Written, 't' | 'by' | 'candidate'>): number {
  // Who goes back to what is kept goes to as many machines as were kept, however many serve by now.
  const kept = isRetreat(by) ? at(evidence.states, t - MOMENT)?.retained : null;
  if (kept?.colour === candidate) return kept.size;
  const live = liveAt(evidence, t).colour;
  return Math.max(evidence.policy.capacityFloor, sampleAt(evidence, t)?.colours[live].desired ?? 0);
}

/** 2: what is live is what the listener says; after a foreign change nothing goes forward from there. */
export function storedStateIsTheListener(evidence: Evidence): string[] {
  const forward = raises(evidence).flatMap((raise) => {
    const own = evidence.rules.filter(({ t, by }) => t < raise.t && by !== null).at(-1) ?? evidence.rules[0];
    if (raise.previous.by !== null || raise.previous === own || !own) return [];
    const { candidate } = raise;
    // Somebody had put it right before this release began.
    const since = executionAt(evidence, raise.t)?.from ?? 0;
    if (raise.previous.t < since && shareOf(raise.previous.weights, liveAt(evidence, raise.t).colour) === 1) return [];
    return shareOf(raise.weights, candidate) <= shareOf(own.weights, candidate)
      ? []
      : [
          `${candidate} was raised to ${raise.weights[candidate]} ${moment(evidence, raise.t)} from ${said(raise.previous)}, which Mainstay had not written`,
        ];
  });
  const stored = commits(evidence).flatMap(({ t, live }) => {
    const rule = at(evidence.rules, t);
    return rule && shareOf(rule.weights, live.colour) === 1
      ? []
      : [`${live.colour} was committed ${moment(evidence, t)} while the rule said ${rule ? said(rule) : 'nothing'}`];
  });
  return [...forward, ...stored];
}

/** 3: nothing is done to the machines of a colour that gets users, except to have more of them. */
export function computeInUseIsLeftAlone(evidence: Evidence): string[] {
  return evidence.calls.flatMap((call) => {
    const { colour, deed, size, t } = call;
    if (!colour || !wasCarriedOut(call)) return [];
    const sample = sampleAt(evidence, t)?.colours[colour];
    if (!sample || (sample.weight === 0 && sample.shareMax === 0)) return [];
    const harmful = deed === 'assign' || deed === 'end' || (deed === 'size' && size !== null && size < sample.desired);
    return harmful ? [`${call.by} did ${call.operation} to ${colour} ${moment(evidence, t)}, which had users`] : [];
  });
}

/** 4: a weight counts when every node of the load balancer follows it, it was read back, and requests proved it. */
export function weightsAreProved(evidence: Evidence): string[] {
  const relying = [...raises(evidence), ...commits(evidence)].map(({ t }) => t).sort((a, b) => a - b);
  return raises(evidence).flatMap((raise) => {
    const next = relying.find((t) => t > raise.t);
    if (next === undefined) return [];
    const between = evidence.rules.some((rule) => rule.t > raise.t && rule.t < next);
    if (between) return [];
    const when = `${raise.weights[raise.candidate]} for ${raise.candidate} ${moment(evidence, raise.t)}`;
    const within = ({ t }: { readonly t: number }) => t >= raise.t && t <= next;
    const read = evidence.calls.some((call) => within(call) && call.operation === 'DescribeRules' && !call.error);
    const probed = isProved(evidence, raise, next);
    // A person who promotes relies on no share of the users: all of them are next, and that is proved.
    const leapt = shareOf(raise.weights, raise.candidate) < 1 && isPromoted(evidence, raise.t, next);
    return [
      ...(leapt || (raise.everywhereAt !== null && raise.everywhereAt <= next)
        ? []
        : [`weight ${when} was relied on ${moment(evidence, next)}, before every node followed it`]),
      ...(read ? [] : [`weight ${when} was relied on ${moment(evidence, next)} and never read back`]),
      ...(probed ? [] : [`weight ${when} was relied on ${moment(evidence, next)} without a request that proved it`]),
    ];
  });
}

/** So many answers within so long, more than observers ask for in that time, show that somebody asked for a proof. */
const ANSWERS = 20;
const AT_ONCE_SECONDS = 10;

/**
 * A part of the users: one answer of the new release. All of them: many at once. An observer may be answered by the old one
 * in between, by a node that all of these missed: that every node follows is asked beside this.
 */
function isProved(evidence: Evidence, { t, weights, candidate }: Written, until: number): boolean {
  const answers = evidence.requests.filter(
    (each) => each.who === 'probe' && each.t >= t && each.t <= until && each.colour === candidate,
  );
  if (shareOf(weights, candidate) < 1) return answers.length > 0;
  return answers.some((first, index) => {
    const last = answers[index + ANSWERS - 1];
    // A slow process asks slowly.
    return last !== undefined && calmSeconds(evidence, first.t, last.t) <= AT_ONCE_SECONDS;
  });
}

/** So many failures, at a rate so far above the limit, are a proof: nobody may promote against one. */
const CERTAIN_FAILED = 10;
const CERTAIN_TIMES = 5;

/** 5: no more users while those it has are failed for certain or an alarm rings, nor while the old release could not take all back. */
export function raisedOnlyOnAPass(evidence: Evidence): string[] {
  const all = raises(evidence);
  return all.flatMap((raise, index) => {
    const { t, candidate } = raise;
    const live = liveAt(evidence, t).colour;
    const sample = sampleAt(evidence, t)?.colours[live];
    const healthy = healthyAt(evidence, t, live);
    const before = all[index - 1];
    const from =
      before && before.candidate === candidate && shareOf(raise.previous.weights, candidate) > 0 ? before.t : t;
    // The judge counts from the release's first user on (functions/blue-green/judge-sequential.ts).
    const since = exposures(evidence).find((each) => each.candidate === candidate && each.from <= t && each.until >= t);
    const got = usersOf(evidence, candidate, since?.from ?? from, shownUntil(evidence, t));
    const failed = got.filter(({ ok }) => !ok).length;
    const { errorShareMax } = evidence.policy;
    const execution = executionAt(evidence, t);
    const fix = isFix(evidence, execution, t);
    const certain = failed >= CERTAIN_FAILED && surelyAbove(failed, got.length, CERTAIN_TIMES * errorShareMax);
    const excused = fix ? notOkAtBegin(evidence, execution?.from ?? t) : new Set<string>();
    const heard = from === t ? ringsAt(evidence, t) : rang(evidence, from, t);
    const ringing = heard.filter((name) => !excused.has(name));
    const when = `${candidate} was raised to ${raise.weights[candidate]} ${moment(evidence, t)}`;
    return [
      ...(ringing.length > 0 ? [`${when} although ${ringing.join(', ')} had rung`] : []),
      ...(surelyAbove(failed, got.length, errorShareMax) && (certain || !isPromoted(evidence, from, t))
        ? [`${when} although it had failed ${failed} of ${got.length} users`]
        : []),
      ...(sample && healthy < sample.desired && !fix
        ? [`${when} while ${live} had ${healthy} of ${sample.desired} healthy targets`]
        : []),
    ];
  });
}

/** A person or a reconciler needs so long, besides the reconciler's own period, to write the rule and to tell. */
const REPAIR_SECONDS = 120;

/** 6: weights belong to the controller; a foreign change while it releases is put right, or told, and goes no further. */
export function foreignChangesAreAnswered(evidence: Evidence): string[] {
  return evidence.rules.flatMap((rule, index) => {
    const previous = evidence.rules[index - 1];
    if (rule.by !== null || !previous || rule.t < evidence.faultAt) return [];
    if (rule.weights.blue === previous.weights.blue && rule.weights.green === previous.weights.green) return [];
    const until = afterCalm(evidence, rule.t, evidence.policy.reconcileSeconds + REPAIR_SECONDS);
    if (until > evidence.endedAt) return [];
    const live = liveAt(evidence, rule.t).colour;
    const mended = evidence.rules.some(({ t, by }) => by !== null && t > rule.t && t <= until);
    const state = at(evidence.states, rule.t);
    // All users with the live release, and nobody at work: as it should be. Before the first release nobody knows that.
    const harmless = (shareOf(rule.weights, live) === 1 && state?.holder == null) || !state?.live;
    const told = evidence.messages.some(({ t }) => t >= rule.t && t <= until);
    return mended || told || harmless
      ? []
      : [`somebody else set ${said(rule)} ${moment(evidence, rule.t)}, and nothing was done or told about it`];
  });
}
