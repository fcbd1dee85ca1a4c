/**
 * The router's store in one process: everything in memory, and every change in the file before its promise resolves. Writes
 * that come while others wait go to the disk together (group commit): that is what makes durability cheap.
 */
import { Heap } from 'heap-js';
import type { Alert } from '../../functions/alert-routing/alert.ts';
import { StoreConflict } from '../../functions/alert-routing/errors.ts';
import { emptyGroup, type Group, type GroupSnapshot, type Intent } from '../../functions/alert-routing/incident.ts';
import type { AlertChange, AlertStore, Batch, Bucket, Commit, Stored } from '../../functions/alert-routing/ports.ts';
import type { Silence } from '../../functions/alert-routing/silence.ts';
import type { Database, TableName, Write } from './database.ts';
import { OutboxRows } from './outbox-rows.ts';

interface GroupRow {
  readonly group: Group;
  readonly wakeAt: number | null;
}

/** Where a test may end the process. */
export type Point = 'before-write' | 'after-write' | 'before-send' | 'after-send';

export interface StoreOptions {
  /** Called when something is to be done no later than then. */
  readonly onWake?: (at: number) => void;
  /** The disk does not take it: memory is ahead of it, so the process has to end. */
  readonly onBroken?: (error: unknown) => void;
  readonly onPoint?: (point: Point) => void;
}

/** The longest that a commit waits for others to join it, by what a commit costs. */
const LINGER_MS = { full: 4, normal: 1 } as const;

export class SqliteStore implements AlertStore {
  readonly #database: Database;
  readonly #options: StoreOptions;
  readonly #alerts = new Map<string, Stored<Alert>>();
  readonly #members = new Map<string, Set<string>>();
  readonly #groups = new Map<string, GroupRow & { version: number }>();
  readonly #wakes = new Heap<readonly [at: number, group: string]>((a, b) => a[0] - b[0]);
  readonly #outbox = new OutboxRows();
  readonly #silences = new Map<string, Silence>();
  readonly #inhibitors = new Set<string>();
  readonly #buckets = new Map<string, Stored<Bucket>>();
  #dirty: Record<TableName, Set<string>> = clean();
  #flush: Promise<void> | null = null;
  #flushSoon: (() => void) | null = null;
  #waiting = 0;
  /** How many waited for one commit lately. */
  #together = 1;

  constructor(database: Database, options: StoreOptions = {}) {
    this.#database = database;
    this.#options = options;
    for (const [, data] of database.rows('alerts')) this.#remember(data as Alert);
    for (const [key, data] of database.rows('groups')) this.#setGroup(key, data as GroupRow);
    for (const [, data] of database.rows('outbox')) {
      const { intent, attempts } = data as { intent: Intent; attempts: number };
      // Whoever delivered it is gone with its process.
      this.#outbox.put({ intent, attempts, freeAt: 0 });
    }
    for (const [key, data] of database.rows('silences')) this.#silences.set(key, data as Silence);
  }

