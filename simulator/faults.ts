/**
 * What is broken, as data. Two kinds: the network between places (a dark region, a cut link) and service calls that
 * fail, slow down or lose their answer. Nothing here decides *when*; scenarios and the soak schedule changes.
 */

/** A region name, or 'internet' for users and other outsiders. */
export type Place = string;

/** A broken link, one direction. '*' stands for every other place. */
export interface Cut {
  readonly from: Place;
  readonly to: Place;
}

/** A service call that goes wrong. Left-out members match everything. */
export interface CallFault {
  readonly service?: string;
  readonly operation?: string;
  /** The region whose endpoint is called. */
  readonly region?: string;
  /** The error's AWS name, thrown before the call does anything. */
  readonly error?: string;
  /** The call is carried out and its answer lost. */
  readonly loseAnswer?: boolean;
  /** Added to the call's own latency. */
  readonly latencyMs?: number;
  readonly probability?: number;
  /** Milliseconds since the epoch, virtual. */
  readonly from?: number;
  readonly until?: number;
}

export interface FaultState {
  /** Nothing runs in a dark region and nothing crosses its border. */
  dark: Record<string, true>;
  cuts: Cut[];
  calls: CallFault[];
  /** Probability that an event bus delivers an event twice. */
  duplicateEventProbability: number;
  /** How far each region's wall clock is off, in milliseconds. */
  clockSkewMs: Record<string, number>;
}

export const noFaults = (): FaultState => ({
  dark: {},
  cuts: [],
  calls: [],
  duplicateEventProbability: 0,
  clockSkewMs: {},
});

/** Whether a packet sent in `from` arrives in `to`. */
export function delivers(faults: FaultState, from: Place, to: Place): boolean {
  if (faults.dark[from] || faults.dark[to]) return false;
  if (from === to) return true;
  return !faults.cuts.some((cut) => (cut.from === from || cut.from === '*') && (cut.to === to || cut.to === '*'));
}

/** Whether a request and its answer get through. */
export function reaches(faults: FaultState, from: Place, to: Place): boolean {
  return delivers(faults, from, to) && delivers(faults, to, from);
}

/** Cuts a region off from every other place, both ways; inside it everything goes on. */
export function cutOff(faults: FaultState, region: string): void {
  faults.cuts.push({ from: region, to: '*' }, { from: '*', to: region });
}

/** Mends every link to and from a region. */
export function rejoin(faults: FaultState, region: string): void {
  faults.cuts = faults.cuts.filter((cut) => cut.from !== region && cut.to !== region);
}

/** The faults in force for one call. */
export function matchingFaults(
  faults: FaultState,
  call: { service: string; operation: string; region: string; now: number },
): CallFault[] {
  return faults.calls.filter(
    (fault) =>
      (fault.service === undefined || fault.service === call.service) &&
      (fault.operation === undefined || fault.operation === call.operation) &&
      (fault.region === undefined || fault.region === call.region) &&
      (fault.from === undefined || fault.from <= call.now) &&
      (fault.until === undefined || call.now < fault.until),
  );
}
