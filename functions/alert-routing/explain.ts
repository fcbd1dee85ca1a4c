/**
 * What would be done with an input at a time, and why: by the very functions that do it, on a router that knows nothing
 * else. For `mainstay explain`, the record that each input leaves, and the golden table in the tests. Pure.
 */
import { type Alert, absorb } from './alert.ts';
import { decide } from './decide.ts';
import { factsOf } from './facts.ts';
import { emptyGroup } from './incident.ts';
import { alertKey, groupLabels } from './keys.ts';
import { read } from './read.ts';
import type { Labels, Severity, Signal } from './signal.ts';
import type { Silence } from './silence.ts';
import type { Table } from './table.ts';

export interface Explained {
  readonly signal: Signal;
  readonly severity: { readonly value: Severity; readonly because: string };
  readonly route: { readonly id: string; readonly owner: string; readonly runbookUrl: string | null };
  readonly keys: { readonly alert: string; readonly group: string | null; readonly incident: string | null };
  readonly groupLabels: Labels;
  /** Who is told in what order, when nobody confirms or acknowledges. */
  readonly notifications: readonly {
    readonly at: number;
    readonly channel: string;
    readonly action: string;
    readonly key: string;
    readonly reason: string;
  }[];
  readonly reasons: readonly string[];
}

export interface Explanation {
  readonly kind: string;
  readonly problem: string | null;
  readonly at: number;
  readonly signals: readonly Explained[];
}

export interface Circumstances {
  readonly silences?: readonly Silence[];
  readonly inhibitors?: readonly Alert[];
  /** How far ahead of `at` to look. */
  readonly aheadMs?: number;
}

const HOUR_MS = 3_600_000;
/** Looks, not messages: a suppressed alert is looked at each half minute. */
const LOOKS_MAX = 10_000;

export function explain(input: unknown, table: Table, at: number, circumstances: Circumstances = {}): Explanation {
  const { kind, signals, problem } = read(input, { now: at });
  return { kind, problem, at, signals: signals.map((signal) => explained(signal, table, at, circumstances)) };
}

export function explained(signal: Signal, table: Table, at: number, circumstances: Circumstances = {}): Explained {
  const key = alertKey(signal);
  const alert = absorb(null, signal, { key, now: at, place: table.place });
  const route = table.routeOf(signal);
  const { severity, because } = table.severity(signal);
  const { notifications, reasons, incident } = foresee(alert, table, at, circumstances);
  return {
    signal,
    severity: { value: severity, because },
    route: {
      id: route.id,
      owner: route.owner ?? table.routing.defaultOwner,
      runbookUrl: signal.links.runbook ?? route.runbookUrl,
    },
    keys: { alert: key, group: alert.group, incident },
    groupLabels: groupLabels(signal, route),
    notifications,
    reasons,
  };
}

/** Decides again at each time the decision names, as the router would. */
function foresee(
  alert: Alert,
  table: Table,
  at: number,
  { silences = [], inhibitors = [], aheadMs = 4 * HOUR_MS }: Circumstances,
): Pick<Explained, 'notifications' | 'reasons'> & { incident: string | null } {
  if (alert.group === null) {
    return {
      notifications: [],
      reasons: ['it ends or leaves open what was said before; by itself it tells nobody'],
      incident: null,
    };
  }
  const notifications: Explained['notifications'][number][] = [];
  const reasons: string[] = [];
  let group = emptyGroup(alert.group);
  let incident: string | null = null;
  let now: number | null = at;
  for (let look = 0; now !== null && now <= at + aheadMs && look < LOOKS_MAX; look += 1) {
    const moment: number = now;
    const facts = factsOf({ group, version: 0, alerts: [alert] }, { silences, inhibitors }, table, moment);
    const decision = decide(facts);
    for (const draft of decision.drafts) {
      const { channel, action, key, reason } = draft;
      notifications.push({ at: moment, channel, action, key, reason });
    }
    for (const reason of decision.reasons) if (!reasons.includes(reason)) reasons.push(reason);
    incident ??= decision.group.incident?.key ?? null;
    group = decision.group;
    now = decision.wakeAt;
  }
  return { notifications, reasons, incident };
}
