/**
 * One run of blue/green under random faults: the schedule is drawn from the seed, befalls a fork of the deployed cloud,
 * ends, and the world must settle; then the evidence is judged as in any drill. Started by `mainstay soak`, and by `drill`
 * and `replay` with --faults, all through `runFaults`.
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
import { allScenarios } from './all-scenarios.ts';
import { type BlueGreenRun, runScenario } from './drill.ts';
import { onFargate } from './on-fargate.ts';
import type { OwnPolicy } from './policy.ts';
import type { Act, Scenario } from './scenario.ts';
import { coverageOf, reachable } from './soak-coverage.ts';
import { missedGoals } from './soak-goals.ts';
import { kindsFor, type SoakEntry } from './soak-kinds.ts';
import { PROFILES } from './soak-profiles.ts';

/** The world is watched so long after the last fault began that Mainstay could have noticed it. */
const WATCH_SECONDS = 150;
/** What waits for a state of a release may be due so late. */
const RELEASE_SECONDS = 2700;
/** A release that began last, one that waited for it, and what a person paused and never let go on. */
const SETTLES_WITHIN_SECONDS = 15_000;
/**
 * Of the five a second, 10 % are the twenty a minute without which the judge says nothing about latency
 * (functions/blue-green/judge.ts); with two a second a bake of 15 minutes has far more than the 300 that a commit needs.
 * More would prove nothing more.
 */
const PACE = { idle: 1, step: 5, bake: 2 };

export const SETTLES = 'blue-green/settles';

export type SoakRun = BlueGreenRun & SoakedRun;

/** The faults of one seed; nothing else has a part in the draw. */
export function scheduleFor(profile: string, seed: number, configuration: Configuration): Schedule<Act> {
  const [region, second] = configuration.regions.serving;
  const kinds = kindsFor({ region, second, witness: configuration.regions.witness });
  const random = new Random(seedStream(seed, `soak ${profile}`));
  const drawn = drawEntries(PROFILES[profile as keyof typeof PROFILES] as Profile, kinds, random);
  const entries = configuration.compute.kind === 'fargate' ? onFargate(drawn) : drawn;
  return wholeSchedule({ slug: 'blue-green', profile, seed, entries });
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
  const missed = unsettledBecause
    ? [`${SETTLES_WITHIN_SECONDS} s after the last fault ended, ${unsettledBecause}`]
    : missedGoals(evidence);
  return {
    ...run,
    result: { ...result, invariants: withSettling(result.invariants, SETTLES, missed) },
    schedule,
    coverage: coverageOf(cloud, namesOf(configuration), evidence, result.outcome, schedule),
  };
}

export function scenarioOf(
  schedule: Schedule<Act>,
  configuration: Configuration,
  beside: Scenario | undefined,
): Scenario {
  const resolve = machinesUnder(namesOf(configuration).prefix);
  const { entries } = schedule;
  const policy: OwnPolicy = { ...beside?.policy, ...policyOf(entries) };
  const open = endOf({ entries: entries.filter((entry) => !lurks(entry)) });
  const quiet = Math.ceil(Math.max(open, WATCH_SECONDS + lastBeginOf(schedule)));
  return {
    title: beside ? `${beside.title}; and faults drawn from the seed` : 'faults drawn from the seed',
    expected: null,
    ...(Object.keys(policy).length > 0 && { policy }),
    ...(policy.stickySeconds && { returningUsers: true as const }),
    events: (places) => [...(beside?.events?.(places) ?? []), ...eventsOf(schedule, resolve)],
    acts: [...(beside?.acts ?? []), ...actsOf(schedule)],
    seconds: Math.max(beside?.seconds ?? 0, quiet + RELEASE_SECONDS),
    ...(beside ? beside.ratePerSecond && { ratePerSecond: beside.ratePerSecond } : { pace: PACE }),
    disturbedSeconds: quiet,
    // A region that is lost concerns the other capability; else its observers would be a third of all that is computed.
    ...(!entries.some(isAboutRegions) && { resting: 'region-failover' as const }),
    settlesWithinSeconds: SETTLES_WITHIN_SECONDS,
    wants: [],
  };
}

/** It waits for a moment of a release; when nothing is released any more, that moment does not come. */
const lurks = ({ fault }: SoakEntry): boolean =>
  fault !== undefined && ('times' in fault || 'nth' in fault || fault.kind === 'function-crash');

const isAboutRegions = ({ begins = [], act }: SoakEntry): boolean =>
  begins.some(({ do: what }) => what === 'goDark' || what === 'cutOff') ||
  JSON.stringify(act ?? null).includes('"move"');

/** All of a schedule's together. */
const policyOf = (entries: readonly SoakEntry[]): OwnPolicy =>
  Object.assign({}, ...entries.map(({ act }) => (act?.act === 'policy' ? act.policy : {})));

export const blueGreenSoak: Soak = {
  profiles: titlesOf(PROFILES),
  reachable: (profile) => reachable(PROFILES[profile as keyof typeof PROFILES]),
  schedule: scheduleFor,
  run: (deployed, configuration, schedule, { watcher, beside } = {}) =>
    runFaults(deployed, configuration, schedule as Schedule<Act>, watcher, beside),
};
