/**
 * Runs one scenario of blue/green on a fork of standing production: starts the users, lets the scenario happen, watches
 * until the release is over, and judges it by the evidence.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { COLOURS, type Colour, namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { resumeSimulation } from '../../../simulator/simulation.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { haltInstances, paceUsers, scheduleEvents, startUsers, stopUsers } from '../../../simulator/world/index.ts';
import { letRest } from '../../drill/let-rest.ts';
import { engineOf, type Named, named, onFork } from '../../drill/on-fork.ts';
import { play, settle } from '../../drill/play.ts';
import type { DrillResult, TimelineEntry } from '../../drill/result.ts';
import { graphOfMachine } from '../../report/parts.ts';
import type { Drill, DrillRun, Watcher } from '../index.ts';
import { type Diary, isDue, perform } from './acts.ts';
import { allScenarios } from './all-scenarios.ts';
import { collect } from './collect.ts';
import { effectsOf } from './effects.ts';
import { type Evidence, other, type Served } from './evidence.ts';
import { shareOf } from './facts.ts';
import { INVARIANTS, violations } from './invariants.ts';
import { Monitor, type Watched } from './monitor.ts';
import { narratorOf } from './narrator.ts';
import { deployPolicy, withPolicy } from './policy.ts';
import { present } from './present.ts';
import { reportModel } from './report-model.ts';
import type { Act, Pace, Places, Scenario } from './scenario.ts';
import { targetsMissed } from './targets.ts';
import { disturbancesIn } from './trouble.ts';
import { outcomeOf, truthOf } from './truth.ts';
import { unsettled } from './unsettled.ts';

/** Processes that were held start again, and observers with the next minute. */
const SETTLE_SECONDS = 10;
const USERS_BEFORE_SECONDS = 130;
/** The scenario begins anywhere within the minute that metrics and schedules go by. */
const BEGINS_WITHIN_SECONDS = 60;
/** After a release is over the world is watched on, so that a late wrong step is seen. */
const AFTERWARDS_SECONDS = 90;
/** Ten per cent of them are enough for a verdict in a step. */
const RATE_PER_SECOND = 10;

export interface BlueGreenRun extends DrillRun {
  readonly evidence: Evidence;
  /** Why the world had not settled when it had to; null when it had, or was not asked to. */
  readonly unsettledBecause: string | null;
}

/** `standing` is production as standUp leaves it. Throws GapInSimulator when a run used what is not modelled. */
export function runBlueGreen(
  standing: Cloud,
  configuration: Configuration,
  scenarioName: string,
  seed: number,
  watcher: Watcher = {},
): Promise<BlueGreenRun> {
  return runScenario(standing, configuration, named(allScenarios, scenarioName), seed, watcher);
}

/** The same for a scenario that is in no list. */
export function runScenario(
  standing: Cloud,
  configuration: Configuration,
  scenario: Named<Scenario>,
  seed: number,
  watcher: Watcher = {},
): Promise<BlueGreenRun> {
  return onFork(standing, scenario, seed, (cloud) => runOn(cloud, configuration, scenario, seed, watcher));
}

async function runOn(
  cloud: Cloud,
  given: Configuration,
  { name, scenario }: Named<Scenario>,
  seed: number,
  watcher: Watcher,
): Promise<BlueGreenRun> {
  const configuration = withPolicy(given, scenario.policy ?? {});
  const [region] = configuration.regions.serving;
  const watched: Watched = { cloud, configuration, names: namesOf(configuration), region };
  const now = () => (cloud.now - cloud.state.startedAt) / 1000;
  let faultAt: number | undefined;
  const monitor = new Monitor(watched, (sample) =>
    watcher.moment?.({
      t: now() - (faultAt ?? 0),
      sinceFault: faultAt !== undefined,
      text: present(cloud, configuration.domain, sample),
    }),
  );
  resumeSimulation(cloud);
  if (scenario.policy) await cloud.resolve(deployPolicy(watched, scenario.policy));
  if (scenario.resting) await cloud.resolve(letRest(cloud, scenario.resting));
  await monitor.watch(SETTLE_SECONDS);
  startUsers(cloud, {
    host: configuration.domain,
    ratePerSecond: scenario.pace?.idle ?? scenario.ratePerSecond ?? RATE_PER_SECOND,
    ...(scenario.returningUsers && { returning: { clients: 40, share: 0.8 } }),
  });
  const usersBefore = scenario.usersBeforeSeconds ?? USERS_BEFORE_SECONDS;
  await monitor.watch(usersBefore + cloud.random('drill').integer(BEGINS_WITHIN_SECONDS));

  faultAt = now();
  const places = placesOf(watched, monitor);
  const before = beforeOf(monitor, places);
  const diary: Diary = { pushes: [], asked: [] };
  const narrator = narratorOf(watched, faultAt, watcher.entry);
  scheduleEvents(cloud, scenario.events?.(places) ?? []);
  const look = () => {
    narrator.poll();
    monitor.look();
    if (scenario.pace) paceUsers(cloud, rateOf(scenario.pace, monitor, places.live));
  };
  const begunAt = faultAt;
  const over = () => isOver(scenario, now() - begunAt, watched, monitor);
  const rested = await play<Act>(cloud, {
    acts: scenario.acts,
    seconds: scenario.seconds,
    afterwardsSeconds: AFTERWARDS_SECONDS,
    // What waits for a state that no release enters any more is not waited for.
    perform: async (act) =>
      (scenario.disturbedSeconds !== undefined && over()) || (await perform(cloud, act, places, diary)),
    isDue: (act) => isDue(cloud, act, places),
    isOver: over,
    look,
  });
  const within = rested ? 0 : (scenario.settlesWithinSeconds ?? 0);
  const unsettledBecause = await settle(cloud, within, () => unsettled(watched, monitor), look);
  stopUsers(cloud);
  await monitor.watch(6);

  const disturbances = scenario.disturbedSeconds === undefined ? [] : disturbancesIn(cloud);
  const evidence = collect({ watched, monitor, before, faultAt, disturbances, ...diary });
  haltInstances(cloud);
  return { ...judge(watched, { name, scenario }, seed, evidence, narrator.timeline), unsettledBecause };
}

