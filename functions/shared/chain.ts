/** The hash chain of the record: whoever changes an entry afterwards breaks every hash that follows. Pure. */
import { createHash } from 'node:crypto';
import type { Entry, NewEntry } from './release-ports.ts';

export const CHAIN_START = '0'.repeat(64);

/** The entry that follows `last`. */
export function chained(entry: NewEntry, last: Pick<Entry, 'sequence' | 'hash'> | null): Entry {
  const content = { ...entry, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? CHAIN_START };
  return { ...content, hash: hashOf(content) };
}

/** The first sequence at which the chain is broken; null when it holds. `entries` are consecutive, oldest first. */
export function brokenAt(entries: readonly Entry[]): number | null {
  const broken = entries.find(({ hash, ...content }, index) => {
    const before = entries[index - 1];
    const follows = !before || (content.previous === before.hash && content.sequence === before.sequence + 1);
    return !follows || hashOf(content) !== hash;
  });
  return broken?.sequence ?? null;
}

const hashOf = (content: Omit<Entry, 'hash'>): string => createHash('sha256').update(canonical(content)).digest('hex');

/** JSON with sorted keys, so that a table that keeps no order gives the same text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
