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
  /** Null where nothing but the invariants was stated beforehand. */
  readonly expected: string | null;
  readonly invariants: { readonly checked: readonly string[]; readonly violated: readonly Violation[] };
  readonly timeline: readonly TimelineEntry[];
  readonly detectSeconds: number | null;
  readonly decideSeconds: number | null;
  readonly rtoSeconds: number | null;
  readonly rpoSeconds: number | null;
  readonly floorSeconds: number | null;
  readonly requests: { readonly served: number; readonly failed: number };
  readonly effects: readonly Effect[];
  readonly engine: {
    readonly name: string;
    /** Timers of the virtual clock, the deployment's included. */
    readonly events: number;
    /** Entries of the trace: calls, states entered, what befell the world. */
    readonly calls: number;
    readonly virtualSeconds: number;
  };
}

/** What is kept of each of many runs. */
export interface Run {
  readonly expected: string | null;
  readonly outcome: string;
  readonly violated: boolean;
  readonly rtoSeconds: number | null;
}

export interface Summary {
  /** Runs with a result. */
  readonly runs: number;
  readonly violated: number;
  readonly unexpected: number;
  /** Seeds that gave no result: the simulator or the drill itself failed. */
  readonly crashed: number;
  readonly p50RtoSeconds: number | null;
  readonly p95RtoSeconds: number | null;
  readonly maxRtoSeconds: number | null;
  /** Runs per second of real time, all processes together, their deployments included. */
  readonly perSecond: number;
}

export const runOf = ({ expected, outcome, invariants, rtoSeconds }: DrillResult): Run => ({
  expected,
  outcome,
  violated: invariants.violated.length > 0,
  rtoSeconds,
});

/** Whether what happened is what was stated beforehand, if anything was. */
export const isExpected = ({ outcome, expected }: Pick<Run, 'outcome' | 'expected'>): boolean =>
  expected === null || outcome === expected;

/** True when every invariant held and what happened is what the scenario expects. */
export const held = (result: DrillResult): boolean => result.invariants.violated.length === 0 && isExpected(result);

/** The nearest-rank percentile of the known values; null when there are none. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

export function summarize(runs: readonly Run[], crashed: number, elapsedSeconds: number): Summary {
  const rto = runs.flatMap(({ rtoSeconds }) => (rtoSeconds === null ? [] : [rtoSeconds]));
  return {
    runs: runs.length,
    violated: runs.filter(({ violated }) => violated).length,
    unexpected: runs.filter((run) => !isExpected(run)).length,
    crashed,
    p50RtoSeconds: percentile(rto, 50),
    p95RtoSeconds: percentile(rto, 95),
    maxRtoSeconds: percentile(rto, 100),
    perSecond: Math.round((runs.length / elapsedSeconds) * 100) / 100,
  };
}
