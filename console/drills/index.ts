/** The drills by slug: what each capability lets the command run. */

import type { Capability } from '../../infra/app.ts';
import type { Configuration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import type { ByHand, ReadStatus } from '../by-hand.ts';
import type { Deployed } from '../deployment/deploy.ts';
import type { DrillResult, Run, TimelineEntry } from '../drill/result.ts';
import { UsageProblem } from '../problem.ts';
import type { ReportModel } from '../report/model.ts';
import { checkSlug, type Slug } from '../slugs.ts';
import type { Coverage, Reachable } from '../soak/coverage.ts';
import type { Schedule } from '../soak/schedule.ts';
import type { Moment } from '../terminal.ts';
import { alertRoutingDrill } from './alert-routing/drill.ts';
import { alertRoutingSoak } from './alert-routing/soak.ts';
import { alertRoutingStatus } from './alert-routing/status.ts';
import { blueGreenByHand } from './blue-green/by-hand.ts';
import { blueGreenDrill } from './blue-green/drill.ts';
import { blueGreenSoak } from './blue-green/soak.ts';
import { blueGreenStatus } from './blue-green/status.ts';
import { regionFailoverByHand } from './region-failover/by-hand.ts';
import { regionFailoverDrill } from './region-failover/drill.ts';
import { runRegionFailoverInProcesses } from './region-failover/in-processes.ts';
import { regionFailoverSoak } from './region-failover/soak.ts';
import { regionFailoverStatus } from './region-failover/status.ts';

export interface DrillRun {
  readonly result: DrillResult;
  /** The cloud as it was at the end, with its trace. */
  readonly cloud: Cloud;
  readonly report: ReportModel;
}

/** Told what happens while a drill runs; it must not touch the cloud. */
export interface Watcher {
  /** A turning point. */
  entry?(entry: TimelineEntry): void;
  /** How things are, once a virtual second. */
  moment?(moment: Moment): void;
}

/** A run under faults that were drawn from its seed, or chosen. */
export interface SoakedRun extends DrillRun {
  readonly schedule: Schedule;
  readonly coverage: Coverage;
}

/** How a capability is run under random faults. */
export interface Soak {
  /** Profile → what it is like, in a sentence. */
  readonly profiles: Readonly<Record<string, string>>;
  /** Everything that a soak with this profile could reach. */
  reachable(profile: string): Reachable;
  /** The faults of one seed, to come beside a scenario where one is named. */
  schedule(profile: string, seed: number, configuration: Configuration, beside?: string): Schedule;
  /** Runs them on a fork of the deployed cloud, beside a scenario where one is named. */
  run(
    deployed: Cloud,
    configuration: Configuration,
    schedule: Schedule,
    options?: { readonly watcher?: Watcher | undefined; readonly beside?: string | undefined },
  ): Promise<SoakedRun>;
}

/** How a capability stands before its drills, where it is not on the whole of production. */
export interface Standing {
  /** Whose stacks are deployed. */
  readonly capabilities: readonly Capability[];
  standUp(assembly: string, environment: string, scenario: string): Promise<Deployed>;
}

export interface InProcesses {
  /** Virtual seconds for each real one. */
  readonly speed: number;
  /** Told once when this machine is too slow for the speed; such a run proves little about times. */
  readonly onSlow?: () => void;
}

/** What the command can run of one capability. What a capability does not have yet is refused by name. */
export interface Drill {
  readonly slug: Slug;
  readonly defaultScenario: string;
  /** Scenario name → a sentence saying what happens and what must follow. */
  readonly scenarios: Readonly<Record<string, string>>;
  readonly standing?: Standing;
  /** Runs one scenario on a fork of the deployed cloud. */
  run(
    deployed: Cloud,
    configuration: Configuration,
    scenario: string,
    seed: number,
    watcher?: Watcher,
  ): Promise<DrillRun>;
  /** A sentence for each target that runs of one scenario missed. */
  targetsMissed(runs: readonly Run[]): string[];
  /** The same with functions as child processes, on the wall clock. */
  runInProcesses?(
    deployed: Cloud,
    configuration: Configuration,
    scenario: string,
    seed: number,
    options: InProcesses,
    watcher?: Watcher,
  ): Promise<DrillRun>;
  readonly soak?: Soak;
  readonly byHand?: ByHand;
  readonly status?: ReadStatus;
}

export const drills = {
  'region-failover': {
    ...regionFailoverDrill,
    runInProcesses: runRegionFailoverInProcesses,
    soak: regionFailoverSoak,
    byHand: regionFailoverByHand,
    status: regionFailoverStatus,
  },
  'alert-routing': { ...alertRoutingDrill, soak: alertRoutingSoak, status: alertRoutingStatus },
  'blue-green': { ...blueGreenDrill, soak: blueGreenSoak, byHand: blueGreenByHand, status: blueGreenStatus },
} as const satisfies Readonly<Record<Slug, Drill>>;

/** Throws UsageProblem for a capability without random faults. */
export function soakOf({ slug, soak }: Drill): Soak {
  if (soak) return soak;
  const those = Object.values<Drill>(drills).flatMap((drill) => (drill.soak ? [drill.slug] : []));
  throw new UsageProblem(`slug: got '${slug}', which has no random faults yet; use one of ${those.join(', ')}`);
}

/** Throws UsageProblem for a capability that does not run that way. */
export function inProcessesOf({ slug, runInProcesses }: Drill): NonNullable<Drill['runInProcesses']> {
  if (runInProcesses) return runInProcesses;
  throw new UsageProblem(`--processes: ${slug} does not run its functions as processes yet; leave it out`);
}

/** The drill and scenario that '<slug>[/<scenario>]' names. Throws UsageProblem when there is none. */
export function parseName(name: string): { drill: Drill; scenario: string } {
  const [slug = '', scenario] = name.split('/');
  checkSlug(slug);
  const drill: Drill = drills[slug];
  const chosen = scenario ?? drill.defaultScenario;
  if (!Object.hasOwn(drill.scenarios, chosen)) {
    throw new UsageProblem(`scenario: got '${chosen}'; 'npx mainstay drill list' shows those of ${slug}`);
  }
  return { drill, scenario: chosen };
}

/** Every scenario with what happens in it, the default one marked. */
export function scenarioLines(all: readonly Drill[]): string[] {
  return all.flatMap((drill) => {
    const width = Math.max(...Object.keys(drill.scenarios).map((name) => name.length));
    return [
      `${drill.slug}  (without a scenario: ${drill.defaultScenario})`,
      ...Object.entries(drill.scenarios).map(([name, sentence]) => `  ${name.padEnd(width)}  ${sentence}`),
    ];
  });
}
