/**
 * Eventually consistent global tables (MREC): each replica takes writes by itself; a change reaches the others about a
 * second later, and of two changes to one item the later wins everywhere (developer guide, "How DynamoDB global tables
 * work": "typically within a second or less", last writer wins).
 */
import { store } from './operations.ts';
import type { DynamoDbContext, Table, Version } from './state.ts';
import type { Item } from './values.ts';

/** Guess: 300–1500 ms around the documented "typically within a second". */
const LAG_MS = [300, 1_500] as const;
/** How often a change that cannot be delivered is tried again. */
const RETRY_MS = 1_000;

export interface ReplicateTimer {
  readonly table: string;
  readonly key: string;
  readonly item: Item | null;
  readonly version: Version;
  readonly to: string;
}

/** Sends a change that was just stored here to the other replicas; nothing for a regional table. */
export function replicateChange(context: DynamoDbContext, table: Table, key: string, item: Item | undefined): void {
  if (table.replicas.length < 2) return;
  // At least one later than what is there, so that writes in one millisecond keep their order.
  const at = Math.max(context.now, (table.versions[key]?.at ?? 0) + 1);
  const version = { at, region: context.region };
  table.versions[key] = version;
  for (const to of table.replicas) {
    if (to === context.region) continue;
    const timer: ReplicateTimer = { table: table.name, key, item: item ?? null, version, to };
    context.schedule('replicate', Math.round(context.random.uniform(...LAG_MS)), timer);
  }
}

/** Timer in the region of the write: the change arrives in another one, or waits while the way there is cut. */
export function replicate(timer: ReplicateTimer, context: DynamoDbContext): void {
  if (!context.cloud.delivers(context.region, timer.to)) {
    context.schedule('replicate', RETRY_MS, timer);
    return;
  }
  const table = context.stateIn(timer.to).tables[timer.table];
  if (!table) return;
  const { version } = timer;
  const known = table.versions[timer.key];
  if (known && (known.at > version.at || (known.at === version.at && known.region >= version.region))) return;
  table.versions[timer.key] = version;
  store(table.items, timer.key, timer.item);
}
