/** How one observation follows from the one before. Pure; used by `observe`. */
import type { Observation, Vote } from '../shared/ports.ts';

export const SLOT_SECONDS = 10;

/** After a longer silence a state begins anew: nobody knows what was in between. */
const GAP_SECONDS_MAX = 30;

export function nextVote(
  before: Vote | undefined,
  seen: { readonly ready: boolean; readonly detail: string },
  slot: number,
): Vote {
  const state = seen.ready ? 'healthy' : 'failing';
  const lasts = before?.state === state && slot - before.slot <= GAP_SECONDS_MAX;
  return { state, since: lasts ? before.since : slot, slot, detail: seen.detail };
}

/** When the lease counter was first seen at this value from here; the fence waits from then. */
export const nextCounter = (
  before: Observation['counter'] | undefined,
  value: number,
  now: string,
): Observation['counter'] => (before?.value === value ? before : { value, seenAt: now });
