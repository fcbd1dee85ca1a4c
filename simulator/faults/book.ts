/**
 * The book of faults: what is in force, whether it strikes now, how often it has. Each fault draws from a stream of its
 * own, so that adding or taking away one changes no draw of another. Asked by whatever a fault can hit.
 */
import type { Cloud } from '../cloud.ts';
import { checkFault } from './check.ts';
import type { CallFault, Common, Fault, FaultKind, Place } from './kinds.ts';

/** A fault as it stands in the book. */
export type Entered<F extends Fault = Fault> = F & { readonly id: string };

type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** A broken link, one direction. '*' stands for every other place. */
export interface Cut {
  readonly from: Place;
  readonly to: Place;
}

/** A service's state as it was until `at`; for reads that are answered late. */
export interface Past {
  readonly at: number;
  readonly state: unknown;
}

export interface FaultState {
  /** Nothing runs in a dark region and nothing crosses its border. */
  dark: Record<string, true>;
  /** Broken until mended. */
  cuts: Cut[];
  /** Faults of calls by service; '*' for those of every service. */
  calls: Record<string, Entered<CallFault>[]>;
  /** All other faults. */
  others: { [K in FaultKind]?: Entered<FaultOf<K>>[] };
  /** How often each fault took effect. One that never did proves nothing. */
  hits: Record<string, number>;
  /** Matches of the faults that wait for their n-th. */
  matches: Record<string, number>;
  /** '<service>@<region>' → states of the last seconds, oldest first; only under a fault that needs them. */
  past: Record<string, Past[]>;
}

export const noFaults = (): FaultState => ({
  dark: {},
  cuts: [],
  calls: {},
  others: {},
  hits: {},
  matches: {},
  past: {},
});

const CALL_KINDS: ReadonlySet<FaultKind> = new Set<CallFault['kind']>([
  'error',
  'throttle',
  'quota',
  'latency',
  'reorder',
  'drop',
  'lose-answer',
  'duplicate',
  'partial',
  'stale-read',
]);

export const isCallFault = (fault: Fault): fault is CallFault => CALL_KINDS.has(fault.kind);

/**
 * Puts a fault in force; a second one with the same given id takes the first one's place. Returns its id.
 * @throws InvalidFault for a record that cannot be meant so; the message names the member
 */
export function addFault(cloud: Cloud, fault: Fault): string {
  checkFault(fault);
  if (fault.id !== undefined) removeFault(cloud, fault.id);
  const { faults } = cloud.state;
  const id = fault.id ?? derivedId(cloud, fault);
  const list = listFor(faults, fault);
  list.push({ ...fault, id });
  faults.hits[id] ??= 0;
  return id;
}

/** Takes a fault away; its hits stay counted. Returns whether it was there. */
export function removeFault(cloud: Cloud, id: string): boolean {
  const { calls, others } = cloud.state.faults;
  return without(calls, id) || without(others as Lists, id);
}

/** Every fault in the book, whether its time has come or not. */
export function faultsIn(cloud: Cloud): Entered[] {
  const { calls, others } = cloud.state.faults;
  return [...Object.values(calls), ...Object.values(others)].flat();
}

type Lists = Record<string, Entered[]>;

function without(lists: Lists, id: string): boolean {
  for (const [key, list] of Object.entries(lists)) {
    const kept = list.filter((fault) => fault.id !== id);
    if (kept.length === list.length) continue;
    // An empty list must go: that there is none is how a call sees at once that nothing can hit it.
    if (kept.length === 0) delete lists[key];
    else lists[key] = kept;
    return true;
  }
  return false;
}

function listFor(faults: FaultState, fault: Fault): Entered[] {
  const [lists, key]: [Lists, string] = isCallFault(fault)
    ? [faults.calls as Lists, fault.service ?? '*']
    : [faults.others as Lists, fault.kind];
  lists[key] ??= [];
  return lists[key];
}

/** Of the fault's own members, not of its place in the list: then no other fault's coming or going changes it. */
function derivedId(cloud: Cloud, fault: Fault): string {
  const text = JSON.stringify(Object.entries(fault).toSorted());
  const taken = new Set(faultsIn(cloud).map(({ id }) => id));
  for (let copy = 1; ; copy++) {
    const id = `${fault.kind}/${hash(copy === 1 ? text : `${text}#${copy}`)}`;
    if (!taken.has(id)) return id;
  }
}

/** 32 bits of FNV-1a, in hexadecimal. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Whether its time is now. */
export const isInForce = ({ from, until }: Fault, now: number): boolean =>
  (from === undefined || from <= now) && (until === undefined || now < until);

/** Whether a fault that matches takes effect this time: its window, its n-th match, its number of times, its draw. */
export function strikes(cloud: Cloud, fault: Entered): boolean {
  if (!isInForce(fault, cloud.now)) return false;
  const { id, times, nth, probability } = fault as Common & { readonly id: string };
  const { hits, matches } = cloud.state.faults;
  if (times !== undefined && (hits[id] ?? 0) >= times) return false;
  if (nth !== undefined) {
    const match = (matches[id] ?? 0) + 1;
    matches[id] = match;
    if (match !== nth) return false;
  }
  if (probability !== undefined && !streamOf(cloud, fault).chance(probability)) return false;
  countHit(cloud, fault);
  return true;
}

export function countHit(cloud: Cloud, { id }: Entered): void {
  const { hits } = cloud.state.faults;
  hits[id] = (hits[id] ?? 0) + 1;
}

/** The fault's own stream of randomness. */
export const streamOf = (cloud: Cloud, { id }: Entered) => cloud.random(`fault ${id}`);

/** The faults of a kind that match and strike now. None of the kind costs one look. */
export function struck<K extends FaultKind>(
  cloud: Cloud,
  kind: K,
  matches: (fault: FaultOf<K>) => boolean,
): readonly Entered<FaultOf<K>>[] {
  const list = cloud.state.faults.others[kind] as Entered<FaultOf<K>>[] | undefined;
  return list === undefined ? NONE : list.filter((fault) => matches(fault) && strikes(cloud, fault));
}

const NONE: readonly never[] = [];

/** The same, where the first one is enough; later ones are then neither drawn nor counted. */
export function firstStruck<K extends FaultKind>(
  cloud: Cloud,
  kind: K,
  matches: (fault: FaultOf<K>) => boolean,
): Entered<FaultOf<K>> | undefined {
  const list = cloud.state.faults.others[kind] as Entered<FaultOf<K>>[] | undefined;
  return list?.find((fault) => matches(fault) && strikes(cloud, fault));
}
