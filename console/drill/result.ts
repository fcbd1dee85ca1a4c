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
  /** Further figures of a capability, by name with their unit ('rollbackSeconds'); summed up over many runs. */
  readonly measures?: Readonly<Record<string, number | null>>;
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
  readonly measures?: DrillResult['measures'];
}

/** Nearest-rank percentiles of what is known. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
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
  /** Of the figures that only this capability has. */
  readonly measures?: Readonly<Record<string, Percentiles>>;
  /** Runs per second of real time, all processes together, their deployments included. */
  readonly perSecond: number;
}

export const runOf = ({ expected, outcome, invariants, rtoSeconds, measures }: DrillResult): Run => ({
  expected,
  outcome,
  violated: invariants.violated.length > 0,
  rtoSeconds,
  ...(measures && { measures }),
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
  const rto = known(runs.map(({ rtoSeconds }) => rtoSeconds));
  const names = [...new Set(runs.flatMap(({ measures = {} }) => Object.keys(measures)))];
  return {
    runs: runs.length,
    violated: runs.filter(({ violated }) => violated).length,
    unexpected: runs.filter((run) => !isExpected(run)).length,
    crashed,
    p50RtoSeconds: percentile(rto, 50),
    p95RtoSeconds: percentile(rto, 95),
    maxRtoSeconds: percentile(rto, 100),
    ...(names.length > 0 && { measures: Object.fromEntries(names.map((name) => [name, percentilesOf(runs, name)])) }),
    perSecond: Math.round((runs.length / elapsedSeconds) * 100) / 100,
  };
}

/** What is known of one further figure. */
function percentilesOf(runs: readonly Run[], name: string): Percentiles {
  const values = known(runs.map(({ measures }) => measures?.[name] ?? null));
  const [p50 = null, p95 = null, p99 = null, max = null] = [50, 95, 99, 100].map((each) => percentile(values, each));
  return { p50, p95, p99, max };
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