  async alerts(keys: readonly string[]) {
    return keys.map((key) => this.#alerts.get(key) ?? null);
  }

  async keep(changes: readonly AlertChange[]) {
    for (const { alert, version } of changes) {
      if ((this.#alerts.get(alert.key)?.version ?? null) !== version) throw new StoreConflict(`alert ${alert.key}`);
    }
    let soonest = Number.POSITIVE_INFINITY;
    for (const { alert, wakes } of changes) {
      this.#remember(alert);
      this.#dirty.alerts.add(alert.key);
      for (const { group, at } of wakes) {
        this.#wake(group, at);
        soonest = Math.min(soonest, at);
      }
    }
    await this.#written();
    this.#options.onWake?.(soonest);
  }

  async group(key: string): Promise<GroupSnapshot> {
    const { group, version } = this.#groups.get(key) ?? { group: emptyGroup(key), version: 0 };
    const alerts = [...(this.#members.get(key) ?? [])].map((member) => this.#alerts.get(member)?.value as Alert);
    return { group, version, alerts };
  }

  async commit({ group, version, wakeAt, intents, done }: Commit) {
    const row = this.#groups.get(group.key);
    if ((row?.version ?? 0) !== version) throw new StoreConflict(`group ${group.key}`);
    if (row || group.key !== '') this.#setGroup(group.key, { group, wakeAt });
    this.#dirty.groups.add(group.key);
    for (const intent of intents) {
      if (this.#outbox.has(intent.key)) continue;
      this.#outbox.put({ intent, attempts: 0, freeAt: 0 });
      this.#dirty.outbox.add(intent.key);
    }
    for (const key of done) {
      this.#outbox.remove(key);
      this.#dirty.outbox.add(key);
    }
    await this.#written();
    if (intents.length > 0) this.#options.onWake?.(0);
    else if (wakeAt !== null) this.#options.onWake?.(wakeAt);
  }

  async due(now: number, limit: number) {
    const due: string[] = [];
    for (let top = this.#wakes.peek(); top && due.length < limit && top[0] <= now; top = this.#wakes.peek()) {
      this.#wakes.pop();
      // Only the entry that is still the group's own counts.
      if (this.#groups.get(top[1])?.wakeAt === top[0] && !due.includes(top[1])) due.push(top[1]);
    }
    return due;
  }

  async claim(now: number, limit: number, leaseMs: number): Promise<Batch[]> {
    const batches = this.#outbox.claim(now, limit, now + leaseMs);
    for (const { items } of batches) for (const { intent } of items) this.#dirty.outbox.add(intent.key);
    if (batches.length > 0) await this.#written();
    return batches;
  }

  async postpone(keys: readonly string[], at: number, begun: boolean) {
    this.#outbox.postpone(keys, at, begun);
    for (const key of keys) this.#dirty.outbox.add(key);
    await this.#written();
    this.#options.onWake?.(at);
  }

  async fold(digest: Intent, keys: readonly string[]) {
    for (const key of keys) {
      this.#outbox.remove(key);
      this.#dirty.outbox.add(key);
    }
    this.#outbox.put({ intent: digest, attempts: 0, freeAt: 0 });
    this.#dirty.outbox.add(digest.key);
    await this.#written();
    this.#options.onWake?.(0);
  }

  /** Not kept over a restart: a channel may then get a burst more. */
  async bucket(channel: string) {
    return this.#buckets.get(channel) ?? null;
  }

  async putBucket(channel: string, value: Bucket, version: number | null) {
    if ((this.#buckets.get(channel)?.version ?? null) !== version) throw new StoreConflict(`bucket ${channel}`);
    this.#buckets.set(channel, { value, version: (version ?? 0) + 1 });
  }

  async silences(now: number) {
    return [...this.#silences.values()].filter(({ endsAt }) => endsAt > now);
  }

  async putSilence(silence: Silence) {
    const known = this.#silences.get(silence.id);
    if (known && known.at >= silence.at) return;
    this.#silences.set(silence.id, silence);
    this.#dirty.silences.add(silence.id);
    await this.#written();
  }

  async inhibitors() {
    return [...this.#inhibitors].map((key) => this.#alerts.get(key)?.value as Alert);
  }

  /** For lists; in no order. */
  everything(): { alerts: Iterable<Stored<Alert>>; groups: Iterable<GroupRow>; waiting: number } {
    return { alerts: this.#alerts.values(), groups: this.#groups.values(), waiting: this.#outbox.size };
  }

  /** A group that was due and could not be settled. */
  retry(key: string, at: number): void {
    const row = this.#groups.get(key);
    if (row) this.#setGroup(key, { group: row.group, wakeAt: at });
  }

  /** When something is to be done next; null when nothing is. */
  nextAt(): number | null {
    const wake = this.#wakes.peek()?.[0] ?? Number.POSITIVE_INFINITY;
    const next = Math.min(wake, this.#outbox.nextAt());
    return Number.isFinite(next) ? next : null;
  }

  /** Drops alerts that have been over for so long that no late signal is to be expected. */
  async forget(before: number): Promise<number> {
    let dropped = 0;
    for (const [key, { value }] of this.#alerts) {
      const newest = Math.max(value.fired[0] ?? 0, value.cleared[0] ?? 0, value.signal.until ?? 0, value.seenAt);
      const isOver = (value.cleared[0] ?? value.signal.until ?? Number.POSITIVE_INFINITY) < before;
      const isOpen = value.group !== null && this.#groups.get(value.group)?.group.incident;
      if (!isOver || isOpen || newest >= before) continue;
      this.#alerts.delete(key);
      this.#inhibitors.delete(key);
      this.#leave(value.group, key);
      this.#dirty.alerts.add(key);
      dropped += 1;
    }
    if (dropped > 0) await this.#written();
    return dropped;
  }

  close(): void {
    this.#write();
    this.#database.close();
  }

  #remember(alert: Alert): void {
    const before = this.#alerts.get(alert.key);
    this.#alerts.set(alert.key, { value: alert, version: (before?.version ?? 0) + 1 });
    if (alert.inhibits) this.#inhibitors.add(alert.key);
    else if (before?.value.inhibits) this.#inhibitors.delete(alert.key);
    if (before && before.value.group === alert.group) return;
    this.#leave(before?.value.group ?? null, alert.key);
    if (alert.group === null) return;
    const members = this.#members.get(alert.group) ?? new Set();
    this.#members.set(alert.group, members.add(alert.key));
  }

  #leave(group: string | null, key: string): void {
    const members = group === null ? undefined : this.#members.get(group);
    members?.delete(key);
    if (members?.size === 0) this.#members.delete(group as string);
  }

  #wake(key: string, at: number): void {
    const { group, wakeAt, version } = this.#groups.get(key) ?? { group: emptyGroup(key), wakeAt: null, version: 0 };
    const next = Math.min(wakeAt ?? at, at);
    this.#groups.set(key, { group, wakeAt: next, version: version + 1 });
    if (next !== wakeAt) {
      this.#wakes.push([next, key]);
      this.#dirty.groups.add(key);
    }
  }

  #setGroup(key: string, { group, wakeAt }: GroupRow): void {
    const before = this.#groups.get(key);
    this.#groups.set(key, { group, wakeAt, version: (before?.version ?? 0) + 1 });
    if (wakeAt !== null) this.#wakes.push([wakeAt, key]);
  }

  /** Resolves when everything changed so far is in the file. */
  #written(): Promise<void> {
    this.#flush ??= this.#nextFlush();
    this.#waiting += 1;
    // As many as came together lately are here: nobody else is to be waited for.
    if (this.#waiting >= this.#together) this.#flushSoon?.();
    return this.#flush;
  }

  /** Waits a moment for others where there were others lately: one commit for eight costs little more than for one. */
  #nextFlush(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let isBegun = false;
      const begin = () => {
        if (isBegun) return;
        isBegun = true;
        clearTimeout(timer);
        // After all that has come in by now.
        setImmediate(() => this.#flushNow(resolve, reject));
      };
      const timer = setTimeout(begin, LINGER_MS[this.#database.durability]);
      this.#flushSoon = begin;
    });
  }

  #flushNow(resolve: () => void, reject: (error: unknown) => void): void {
    this.#together = Math.max(this.#waiting, this.#together - 1);
    this.#waiting = 0;
    this.#flush = null;
    this.#flushSoon = null;
    try {
      this.#options.onPoint?.('before-write');
      this.#write();
      this.#options.onPoint?.('after-write');
      resolve();
    } catch (error) {
      this.#options.onBroken?.(error);
      reject(error);
    }
  }

  #write(): void {
    const dirty = this.#dirty;
    this.#dirty = clean();
    const writes = this.#writesOf(dirty);
    if (writes.length > 0) this.#database.write(writes);
  }

  #writesOf(dirty: Record<TableName, Set<string>>): Write[] {
    const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
    const writes: Write[] = [];
    for (const key of dirty.alerts) writes.push({ table: 'alerts', key, data: json(this.#alerts.get(key)?.value) });
    for (const key of dirty.groups) {
      const row = this.#groups.get(key);
      writes.push({ table: 'groups', key, data: json(row && { group: row.group, wakeAt: row.wakeAt }) });
    }
    for (const key of dirty.outbox) writes.push({ table: 'outbox', key, data: json(this.#outbox.get(key)) });
    for (const key of dirty.silences) writes.push({ table: 'silences', key, data: json(this.#silences.get(key)) });
    return writes;
  }
}

const clean = (): Record<TableName, Set<string>> => ({
  alerts: new Set(),
  groups: new Set(),
  outbox: new Set(),
  silences: new Set(),
});
