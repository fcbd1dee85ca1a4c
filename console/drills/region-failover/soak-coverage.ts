/** What one soaked run of region failover reached, and what could be reached. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import cleanUpMachine from '../../../statemachines/region-failover-clean-up.asl.json' with { type: 'json' };
import type { Coverage, Reachable } from '../../soak/coverage.ts';
import type { Profile } from '../../soak/profile.ts';
import { type Arises, arisenIn, coverageOfRun, reachableBy } from '../../soak/run-coverage.ts';
import type { Schedule } from '../../soak/schedule.ts';
import { type Evidence, wasCarriedOut } from './evidence.ts';
import { INVARIANTS } from './invariants.ts';
import { isLatch } from './invariants-decisions.ts';
import { succeeded } from './invariants-steps.ts';
import { OUTCOMES } from './scenario.ts';

const MAIN = 'region-failover';
const CLEAN_UP = 'region-failover-clean-up';
const IDS = INVARIANTS.map(({ id }) => id);

export const reachable = (profile: Profile): Reachable =>
  reachableBy(profile, { [MAIN]: machine, [CLEAN_UP]: cleanUpMachine }, IDS, OUTCOMES);

export const coverageOf = (
  cloud: Cloud,
  { workflow, cleanUpWorkflow }: Names,
  evidence: Evidence,
  outcome: string,
  schedule: Schedule,
): Coverage =>
  coverageOfRun({
    cloud,
    machines: new Map([
      [workflow, MAIN],
      [cleanUpWorkflow, CLEAN_UP],
    ]),
    schedule,
    outcome,
    arose: arisenIn(IDS, ARISES, evidence),
  });

/** Whether what the invariant is about came to pass, so that it could have been broken. */
const ARISES: Arises<Evidence> = {
  I1: ({ writes }) => new Set(writes.map(({ epoch }) => epoch)).size > 1,
  I2: ({ authority }) => new Set(authority.map(({ epoch }) => epoch)).size > 1,
  I3: ({ promotions }) => promotions.length > 0,
  I4: ({ calls }) => calls.filter((call) => isLatch(call) && wasCarriedOut(call)).length > 1,
  I5: ({ jobs }) => new Set(jobs.map(({ region }) => region)).size > 1,
  I6: ({ authority }) => authority.some(({ phase }) => phase === 'fencing'),
  I7: ({ promotions, authority }) =>
    promotions.some(({ t }) => authority.findLast((version) => version.t <= t)?.claim?.person === false),
  I8: ({ promotions }) => promotions.some(({ lagSeconds }) => (lagSeconds ?? 0) > 5),
  I9: ({ executions, authority }) => executions.length > 1 && authority.some(({ claim }) => claim !== null),
  I10: ({ authority, executions }) =>
    executions.some(({ from, input }) => {
      const version = authority.findLast(({ t }) => t <= from);
      return input.trigger !== 'person' && (version?.movedAt !== null || version?.automation === 'off');
    }),
  I11: ({ authority }) => authority.some(({ claim }) => claim !== null),
  I12: ({ executions }) => executions.some(({ input }) => input.resume !== undefined),
  I13: ({ authority }) =>
    authority.some(({ phase }, index) => phase === 'active' && authority[index - 1]?.phase === 'fencing'),
  I15: ({ executions }) => executions.some(succeeded),
  I16: ({ executions }) => executions.some(succeeded),
  rights: ({ calls }) => calls.length > 0,
};
