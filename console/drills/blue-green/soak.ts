/**
 * One run of blue/green under random faults: the schedule is drawn from the seed, befalls a fork of the deployed cloud,
 * ends, and the world must settle; then the evidence is judged as in any drill. Started by `mainstay soak`, and by `drill`
 * and `replay` with --faults, all through `runFaults`.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { drawEntries, titlesOf } from '../../soak/profile.ts';
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
import { resting } from './soak-standing.ts';
import { AS_DEPLOYED, atTempo, type Tempo, tempoOf } from './soak-tempo.ts';

/** The world is watched so long after the last fault began that Mainstay could have noticed it. */
const WATCH_SECONDS = 150;
/** What waits for a state of a release may be due so late. */
const RELEASE_SECONDS = 2700;
/** A release that began last, one that waited for it, and what a person paused and never let go on. */
const SETTLES_WITHIN_SECONDS = 15_000;
/** Metrics have a whole minute of users, and no more is needed: nothing is compared with what was before a release. */
const USERS_BEFORE_SECONDS = 40;

export const SETTLES = 'blue-green/settles';

export type SoakRun = BlueGreenRun & SoakedRun;

/** Beside a scenario releases take as long as that says. */
const tempoIn = (seed: number, beside: unknown): Tempo => (beside === undefined ? tempoOf(seed) : AS_DEPLOYED);

/** The faults of one seed, alone or beside a scenario; nothing else has a part in the draw. */
export function scheduleFor(
  profile: string,
  seed: number,
  configuration: Configuration,
  beside?: string,
): Schedule<Act> {
  const [region, second] = configuration.regions.serving;
  const tempo = tempoIn(seed, beside);
  const kinds = kindsFor({ region, second, witness: configuration.regions.witness }, tempo.part);
  const random = new Random(seedStream(seed, `soak ${profile}`));
  const drawn = drawEntries(atTempo(PROFILES[profile as keyof typeof PROFILES], tempo), kinds, random);
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
  const standing =
    beside !== undefined || isAboutRegions(schedule.entries) ? deployed : await resting(deployed, configuration);
  const run = await runScenario(standing, configuration, { name, scenario, decoded: true }, schedule.seed, watcher);
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
  const tempo = tempoIn(schedule.seed, beside);
  const policy: OwnPolicy = { ...beside?.policy, ...tempo.policy, ...policyOf(entries) };
  const waking = beside ? [] : wakingFor(entries);
  const open = endOf({ entries: entries.filter((entry) => !lurks(entry)) });
  const quiet = Math.ceil(Math.max(open, WATCH_SECONDS + lastBeginOf(schedule)));
  return {
    title: beside ? `${beside.title}; and faults drawn from the seed` : 'faults drawn from the seed',
    expected: null,
    ...(Object.keys(policy).length > 0 && { policy }),
    ...(policy.stickySeconds && { returningUsers: true as const }),
    events: (places) => [...(beside?.events?.(places) ?? []), ...eventsOf(schedule, resolve)],
    acts: [...(beside?.acts ?? []), ...actsOf(schedule), ...waking],
    ...(waking.length > 0 && { resting: 'region-failover' as const }),
    seconds: Math.max(beside?.seconds ?? 0, quiet + RELEASE_SECONDS),
    ...(beside ? beside.ratePerSecond && { ratePerSecond: beside.ratePerSecond } : { pace: tempo.pace }),
    ...(!beside && { usersBeforeSeconds: USERS_BEFORE_SECONDS }),
    disturbedSeconds: quiet,
    settlesWithinSeconds: SETTLES_WITHIN_SECONDS,
    wants: [],
  };
}

/** It waits for a moment of a release; when nothing is released any more, that moment does not come. */
const lurks = ({ fault }: SoakEntry): boolean =>
  fault !== undefined && ('times' in fault || 'nth' in fault || fault.kind === 'function-crash');

/** Observers vote within a minute, and what they see is known in all regions in the next. */
const AWAKE_BEFORE_SECONDS = 120;

/** Region failover sleeps until a region is about to be lost: its observers are the most of what such a run costs. */
function wakingFor(entries: readonly SoakEntry[]): Scenario['acts'] {
  const lost = entries.filter(losesRegion).map(({ at }) => at);
  const afterSeconds = Math.min(...lost) - AWAKE_BEFORE_SECONDS;
  if (lost.length === 0 || afterSeconds <= 0 || entries.some(movesRegion)) return [];
  return [{ act: 'wake', slug: 'region-failover', afterSeconds }];
}

const losesRegion = ({ begins = [] }: SoakEntry): boolean =>
  begins.some(({ do: what }) => what === 'goDark' || what === 'cutOff');
/** A person asks when a release is in some state, whenever that is. */
const movesRegion = ({ act }: SoakEntry): boolean => JSON.stringify(act ?? null).includes('"move"');

/** A region is lost or moved in it: that concerns region failover, and the other region. */
export const isAboutRegions = (entries: readonly SoakEntry[]): boolean =>
  entries.some((entry) => losesRegion(entry) || movesRegion(entry));

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
