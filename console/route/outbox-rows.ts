/** The messages of a store that are not delivered yet, in memory: found by key, and by incident and channel. */
import type { Intent } from '../../functions/alert-routing/incident.ts';
import type { Batch } from '../../functions/alert-routing/ports.ts';

export interface OutboxRow {
  readonly intent: Intent;
  attempts: number;
  /** Nobody takes it before. */
  freeAt: number;
}

const pairOf = ({ incident, channel }: Intent): string => `${incident}/${channel}`;

export class OutboxRows {
  readonly #rows = new Map<string, OutboxRow>();
  /** By incident and channel, in the order they were decided. */
  readonly #pairs = new Map<string, OutboxRow[]>();

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  get(key: string): OutboxRow | undefined {
    return this.#rows.get(key);
  }

  put(row: OutboxRow): void {
    this.remove(row.intent.key);
    this.#rows.set(row.intent.key, row);
    const pair = pairOf(row.intent);
    const rows = [...(this.#pairs.get(pair) ?? []), row];
    this.#pairs.set(
      pair,
      rows.sort((a, b) => a.intent.at - b.intent.at || numberOf(a) - numberOf(b)),
    );
  }

  remove(key: string): void {
    const row = this.#rows.get(key);
    if (!row) return;
    this.#rows.delete(key);
    const pair = pairOf(row.intent);
    const rest = (this.#pairs.get(pair) ?? []).filter((other) => other !== row);
    if (rest.length > 0) this.#pairs.set(pair, rest);
    else this.#pairs.delete(pair);
  }

  claim(now: number, limit: number, leasedUntil: number): Batch[] {
    const free = [...this.#pairs.values()].filter((rows) => rows.every(({ freeAt }) => freeAt <= now));
    free.sort((a, b) => urgency(a) - urgency(b) || (a[0]?.intent.at ?? 0) - (b[0]?.intent.at ?? 0));
    return free.slice(0, limit).map((rows) => {
      for (const row of rows) {
        row.attempts += 1;
        row.freeAt = leasedUntil;
      }
      const { incident, channel } = (rows[0] as OutboxRow).intent;
      return { incident, channel, items: rows.map(({ intent, attempts }) => ({ intent, attempts })) };
    });
  }

  postpone(keys: readonly string[], at: number, begun: boolean): void {
    for (const key of keys) {
      const row = this.#rows.get(key);
      if (!row) continue;
      row.freeAt = at;
      if (!begun) row.attempts -= 1;
    }
  }

  /** Infinity when there is nothing. */
  nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const rows of this.#pairs.values()) next = Math.min(next, Math.max(...rows.map(({ freeAt }) => freeAt)));
    return next;
  }
}

const urgency = (rows: readonly OutboxRow[]): number => (rows.some(({ intent }) => intent.severity === 'P0') ? 0 : 1);

const numberOf = ({ intent: { key } }: OutboxRow): number => Number(key.slice(key.lastIndexOf('/') + 1)) || 0;
