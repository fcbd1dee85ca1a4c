/**
 * One run of alert routing under random faults: alerts and faults are drawn from the seed and befall a fork of the scene;
 * the faults end, the world has time to settle, then everything is judged as in any drill. Started by `mainstay soak`, and
 * by `drill` and `replay` with --faults.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { forkSimulation } from '../../../simulator/simulation.ts';
import { scheduleEvents } from '../../../simulator/world/index.ts';
import machine from '../../../statemachines/alert-routing-escalation.asl.json' with { type: 'json' };
import { withoutGaps } from '../../drill/gaps.ts';
import { drawEntries, type Profile, titlesOf } from '../../soak/profile.ts';
import { coverageOfRun, reachableBy } from '../../soak/run-coverage.ts';
import { endOf, eventsOf, runName, type Schedule, wholeSchedule } from '../../soak/schedule.ts';
import { withSettling } from '../../soak/settles.ts';
import type { Soak, SoakedRun, Watcher } from '../index.ts';
import { reportOf, resultOf, SLUG } from './drill.ts';
import { historyOf } from './history.ts';
import { judged, performAt } from './play.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { callPeople, type Scene } from './scene.ts';
import { aroseIn, judgedUnderFaults } from './soak-coverage.ts';
import { unsettled } from './soak-goals.ts';
import { type Deed, kindsFor } from './soak-kinds.ts';
import { PROFILES } from './soak-profiles.ts';

/** The last tries of PagerDuty's webhooks, a sweep, a quiet time, the longest pause between tries: then it must be done. */
const SETTLES_WITHIN_SECONDS = 900;

const MACHINE = 'alert-routing-escalation';

export const SETTLES = `${SLUG}/settles`;
const TRIED_AFTER_SECONDS = [0, 10, 30] as const;

const OUTCOMES = ['settled', 'not settled'] as const;

function scheduleFor(profile: string, seed: number, configuration: Configuration): Schedule<Deed> {
  const kinds = kindsFor(configuration, namesOf(configuration));
  const random = new Random(seedStream(seed, `soak ${SLUG} ${profile}`));
  const entries = drawEntries(PROFILES[profile as keyof typeof PROFILES] as Profile, kinds, random);
  return wholeSchedule({ slug: SLUG, profile, seed, entries });
}

async function run(
  deployed: Cloud,
  configuration: Configuration,
  schedule: Schedule<Deed>,
  { watcher = {}, beside }: { readonly watcher?: Watcher | undefined; readonly beside?: string | undefined } = {},
): Promise<SoakedRun> {
  const scene = { cloud: deployed, configuration, names: namesOf(configuration) };
  const planned = scenarioOf(schedule, beside === undefined ? undefined : scenarios[beside]);
  const { played, scenario } = await withoutGaps(deployed, () => befall(scene, planned, schedule));
  const evidence = { ...played, configuration, scenario, history: historyOf(scenario) };
  const late = unsettled(evidence).map((what) => `${SETTLES_WITHIN_SECONDS} s after the last fault ended: ${what}`);
  const told = resultOf(runName(schedule, beside), schedule.seed, scenario, { ...played, faults: [] });
  const invariants = { ...told.invariants, checked: judgedUnderFaults.map(idOf) };
  const outcome = late.length === 0 ? OUTCOMES[0] : OUTCOMES[1];
  const result = {
    ...told,
    outcome,
    expected: null,
    invariants: withSettling(invariants, SETTLES, late),
  };
  for (const entry of result.timeline) watcher.entry?.(entry);
  const { cloud } = played;
  const arose = aroseIn(evidence).map(idOf);
  const machines = new Map([[scene.names.escalationWorkflow, MACHINE]]);
  const coverage = coverageOfRun({ cloud, machines, schedule, outcome, arose });
  return { result, cloud, report: reportOf(scenario, result), schedule, coverage };
}

function scenarioOf({ entries, profile }: Schedule<Deed>, beside: Scenario | undefined): Scenario {
  const acts = entries.flatMap(({ at, act }) => (act ? [{ ...act.of, at }] : []));
  const quiet = endOf({ entries }) + SETTLES_WITHIN_SECONDS;
  return {
    says: `${beside ? `${beside.says}; with ` : ''}${profile} faults drawn from the seed`,
    onCall: beside?.onCall ?? { acknowledgesMs: [60_000, 240_000] },
    ...(beside?.startAt !== undefined && { startAt: beside.startAt }),
    acts: [...(beside?.acts ?? []), ...acts],
    wants: [],
    seconds: Math.max(beside?.seconds ?? 0, Math.ceil(quiet)),
    disturbed: true,
  };
}

/** What cannot happen, such as an alarm of a region in the dark, does not, and is no part of what is judged. */
async function befall(scene: Scene, planned: Scenario, schedule: Schedule<Deed>) {
  const cloud = forkSimulation(scene.cloud, schedule.seed);
  callPeople(cloud, scene.configuration, planned.onCall);
  const since = cloud.now;
  scheduleEvents(cloud, eventsOf(schedule));
  const happened: Scenario['acts'][number][] = [];
  for (const act of [...planned.acts].sort((a, b) => a.at - b.at)) {
    const done = await tried(since, act, cloud, scene);
    if (done) happened.push(done);
  }
  await cloud.runUntil(since + planned.seconds * 1000);
  const scenario = { ...planned, acts: happened };
  return { scenario, played: judged(cloud, scene, scenario, since) };
}

/** Whoever does it tries three times; with the moment when it was done, or null. */
async function tried(since: number, act: Scenario['acts'][number], cloud: Cloud, scene: Scene) {
  for (const pause of TRIED_AFTER_SECONDS) {
    const at = Math.max(act.at + pause, (cloud.now - since) / 1000);
    try {
      await performAt(since, { ...act, at }, cloud, scene);
      return { ...act, at };
    } catch (error) {
      cloud.note('internet', 'drill', 'act.failed', { act: act.do, error: (error as Error).message });
    }
  }
  return null;
}

const idOf = (number: string): string => `${SLUG}/${number}`;

export const alertRoutingSoak: Soak = {
  profiles: titlesOf(PROFILES),
  reachable: (profile) =>
    reachableBy(
      PROFILES[profile as keyof typeof PROFILES],
      { [MACHINE]: machine },
      judgedUnderFaults.map(idOf),
      OUTCOMES,
    ),
  schedule: scheduleFor,
  run: (deployed, configuration, schedule, options) =>
    run(deployed, configuration, schedule as Schedule<Deed>, options),
};
