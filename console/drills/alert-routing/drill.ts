/** Alert routing as the drill command runs it: a scenario on a fork of the scene, judged by its notifications and invariants. */
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { Deployed } from '../../deployment/deploy.ts';
import { withoutGaps } from '../../drill/gaps.ts';
import { engineOf } from '../../drill/on-fork.ts';
import { type DrillResult, percentile } from '../../drill/result.ts';
import type { ReportModel } from '../../report/model.ts';
import type { Drill, DrillRun, Watcher } from '../index.ts';
import { invariants } from './invariants.ts';
import type { Notification } from './notifications.ts';
import { type Played, play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { standUp } from './scene.ts';

export const SLUG = 'alert-routing';
const AS_WANTED = 'told as wanted';

async function run(
  deployed: Cloud,
  configuration: Configuration,
  name: string,
  seed: number,
  watcher: Watcher = {},
): Promise<DrillRun> {
  const scenario = scenarios[name] as Scenario;
  const scene = { cloud: deployed, configuration, names: namesOf(configuration) };
  const played = await withoutGaps(deployed, () => play(scene, scenario, seed));
  const result = resultOf(name, seed, scenario, played);
  for (const entry of result.timeline) watcher.entry?.(entry);
  return { result, cloud: played.cloud, report: reportOf(scenario, result) };
}

export function resultOf(name: string, seed: number, scenario: Scenario, played: Played): DrillResult {
  const { cloud, notifications, faults, broken, latenciesMs } = played;
  const seconds = latenciesMs.map((ms) => ms / 1000);
  return {
    slug: SLUG,
    scenario: name,
    seed,
    outcome: faults.length === 0 ? AS_WANTED : faults.join('; '),
    expected: AS_WANTED,
    invariants: {
      checked: Object.keys(invariants).map((number) => `${SLUG}/${number}`),
      violated: broken.map(({ invariant, sentence }) => ({ id: invariant, message: sentence })),
    },
    timeline: notifications.map(entryOf),
    detectSeconds: null,
    decideSeconds: null,
    rtoSeconds: null,
    rpoSeconds: null,
    floorSeconds: null,
    measures: { notifiedSeconds: percentile(seconds, 50) },
    requests: { served: 0, failed: 0 },
    effects: notifications.map(({ t, says }) => ({ t, what: says, region: 'internet' })),
    engine: engineOf(cloud, scenario.seconds),
  };
}

const entryOf = ({ t, says, about, lost }: Notification) => ({
  t,
  what: `${says}${about ? `: ${about.slice(0, 100)}` : ''}${lost ? ' (and forgets it)' : ''}`,
  region: 'internet',
  actor: says.split(' ')[0] ?? '',
});

export function reportOf(scenario: Scenario, result: DrillResult): ReportModel {
  const { outcome, timeline, measures } = result;
  const notified = measures?.notifiedSeconds;
  return {
    title: scenario.says,
    story:
      outcome === AS_WANTED ? `${timeline.length} notifications came, as stated beforehand, and no other.` : outcome,
    result,
    figures: [
      {
        name: 'notified',
        value: notified === null || notified === undefined ? 'unknown' : `${notified.toFixed(1)} s`,
        says: 'from the alarm to the first provider that has it, the median',
      },
    ],
    bucketSeconds: scenario.seconds,
    buckets: [],
    tracks: { heading: 'Notifications', says: 'who was told what and when', rows: [] },
    marks: timeline.map(({ t, what }) => ({ t, what })),
    checked: Object.entries(invariants).map(([number, { says }]) => {
      return { id: `${SLUG}/${number}`, text: says, lookedAt: `${timeline.length} notifications` };
    }),
  };
}

export const alertRoutingDrill = {
  slug: SLUG,
  defaultScenario: 'outage',
  scenarios: Object.fromEntries(Object.entries(scenarios).map(([name, { says }]) => [name, says])),
  standing: {
    capabilities: [SLUG],
    standUp: (assembly: string, environment: string, scenario: string): Promise<Deployed> =>
      standUp(assembly, environment, scenarios[scenario]?.startAt),
  },
  run,
  targetsMissed: () => [],
} satisfies Drill;
