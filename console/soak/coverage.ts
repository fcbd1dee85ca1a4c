/**
 * What the soak has reached, as plain counts that runs and workers add up: states, transitions, retries and catches,
 * kinds of faults and whether they took effect, call sites, invariants whose case arose, outcomes.
 */

export type Counts = Readonly<Record<string, number>>;

export const SECTIONS = {
  states: 'states entered',
  transitions: 'transitions taken',
  retries: 'retries',
  catches: 'errors caught',
  drawn: 'kinds of faults injected',
  hit: 'kinds of faults that took effect',
  calls: 'call sites',
  injected: 'call sites with an injected fault',
  invariants: 'invariants whose case arose',
  outcomes: 'outcomes',
} as const;

export type Section = keyof typeof SECTIONS;
export type Coverage = Readonly<Record<Section, Counts>>;

export const noCoverage = (): Coverage =>
  Object.fromEntries(Object.keys(SECTIONS).map((section) => [section, {}])) as Coverage;

export const counted = (names: readonly string[]): Counts => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** The sum of two. */
export function merge(a: Coverage, b: Coverage): Coverage {
  const sections = Object.keys(SECTIONS) as Section[];
  return Object.fromEntries(sections.map((section) => [section, sum(a[section], b[section])])) as Coverage;
}

function sum(a: Counts, b: Counts): Counts {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** What could be reached, by section. A section without a list has no known end. */
export type Reachable = Readonly<Partial<Record<Section, readonly string[]>>>;

export interface SectionReport {
  readonly section: Section;
  readonly reached: number;
  /** null where nobody knows all. */
  readonly of: number | null;
  readonly never: readonly string[];
}

export function report(coverage: Coverage, reachable: Reachable): SectionReport[] {
  return (Object.keys(SECTIONS) as Section[]).map((section) => {
    const all = reachable[section];
    const never = (all ?? []).filter((name) => !coverage[section][name]);
    const reached = all ? all.length - never.length : Object.keys(coverage[section]).length;
    return { section, reached, of: all?.length ?? null, never };
  });
}

/** A kind that was injected at least so often and never took effect does not test what it says. */
const INJECTED_FOR_EFFECT = 20;

/** Kinds of faults that never took effect although they had every chance. */
export const withoutEffect = ({ drawn, hit }: Coverage): string[] =>
  Object.entries(drawn).flatMap(([kind, count]) => (count >= INJECTED_FOR_EFFECT && !hit[kind] ? [kind] : []));
