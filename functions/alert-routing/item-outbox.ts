/** The outbox part of the store on a table of items: who may deliver what, and since when. Used by item-store.ts. */
import { WriteConflict } from '../shared/errors.ts';
import type { Items, Write } from '../shared/items.ts';
import type { Intent } from './incident.ts';
import { intoOutbox, outboxKeyOf, shardsOf, stored } from './item-keys.ts';
import type { AlertStore, Batch } from './ports.ts';

/** A digest and what it replaces are one transaction up to this many messages; what is beyond is taken away after it. */
const FOLDED_AT_ONCE = 90;

interface Row {
  readonly intent: Intent;
  readonly attempts: number;
  readonly freeAt: number;
}

const rowOf = ({ intent, attempts, freeAt }: Readonly<Record<string, unknown>>): Row => ({
  intent: JSON.parse(String(intent)) as Intent,
  attempts: Number(attempts),
  freeAt: Number(freeAt),
});

const byUrgency = (a: Row, b: Row): number =>
  Number(b.intent.severity === 'P0') - Number(a.intent.severity === 'P0') ||
  a.intent.at - b.intent.at ||
  (a.intent.key < b.intent.key ? -1 : 1);

/** A message's number is its place in the order. */
const inOrder = (a: Row, b: Row): number => a.intent.at - b.intent.at || numberOf(a) - numberOf(b);
const numberOf = ({ intent }: Row): number => Number(intent.key.slice(intent.key.lastIndexOf('/') + 1));

export function itemOutbox(items: Items): Pick<AlertStore, 'claim' | 'postpone' | 'fold'> {
  const all = async (): Promise<Row[]> =>
    (await stored(Promise.all(shardsOf('outbox').map((pk) => items.query(pk))))).flat().map(rowOf);
  return {
    async claim(now, limit, leaseMs) {
      const pairs = Map.groupBy(await all(), ({ intent }) => `${intent.incident}/${intent.channel}`);
      const free = [...pairs.values()]
        .filter((rows) => rows.every(({ freeAt }) => freeAt <= now))
        .map((rows) => rows.sort(inOrder))
        .sort(([a], [b]) => byUrgency(a as Row, b as Row))
        .slice(0, limit);
      const claimed = await Promise.all(free.map((rows) => lease(items, rows, now + leaseMs)));
      return claimed.flatMap((batch) => batch ?? []);
    },
    async postpone(keys, at, begun) {
      await Promise.all(keys.map((key) => unlessGone(items, release(key, at, begun))));
    },
    async fold(digest, keys) {
      const now = keys.slice(0, FOLDED_AT_ONCE);
      const later = keys.slice(FOLDED_AT_ONCE);
      const remove = (key: string): Write => ({ remove: outboxKeyOf(key) });
      await stored(items.write([intoOutbox(digest), ...now.map(remove)]));
      for (let from = 0; from < later.length; from += FOLDED_AT_ONCE) {
        await stored(items.write(later.slice(from, from + FOLDED_AT_ONCE).map(remove)));
      }
    },
  };
}

/** Null when somebody else was first. */
async function lease(items: Items, rows: readonly Row[], freeAt: number): Promise<Batch | null> {
  const { incident, channel } = (rows[0] as Row).intent;
  const writes = rows.map((row): Write => {
    const only = { freeAt: row.freeAt, attempts: row.attempts };
    return { update: outboxKeyOf(row.intent.key), set: { freeAt, attempts: row.attempts + 1 }, only };
  });
  try {
    await items.write(writes);
  } catch (error) {
    if (error instanceof WriteConflict) return null;
    return stored(Promise.reject(error));
  }
  return { incident, channel, items: rows.map(({ intent, attempts }) => ({ intent, attempts: attempts + 1 })) };
}

const release = (key: string, freeAt: number, begun: boolean) => ({
  update: outboxKeyOf(key),
  set: { freeAt },
  ...(begun ? {} : { add: { attempts: -1 } }),
});

/** A message that is delivered meanwhile must not come back as a row without a message. */
async function unlessGone(items: Items, write: ReturnType<typeof release>): Promise<void> {
  const known = await stored(items.get(write.update));
  if (!known) return;
  try {
    await items.write([{ ...write, only: { freeAt: Number(known.freeAt) } }]);
  } catch (error) {
    if (!(error instanceof WriteConflict)) await stored(Promise.reject(error));
  }
}
