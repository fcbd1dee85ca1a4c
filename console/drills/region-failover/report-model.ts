/** Gathers what the HTML report of a region failover shows, from the evidence. Asked by drill.ts. */
import type { Configuration } from '../../../infra/config/index.ts';
import { graphOf } from '../../../simulator/stepfunctions/graph.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import type { DrillResult } from '../../drill/result.ts';
import type { Bucket, Graph, Mark, ReportModel, Writing } from '../../report/model.ts';
import { criticalPath, visitsOf } from './critical-path.ts';
import type { Evidence } from './evidence.ts';
import { floorParts } from './floor.ts';
import { INVARIANTS } from './invariants.ts';
import { isLatch } from './invariants-decisions.ts';
import { lookedAt } from './looked-at.ts';
import type { Scenario } from './scenario.ts';
import { storyOf } from './story.ts';
import type { Truth } from './truth.ts';

/** The pictures begin this long before the fault, so that a reader sees what was normal. */
const BEFORE_SECONDS = 30;
/** About so many bars fit beside each other. */
const BUCKETS_MAX = 90;
/** An admitted instance writes a heartbeat every 2 s; a longer silence is a stop. */
const SILENCE_SECONDS = 6;

export interface Reported {
  readonly scenario: Scenario;
  readonly configuration: Configuration;
  readonly evidence: Evidence;
  readonly result: DrillResult;
  readonly truth: Truth;
}

export function reportModel({ scenario, configuration, evidence, result, truth }: Reported): ReportModel {
  const machineGraph = graph();
  const bucketSeconds = Math.max(5, Math.ceil((evidence.endedAt - evidence.faultAt) / BUCKETS_MAX / 5) * 5);
  return {
    title: scenario.title,
    story: storyOf(result),
    result,
    graph: machineGraph,
    visits: visitsOf(evidence),
    bars: criticalPath(evidence, truth, machineGraph),
    floor: floorParts(configuration),
    bucketSeconds,
    buckets: buckets(evidence, bucketSeconds),
    regions: configuration.regions.serving,
    writing: writingOf(evidence),
    marks: marksOf(evidence, truth),
    checked: INVARIANTS.map(({ id, text }) => ({ id, text, lookedAt: lookedAt(id, evidence) })),
  };
}

function graph(): Graph {
  const { states, edges } = graphOf(JSON.stringify(machine));
  return {
    states: states.map(({ name, type, within }) => ({
      name,
      works: type === 'Task' || type === 'Wait',
      ...(within && { within }),
    })),
    edges: edges.map(({ from, to, kind }) => ({ from, to, kind })),
  };
}

function buckets({ requests, policy, faultAt, endedAt }: Evidence, seconds: number): Bucket[] {
  const first = -Math.ceil(BEFORE_SECONDS / seconds) * seconds;
  const count = Math.ceil((endedAt - faultAt - first) / seconds);
  const counted = Array.from({ length: count }, (_, index) => ({ t: first + index * seconds, served: 0, failed: 0 }));
  for (const { who, host, t, ok } of requests) {
    const bucket = counted[Math.floor((t - faultAt - first) / seconds)];
    if (who !== 'user' || host !== policy.domain || !bucket) continue;
    if (ok) bucket.served += 1;
    else bucket.failed += 1;
  }
  return counted;
}

/** From the writes that the databases took, never from what anybody says of himself. */
function writingOf({ writes, faultAt }: Evidence): Writing[] {
  const stretches: (Writing & { until: number; writes: number })[] = [];
  for (const { t, region, epoch } of writes) {
    const at = t - faultAt;
    if (at < -BEFORE_SECONDS) continue;
    const open = stretches.findLast((stretch) => stretch.region === region && stretch.epoch === epoch);
    if (open && at - open.until <= SILENCE_SECONDS) {
      open.until = at;
      open.writes += 1;
    } else stretches.push({ region, epoch, from: at, until: at, writes: 1 });
  }
  return stretches;
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
