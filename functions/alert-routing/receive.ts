/**
 * Takes signals in: each becomes part of its alert, durably, before this resolves. Started by: the ingest function, and
 * `mainstay route`. What is to be said about it is decided later, by settle.ts.
 */
import { type Alert, absorb } from './alert.ts';
import { StoreConflict } from './errors.ts';
import { alertKey } from './keys.ts';
import type { AlertChange, AlertStore, Stored } from './ports.ts';
import type { Signal } from './signal.ts';
import type { Table } from './table.ts';

/** Nobody waits longer for what a change means, not even where others are waited for: it may be a rise. */
const SETTLE_MS_MAX = { P0: 0, P1: 1000, P2: 10_000, P3: 10_000 } as const;

/** Two writers of one alert are rare, and each round one of them gets on. */
const ROUNDS_MAX = 10;

export interface Received {
  readonly alert: Alert;
  /** Whether it said anything that was not known. */
  readonly isNews: boolean;
}

/**
 * One result per signal, in their order.
 * @throws StoreConflict when others keep changing the same alerts; StoreNotReady. Then nothing may be acknowledged.
 */
export async function receive(
  { store, table }: { readonly store: Pick<AlertStore, 'alerts' | 'keep'>; readonly table: Table },
  signals: readonly Signal[],
  now: number,
): Promise<Received[]> {
  for (let round = 1; ; round += 1) {
    try {
      return await receiveOnce(store, table, signals, now);
    } catch (error) {
      if (!(error instanceof StoreConflict) || round >= ROUNDS_MAX) throw error;
    }
  }
}

async function receiveOnce(
  store: Pick<AlertStore, 'alerts' | 'keep'>,
  table: Table,
  signals: readonly Signal[],
  now: number,
): Promise<Received[]> {
  const keys = signals.map(alertKey);
  const distinct = [...new Set(keys)];
  const stored = await store.alerts(distinct);
  const before = new Map(distinct.map((key, index) => [key, stored[index] ?? null]));
  const after = new Map<string, Alert>();
  const received = signals.map((signal, index): Received => {
    const key = keys[index] as string;
    const known = after.get(key) ?? before.get(key)?.value ?? null;
    const alert = absorb(known, signal, { key, now, place: table.place });
    if (alert !== known) after.set(key, alert);
    return { alert, isNews: alert !== known };
  });
  if (after.size > 0) {
    await store.keep([...after.values()].map((alert) => changeOf(alert, before.get(alert.key) ?? null, table, now)));
  }
  return received;
}

function changeOf(alert: Alert, before: Stored<Alert> | null, table: Table, now: number): AlertChange {
  const wakes = [];
  if (alert.group !== null) wakes.push({ group: alert.group, at: wakeAt(alert, table, now) });
  const left = before?.value.group ?? null;
  if (left !== null && left !== alert.group) wakes.push({ group: left, at: now });
  return { alert, version: before?.version ?? null, wakes };
}

/** A P0 is looked at at once, others after a while: a storm is then one look per group, not one per alert. */
function wakeAt({ severity, route, fired, cleared }: Alert, table: Table, now: number): number {
  const at = table.route(route);
  const isOver = (cleared[0] ?? Number.NEGATIVE_INFINITY) >= (fired[0] ?? Number.NEGATIVE_INFINITY);
  const seconds = isOver ? at.quietSeconds : table.policy(at, severity).waitSeconds;
  return now + Math.min(seconds * 1000, SETTLE_MS_MAX[severity]);
}
