/** Where the world's own state lives: outside every region, so that no dark region takes it away. */
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';

/** Users, public resolvers and the ledger are here. */
export const INTERNET = 'internet';

/** Owner of the world's own timers: packets under way, a server at work. Nothing pauses or kills it. */
const outside: Owner = { region: INTERNET, label: 'world', paused: false, killed: false };

/** Calls back after a while, whatever is dark by then; who travels must look again on arrival. Returns a timer id. */
export function later(cloud: Cloud, milliseconds: number, run: () => void): number {
  return cloud.clock.after(milliseconds, outside, run);
}

/** Milliseconds since the run began, as everywhere in the ledger and the trace. */
export const elapsed = (cloud: Cloud): number => cloud.now - cloud.state.startedAt;

/**
 * One way between two places, in whole milliseconds. Guess: inside a region 0 to 2 (published inter-zone round trips are
 * 1 to 2), between regions 20 to 45 (round trip 40 to 90), user to region 8 to 40.
 */
export function oneWayMs(cloud: Cloud, from: string, to: string): number {
  const random = cloud.random('world.network');
  if (from === to) return Math.round(random.uniform(0, 2));
  return Math.round(from === INTERNET || to === INTERNET ? random.uniform(8, 40) : random.uniform(20, 45));
}
