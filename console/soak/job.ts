/** What a soak's processes tell each other, and what a seed of a soak says beyond what any drill's says. */
import type { PoolJob } from '../drill/pool.ts';
import type { DrillResult } from '../drill/result.ts';
import type { Coverage } from './coverage.ts';
import type { Entry, Schedule } from './schedule.ts';

/** Where a run's faults come from. */
export interface Faults {
  /** Name of the profile they are drawn from. */
  readonly profile: string;
  /** Only those at these positions of the drawn schedule. */
  readonly only?: readonly number[];
  /** Not drawn at all: read from a file, as a soak prints them. */
  readonly entries?: readonly Entry[];
}

export interface SoakJob extends PoolJob {
  readonly faults: Faults;
  /** The faults come beside the scenario; else they are all that happens. */
  readonly beside: boolean;
  /** Instead of one run: the fewest faults that still break this invariant; by seed. */
  readonly shrink?: Readonly<Record<number, string>>;
}

export interface SoakResult extends DrillResult {
  readonly faults: Schedule['entries'];
  readonly coverage: Coverage;
  readonly shrunk?: ShrunkSchedule;
}

export interface ShrunkSchedule {
  /** The invariant that is still broken. */
  readonly id: string;
  readonly message: string;
  /** Positions in the drawn schedule: what `replay --only` takes. */
  readonly only: readonly number[];
  /** The same faults, some of them made shorter or rarer: what `replay --faults FILE` takes. */
  readonly entries: readonly Entry[];
  readonly runs: number;
  readonly minimal: boolean;
}
