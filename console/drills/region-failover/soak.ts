/**
 * One run of region failover under random faults: the schedule is drawn from the seed, befalls a fork of the deployed
 * cloud, ends, and the world must settle; then the evidence is judged as in any drill. Started by `mainstay soak`, and by
 * `drill` and `replay` with --faults, all through `runFaults`.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { PlannedFault } from '../../../simulator/faults.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { drawEntries, type Profile } from '../../soak/profile.ts';
import { type Entry, endOf, eventsOf, type Schedule } from '../../soak/schedule.ts';
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
  return { slug: 'region-failover', profile, seed, entries, positions: entries.map((_, index) => index) };
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
  const name = beside === undefined ? `${schedule.profile} faults` : `${beside} with ${schedule.profile} faults`;
  const run = await runScenario(deployed, configuration, { name, scenario, decoded: true }, schedule.seed, watcher);
  const { result, evidence, cloud, unsettledBecause } = run;
  const { checked, violated } = result.invariants;
  const late = unsettledBecause && {
    id: SETTLES,
    message: `${SETTLES_WITHIN_SECONDS} s after the last fault ended, ${unsettledBecause}`,
  };
  return {
    ...run,
    result: {
      ...result,
      invariants: { checked: [...checked, SETTLES], violated: late ? [...violated, late] : violated },
    },
    schedule,
    coverage: coverageOf(cloud, namesOf(configuration), evidence, result.outcome, schedule),
  };
}

function scenarioOf(schedule: Schedule<Act>, configuration: Configuration, beside: Scenario | undefined): Scenario {
  const resolve = resolver(configuration);
  const { entries } = schedule;
  const quiet = Math.max(endOf(schedule), WATCH_SECONDS + Math.max(0, ...entries.map(({ at }) => at)));
  return {
    title: beside ? `${beside.title}; and faults drawn from the seed` : 'faults drawn from the seed',
    expected: null,
    ...(beside?.startsIn && { startsIn: beside.startsIn }),
    events: (places) => [...(beside?.events(places) ?? []), ...eventsOf(schedule, resolve)],
    acts: [...(beside?.acts ?? []), ...entries.flatMap(actOf)],
    seconds: Math.max(beside?.seconds ?? 0, Math.ceil(quiet)),
    toTheEnd: true,
    disturbedSeconds: endOf(schedule),
    settles: { withinSeconds: SETTLES_WITHIN_SECONDS, unsettled },
    wants: [],
  };
}

const actOf = ({ at, act }: Entry<Act>) => (act ? [{ ...act, afterSeconds: at }] : []);

/** Machines by the names that they were deployed under. */
function resolver(configuration: Configuration): (fault: PlannedFault) => PlannedFault {
  const { prefix } = namesOf(configuration);
  return (fault) =>
    'machine' in fault && fault.machine !== undefined
      ? ({ ...fault, machine: `${prefix}-${fault.machine}` } as PlannedFault)
      : fault;
}

export const regionFailoverSoak: Soak = {
  profiles: Object.fromEntries(Object.entries(PROFILES).map(([name, { title }]) => [name, title])),
  reachable: (profile) => reachable(PROFILES[profile as keyof typeof PROFILES]),
  schedule: scheduleFor,
  run: (deployed, configuration, schedule, { watcher, beside } = {}) =>
    runFaults(deployed, configuration, schedule as Schedule<Act>, watcher, beside),
};
