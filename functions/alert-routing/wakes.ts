/**
 * What is said over queues. The router's clock: a delayed message in the work queue for each time that something is due. One that is lost costs at
 * most a minute: the schedule looks as well.
 */
import type { Queue } from '../shared/ports.ts';

/** A queue delays by 900 s at most; what is later the schedule finds. */
const AHEAD_MS_MAX = 900_000;

/** One message per distinct second. */
export async function wakeAt(queue: Queue, times: readonly number[], now: number): Promise<void> {
  const soon = times.filter((at) => at - now <= AHEAD_MS_MAX);
  const delays = new Set(soon.map((at) => Math.max(0, Math.ceil((at - now) / 1000))));
  await Promise.all([...delays].sort((a, b) => a - b).map((seconds) => queue.send('{"wake":true}', seconds)));
}

/** Whoever follows escalations looks at these incidents, one message each. */
export async function askToFollow(queue: Queue, incidents: Iterable<string>): Promise<void> {
  await Promise.all([...new Set(incidents)].map((incident) => queue.send(JSON.stringify({ incident }))));
}
