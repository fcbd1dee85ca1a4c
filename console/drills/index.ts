/** The drills by slug: what each capability lets the command run. */

import type { Configuration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import type { DrillResult, TimelineEntry } from '../drill/result.ts';
import { UsageProblem } from '../problem.ts';
import type { ReportModel } from '../report/model.ts';
import { checkSlug, type Slug } from '../slugs.ts';
import type { Moment } from '../terminal.ts';
import { regionFailoverDrill } from './region-failover/drill.ts';

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

export interface Drill {
  readonly slug: Slug;
  readonly defaultScenario: string;
  /** Scenario name → a sentence saying what happens and what must follow. */
  readonly scenarios: Readonly<Record<string, string>>;
  /** Runs one scenario on a fork of the deployed cloud. */
  run(
    deployed: Cloud,
    configuration: Configuration,
    scenario: string,
    seed: number,
    watcher?: Watcher,
  ): Promise<DrillRun>;
}

export const drills: Readonly<Record<Slug, Drill>> = { 'region-failover': regionFailoverDrill };

/** The drill and scenario that '<slug>[/<scenario>]' names. Throws UsageProblem when there is none. */
export function parseName(name: string): { drill: Drill; scenario: string } {
  const [slug = '', scenario] = name.split('/');
  checkSlug(slug);
  const drill = drills[slug];
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
