/**
 * Why an alert that fires is not told of now, and until when: a silence, a mute of its source, an alert that explains it.
 * Looked at when something would be sent, never when it arrives: so neither order nor restarts play a part. Pure.
 */
import type { Alert } from './alert.ts';
import { isFiring } from './alert.ts';
import { compile, labelOf, type Predicate } from './matchers.ts';
import { inForce, type Silence } from './silence.ts';
import { type CompiledInhibition, compareSeverity, type Table } from './table.ts';

export interface Suppression {
  readonly by: 'silence' | 'mute' | 'inhibition';
  /** Which: the silence's id, the mute's name, the rule and the alert that inhibits. */
  readonly what: string;
  /** When it ends for certain; null when that depends on others. */
  readonly until: number | null;
}

export interface Suppressors {
  readonly silences: readonly Silence[];
  /** Alerts with `inhibits`; empty when they could not be read, which tells rather than keeps quiet. */
  readonly inhibitors: readonly Alert[];
}

const predicates = new WeakMap<object, Predicate>();

function predicateOf({ matchers }: Silence): Predicate {
  let predicate = predicates.get(matchers);
  if (!predicate) {
    predicate = compile(matchers);
    predicates.set(matchers, predicate);
  }
  return predicate;
}

export const silencesOf = (alert: Alert, silences: readonly Silence[], now: number): Silence[] =>
  silences.filter((silence) => inForce(silence, now) && predicateOf(silence)(alert.signal, alert.severity));

/** The suppression that lasts longest; null when the alert is to be heard. */
export function suppressionOf(
  alert: Alert,
  { silences, inhibitors }: Suppressors,
  table: Table,
  now: number,
): Suppression | null {
  const inhibition = inhibitionOf(alert, inhibitors, table, now);
  if (inhibition) return inhibition;
  const silenced = silencesOf(alert, silences, now).sort((a, b) => b.endsAt - a.endsAt)[0];
  if (silenced) return { by: 'silence', what: silenced.id, until: silenced.endsAt };
  const { muted, at } = alert.signal;
  if (!muted) return null;
  const until = muted.until ?? at + table.routing.sourceMuteSecondsMax * 1000;
  return now < until ? { by: 'mute', what: muted.by, until } : null;
}

function inhibitionOf(alert: Alert, inhibitors: readonly Alert[], table: Table, now: number): Suppression | null {
  for (const rule of table.inhibitions) {
    if (!rule.target(alert.signal, alert.severity)) continue;
    // One that matches both sides is not silenced by its like.
    if (rule.source(alert.signal, alert.severity)) continue;
    const source = inhibitors.find((other) => explains(rule, other, alert, now));
    if (source) return { by: 'inhibition', what: `${rule.id} by ${source.signal.name}`, until: null };
  }
  return null;
}

const explains = (rule: CompiledInhibition, source: Alert, target: Alert, now: number): boolean =>
  source.key !== target.key &&
  // What is graver is never explained away by what is lighter.
  compareSeverity(source.severity, target.severity) <= 0 &&
  rule.source(source.signal, source.severity) &&
  isFiring(source, now) &&
  rule.equal.every((label) => labelOf(source.signal, label) === labelOf(target.signal, label));
