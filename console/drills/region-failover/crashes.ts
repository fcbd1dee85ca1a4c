/**
 * The mishaps that must hit one exact moment: something happens to the world, or an execution is aborted, as an execution
 * enters a state; and a function's process dies right after it changed something, before it could say so. Each is a fault
 * of the simulator; started by the acts of a scenario.
 */
import type { Cloud } from '../../../simulator/cloud.ts';
import { addFault, type Fault } from '../../../simulator/faults.ts';
import type { Act, Places } from './scenario.ts';

export type Crash = Extract<Act, { act: 'abortAt' | 'dieAfter' | 'eventsAt' }>;

const CRASHES: ReadonlySet<string> = new Set<Crash['act']>(['abortAt', 'dieAfter', 'eventsAt']);

export const isCrash = <A extends Act>(act: A): act is A & Crash => CRASHES.has(act.act);

/** Puts it in force if it is not yet. Returns whether it has hit; what else is to be done then must be done at once. */
export function hasHit(cloud: Cloud, act: Crash, places: Places): boolean {
  const fault = faultOf(act, places);
  const hits = cloud.state.faults.hits[fault.id];
  if (hits === undefined) addFault(cloud, fault);
  return hits !== undefined && hits > 0;
}

function faultOf(act: Crash, places: Places): Fault & { readonly id: string } {
  const { target: region, old, names } = places;
  if (act.act === 'dieAfter') {
    const about = {
      region,
      function: `region-failover/${act.function}`,
      moment: 'after-call',
      call: act.call,
    } as const;
    return { kind: 'function-crash', id: `${act.function} dies after ${act.call}`, ...about, times: 1 };
  }
  const about = { machine: names.workflow, state: act.state, times: 1 };
  if (act.act === 'abortAt') return { kind: 'execution-abort', id: `abort at ${act.state}`, region, ...about };
  const where = act.where === 'old' ? old : region;
  return { kind: 'at-state', id: `at ${act.state}`, region: where, ...about, events: act.events(places) };
}
