/**
 * Fail open: while the store does not answer, whoever should be woken is woken all the same, under the key that the store
 * would give the first episode, so that a provider takes it and the page that follows as one. Used by the intake.
 */
import { absorb } from './alert.ts';
import { emptyGroup } from './incident.ts';
import { alertKey } from './keys.ts';
import type { Channel } from './ports.ts';
import type { RecordDecision } from './record.ts';
import { decisionOn } from './settle.ts';
import type { Signal } from './signal.ts';
import type { Table } from './table.ts';

interface Telling {
  readonly table: Table;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly record?: RecordDecision;
}

/** Only a P0 that fires: what can wait, waits for the store. Answers how many messages somebody took. */
export async function tellAnyway(
  signals: readonly Signal[],
  { table, channels, record }: Telling,
  now: number,
): Promise<number> {
  const taken = await Promise.all(
    signals.map(async (signal) => {
      const alert = absorb(null, signal, { key: alertKey(signal), now, place: table.place });
      if (signal.state !== 'firing' || alert.severity !== 'P0' || alert.group === null) return 0;
      const snapshot = { group: emptyGroup(alert.group), version: 0, alerts: [alert] };
      const { decision, intents } = decisionOn(snapshot, { silences: [], inhibitors: [] }, { table }, now);
      const [intent] = intents;
      if (!intent) return 0;
      record?.(alert.group, decision);
      for (const channel of table.policy(table.route(alert.route), 'P0').channels) {
        const told = await channels[channel]?.send({ ...intent, channel });
        if (told && (told.outcome === 'accepted' || told.outcome === 'confirmed')) return 1;
      }
      return 0;
    }),
  );
  return taken.reduce<number>((sum, each) => sum + each, 0);
}
