/** What one drill of one seed says; printed as one line of JSON (DESIGN "The command"). Unknown is null, never 0. */

export interface TimelineEntry {
  /** Seconds since the fault began; negative before it. */
  readonly t: number;
  readonly what: string;
  readonly region: string;
  /** Who did it: 'world', a function, a state machine, a person. */
  readonly actor: string;
}

/** A change Mainstay made to the world, or someone it told. */
export interface Effect {
  readonly t: number;
  readonly what: string;
  readonly region: string;
}

export interface Violation {
  /** 'region-failover/I1' */
  readonly id: string;
  readonly message: string;
}

export interface DrillResult {
  readonly slug: string;
  readonly scenario: string;
  readonly seed: number;
  readonly outcome: string;
  readonly expected: string;
  readonly invariants: { readonly checked: readonly string[]; readonly violated: readonly Violation[] };
  readonly timeline: readonly TimelineEntry[];
  readonly detectSeconds: number | null;
  readonly decideSeconds: number | null;
  readonly rtoSeconds: number | null;
  readonly rpoSeconds: number | null;
  readonly floorSeconds: number | null;
  readonly requests: { readonly served: number; readonly failed: number };
  readonly effects: readonly Effect[];
  readonly engine: { readonly name: string; readonly events: number; readonly calls: number };
}

export interface Summary {
  readonly runs: number;
  readonly violated: number;
  readonly unexpected: number;
  readonly p50RtoSeconds: number | null;
  readonly p95RtoSeconds: number | null;
  readonly maxRtoSeconds: number | null;
  /** Runs per second of real time, all processes together. */
  readonly perSecond: number;
}

/** True when every invariant held and what happened is what the scenario expects. */
export const held = (result: DrillResult): boolean =>
  result.invariants.violated.length === 0 && result.outcome === result.expected;

/** The nearest-rank percentile of the known values; null when there are none. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

export function summarize(results: readonly DrillResult[], elapsedSeconds: number): Summary {
  const rto = results.flatMap((result) => (result.rtoSeconds === null ? [] : [result.rtoSeconds]));
  return {
    runs: results.length,
    violated: results.filter((result) => result.invariants.violated.length > 0).length,
    unexpected: results.filter((result) => result.outcome !== result.expected).length,
    p50RtoSeconds: percentile(rto, 50),
    p95RtoSeconds: percentile(rto, 95),
    maxRtoSeconds: percentile(rto, 100),
    perSecond: Math.round((results.length / elapsedSeconds) * 100) / 100,
  };
}
