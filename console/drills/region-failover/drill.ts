/**
 * Runs one scenario of region failover on a fork of a deployed cloud: lets it come up, starts the users, lets the
 * scenario happen, watches until it is over, and judges it by the evidence.
 */

import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { forkSimulation } from '../../../simulator/simulation.ts';
import { graphOf } from '../../../simulator/stepfunctions/graph.ts';
import { haltInstances, scheduleEvents, startUsers, stopUsers } from '../../../simulator/world/index.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import { warmUp } from '../../deployment/warm-up.ts';
import type { DrillResult, TimelineEntry } from '../../drill/result.ts';
import type { Bucket, ReportModel } from '../../report/model.ts';
import type { Drill, DrillRun } from '../index.ts';
import { perform } from './acts.ts';
import { collect } from './collect.ts';
import { crashScenarios } from './crash-scenarios.ts';
import { effectsOf } from './effects.ts';
import type { Evidence } from './evidence.ts';
import { floorParts, floorSeconds } from './floor.ts';
import { INVARIANT_TEXTS, INVARIANTS, violations } from './invariants.ts';
import { succeeded } from './invariants-steps.ts';
import { Monitor } from './monitor.ts';
import { Narrator } from './narrator.ts';
import { type Outcome, type Places, type Scenario, scenarios } from './scenarios.ts';
import { requestsTruth, type Truth } from './truth.ts';

export const allScenarios: Readonly<Record<string, Scenario>> = { ...scenarios, ...crashScenarios };

const USERS_BEFORE_FAULT_SECONDS = 60;
/** After a move is over the world is watched on, so that a late wrong step is seen. */
const AFTERWARDS_SECONDS = 60;
const RATE_PER_SECOND = 4;

export interface RegionFailoverRun extends DrillRun {
  readonly evidence: Evidence;
}