/** `first` is the colour that was live when the scenario began. */
function rateOf(pace: Pace, monitor: Monitor, first: Colour): number {
  const weights = monitor.rules.at(-1)?.weights;
  const { lease, live } = monitor.items.at(-1)?.item ?? {};
  if (!lease || !weights) return pace.idle;
  const share = shareOf(weights, other((live as Served | null | undefined)?.colour ?? first));
  if (share === 0) return pace.idle;
  return share === 1 ? pace.bake : Math.max(pace.idle, pace.fresh / share);
}

function placesOf({ configuration, names, region }: Watched, monitor: Monitor): Places {
  const weights = monitor.rules.at(-1)?.weights;
  const live = COLOURS.find((colour) => (weights?.[colour] ?? 0) > 0 && (weights?.[other(colour)] ?? 0) === 0);
  if (!live) throw new Error(`no one colour serves in ${region} before the drill: ${JSON.stringify(weights)}`);
  return { region, names, configuration, machine: names.releaseWorkflow, live, candidate: other(live) };
}

function machineIn({ cloud, region, names }: Watched) {
  const machines = Object.values(cloud.stateOf(stepFunctions, region).machines);
  const found = machines.find(({ name }) => name === names.releaseWorkflow);
  if (!found) throw new Error(`no machine ${names.releaseWorkflow} is deployed in ${region}`);
  return found;
}

function beforeOf(monitor: Monitor, { live }: Places): Evidence['before'] {
  const digest = monitor.samples.at(-1)?.colours[live].digests[0];
  if (!digest) throw new Error(`nothing runs in ${live} before the drill`);
  return { colour: live, digest };
}

/** Nobody holds the lease and nobody waits, after at least one release was begun, or every random fault has ended. */
function isOver(
  { toTheEnd, disturbedSeconds }: Scenario,
  elapsed: number,
  watched: Watched,
  monitor: Monitor,
): boolean {
  if (toTheEnd) return false;
  const begun = disturbedSeconds === undefined ? Number(monitor.item()?.fence ?? 0) > 0 : elapsed >= disturbedSeconds;
  return begun && unsettled(watched, monitor) === null;
}

function judge(
  watched: Watched,
  { name, scenario }: Named<Scenario>,
  seed: number,
  evidence: Evidence,
  timeline: readonly TimelineEntry[],
): Omit<BlueGreenRun, 'unsettledBecause'> {
  const { cloud } = watched;
  const truth = truthOf(evidence);
  const outcome = outcomeOf(evidence);
  const result: DrillResult = {
    slug: 'blue-green',
    scenario: name,
    seed,
    outcome,
    expected: scenario.expected,
    invariants: { checked: INVARIANTS.map(({ id }) => id), violated: violations(evidence) },
    timeline,
    detectSeconds: truth.detectSeconds,
    decideSeconds: null,
    rtoSeconds: truth.harmSeconds,
    rpoSeconds: null,
    floorSeconds: null,
    measures: {
      rollbackSeconds: truth.rollbackSeconds,
      pushToCommitSeconds: truth.pushToCommitSeconds,
      lostInHealthySwitch: scenario.healthy ? truth.failed : null,
    },
    requests: { served: truth.served, failed: truth.failed },
    effects: effectsOf(evidence).filter(({ t }) => t >= 0),
    engine: engineOf(cloud, evidence.endedAt),
  };
  const graph = graphOfMachine(JSON.parse(machineIn(watched).definition));
  return { result, cloud, report: reportModel({ scenario, evidence, result, truth, graph }), evidence };
}

export const blueGreenDrill: Drill = {
  slug: 'blue-green',
  defaultScenario: 'good-release',
  scenarios: Object.fromEntries(Object.entries(allScenarios).map(([name, { title }]) => [name, title])),
  run: runBlueGreen,
  targetsMissed,
};
