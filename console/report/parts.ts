/** Parts of a report that any drill can make of its evidence: the users' requests in buckets, a machine as a graph. */
import { graphOf } from '../../simulator/stepfunctions/graph.ts';
import type { Bucket, Graph } from './model.ts';

/** The pictures begin this long before the fault, so that a reader sees what was normal. */
export const BEFORE_SECONDS = 30;
/** About so many bars fit beside each other. */
const BUCKETS_MAX = 90;

/** How many seconds one bar stands for, in a drill that lasts so long after its fault. */
export const bucketSecondsFor = (seconds: number): number => Math.max(5, Math.ceil(seconds / BUCKETS_MAX / 5) * 5);

interface Requested {
  readonly t: number;
  readonly ok: boolean;
}

/** Requests of users, their times in seconds of the run, counted in bars of `seconds` from shortly before the fault on. */
export function bucketsOf(requests: readonly Requested[], faultAt: number, endedAt: number, seconds: number): Bucket[] {
  const first = -Math.ceil(BEFORE_SECONDS / seconds) * seconds;
  const count = Math.ceil((endedAt - faultAt - first) / seconds);
  const counted = Array.from({ length: count }, (_, index) => ({ t: first + index * seconds, served: 0, failed: 0 }));
  for (const { t, ok } of requests) {
    const bucket = counted[Math.floor((t - faultAt - first) / seconds)];
    if (!bucket) continue;
    if (ok) bucket.served += 1;
    else bucket.failed += 1;
  }
  return counted;
}

/** The states of a machine's definition and what leads from one to another. */
export function graphOfMachine(definition: unknown): Graph {
  const { states, edges } = graphOf(JSON.stringify(definition));
  return {
    states: states.map(({ name, type, within }) => ({
      name,
      works: type === 'Task' || type === 'Wait',
      ...(within && { within }),
    })),
    edges: edges.map(({ from, to, kind }) => ({ from, to, kind })),
  };
}
