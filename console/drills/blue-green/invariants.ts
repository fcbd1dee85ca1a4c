/** The invariants of blue/green that a drill checks (reference: blue/green switchover, "Invariants"), by id. */
import type { Violation } from '../../drill/result.ts';
import type { Evidence } from './evidence.ts';
import { neededImagesStay, oneDigestInAColour, onlyAdmittedReleasesServe } from './invariants-artifact.ts';
import {
  nothingIsLeftBehind,
  onePushOneRelease,
  oneReleaseAtATime,
  stepsAreRepeatable,
} from './invariants-concurrency.ts';
import { commitsAreEarned, noPassWithoutEvidence, theJudgeOnlyLooks } from './invariants-judgement.ts';
import { brokenLiveCanBeFixed, everyWaitEnds, theRecordIsTrue } from './invariants-record.ts';
import {
  backToTheLastCommit,
  endedOnlyWhenUnneeded,
  oldReleaseIsKept,
  oldReleaseStays,
  rollbackIsShort,
} from './invariants-rollback.ts';
import {
  computeInUseIsLeftAlone,
  foreignChangesAreAnswered,
  raisedOnlyOnAPass,
  storedStateIsTheListener,
  weightsAreProved,
  weightsAreServed,
} from './invariants-traffic.ts';

interface Invariant {
  readonly id: string;
  readonly text: string;
  /** One message per way it was broken. */
  readonly check: (evidence: Evidence) => string[];
}

const rows: readonly (readonly [text: string, check: Invariant['check']])[] = [
  ['both groups are in the rule, and who gets more users has the machines for all of them', weightsAreServed],
  ['the live colour is what the listener says; from a foreign change nothing goes forward', storedStateIsTheListener],
  ['nothing is done to machines that have users, except to have more of them', computeInUseIsLeftAlone],
  ['a weight counts when it was read back and every node follows it', weightsAreProved],
  ['more users only on a pass, and while the old release can take all back', raisedOnlyOnAPass],
  ['weights and capacity belong to the controller; a foreign change is put right or told', foreignChangesAreAnswered],
  ['one release at a time; its fence only grows, and without the lease nothing changes', oneReleaseAtATime],
  ['every step can be repeated', stepsAreRepeatable],
  ['every execution ends and leaves no lease, pin or suspension behind', nothingIsLeftBehind],
  ['one release for each push, also when its event is doubled or lost; what failed stays out', onePushOneRelease],
  ['what was admitted is what serves: one digest in a colour, and the answers name it', oneDigestInAColour],
  ['no user meets a release that is unsigned, unscanned or known to be dangerous', onlyAdmittedReleasesServe],
  ['images that are live or kept are never deleted', neededImagesStay],
  ['without figures and without users there is no pass', noPassWithoutEvidence],
  ['a commit needs the whole bake, enough evidence and every alarm OK; a bad release never gets one', commitsAreEarned],
  ['the judge only looks, and at the colour it judges', theJudgeOnlyLooks],
  ['until the commit the old release stays whole, pinned and unchanged', oldReleaseStays],
  ['a rollback is one write, needs no machine, and is verified in time', rollbackIsShort],
  ['after a commit the old release is kept ready; losing it is recorded at once', oldReleaseIsKept],
  ['back is to what was committed last; a rollback that failed is told', backToTheLastCommit],
  ['machines are ended by a later job alone, and only those that nothing needs', endedOnlyWhenUnneeded],
  ['every wait has an end', everyWaitEnds],
  ['a broken application never keeps its fix out', brokenLiveCanBeFixed],
  ['every transition is in the record, which is whole and true', theRecordIsTrue],
];

export const INVARIANTS: readonly Invariant[] = [
  ...rows.map(([text, check], index) => ({ id: `blue-green/${index + 1}`, text, check })),
  // Of every capability: a missing right must show before anyone deploys (DESIGN decision 13).
  { id: 'blue-green/rights', text: 'no role is refused a call that it makes', check: ({ refusals }) => [...refusals] },
];

/** Every broken invariant of a run. */
export const violations = (evidence: Evidence): Violation[] =>
  INVARIANTS.flatMap(({ id, check }) => check(evidence).map((message) => ({ id, message })));
