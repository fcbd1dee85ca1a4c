/**
 * The mishaps that hit one exact moment: a function's process dies beside a call, an execution is aborted or something
 * happens to the world as it enters a state. Asked by Lambda, by the network and by Step Functions.
 */
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import type { WorldEvent } from '../world/events.ts';
import { firstStruck, struck } from './book.ts';
import type { FunctionCrashFault, StateEntries } from './kinds.ts';

/** A process that can die of a fault. */
export interface Mortal {
  readonly region: string;
  readonly name: string;
  readonly description: string;
  /** Ends the process; what it worked on fails at once. */
  crash(): void;
}

/** Whether a function's process dies at this moment. */
export const diesAt = (
  cloud: Cloud,
  { region, name, description }: Omit<Mortal, 'crash'>,
  moment: FunctionCrashFault['moment'],
  call?: { readonly service: string; readonly operation: string },
): boolean =>
  firstStruck(
    cloud,
    'function-crash',
    (fault) =>
      fault.moment === moment &&
      (fault.region === undefined || fault.region === region) &&
      (fault.function === undefined || fault.function === name || fault.function === description) &&
      (fault.call === undefined || fault.call === `${call?.service}:${call?.operation}`),
  ) !== undefined;

const mortals = new WeakMap<Owner, Mortal>();

/** Tells that faults can end the process that has these timers. */
export const isMortal = (owner: Owner, mortal: Mortal): void => void mortals.set(owner, mortal);

/** Ends the process that made a call, if a fault says so. Returns whether it died. */
export function diesByCall(
  cloud: Cloud,
  owner: Owner | undefined,
  moment: 'before-call' | 'after-call',
  call: { readonly service: string; readonly operation: string },
): boolean {
  if (owner === undefined || owner.killed || cloud.state.faults.others['function-crash'] === undefined) return false;
  const mortal = mortals.get(owner);
  if (!mortal || !diesAt(cloud, mortal, moment, call)) return false;
  mortal.crash();
  return true;
}

/** Whether Lambda has no room for an invocation of this function. */
export const isThrottled = (cloud: Cloud, { region, name, description }: Omit<Mortal, 'crash'>): boolean =>
  firstStruck(
    cloud,
    'function-throttle',
    (fault) =>
      (fault.region === undefined || fault.region === region) &&
      (fault.function === undefined || fault.function === name || fault.function === description),
  ) !== undefined;

/** An execution enters a state. */
export interface Entry {
  readonly region: string;
  readonly machine: string;
  readonly state: string;
}

/** Whether any fault waits for executions to enter states. */
export const entriesMatter = ({ state: { faults } }: Cloud): boolean =>
  faults.others['at-state'] !== undefined || faults.others['execution-abort'] !== undefined;

/** Lets happen what is to happen as an execution enters a state. Resolves with whether it is aborted. */
export async function entering(cloud: Cloud, entry: Entry): Promise<boolean> {
  for (const { events } of struck(cloud, 'at-state', (fault) => isEntry(fault, entry))) {
    for (const event of events) await happenIn(cloud, event);
  }
  return firstStruck(cloud, 'execution-abort', (fault) => isEntry(fault, entry)) !== undefined;
}

/** By its name, as the world stands on the services and not they on it. */
async function happenIn(cloud: Cloud, event: WorldEvent): Promise<void> {
  const world = cloud.services.get('world.events');
  if (!world?.timers?.happen) throw new Error(`this cloud has no world in which '${event.do}' could happen`);
  const principal = { kind: 'service', principal: world.name } as const;
  await world.timers.happen(event as never, cloud.context(world, 'internet', principal));
}

const isEntry = (fault: StateEntries, { region, machine, state }: Entry): boolean =>
  (fault.region === undefined || fault.region === region) &&
  (fault.machine === undefined || fault.machine === machine) &&
  (fault.state === undefined || fault.state === state);
