/** Plays one scenario on a fork of the scene and says what came of it. Started by the drill command and by tests. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { forkSimulation } from '../../../simulator/simulation.ts';
import { perform } from './acts.ts';
import { type Broken, brokenIn } from './invariants.ts';
import { type Notification, notificationsIn, unwantedAndMissing } from './notifications.ts';
import type { Scenario } from './scenario.ts';
import { callPeople, type Scene } from './scene.ts';

export interface Played {
  readonly cloud: Cloud;
  /** When the scenario began. Milliseconds since the epoch. */
  readonly since: number;
  readonly notifications: readonly Notification[];
  /** Sentences; none when everything came as wanted and nothing else. */
  readonly faults: readonly string[];
  readonly broken: readonly Broken[];
  /** Milliseconds from what happened to the first notification about it, per alarm of the scenario. */
  readonly latenciesMs: readonly number[];
}

type Timed = Scenario['acts'][number];

/** Rejects with what an act throws, and with GapInSimulator where the simulator lacks something. */
export async function play(scene: Scene, scenario: Scenario, seed: number): Promise<Played> {
  const cloud = forkSimulation(scene.cloud, seed);
  callPeople(cloud, scene.configuration, scenario.onCall);
  const since = cloud.now;
  for (const act of [...scenario.acts].sort((a, b) => a.at - b.at)) await performAt(since, act, cloud, scene);
  await cloud.runUntil(since + scenario.seconds * 1000);
  return judged(cloud, scene, scenario, since);
}

/** Rejects with what the act throws. */
export async function performAt(since: number, { at, ...act }: Timed, cloud: Cloud, scene: Scene): Promise<void> {
  const { configuration } = scene;
  await cloud.runUntil(since + at * 1000);
  await cloud.resolve(perform(act, { cloud, configuration }));
}

/** What came of a scenario that has been played on the cloud. */
export function judged(cloud: Cloud, { configuration }: Scene, scenario: Scenario, since: number): Played {
  const notifications = notificationsIn(cloud, since);
  return {
    cloud,
    since,
    notifications,
    faults: unwantedAndMissing(scenario.wants, notifications),
    broken: brokenIn({ cloud, configuration, since, scenario, notifications }),
    latenciesMs: latenciesOf(scenario, notifications),
  };
}

/** Of alarms that are to be told at once. */
function latenciesOf({ acts, wants }: Scenario, notifications: readonly Notification[]): number[] {
  return acts.flatMap((act) => {
    if (act.do !== 'alarm' || act.state !== 'ALARM') return [];
    const wanted = wants.some(({ about, from }) => about.includes(act.name) && from <= act.at + 1);
    const first = notifications.find(({ t, about }) => t >= act.at && about.includes(act.name));
    return wanted && first ? [Math.round((first.t - act.at) * 1000)] : [];
  });
}
