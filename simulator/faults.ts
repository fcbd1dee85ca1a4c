/**
 * What is broken, as data: the network between places (a dark region, a cut link), and everything in faults/kinds.ts.
 * Nothing here decides *when* by itself; scenarios and the soak do, with windows of time and world events.
 */
import type { FaultState } from './faults/book.ts';
import type { Place } from './faults/kinds.ts';

export {
  addFault,
  type Cut,
  countHit,
  type Entered,
  type FaultState,
  faultsIn,
  firstStruck,
  isCallFault,
  isInForce,
  noFaults,
  removeFault,
  streamOf,
  strikes,
  struck,
} from './faults/book.ts';
export type * from './faults/kinds.ts';

/** Whether a packet sent in `from` can arrive in `to`, but for faults with a window or a probability. */
export function delivers(faults: FaultState, from: Place, to: Place): boolean {
  if (faults.dark[from] || faults.dark[to]) return false;
  if (from === to) return true;
  return !faults.cuts.some((cut) => (cut.from === from || cut.from === '*') && (cut.to === to || cut.to === '*'));
}

/** Cuts a region off from every other place, both ways; inside it everything goes on. */
export function cutOff(faults: FaultState, region: string): void {
  faults.cuts.push({ from: region, to: '*' }, { from: '*', to: region });
}

/** Mends every link to and from a region. */
export function rejoin(faults: FaultState, region: string): void {
  faults.cuts = faults.cuts.filter((cut) => cut.from !== region && cut.to !== region);
}
