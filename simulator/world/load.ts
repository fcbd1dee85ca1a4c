/** How busy the processors of machines are, by the requests that their application was given, health checks among them. */
import type { Cloud } from '../cloud.ts';

/** Guess: of an idle machine, its agents and runtime. */
const IDLE_PERCENT = 2;
/** Guess: processor time of one request, over all processors of the machine. */
const SECONDS_PER_REQUEST = 0.02;

/** Requests by machine since somebody asked. Running code, not state: what a fork had not asked for yet is lost to it. */
function requestsOf(cloud: Cloud): Map<string, number> {
  const known = cloud.running.get('load') as Map<string, number> | undefined;
  if (known) return known;
  const requests = new Map<string, number>();
  cloud.running.set('load', requests);
  return requests;
}

export function countRequest(cloud: Cloud, machine: string): void {
  const requests = requestsOf(cloud);
  requests.set(machine, (requests.get(machine) ?? 0) + 1);
}

/** Over the time since it was last asked, which is so many seconds ago; then it counts anew. */
export function cpuPercent(cloud: Cloud, machine: string, seconds: number): number {
  const requests = requestsOf(cloud);
  const count = requests.get(machine) ?? 0;
  requests.delete(machine);
  return Math.min(100, IDLE_PERCENT + (100 * SECONDS_PER_REQUEST * count) / Math.max(seconds, 1));
}
