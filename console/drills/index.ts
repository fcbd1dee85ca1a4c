/** The drills by slug: what each capability lets the command run. */

import type { Configuration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import type { DrillResult, TimelineEntry } from '../drill/result.ts';
import type { ReportModel } from '../report/model.ts';
import type { Slug } from '../slugs.ts';
import { regionFailoverDrill } from './region-failover/drill.ts';

export interface DrillRun {
  readonly result: DrillResult;
  /** The cloud as it was at the end, with its trace. */
  readonly cloud: Cloud;
  readonly report: ReportModel;
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
    onEntry?: (entry: TimelineEntry) => void,
  ): Promise<DrillRun>;
}

export const drills: Readonly<Record<Slug, Drill>> = { 'region-failover': regionFailoverDrill };
