/** Refuses records that cannot be meant as faults, naming the member. Started by `addFault`. */
import type { Fault, FaultKind } from './kinds.ts';
import { isBatch } from './partial.ts';
import { consistentAlways, isEventuallyConsistent } from './past.ts';
import { quotaError } from './refusals.ts';

/** A record that cannot be meant as a fault. */
export class InvalidFault extends Error {
  override readonly name = 'InvalidFault';
}

/** Members that a kind cannot do without, beside `kind`. */
const NEEDED: Readonly<Record<FaultKind, readonly string[]>> = {
  error: ['error'],
  throttle: [],
  quota: ['service'],
  latency: [],
  reorder: ['withinMs'],
  drop: [],
  'lose-answer': [],
  duplicate: [],
  partial: ['share'],
  'stale-read': ['service', 'staleMs'],
  kms: ['error'],
  endpoint: ['service', 'region'],
  'event-lost': [],
  'event-duplicate': [],
  'event-late': ['maxMs'],
  'function-crash': ['moment'],
  'function-throttle': [],
  'execution-abort': [],
  'at-state': ['events'],
  shortage: ['region'],
  'slow-boot': ['region', 'factor'],
  'sick-instance': ['region'],
  'slow-rules': ['region', 'addedMs'],
  'stuck-promotion': [],
  'replication-lag': ['globalClusterId', 'addedMs'],
  'replication-stop': ['globalClusterId'],
  'slow-database': ['region', 'addedMs'],
  'slow-pool': ['region', 'addedMs'],
  'clock-skew': ['region', 'byMs'],
  'slow-process': ['region', 'addedMs'],
  cut: ['sender', 'receiver'],
  'packet-loss': ['sender', 'receiver'],
  'slow-link': ['sender', 'receiver', 'addedMs'],
  'dns-hold': [],
  'dns-failure': ['answers'],
  'dns-negative': ['holdSeconds'],
  'sticky-users': ['share'],
  checkers: ['regions', 'see'],
};

/** Every kind of fault, in the order of kinds.ts. */
export const FAULT_KINDS = Object.keys(NEEDED) as FaultKind[];

/** Kinds that last as long as they are in force: nothing is drawn or counted off. */
const STANDING: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'replication-lag',
  'replication-stop',
  'clock-skew',
  'slow-process',
  'cut',
  'sticky-users',
  'checkers',
]);

const SHARES = ['probability', 'share'];
const COUNTS = ['times', 'nth'];
/** Durations; a skew alone may be negative. */
const DURATIONS = ['beforeMs', 'afterMs', 'withinMs', 'againMs', 'staleMs', 'minMs', 'maxMs', 'addedMs', 'holdSeconds'];

/** @throws InvalidFault that names the kind, the member and the value */
export function checkFault(fault: Fault): void {
  const given = fault as unknown as Readonly<Record<string, unknown>>;
  const needed: readonly string[] | undefined = NEEDED[fault.kind];
  if (!needed) throw new InvalidFault(`there is no kind of fault '${fault.kind}'; kinds: ${FAULT_KINDS.join(', ')}`);
  const wrong = (member: string, wanted: string): InvalidFault =>
    new InvalidFault(`fault '${fault.kind}': ${member} must be ${wanted}, got ${JSON.stringify(given[member])}`);
  for (const member of needed) if (given[member] === undefined) throw wrong(member, 'given');
  for (const [members, fits, wanted] of RULES) {
    for (const member of members) {
      if (given[member] !== undefined && !fits(given[member])) throw wrong(member, wanted);
    }
  }
  if (fault.from !== undefined && fault.until !== undefined && fault.until < fault.from) {
    throw wrong('until', `at or after from (${fault.from})`);
  }
  for (const member of STANDING.has(fault.kind) ? ['probability', 'times', 'nth'] : []) {
    if (given[member] !== undefined) throw wrong(member, 'left out, as the fault lasts as long as it is in force');
  }
  checkReach(fault, wrong);
}

const RULES: readonly [readonly string[], (value: unknown) => boolean, string][] = [
  [SHARES, (value) => typeof value === 'number' && value >= 0 && value <= 1, 'a number from 0 to 1'],
  [COUNTS, (value) => Number.isInteger(value) && (value as number) >= 1, 'a whole number from 1'],
  [DURATIONS, (value) => typeof value === 'number' && value >= 0, 'a number from 0'],
  [['factor'], (value) => typeof value === 'number' && value >= 1, 'a number from 1'],
  [['from', 'until', 'byMs'], (value) => typeof value === 'number' && !Number.isNaN(value), 'a number'],
];

/** A fault that by its kind can hit nothing would be found out only after the run. */
function checkReach(fault: Fault, wrong: (member: string, wanted: string) => InvalidFault): void {
  const { service, operation } = fault as { service?: string; operation?: string };
  if (fault.kind === 'quota' && quotaError(service ?? '', operation ?? '') === undefined) {
    throw wrong('service', 'one with an error for used-up quotas');
  }
  if (fault.kind === 'partial' && operation !== undefined && !isBatch(service, operation)) {
    throw wrong('operation', 'a batch operation that reports entries one by one');
  }
  if (fault.kind !== 'stale-read') return;
  if (consistentAlways(service ?? '')) throw wrong('service', 'one with eventually consistent reads');
  if (operation !== undefined && !isEventuallyConsistent(service ?? '', operation, {})) {
    throw wrong('operation', 'an eventually consistent read');
  }
}
