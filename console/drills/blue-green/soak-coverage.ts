/** What one soaked run of blue/green reached, and what could be reached. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import machine from '../../../statemachines/blue-green.asl.json' with { type: 'json' };
import cleanUpMachine from '../../../statemachines/blue-green-clean-up.asl.json' with { type: 'json' };
import type { Coverage, Reachable } from '../../soak/coverage.ts';
import type { Profile } from '../../soak/profile.ts';
import { type Arises, arisenIn, coverageOfRun, reachableBy } from '../../soak/run-coverage.ts';
import type { Schedule } from '../../soak/schedule.ts';
import type { Evidence } from './evidence.ts';
import { commits, exposures, raises, withdrawals, writtenByMainstay } from './facts.ts';
import { INVARIANTS } from './invariants.ts';
import { OUTCOMES } from './scenario.ts';

const MAIN = 'blue-green';
const CLEAN_UP = 'blue-green-clean-up';
const IDS = INVARIANTS.map(({ id }) => id);

export const reachable = (profile: Profile): Reachable =>
  reachableBy(profile, { [MAIN]: machine, [CLEAN_UP]: cleanUpMachine }, IDS, OUTCOMES);

export const coverageOf = (
  cloud: Cloud,
  { releaseWorkflow, releaseCleanUpWorkflow }: Names,
  evidence: Evidence,
  outcome: string,
  schedule: Schedule,
): Coverage =>
  coverageOfRun({
    cloud,
    machines: new Map([
      [releaseWorkflow, MAIN],
      [releaseCleanUpWorkflow, CLEAN_UP],
    ]),
    schedule,
    outcome,
    arose: arisenIn(IDS, ARISES, evidence),
  });

const isRaised = (evidence: Evidence): boolean => raises(evidence).length > 0;
const isExposed = (evidence: Evidence): boolean => exposures(evidence).length > 0;
const isCommitted = (evidence: Evidence): boolean => commits(evidence).length > 0;
const isTakenBack = (evidence: Evidence): boolean => withdrawals(evidence).length > 0;
const isBegun = ({ states }: Evidence): boolean => states.some(({ holder }) => holder !== null);

/** By number: whether what the invariant is about came to pass, so that it could have been broken. */
const ARISES: Arises<Evidence> = {
  1: (evidence) => writtenByMainstay(evidence).length > 0,
  2: isRaised,
  3: ({ calls }) => calls.some(({ deed }) => deed === 'assign' || deed === 'size'),
  4: (evidence) => raises(evidence).length > 1,
  5: (evidence) => raises(evidence).length > 1,
  6: ({ rules, faultAt }) => rules.some(({ t, by }) => by === null && t >= faultAt),
  7: ({ states }) => new Set(states.flatMap(({ holder }) => holder ?? [])).size > 1,
  8: isRaised,
  9: ({ executions }) => executions.some(({ until }) => until !== null),
  10: ({ pushes }) => pushes.some(({ released }) => released),
  11: isExposed,
  12: ({ pushes }) => pushes.some(({ admissible }) => !admissible),
  13: isCommitted,
  14: (evidence) => raises(evidence).length > 1,
  15: isCommitted,
  16: ({ calls }) => calls.some(({ operation }) => operation === 'GetMetricData'),
  17: isExposed,
  18: isTakenBack,
  19: isCommitted,
  20: isTakenBack,
  21: ({ calls }) => calls.some(({ deed, size }) => deed === 'end' || (deed === 'size' && size === 0)),
  22: isBegun,
  23: ({ asked }) => asked.some(({ wish }) => wish === 'hotfix'),
  24: ({ entries }) => entries.length > 0,
  rights: ({ calls }) => calls.length > 0,
};
