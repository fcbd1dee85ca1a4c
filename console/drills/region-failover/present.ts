/** How the application is at this moment, in a few words for the terminal: who writes, what users get. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import type { Sample } from './evidence.ts';

const WINDOW_SECONDS = 10;
/** Heartbeat writes come every 2 s: nobody who was silent for three of them writes. */
const SILENCE_MS = 6_000;

/** Before users come: how many machines are ready. */
export function comingUp({ regions }: Sample, wanted: number): string {
  const ready = Object.entries(regions).map(([region, { healthyTargets }]) => `${region} ${healthyTargets}/${wanted}`);
  const up = Object.values(regions).every(({ healthyTargets }) => healthyTargets >= wanted);
  return up ? 'up; observers and resolvers settle' : `coming up; machines ready: ${ready.join(', ')}`;
}

/** Who writes, and what users got in the last seconds. */
export function present(cloud: Cloud, host: string): string {
  const { served, lost } = lastRequests(cloud, host);
  const writers = writersNow(cloud);
  const who = writers.length === 0 ? 'nobody writes' : `${writers.join(' and ')} writes`;
  return `${who}; users in ${WINDOW_SECONDS} s: ${served} served, ${lost} lost`;
}

function writersNow(cloud: Cloud): string[] {
  const { writes } = ledgerOf(cloud);
  const since = cloud.now - cloud.state.startedAt - SILENCE_MS;
  const regions = new Set<string>();
  for (let index = writes.length - 1; index >= 0; index--) {
    const write = writes[index];
    if (!write || write.t < since) break;
    regions.add(write.region);
  }
  return [...regions].sort();
}

/** Requests are noted when they end, so the newest are at the end of the book. */
function lastRequests(cloud: Cloud, host: string): { served: number; lost: number } {
  const { requests } = ledgerOf(cloud);
  const since = cloud.now - cloud.state.startedAt - WINDOW_SECONDS * 1000;
  let served = 0;
  let lost = 0;
  for (let index = requests.length - 1; index >= 0; index--) {
    const request = requests[index];
    if (!request || request.t + request.ms < since) break;
    if (request.who !== 'user' || request.host !== host) continue;
    if (request.ok) served += 1;
    else lost += 1;
  }
  return { served, lost };
}
