/** Time to live: items are deleted some time after the moment that their TTL attribute names, never before. */
import { replicateChange } from './replication.ts';
import type { DynamoDbContext, Table } from './state.ts';
import type { Item } from './values.ts';

/**
 * Guess (0–48 h, uniform): how late an expired item is deleted. The developer guide promised 48 hours at first and now
 * says "within a few days".
 */
const LATE_MS_MAX = 48 * 3_600_000;
/** Developer guide, TTL: times more than five years ago are ignored. */
const AGE_MS_MAX = 5 * 365 * 24 * 3_600_000;

export interface ExpireTimer {
  readonly table: string;
  readonly key: string;
}

/** Plans the deletion of an item that was just written. */
export function planExpiry(context: DynamoDbContext, table: Table, key: string, item: Item | undefined): void {
  const at = item && expiryOf(table, item);
  if (at === undefined || at < context.now - AGE_MS_MAX) return;
  const afterMs = Math.max(0, at - context.now) + Math.round(context.random.uniform(0, LATE_MS_MAX));
  context.schedule('expire', afterMs, { table: table.name, key } satisfies ExpireTimer);
}

/** Timer: deletes the item, unless it was written again with a later time; that writing planned its own timer. */
export function expire(timer: ExpireTimer, context: DynamoDbContext): void {
  const table = context.state.tables[timer.table];
  const item = table?.items[timer.key];
  const at = table && item && expiryOf(table, item);
  if (!table || at === undefined || at > context.now) return;
  delete table.items[timer.key];
  replicateChange(context, table, timer.key, undefined);
  context.trace('ItemExpired', { table: table.name, key: timer.key });
}

/** Milliseconds since the epoch. */
function expiryOf(table: Table, item: Item): number | undefined {
  const value = table.timeToLive === undefined ? undefined : item[table.timeToLive];
  return value && 'N' in value ? Number(value.N) * 1000 : undefined;
}
