/**
 * What really became of alerts in a scenario, from its acts alone: who fired when and how gravely, who was kept quiet. The
 * truth that invariants hold against what people were told. Times in seconds since the scenario began.
 */
import type { Scenario, Where } from './scenario.ts';

export type Severity = 'P0' | 'P1' | 'P2' | 'P3';

/** From the first that fires to the last that is over. */
export interface Span {
  readonly from: number;
  /** Infinity where it fires to the end. */
  readonly to: number;
  /** Its gravest alert, and each time that one is graver or lighter than before. */
  readonly grades: readonly { readonly at: number; readonly severity: Severity }[];
}

/** All alerts of one name, which are one group in every scenario. */
export interface Happened {
  readonly name: string;
  readonly where: Where | 'both';
  /** Another alert explains it while that one fires. */
  readonly symptom: boolean;
  readonly spans: readonly Span[];
}

interface Change {
  readonly at: number;
  readonly name: string;
  /** Which of the name's alerts. */
  readonly member: string;
  /** Null: it is over. */
  readonly severity: Severity | null;
}

/** Severities as the drill's alerts say them (functions/alert-routing/sources/common.ts knows them all). */
const WORDS: Readonly<Record<string, Severity>> = { outage: 'P0', critical: 'P1', warning: 'P2', info: 'P3' };

const severityOf = (word: string | undefined): Severity =>
  WORDS[word ?? ''] ?? (/^P[0-3]$/.test(word ?? '') ? (word as Severity) : 'P2');

export function historyOf({ acts }: Pick<Scenario, 'acts'>): Happened[] {
  const ordered = [...acts].sort((a, b) => a.at - b.at);
  const facts = new Map<string, { where: Where | 'both'; symptom: boolean; severity: Severity }>();
  const changes: Change[] = [];
  for (const act of ordered) {
    if (act.do === 'alarm') {
      const { name, at, where = 'first', tags } = act;
      if (!facts.has(name) || tags) {
        facts.set(name, { where, symptom: tags?.symptom === 'yes', severity: severityOf(tags?.severity) });
      }
      const severity = act.state === 'ALARM' ? (facts.get(name)?.severity as Severity) : null;
      changes.push({ at, name, member: '', severity });
    }
    if (act.do === 'delete-alarm') changes.push({ at: act.at, name: act.name, member: '', severity: null });
    if (act.do === 'alertmanager') {
      for (const labels of act.alerts) {
        const name = labels.alertname ?? '';
        const severity = severityOf(labels.severity);
        // Who was told once in both regions is of both, wherever its end is heard.
        const where = facts.get(name)?.where === 'both' ? 'both' : (act.where ?? 'first');
        facts.set(name, { where, symptom: labels.symptom === 'yes', severity });
        changes.push({ at: act.at, name, member: JSON.stringify(labels), severity: act.resolved ? null : severity });
      }
    }
  }
  return [...facts].map(([name, { where, symptom }]) => {
    return { name, where, symptom, spans: spansOf(changes.filter((change) => change.name === name)) };
  });
}

function spansOf(changes: readonly Change[]): Span[] {
  const firing = new Map<string, Severity>();
  const spans: { from: number; to: number; grades: { at: number; severity: Severity }[] }[] = [];
  for (const { at, member, severity } of changes) {
    const before = gravest(firing);
    if (severity === null) firing.delete(member);
    else firing.set(member, severity);
    const now = gravest(firing);
    if (now === before) continue;
    if (before === null && now !== null) {
      spans.push({ from: at, to: Number.POSITIVE_INFINITY, grades: [{ at, severity: now }] });
      continue;
    }
    const span = spans.at(-1) as (typeof spans)[number];
    if (now === null) span.to = at;
    else span.grades.push({ at, severity: now });
  }
  return spans;
}

const gravest = (firing: ReadonlyMap<string, Severity>): Severity | null => [...firing.values()].sort()[0] ?? null;

/** Spans with pauses shorter than so many seconds are one episode. */
export function episodesOf({ spans }: Happened, quietSeconds: number): Span[] {
  const episodes: Span[] = [];
  for (const span of spans) {
    const last = episodes.at(-1);
    if (!last || span.from - last.to >= quietSeconds) episodes.push(span);
    else episodes.splice(-1, 1, { from: last.from, to: span.to, grades: [...last.grades, ...span.grades] });
  }
  return episodes;
}

export const isFiringAt = ({ spans }: Happened, at: number): boolean =>
  spans.some(({ from, to }) => from <= at && at < to);

/** Of the last span; null where it never fired. */
export const lastSpan = ({ spans }: Happened): Span | null => spans.at(-1) ?? null;

export const startsAs = ({ grades }: Span): Severity => (grades[0] as Span['grades'][number]).severity;

/** A silence by link lasts an hour (docs/runbooks/alert-routing.md). */
const SILENCE_SECONDS = 3_600;

export interface Quiet {
  readonly from: number;
  readonly to: number;
}

export const silencesOf = ({ acts }: Pick<Scenario, 'acts'>): Quiet[] =>
  acts.flatMap((act) =>
    act.do === 'follow-link' && act.act === 'silence' ? [{ from: act.at, to: act.at + SILENCE_SECONDS }] : [],
  );

/** Nothing of ours or of AWS is broken: then times are promised. What is the matter with a provider is another thing. */
export const isUndisturbed = ({ acts, disturbed = false }: Pick<Scenario, 'acts' | 'disturbed'>): boolean =>
  !disturbed && acts.every((act) => act.do !== 'fault' && act.do !== 'dark' && act.do !== 'parted');

export const hasTrouble = ({ acts, disturbed = false }: Pick<Scenario, 'acts' | 'disturbed'>): boolean =>
  disturbed || acts.some((act) => act.do === 'world' && act.event.do === 'trouble');
