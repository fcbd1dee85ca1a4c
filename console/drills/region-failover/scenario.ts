/** What a scenario of region failover is made of. The scenarios themselves are in scenarios.ts and crash-scenarios.ts. */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { TimedEvent, WorldEvent } from '../../../simulator/world/events.ts';
import type * as wants from '../../drill/wants.ts';
import type { Monitor } from './monitor.ts';

export const OUTCOMES = [
  /** Promoted, verified and serving in the other region. */
  'failed-over',
  /** Mainstay did nothing to the world and told nobody. */
  'undisturbed',
  /** Nothing changed, and a person was told why. */
  'held',
  /** Nothing changed, and a person was asked. */
  'asked',
  /** Claimed, and then put back exactly as it was. */
  'restored',
  /** Past the one-way step but not verified: a person was paged. */
  'incomplete',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Want = wants.Want<'target' | 'old' | 'witness' | 'either'>;

/** Something a driver does at a moment, beyond world events. */
export type Act =
  /** A person asks to move to the target, or to where the writes are already, through an event on that region's bus. */
  | { readonly act: 'request'; readonly where: 'target' | 'old'; readonly reason: string; readonly id: string }
  /** A person answers the open question. */
  | { readonly act: 'answer'; readonly decision: 'approve' | 'decline' }
  | { readonly act: 'automation'; readonly value: 'on' | 'off' }
  /** A client writes to a region under that region's own name, as one that kept an old address would. */
  | { readonly act: 'order'; readonly where: 'target' | 'old' }
  /** The colour that serves gets another number of machines, as a scaling policy would give it. */
  | { readonly act: 'size'; readonly where: 'target' | 'old'; readonly machines: number }
  /** As soon as an execution enters this state, before the state does anything: what happens to the world, then acts. */
  | {
      readonly act: 'eventsAt';
      readonly state: string;
      readonly where: 'target' | 'old';
      readonly events: (places: Places) => readonly WorldEvent[];
      readonly acts?: readonly Act[];
    }
  /** Stops the first execution that enters this state, before the state does anything. */
  | { readonly act: 'abortAt'; readonly state: string }
  /** Until it works: whoever does it may not be heard at first. */
  | { readonly act: 'try'; readonly of: Exclude<Act, { act: 'eventsAt' | 'abortAt' | 'dieAfter' | 'try' }> }
  /** The function's process dies right after this call ('rds:FailoverGlobalCluster') was carried out for it. */
  | { readonly act: 'dieAfter'; readonly function: string; readonly call: string };

export interface Places {
  /** The region that holds the writes when the fault begins, the one to move to, and the witness. */
  readonly old: string;
  readonly target: string;
  readonly witness: string;
  readonly names: Names;
  readonly configuration: Configuration;
}

export interface Scenario {
  readonly title: string;
  /** Null where nothing but the invariants can be stated beforehand. */
  readonly expected: Outcome | null;
  /** Where the writes are at the beginning. @default first */
  readonly startsIn?: 'first' | 'second';
  readonly events: (places: Places) => readonly TimedEvent[];
  readonly acts?: readonly (Act & { readonly afterSeconds: number })[];
  /** How long the world is watched after the fault, unless it is over sooner. */
  readonly seconds: number;
  /** Watched to the end even when a move is over sooner: something is still to happen. */
  readonly toTheEnd?: boolean;
  /** For how long random faults come beside the scenario; left out when none do. */
  readonly disturbedSeconds?: number;
  /** Watched on, after `seconds`, until nothing is unsettled any more. */
  readonly settles?: {
    readonly withinSeconds: number;
    /** Why it has not settled yet; null when it has. */
    readonly unsettled: (cloud: Cloud, monitor: Monitor, places: Places) => string | null;
  };
  /** Every effect that is wanted. Any other is wrong. */
  readonly wants: readonly Want[];
}
