/** The router's store in memory, whose every await may be the last one of its process; and providers that remember. */
import type { Alert } from '../../functions/alert-routing/alert.ts';
import { StoreConflict } from '../../functions/alert-routing/errors.ts';
import { emptyGroup, type Group, type Intent } from '../../functions/alert-routing/incident.ts';
import type {
  AlertChange,
  AlertStore,
  Batch,
  Bucket,
  Channel,
  Commit,
  Delivery,
  Stored,
} from '../../functions/alert-routing/ports.ts';
import type { Silence } from '../../functions/alert-routing/silence.ts';

interface Row {
  readonly intent: Intent;
  attempts: number;
  freeAt: number;
}

export class MemoryStore implements AlertStore {
  readonly alertRows = new Map<string, Stored<Alert>>();
  readonly groupRows = new Map<string, { group: Group; version: number; wakeAt: number | null }>();
  readonly outbox = new Map<string, Row>();
  readonly silenceRows = new Map<string, Silence>();
  readonly buckets = new Map<string, Stored<Bucket>>();

  async alerts(keys: readonly string[]) {
    return keys.map((key) => this.alertRows.get(key) ?? null);
  }

  async keep(changes: readonly AlertChange[]) {
    for (const { alert, version } of changes) {
      if ((this.alertRows.get(alert.key)?.version ?? null) !== version) throw new StoreConflict(alert.key);
    }
    for (const { alert, version, wakes } of changes) {
      this.alertRows.set(alert.key, { value: alert, version: (version ?? 0) + 1 });
      for (const { group, at } of wakes) {
        const row = this.#row(group);
        this.groupRows.set(group, { ...row, version: row.version + 1, wakeAt: Math.min(row.wakeAt ?? at, at) });
      }
    }
  }

  async group(key: string) {
    const { group, version } = this.#row(key);
    const alerts = [...this.alertRows.values()].map(({ value }) => value).filter((alert) => alert.group === key);
    return { group, version, alerts };
  }

  async commit({ group, version, wakeAt, intents, done }: Commit) {
    if (this.#row(group.key).version !== version) throw new StoreConflict(group.key);
    this.groupRows.set(group.key, { group, version: version + 1, wakeAt });
    for (const intent of intents) {
      if (!this.outbox.has(intent.key)) this.outbox.set(intent.key, { intent, attempts: 0, freeAt: 0 });
    }
    for (const key of done) this.outbox.delete(key);
  }

  async due(now: number, limit: number) {
    return [...this.groupRows]
      .filter(([, { wakeAt }]) => wakeAt !== null && wakeAt <= now)
      .sort(([, a], [, b]) => (a.wakeAt as number) - (b.wakeAt as number))
      .slice(0, limit)
      .map(([key]) => key);
  }

  async claim(now: number, limit: number, leaseMs: number) {
    const pairs = Map.groupBy(this.outbox.values(), ({ intent }) => `${intent.incident}/${intent.channel}`);
    const free = [...pairs.values()]
      .filter((rows) => rows.every(({ freeAt }) => freeAt <= now))
      .sort(([a], [b]) => Number(b?.intent.severity === 'P0') - Number(a?.intent.severity === 'P0'))
      .slice(0, limit);
    return free.map((rows): Batch => {
      for (const row of rows) {
        row.attempts += 1;
        row.freeAt = now + leaseMs;
      }
      const { incident, channel } = (rows[0] as Row).intent;
      return { incident, channel, items: rows.map(({ intent, attempts }) => ({ intent, attempts })) };
    });
  }

  async postpone(keys: readonly string[], at: number, begun: boolean) {
    for (const key of keys) {
      const row = this.outbox.get(key);
      if (!row) continue;
      row.freeAt = at;
      if (!begun) row.attempts -= 1;
    }
  }

  async fold(digest: Intent, keys: readonly string[]) {
    for (const key of keys) this.outbox.delete(key);
    this.outbox.set(digest.key, { intent: digest, attempts: 0, freeAt: 0 });
  }

  async bucket(channel: string) {
    return this.buckets.get(channel) ?? null;
  }

  async putBucket(channel: string, value: Bucket, version: number | null) {
    if ((this.buckets.get(channel)?.version ?? null) !== version) throw new StoreConflict(channel);
    this.buckets.set(channel, { value, version: (version ?? 0) + 1 });
  }

  async silences(now: number) {
    return [...this.silenceRows.values()].filter(({ endsAt }) => endsAt > now);
  }

  async putSilence(silence: Silence) {
    const known = this.silenceRows.get(silence.id);
    if (!known || known.at < silence.at) this.silenceRows.set(silence.id, silence);
  }

  async inhibitors() {
    return [...this.alertRows.values()].map(({ value }) => value).filter(({ inhibits }) => inhibits);
  }

  nextWake(): number | null {
    const wakes = [...this.groupRows.values()].flatMap(({ wakeAt }) => (wakeAt === null ? [] : [wakeAt]));
    const pairs = Map.groupBy(this.outbox.values(), ({ intent }) => `${intent.incident}/${intent.channel}`);
    const free = [...pairs.values()].map((rows) => Math.max(...rows.map(({ freeAt }) => freeAt)));
    return wakes.length + free.length > 0 ? Math.min(...wakes, ...free) : null;
  }

  #row(key: string) {
    return this.groupRows.get(key) ?? { group: emptyGroup(key), version: 0, wakeAt: null };
  }
}

/** One that takes what its `answer` says, and remembers what it was sent and when. */
export class Provider implements Channel {
  readonly name: string;
  readonly got: { readonly at: number; readonly intent: Intent }[] = [];
  readonly #now: () => number;
  answer: (intent: Intent) => Delivery = () => ({ outcome: 'confirmed', detail: '' });

  constructor(name: string, now: () => number) {
    this.name = name;
    this.#now = now;
  }

  async send(intent: Intent): Promise<Delivery> {
    this.got.push({ at: this.#now(), intent });
    return this.answer(intent);
  }
}
