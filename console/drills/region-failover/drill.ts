/**
 * Runs one scenario of region failover on a fork of standing production: starts the users, lets the scenario happen, watches until it is over, and judges it by the evidence.
 */

import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { resumeSimulation } from '../../../simulator/simulation.ts';
import { haltInstances, scheduleEvents, startUsers, stopUsers } from '../../../simulator/world/index.ts';
import { engineOf, type Named, named, onFork } from '../../drill/on-fork.ts';
import { play, settle } from '../../drill/play.ts';
import type { DrillResult, TimelineEntry } from '../../drill/result.ts';
import type { Drill, DrillRun, Watcher } from '../index.ts';
import { perform } from './acts.ts';
import { collect } from './collect.ts';
import { crashScenarios } from './crash-scenarios.ts';
import { hasHit, isCrash } from './crashes.ts';
import { movers } from './critical-path.ts';
import { effectsOf } from './effects.ts';
import type { Evidence } from './evidence.ts';
import { floorSeconds } from './floor.ts';
import { INVARIANTS, violations } from './invariants.ts';
import { WATCHED_SECONDS } from './invariants-steps.ts';
import { Monitor } from './monitor.ts';
import { narratorOf } from './narrator.ts';
import { present } from './present.ts';
import { reportModel } from './report-model.ts';
import type { Act, Outcome, Places, Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { targetsMissed } from './targets.ts';
import { requestsTruth, type Truth } from './truth.ts';

export const allScenarios: Readonly<Record<string, Scenario>> = { ...scenarios, ...crashScenarios };

/** Processes that were held start again, and observers with the next minute. */
const SETTLE_SECONDS = 10;
const USERS_BEFORE_FAULT_SECONDS = 30;
/** The fault falls anywhere within the minute that alarms and schedules go by. */
const FAULT_WITHIN_SECONDS = 60;
/**
 * After a move is over the world is watched on, so that a late wrong step is seen, and the last user whose resolver kept
 * the old answer (for 60 s, the TTL of alias records) is counted.
 */
const AFTERWARDS_SECONDS = 75;
const RATE_PER_SECOND = 4;

export interface RegionFailoverRun extends DrillRun {
  readonly evidence: Evidence;
  /** Why the world had not settled when it had to; null when it had, or was not asked to. */
  readonly unsettledBecause: string | null;
}

/**
 * `standing` is production as standUp leaves it. Throws GapInSimulator when anything in the run used what the simulator
 * does not model.
 */
export function runRegionFailover(
  standing: Cloud,
  configuration: Configuration,
  scenarioName: string,
  seed: number,
  watcher: Watcher = {},
): Promise<RegionFailoverRun> {
  return runScenario(standing, configuration, named(allScenarios, scenarioName), seed, watcher);
}

/** The same for a scenario that is in no list. */
export function runScenario(
  standing: Cloud,
  configuration: Configuration,
  scenario: Named<Scenario>,
  seed: number,
  watcher: Watcher = {},
): Promise<RegionFailoverRun> {
  return onFork(standing, scenario, seed, (cloud) => runOn(cloud, configuration, scenario, seed, watcher));
}

/** Runs it on this cloud itself, which must be as standUp leaves it. Gaps of the simulator are not looked for. */
export async function runOn(
  cloud: Cloud,
  configuration: Configuration,
  { name, scenario }: Named<Scenario>,
  seed: number,
  watcher: Watcher,
): Promise<RegionFailoverRun> {
  const names = namesOf(configuration);
  const now = () => (cloud.now - cloud.state.startedAt) / 1000;
  let faultAt: number | undefined;
  const monitor = new Monitor(cloud, configuration, names, () =>
    watcher.moment?.({
      t: now() - (faultAt ?? 0),
      sinceFault: faultAt !== undefined,
      text: present(cloud, configuration.domain),
    }),
  );
  resumeSimulation(cloud);
  await monitor.watch(SETTLE_SECONDS);
  const places = await placesFor(cloud, configuration, scenario, monitor);
  startUsers(cloud, {
    host: configuration.domain,
    ratePerSecond: RATE_PER_SECOND,
    insideRegions: configuration.regions.serving,
  });
  await monitor.watch(USERS_BEFORE_FAULT_SECONDS + cloud.random('drill').integer(FAULT_WITHIN_SECONDS));

  faultAt = now();
  const narrator = narratorOf(cloud, { names, domain: configuration.domain }, faultAt, watcher.entry);
  scheduleEvents(cloud, scenario.events(places));
  const look = () => {
    narrator.poll();
    monitor.look();
  };
  await play<Act>(cloud, {
    acts: scenario.acts ?? [],
    seconds: scenario.seconds,
    afterwardsSeconds: AFTERWARDS_SECONDS,
    perform: (act) => perform(cloud, act, places),
    isDue: (act) => isCrash(act) && hasHit(cloud, act, places),
    isOver: () => scenario.toTheEnd !== true && isOver(scenario, monitor, places),
    look,
  });
  const { withinSeconds, unsettled } = scenario.settles ?? { withinSeconds: 0, unsettled: () => null };
  const unsettledBecause = await settle(cloud, withinSeconds, () => unsettled(cloud, monitor, places), look);
  stopUsers(cloud);
  await monitor.watch(WATCHED_SECONDS);

  const disturbed = scenario.disturbedSeconds === undefined ? null : faultAt + scenario.disturbedSeconds;
  const evidence = collect(cloud, configuration, names, monitor, faultAt, disturbed);
  haltInstances(cloud);
  const { timeline } = narrator;
  return { ...judge({ cloud, configuration, name, scenario, seed, evidence, timeline }), unsettledBecause };
}

/** Who writes and who stands by; for the other direction the application is moved by hand first. */
async function placesFor(
  cloud: Cloud,
  configuration: Configuration,
  scenario: Scenario,
  monitor: Monitor,
): Promise<Places> {
  const [first, second] = configuration.regions.serving;
  const common = { witness: configuration.regions.witness, names: namesOf(configuration), configuration };
  if (scenario.startsIn !== 'second') return { ...common, old: first, target: second };
  const before = { ...common, old: first, target: second };
  await perform(cloud, { act: 'request', where: 'target', reason: 'start in the second region', id: 'before' }, before);
  await monitor.watch(3600, () => monitor.item()?.holder === second && monitor.item()?.claim === undefined);
  // The old cluster is rebuilt as a secondary, and the cooldown passes.
  await monitor.watch(configuration.recovery.cooldownSeconds + 3600, () => rejoined(monitor, first, configuration));
  return { ...common, old: second, target: first };
}

function rejoined(monitor: Monitor, region: string, configuration: Configuration): boolean {
  const movedAt = Date.parse(String(monitor.item()?.movedAt));
  const sample = monitor.samples.at(-1);
  const cooled = monitor.nowMs - movedAt > configuration.recovery.cooldownSeconds * 1000;
  return cooled && sample?.regions[region]?.writable === false && sample.regions[region]?.clusterStatus === 'available';
}

/** A failover is over when the target holds the application without a claim. Others are watched to their end. */
function isOver({ expected }: Scenario, monitor: Monitor, { target }: Places): boolean {
  const item = monitor.item();
  return expected === 'failed-over' && item?.holder === target && !item.claim && item.phase === 'active';
}

interface Judged {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly name: string;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly evidence: Evidence;
  readonly timeline: readonly TimelineEntry[];
}

function judge({
  cloud,
  configuration,
  name,
  scenario,
  seed,
  evidence,
  timeline,
}: Judged): Omit<RegionFailoverRun, 'unsettledBecause'> {
  const truth = requestsTruth(evidence);
  // The first that claimed: what a crash costs after it is decision, not detection.
  const mover = movers(evidence).find(({ from }) => from >= evidence.faultAt);
  const promotion = evidence.promotions.findLast(({ t }) => t > evidence.faultAt);
  const disrupted = promotion !== undefined;
  const result: DrillResult = {
    slug: 'region-failover',
    scenario: name,
    seed,
    outcome: outcomeOf(evidence, truth),
    expected: scenario.expected,
    invariants: { checked: INVARIANTS.map(({ id }) => id), violated: violations(evidence) },
    timeline,
    detectSeconds: disrupted && mover ? round(mover.from - evidence.faultAt) : null,
    decideSeconds: disrupted && mover ? round(promotion.t - mover.from) : null,
    rtoSeconds: disrupted ? truth.recoverySeconds : null,
    rpoSeconds: disrupted ? truth.lossSeconds : null,
    floorSeconds: scenario.expected === 'failed-over' ? floorSeconds(configuration) : null,
    requests: { served: truth.served, failed: truth.failed },
    effects: effectsOf(evidence).filter(({ t }) => t >= 0),
    engine: engineOf(cloud, evidence.endedAt),
  };
  const report = reportModel({ scenario, configuration, evidence, result, truth });
  return { result, cloud, report, evidence };
}

/** What happened after the fault, in one word. */
export function outcomeOf(evidence: Evidence, truth: Truth): Outcome {
  const after = effectsOf(evidence).filter(({ t }) => t >= 0);
  const has = (...what: string[]) => after.some((effect) => what.includes(effect.what));
  const finished = after.findLast(({ what }) => what === 'finish');
  if (has('commit')) {
    const promoted = evidence.promotions.findLast(({ t }) => t > evidence.faultAt)?.region;
    const served = truth.firstFailedAt === null || truth.recoveredAt !== null;
    return finished && evidence.authority.at(-1)?.holder === promoted && served ? 'failed-over' : 'incomplete';
  }
  const end = evidence.authority.at(-1);
  if (has('claim')) return end?.phase === 'active' && !end.claim ? 'restored' : 'incomplete';
  if (has('ask')) return 'asked';
  // An execution that looks and does nothing, and CloudWatch's own mail, are no deeds of Mainstay's.
  const idle = after.every(({ what }) => what === 'start' || what === 'alarm mail');
  return idle ? 'undisturbed' : 'held';
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

export const regionFailoverDrill: Drill = {
  slug: 'region-failover',
  defaultScenario: 'dark-primary',
  scenarios: Object.fromEntries(Object.entries(allScenarios).map(([name, { title }]) => [name, title])),
  run: runRegionFailover,
  targetsMissed,
};
