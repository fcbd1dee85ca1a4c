/**
 * Mishaps that must hit one exact moment: something happens to the world, or an execution is aborted, as an execution
 * enters a state; and a function's process dies right after it changed something, before it could say so. Each is a fault
 * of the simulator; a drill's acts put it in force, and learn when it hit.
 */
import type { Cloud } from '../../simulator/cloud.ts';
import { addFault, type Fault } from '../../simulator/faults.ts';
import type { WorldEvent } from '../../simulator/world/events.ts';

export type Moment = Fault & { readonly id: string };

interface Machine {
  readonly region: string;
  readonly machine: string;
}

/** Puts it in force if it is not yet. Returns whether it has hit; what else is to be done then must be done at once. */
export function hasHit(cloud: Cloud, moment: Moment): boolean {
  const hits = cloud.state.faults.hits[moment.id];
  if (hits === undefined) addFault(cloud, moment);
  return hits !== undefined && hits > 0;
}

/** Stops the first execution of the machine that enters this state, before the state does anything. */
export const abortAt = ({ region, machine }: Machine, state: string): Moment => ({
  kind: 'execution-abort',
  id: `abort at ${state}`,
  region,
  machine,
  state,
  times: 1,
});

/** Lets this happen as the first execution of the machine enters this state, before the state does anything. */
export const eventsAt = ({ region, machine }: Machine, state: string, events: readonly WorldEvent[]): Moment => ({
  kind: 'at-state',
  id: `at ${state}`,
  region,
  machine,
  state,
  times: 1,
  events,
});

/** The function's ('slug/handler') process dies right after this call ('rds:FailoverGlobalCluster') was carried out. */
export const diesAfter = (region: string, handler: string, call: string): Moment => ({
  kind: 'function-crash',
  id: `${handler.split('/').at(-1)} dies after ${call}`,
  region,
  function: handler,
  moment: 'after-call',
  call,
  times: 1,
});

interface State {
  readonly Type: string;
  readonly Branches?: readonly { readonly States: Readonly<Record<string, State>> }[];
}

/** Every Task state of a machine's definition, those inside of Parallel states too: where a crash must leave no harm. */
export function taskStates(states: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(states as Readonly<Record<string, State>>).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [name] : []),
    ...(state.Branches ?? []).flatMap((branch) => taskStates(branch.States)),
  ]);
}
