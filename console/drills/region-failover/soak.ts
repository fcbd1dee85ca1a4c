/**
 * One run of region failover under random faults: the schedule is drawn from the seed, befalls a fork of the deployed
 * cloud, ends, and the world must settle; then the evidence is judged as in any drill. Started by `mainstay soak`, and by
 * `drill` and `replay` with --faults, all through `runFaults`.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { drawEntries, type Profile, titlesOf } from '../../soak/profile.ts';
import {
  actsOf,
  endOf,
  eventsOf,
  lastBeginOf,
  machinesUnder,
  runName,
  type Schedule,
  wholeSchedule,
} from '../../soak/schedule.ts';
import { withSettling } from '../../soak/settles.ts';
import type { Soak, SoakedRun, Watcher } from '../index.ts';
import { allScenarios, type RegionFailoverRun, runScenario } from './drill.ts';
import type { Act, Scenario } from './scenario.ts';
import { coverageOf, reachable } from './soak-coverage.ts';
import { unsettled } from './soak-goals.ts';
import { kindsFor } from './soak-kinds.ts';
import { PROFILES } from './soak-profiles.ts';

/** The world is watched so long after the last fault began that an alarm could have rung about it. */
const WATCH_SECONDS = 150;
/** A database promotion, the repetitions of its successors, new machines and their boots; then it must be quiet. */
const SETTLES_WITHIN_SECONDS = 2400;

export const SETTLES = 'region-failover/settles';

export type SoakRun = RegionFailoverRun & SoakedRun;

/** The faults of one seed; nothing else has a part in the draw. */
export function scheduleFor(profile: string, seed: number, configuration: Configuration): Schedule<Act> {
  const [old, target] = configuration.regions.serving;
  const names = namesOf(configuration);
  const kinds = kindsFor({ old, target, witness: configuration.regions.witness, names });
  const random = new Random(seedStream(seed, `soak ${profile}`));
  const entries = drawEntries(PROFILES[profile as keyof typeof PROFILES] as Profile, kinds, random);
  return wholeSchedule({ slug: 'region-failover', profile, seed, entries });
}

/** Runs a schedule, beside a scenario where one is given. Throws what a drill throws. */
export async function runFaults(
  deployed: Cloud,
  configuration: Configuration,
  schedule: Schedule<Act>,
  watcher: Watcher = {},
  beside?: string,
): Promise<SoakRun> {
  const scenario = scenarioOf(schedule, configuration, beside === undefined ? undefined : allScenarios[beside]);
  const name = runName(schedule, beside);
  const run = await runScenario(deployed, configuration, { name, scenario, decoded: true }, schedule.seed, watcher);
  const { result, evidence, cloud, unsettledBecause } = run;
  const late = unsettledBecause ? [`${SETTLES_WITHIN_SECONDS} s after the last fault ended, ${unsettledBecause}`] : [];
  return {
    ...run,
    result: { ...result, invariants: withSettling(result.invariants, SETTLES, late) },
    schedule,
    coverage: coverageOf(cloud, namesOf(configuration), evidence, result.outcome, schedule),
  };
}

function scenarioOf(schedule: Schedule<Act>, configuration: Configuration, beside: Scenario | undefined): Scenario {
  const resolve = machinesUnder(namesOf(configuration).prefix);
  const quiet = Math.max(endOf(schedule), WATCH_SECONDS + lastBeginOf(schedule));
  return {
    title: beside ? `${beside.title}; and faults drawn from the seed` : 'faults drawn from the seed',
    expected: null,
    ...(beside?.startsIn && { startsIn: beside.startsIn }),
    events: (places) => [...(beside?.events(places) ?? []), ...eventsOf(schedule, resolve)],
    acts: [...(beside?.acts ?? []), ...actsOf(schedule)],
    seconds: Math.max(beside?.seconds ?? 0, Math.ceil(quiet)),
    toTheEnd: true,
    disturbedSeconds: endOf(schedule),
    settles: { withinSeconds: SETTLES_WITHIN_SECONDS, unsettled },
    wants: [],
  };
}

export const regionFailoverSoak: Soak = {
  profiles: titlesOf(PROFILES),
  reachable: (profile) => reachable(PROFILES[profile as keyof typeof PROFILES]),
  schedule: scheduleFor,
  run: (deployed, configuration, schedule, { watcher, beside } = {}) =>
    runFaults(deployed, configuration, schedule as Schedule<Act>, watcher, beside),
};
