/**
 * What really happened, seen by nobody inside: writes that databases took, requests that users made, answers that
 * resolvers gave. Invariants are checked against this and never against Mainstay's own records.
 */
import type { Cloud } from '../cloud.ts';
import { defineService } from '../service.ts';
import { elapsed, INTERNET } from './place.ts';

export type WriteKind = 'user' | 'heartbeat' | 'probe' | 'job';

/** A write that a cluster took. All times are milliseconds since the run began. */
export interface LedgerWrite {
  readonly t: number;
  /** Of the cluster. */
  readonly region: string;
  readonly clusterArn: string;
  readonly epoch: number;
  readonly id: string;
  readonly kind: WriteKind;
  readonly instance: string;
  readonly colour: string;
  /** When the instance learned of it; null when the answer never came. */
  ackedAt: number | null;
}

/** A request for an order, by a user or by running code that probes. */
export interface LedgerRequest {
  readonly t: number;
  readonly kind: 'read' | 'write' | 'delete';
  readonly who: 'user' | 'probe';
  /** 'internet' or a region. */
  readonly from: string;
  readonly host: string;
  /** Region that the resolver's answer led to. */
  readonly resolvedRegion: string | null;
  readonly ok: boolean;
  /** null when no answer came. */
  readonly status: number | null;
  readonly ms: number;
  /** Region, epoch and release that the answer names. */
  readonly region: string | null;
  readonly epoch: number | null;
  readonly digest: string | null;
  /** Who answered behind the load balancer, as the world knows it; null when the load balancer did, or nobody. */
  readonly target: LedgerTarget | null;
  /** Of the load balancer's stickiness: what the user sent; null without one. */
  readonly cookie: string | null;
}

export interface LedgerTarget {
  readonly id: string;
  readonly targetGroupArn: string;
  readonly colour: string | null;
  /** The digest that really runs there, whatever the answer says. */
  readonly release: string | null;
}

export interface LedgerJob {
  readonly t: number;
  readonly region: string;
  readonly instance: string;
  readonly epoch: number;
}

export interface LedgerAnswer {
  readonly t: number;
  readonly resolver: string;
  readonly name: string;
  readonly region: string | null;
}

/** From the writes alone: an instance counts as admitted from its first write of an epoch until it falls silent. */
export interface LedgerLease {
  readonly t: number;
  readonly region: string;
  readonly instance: string;
  readonly epoch: number;
  readonly admitted: boolean;
}

/** A promotion as the storage saw it. */
export interface LedgerPromotion {
  readonly t: number;
  readonly region: string;
  readonly clusterId: string;
  readonly globalClusterId: string;
  /** When the last write that the new writer has was taken by the old one; null when it had none. */
  readonly newestAppliedAt: number | null;
  /** Ids of writes that only the old writer had. */
  readonly lost: readonly string[];
}

/** A notification as its provider received it. */
export interface LedgerMessage {
  readonly t: number;
  readonly provider: 'pagerduty' | 'slack' | 'webhook' | 'heartbeat';
  /** PagerDuty's service, Slack's channel, a host, a check. */
  readonly to: string;
  /** 'trigger', 'acknowledge' and 'resolve'; 'post' and 'update'; a path; 'ping'. */
  readonly what: string;
  /** By which the provider tells it from others: PagerDuty's deduplication key. */
  readonly key: string;
  readonly summary: string;
  /** Everything else that it shows, as text; empty where the summary is all. */
  readonly details: string;
  /** Addresses that the message lets people open. */
  readonly links: readonly string[];
  /** Region that sent it. */
  readonly from: string;
  /** Accepted, and nothing came of it. */
  readonly lost: boolean;
}

/** What a person heard or did. */
export interface LedgerPerson {
  readonly t: number;
  readonly who: string;
  readonly what: 'paged' | 'acknowledged';
  readonly by: 'pagerduty' | 'heartbeat';
  readonly key: string;
}

export interface Ledger {
  readonly writes: LedgerWrite[];
  readonly requests: LedgerRequest[];
  readonly jobs: LedgerJob[];
  readonly dns: LedgerAnswer[];
  readonly lease: LedgerLease[];
  readonly promotions: LedgerPromotion[];
  readonly messages: LedgerMessage[];
  readonly people: LedgerPerson[];
  /** Per instance, its newest write; what `lease` is derived from. */
  readonly newestWrite: Record<string, { t: number; epoch: number }>;
}

export const ledger = defineService<object, Ledger>({
  name: 'world.ledger',
  homeRegion: INTERNET,
  initialState: () => ({
    writes: [],
    requests: [],
    jobs: [],
    dns: [],
    lease: [],
    promotions: [],
    messages: [],
    people: [],
    newestWrite: {},
  }),
  operations: {},
  access: {},
});

/** Heartbeats come every 2 s; an instance without any write for three of them no longer writes. */
const SILENCE_MS = 6_000;

export const ledgerOf = (cloud: Cloud): Ledger => cloud.stateOf<Ledger>(ledger, INTERNET);

export function recordMessage(
  cloud: Cloud,
  message: Omit<LedgerMessage, 't' | 'links' | 'details'> & Partial<Pick<LedgerMessage, 'links' | 'details'>>,
): void {
  ledgerOf(cloud).messages.push({ t: elapsed(cloud), links: [], details: '', ...message });
  const { provider, to, what, key, lost } = message;
  cloud.note(INTERNET, provider, 'received', { to, what, key, ...(lost && { lost }) });
}

export function recordPerson(cloud: Cloud, event: Omit<LedgerPerson, 't'>): void {
  ledgerOf(cloud).people.push({ t: elapsed(cloud), ...event });
  cloud.note(INTERNET, event.by, event.what, { who: event.who, key: event.key });
}

/** Notes a write that a cluster has just taken; the entry is returned so that its acknowledgement can be noted. */
export function recordWrite(cloud: Cloud, write: Omit<LedgerWrite, 't' | 'ackedAt'>): LedgerWrite {
  const book = ledgerOf(cloud);
  const entry: LedgerWrite = { t: elapsed(cloud), ...write, ackedAt: null };
  book.writes.push(entry);
  if (write.kind === 'job') {
    book.jobs.push({ t: entry.t, region: write.region, instance: write.instance, epoch: write.epoch });
  }
  deriveLease(book, entry);
  return entry;
}

function deriveLease(book: Ledger, { t, region, instance, epoch }: LedgerWrite): void {
  const before = book.newestWrite[instance];
  book.newestWrite[instance] = { t, epoch };
  const goesOn = before !== undefined && before.epoch === epoch && t - before.t <= SILENCE_MS;
  if (goesOn) return;
  if (before) book.lease.push({ t: before.t, region, instance, epoch: before.epoch, admitted: false });
  book.lease.push({ t, region, instance, epoch, admitted: true });
}
