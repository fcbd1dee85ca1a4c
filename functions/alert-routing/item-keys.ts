/** How the router's items are named and spread, and how a refused access is told in the router's words. */
import { DependencyNotReady, WriteConflict } from '../shared/errors.ts';
import type { ItemKey, Value } from '../shared/items.ts';
import { StoreConflict, StoreNotReady } from './errors.ts';
import type { Intent } from './incident.ts';
import { digest } from './keys.ts';

/** Partitions that everybody reads are spread over so many. */
const SHARDS = ['0', '1', '2', '3'] as const;

export const shardOf = (key: string): string =>
  SHARDS[Number.parseInt(digest(key).slice(0, 1), 16) % SHARDS.length] ?? '0';

export const shardsOf = (name: string): string[] => SHARDS.map((shard) => `${name}#${shard}`);

/** The sort key of what is alone in its collection, and of a group beside its alerts. */
export const META = '0';

/** Sorts as the numbers do until the year 2286. */
export const timeKey = (at: number): string => String(at).padStart(13, '0');

export const groupKeyOf = (key: string): ItemKey => ({ pk: `group#${key}`, sk: META });

export const wakeKeyOf = (group: string, at: number): ItemKey => ({
  pk: `due#${shardOf(group)}`,
  sk: `${timeKey(at)}#${group}`,
});

/** Of a group with an open incident. */
export const openKeyOf = (group: string): ItemKey => ({ pk: `open#${shardOf(group)}`, sk: group });

/** By the incident, so that all messages about one are in one shard. */
export const outboxKeyOf = (key: string): ItemKey => ({ pk: `outbox#${shardOf(key.split('/')[0] ?? '')}`, sk: key });

/** One that is there stays as it is. */
export const intoOutbox = (intent: Intent) => ({
  update: outboxKeyOf(intent.key),
  setFirst: { intent: JSON.stringify(intent), attempts: 0, freeAt: 0 } satisfies Record<string, Value>,
});

/** Runs one access and says in the router's words what went wrong. */
export async function stored<T>(access: Promise<T>): Promise<T> {
  try {
    return await access;
  } catch (error) {
    if (error instanceof WriteConflict) throw new StoreConflict(error.message, { cause: error });
    if (error instanceof DependencyNotReady) throw new StoreNotReady(error.message, { cause: error });
    throw error;
  }
}
