/** How a release stands at this moment, in a few words for the terminal. */

import { COLOURS } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import type { Sample } from './evidence.ts';

const WINDOW_SECONDS = 10;

export function present(cloud: Cloud, host: string, { colours }: Sample): string {
  const each = COLOURS.map((colour) => {
    const { weight, healthy, desired } = colours[colour];
    return `${colour} ${weight} (${healthy}/${desired} healthy)`;
  });
  const { served, failed } = lastRequests(cloud, host);
  return `${each.join(', ')}; users in ${WINDOW_SECONDS} s: ${served} served, ${failed} failed`;
}

/** Requests are noted when they end, so the newest are at the end of the book. */
function lastRequests(cloud: Cloud, host: string): { served: number; failed: number } {
  const { requests } = ledgerOf(cloud);
  const since = cloud.now - cloud.state.startedAt - WINDOW_SECONDS * 1000;
  const counts = { served: 0, failed: 0 };
  for (let index = requests.length - 1; index >= 0; index--) {
    const request = requests[index];
    if (!request || request.t + request.ms < since) break;
    if (request.who === 'user' && request.host === host) counts[request.ok ? 'served' : 'failed'] += 1;
  }
  return counts;
}
