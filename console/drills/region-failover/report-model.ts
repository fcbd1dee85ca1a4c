/** Gathers what the HTML report of a region failover shows, from the evidence. Asked by drill.ts. */
import type { Configuration } from '../../../infra/config/index.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import type { DrillResult } from '../../drill/result.ts';
import type { Mark, ReportModel } from '../../report/model.ts';
import { bucketSecondsFor, bucketsOf, graphOfMachine } from '../../report/parts.ts';
import { criticalPath, visitsOf } from './critical-path.ts';
import type { Evidence } from './evidence.ts';
import { figuresOf } from './figures.ts';
import { floorParts } from './floor.ts';
import { INVARIANTS } from './invariants.ts';
import { isLatch } from './invariants-decisions.ts';
import { lookedAt } from './looked-at.ts';
import type { Scenario } from './scenario.ts';
import { storyOf } from './story.ts';
import type { Truth } from './truth.ts';
import { writerTracks, writingOf } from './writers.ts';

export interface Reported {
  readonly scenario: Scenario;
  readonly configuration: Configuration;
  readonly evidence: Evidence;
  readonly result: DrillResult;
  readonly truth: Truth;
}

export function reportModel({ scenario, configuration, evidence, result, truth }: Reported): ReportModel {
  const { requests, policy, faultAt, endedAt } = evidence;
  const graph = graphOfMachine(machine);
  const bucketSeconds = bucketSecondsFor(endedAt - faultAt);
  const users = requests.filter(({ who, host }) => who === 'user' && host === policy.domain);
  return {
    title: scenario.title,
    story: storyOf(result),
    result,
    figures: figuresOf(result),
    graph,
    visits: visitsOf(evidence),
    bars: criticalPath(evidence, truth, graph),
    floor: floorParts(configuration),
    bucketSeconds,
    buckets: bucketsOf(users, faultAt, endedAt, bucketSeconds),
    tracks: writerTracks(configuration.regions.serving, writingOf(evidence)),
    marks: marksOf(evidence, truth),
    checked: INVARIANTS.map(({ id, text }) => ({ id, text, lookedAt: lookedAt(id, evidence) })),
  };
}

function marksOf({ calls, promotions, faultAt }: Evidence, { recoveredAt }: Truth): Mark[] {
  const promoted = promotions.find(({ t }) => t > faultAt);
  const moved = calls.find((call) => call.t > faultAt && isLatch(call) && call.error === null);
  return [
    { t: 0, what: 'the fault begins' },
    ...(promoted ? [{ t: promoted.t - faultAt, what: `Mainstay promotes ${promoted.region}` }] : []),
    ...(moved ? [{ t: moved.t - faultAt, what: 'the traffic latch moves' }] : []),
    ...(recoveredAt === null ? [] : [{ t: recoveredAt - faultAt, what: 'the last user is served again' }]),
  ];
}
