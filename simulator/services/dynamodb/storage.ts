/** Carries out reads and writes by the table's kind: regional, eventually or strongly consistent over regions. */
import { planExpiry } from './expiry.ts';
import { keyText } from './keys.ts';
import {
  evaluateWrite,
  type Found,
  type Get,
  type Search,
  search,
  store,
  type Write,
  type Written,
} from './operations.ts';
import { itemAt, throughQuorum } from './quorum.ts';
import { replicateChange } from './replication.ts';
import type { DynamoDbContext, Table } from './state.ts';
import type { Item } from './values.ts';

/** Throws ConditionalCheckFailedException, ValidationException, and for a strongly consistent table as `throughQuorum`. */
export async function writeItem(context: DynamoDbContext, table: Table, write: Write): Promise<Written> {
  if (table.consistency === 'STRONG') return (await throughQuorum(context, table, write)) as Written;
  const written = evaluateWrite(table, table.items, write);
  storeLocally(context, table, write, written);
  return written;
}

/** Puts an evaluated write in place in this region and starts what follows from it. */
export function storeLocally(context: DynamoDbContext, table: Table, write: Write, { after }: Written): void {
  if (write.type === 'check') return;
  const key = keyText(table.keys, write.key);
  store(table.items, key, after);
  replicateChange(context, table, key, after);
  planExpiry(context, table, key, after);
}

/** Throws for a strongly consistent read of a strongly consistent table as `throughQuorum`. */
export async function readItem(
  context: DynamoDbContext,
  table: Table,
  key: Item,
  consistent: boolean | undefined,
): Promise<Item | undefined> {
  const get: Get = { type: 'get', key };
  if (table.consistency !== 'STRONG' || !consistent) return itemAt(table, table.items, get);
  return (await throughQuorum(context, table, get)) as Item | undefined;
}

/** As `readItem`, for queries and scans. */
export async function searchItems(
  context: DynamoDbContext,
  table: Table,
  request: Search,
  consistent: boolean | undefined,
): Promise<Found> {
  if (table.consistency !== 'STRONG' || !consistent) return search(table, table.items, request);
  return (await throughQuorum(context, table, request)) as Found;
}