export async function runRegionFailover(
  deployed: Cloud,
  configuration: Configuration,
  scenarioName: string,
  seed: number,
  onEntry?: (entry: TimelineEntry) => void,
): Promise<RegionFailoverRun> {
  const scenario = allScenarios[scenarioName];
  if (!scenario) throw new Error(`no scenario '${scenarioName}'`);
  const names = namesOf(configuration);
  const cloud = forkSimulation(deployed, seed);
  const monitor = new Monitor(cloud, configuration, names);
  await warmUp(cloud, configuration, monitor);
  startUsers(cloud, {
    host: configuration.domain,
    ratePerSecond: RATE_PER_SECOND,
    insideRegions: configuration.regions.serving,
  });
  const places = await placesFor(cloud, configuration, scenario, monitor);
  await monitor.watch(USERS_BEFORE_FAULT_SECONDS);

  const faultAt = (cloud.now - cloud.state.startedAt) / 1000;
  const narrator = new Narrator(cloud, names, faultAt, onEntry);
  scheduleEvents(cloud, scenario.events(places));
  await watchScenario(cloud, monitor, scenario, places, narrator);
  stopUsers(cloud);
  await monitor.watch(AFTERWARDS_SECONDS / 6);

  const evidence = collect(cloud, configuration, names, monitor, faultAt);
  haltInstances(cloud);
  return judge({ cloud, configuration, scenarioName, scenario, seed, evidence, timeline: narrator.timeline });
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

async function watchScenario(
  cloud: Cloud,
  monitor: Monitor,
  scenario: Scenario,
  places: Places,
  narrator: Narrator,
): Promise<void> {
  const startedAt = cloud.now;
  const waiting = [...(scenario.acts ?? [])];
  let overSince: number | undefined;
  const elapsed = () => (cloud.now - startedAt) / 1000;
  const over = () => waiting.length === 0 && scenario.toTheEnd !== true && isOver(scenario, monitor, places);
  while (elapsed() < scenario.seconds) {
    // An abort must hit the moment a state is entered, so the clock goes in small steps while one is awaited.
    const fine = waiting.some(({ act }) => act === 'abortAt');
    if (fine) await cloud.advance(100);
    else await monitor.watch(1);
    for (const act of waiting.filter(({ afterSeconds }) => afterSeconds <= elapsed())) {
      if (await cloud.resolve(perform(cloud, act, places))) waiting.splice(waiting.indexOf(act), 1);
    }
    if (fine) monitor.look();
    narrator.poll();
    overSince = over() ? (overSince ?? elapsed()) : undefined;
    if (overSince !== undefined && elapsed() - overSince >= AFTERWARDS_SECONDS) return;
  }
}

/** A failover is over when the target holds the application without a claim. Others are watched to their end. */
function isOver({ expected }: Scenario, monitor: Monitor, { target }: Places): boolean {
  const item = monitor.item();
  return expected === 'failed-over' && item?.holder === target && !item.claim && item.phase === 'active';
}

interface Judged {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly scenarioName: string;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly evidence: Evidence;
  readonly timeline: readonly TimelineEntry[];
}

function judge({ cloud, configuration, scenarioName, scenario, seed, evidence, timeline }: Judged): RegionFailoverRun {
  const truth = requestsTruth(evidence);
  const moved = evidence.executions.findLast(
    (execution) => succeeded(execution) && execution.until !== null && execution.until > evidence.faultAt,
  );
  const promotion = evidence.promotions.findLast(({ t }) => t > evidence.faultAt);
  const disrupted = promotion !== undefined;
  const result: DrillResult = {
    slug: 'region-failover',
    scenario: scenarioName,
    seed,
    outcome: outcomeOf(evidence, truth),
    expected: scenario.expected,
    invariants: { checked: INVARIANTS.map(({ id }) => id), violated: violations(evidence) },
    timeline,
    detectSeconds: disrupted && moved ? round(moved.from - evidence.faultAt) : null,
    decideSeconds: disrupted && moved ? round(promotion.t - moved.from) : null,
    rtoSeconds: disrupted ? truth.recoverySeconds : null,
    rpoSeconds: disrupted ? truth.lossSeconds : null,
    floorSeconds: scenario.expected === 'failed-over' ? floorSeconds(configuration) : null,
    requests: { served: truth.served, failed: truth.failed },
    effects: effectsOf(evidence).filter(({ t }) => t >= 0),
    engine: { name: 'mainstay simulator', events: cloud.state.clock.nextId, calls: cloud.trace.entries.length },
  };
  const report: ReportModel = {
    title: scenario.title,
    result,
    graph: graph(),
    steps: (moved?.steps ?? []).map((step) => ({
      name: step.name,
      from: step.from - evidence.faultAt,
      until: step.until - evidence.faultAt,
    })),
    floor: floorParts(configuration),
    buckets: buckets(evidence),
    invariantTexts: INVARIANT_TEXTS,
  };
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
  if (has('claim')) return 'restored';
  if (has('ask')) return 'asked';
  return has('tell held', 'tell', 'page') ? 'held' : 'undisturbed';
}

function graph(): ReportModel['graph'] {
  const { states, edges } = graphOf(JSON.stringify(machine));
  return {
    states: states.map(({ name }) => name),
    edges: edges.map(({ from, to }) => ({ from, to })),
  };
}

const BUCKET_SECONDS = 10;

function buckets({ requests, policy, faultAt }: Evidence): Bucket[] {
  const counted = new Map<number, { served: number; failed: number }>();
  for (const request of requests) {
    if (request.who !== 'user' || request.host !== policy.domain || request.t < faultAt - USERS_BEFORE_FAULT_SECONDS)
      continue;
    const t = Math.floor((request.t - faultAt) / BUCKET_SECONDS) * BUCKET_SECONDS;
    const bucket = counted.get(t) ?? { served: 0, failed: 0 };
    if (request.ok) bucket.served += 1;
    else bucket.failed += 1;
    counted.set(t, bucket);
  }
  return [...counted].map(([t, bucket]) => ({ t, ...bucket })).sort((a, b) => a.t - b.t);
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

export const regionFailoverDrill: Drill = {
  slug: 'region-failover',
  defaultScenario: 'dark-primary',
  scenarios: Object.fromEntries(Object.entries(allScenarios).map(([name, { title }]) => [name, title])),
  run: runRegionFailover,
};
