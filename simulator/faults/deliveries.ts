/** Events lost, doubled and late on their way to a target. Asked by buses, schedules, alarms, topics and queues. */
import type { Cloud } from '../cloud.ts';
import { firstStruck, streamOf, struck } from './book.ts';
import type { Deliveries } from './kinds.ts';

/** One delivery to one target. */
export interface Delivered {
  readonly channel: 'rule' | 'schedule' | 'alarm' | 'topic' | 'queue';
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  /** Of the rule, schedule, alarm, topic or queue. */
  readonly name: string;
  readonly target: string;
}

/** How much later than usual it is made, in milliseconds, once for each time that it is made: once and at once, mostly. */
export function deliveriesOf(cloud: Cloud, delivery: Delivered): readonly number[] {
  const { others } = cloud.state.faults;
  if (!others['event-lost'] && !others['event-duplicate'] && !others['event-late']) return ONCE;
  const isIt = (fault: Deliveries): boolean => matches(fault, delivery);
  if (firstStruck(cloud, 'event-lost', isIt)) return [];
  const again = struck(cloud, 'event-duplicate', isIt).map(({ againMs = AGAIN_MS }) => againMs);
  const late = struck(cloud, 'event-late', isIt);
  // Each of the copies has its own way.
  return [0, ...again].map((afterMs) =>
    late.reduce(
      (sum, fault) => sum + Math.round(streamOf(cloud, fault).uniform(fault.minMs ?? 0, fault.maxMs)),
      afterMs,
    ),
  );
}

const ONCE: readonly number[] = [0];

/** Guess: EventBridge delivers at least once and says nothing of the time between two copies. */
const AGAIN_MS = 1_000;

const MEMBERS = ['channel', 'region', 'source', 'detailType', 'name'] as const;

const matches = (fault: Deliveries, delivery: Delivered): boolean =>
  MEMBERS.every((member) => fault[member] === undefined || fault[member] === delivery[member]) &&
  (fault.target === undefined || delivery.target.endsWith(fault.target));
