/**
 * What must come true in the end, whatever was injected, once the faults are over: nothing runs or waits (unsettled.ts),
 * users are with the release that is live, or a person was told that they are not, and people heard of every release that
 * came to nothing.
 */

import { calmSeconds, isDisturbed } from './disturbances.ts';
import { type Evidence, other } from './evidence.ts';
import { liveAt, moment, shareOf } from './facts.ts';

/** What people need not be told: it serves, or a newer one takes its place. */
const QUIET = ['committed', 'superseded'];
/** The last state tells, with some repetitions. */
const TOLD_SECONDS = 90;

/** A sentence for each goal that was missed; asked when nothing is unsettled any more. */
export const missedGoals = (evidence: Evidence): string[] => [...usersAstray(evidence), ...untold(evidence)];

function usersAstray(evidence: Evidence): string[] {
  // Before its first release Mainstay does not know where they belong.
  if (!evidence.states.at(-1)?.live) return [];
  const { colour } = liveAt(evidence, evidence.endedAt);
  const rule = evidence.rules.at(-1);
  if (!rule || shareOf(rule.weights, colour) === 1) return [];
  const told = evidence.messages.some(({ t }) => t >= rule.t);
  return told
    ? []
    : [`users are with ${other(colour)} since ${moment(evidence, rule.t)}, ${colour} is live, and nobody was told`];
}

function untold(evidence: Evidence): string[] {
  return evidence.entries.flatMap(({ kind, outcome, releaseId, t }) => {
    if (kind !== 'ended' || outcome === null || QUIET.includes(outcome)) return [];
    const until = t + TOLD_SECONDS;
    const told = evidence.messages.some((message) => message.t >= t - 1 && message.t <= until);
    const late = calmSeconds(evidence, t, evidence.endedAt) < TOLD_SECONDS;
    return told || late || isDisturbed(evidence, t, until)
      ? []
      : [`${releaseId} ended ${outcome} ${moment(evidence, t)}, and nobody was told`];
  });
}
