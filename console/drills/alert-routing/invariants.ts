/**
 * What must hold in every run of alert routing, judged from the world's ledger: what providers received, whom they called.
 * The numbers are those of the twenty invariants of a router in docs/alert-routing.md, which says also where the one that no
 * run can show is shown (19, a table that makes no sense is refused before there is a run).
 */
import type { Evidence, Invariants } from './evidence.ts';
import { historyOf } from './history.ts';
import { pages } from './invariants-pages.ts';
import { quiet } from './invariants-quiet.ts';
import { whole } from './invariants-whole.ts';

export interface Broken {
  /** 'alert-routing/2'. */
  readonly invariant: string;
  readonly sentence: string;
}

export const invariants: Invariants = { ...pages, ...quiet, ...whole };

export function brokenIn(evidence: Omit<Evidence, 'history'>): Broken[] {
  const whole = { ...evidence, history: historyOf(evidence.scenario) };
  return Object.entries(invariants).flatMap(([number, { check }]) =>
    check(whole).map((sentence) => ({ invariant: `alert-routing/${number}`, sentence })),
  );
}
