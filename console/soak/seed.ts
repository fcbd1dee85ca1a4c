/** One seed of a soak on a deployed cloud: one run, or as many as it takes to find the fewest faults that still fail. */
import type { Configuration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { type Drill, type SoakedRun, soakOf, type Watcher } from '../drills/index.ts';
import { UsageProblem } from '../problem.ts';
import type { Faults, ShrunkSchedule, SoakResult } from './job.ts';
import { milder } from './milder.ts';
import { type Entry, only, type Schedule, wholeSchedule } from './schedule.ts';
import { shrink } from './shrink.ts';

/** A run costs seconds; what is smallest after so many is small enough to be read. */
const SHRINK_RUNS_MAX = 60;

export interface SoakOf {
  readonly drill: Drill;
  readonly configuration: Configuration;
  readonly faults: Faults;
  /** The scenario that the faults come beside; undefined when they are all that happens. */
  readonly beside?: string | undefined;
}

/** Throws UsageProblem when there is no such profile or no such fault. */
export function scheduleOf({ drill, configuration, faults, beside }: SoakOf, seed: number): Schedule {
  const { profile, entries } = faults;
  if (entries) return wholeSchedule({ slug: drill.slug, profile, seed, entries });
  const drawn = soakOf(drill).schedule(profile, seed, configuration, beside);
  try {
    return faults.only ? only(drawn, faults.only) : drawn;
  } catch (error) {
    if (error instanceof RangeError) throw new UsageProblem(`--only: ${error.message}`);
    throw error;
  }
}

/** The one way that soak, drill and replay run a seed under faults, so that a replay is what the soak saw. */
export function runUnderFaults(deployed: Cloud, soak: SoakOf, seed: number, watcher?: Watcher): Promise<SoakedRun> {
  const { drill, configuration, beside } = soak;
  return soakOf(drill).run(deployed, configuration, scheduleOf(soak, seed), { watcher, beside });
}

export async function runSoakSeed(deployed: Cloud, soak: SoakOf, seed: number): Promise<SoakResult> {
  const { result, schedule, coverage } = await runUnderFaults(deployed, soak, seed);
  return { ...result, faults: schedule.entries, coverage };
}

/** The invariant must be broken by the whole schedule. Throws when it is not: a run that cannot be repeated. */
export async function shrinkSeed(deployed: Cloud, soak: SoakOf, seed: number, id: string): Promise<SoakResult> {
  const { drill, configuration, beside } = soak;
  const drawn = scheduleOf(soak, seed);
  let broken: { readonly run: SoakedRun; readonly message: string } | undefined;
  const fails = async (parts: readonly Part[]): Promise<boolean> => {
    const schedule = {
      ...drawn,
      entries: parts.map(({ entry }) => entry),
      positions: parts.map(({ position }) => position),
    };
    const run = await soakOf(drill).run(deployed, configuration, schedule, { beside });
    const violation = run.result.invariants.violated.find((each) => each.id === id);
    if (violation) broken = { run, message: violation.message };
    return violation !== undefined;
  };
  const parts = drawn.entries.map((entry, index): Part => ({ entry, position: drawn.positions[index] as number }));
  if (!(await fails(parts))) throw new Error(`seed ${seed} breaks ${id} once and not again: it is not deterministic`);
  const small = await shrink(parts, {
    fails,
    milder: ({ entry, position }) => milder(entry).map((form) => ({ entry: form, position })),
    runsMax: SHRINK_RUNS_MAX,
  });
  const { run, message } = broken as NonNullable<typeof broken>;
  const shrunk: ShrunkSchedule = {
    id,
    message,
    only: small.entries.map(({ position }) => position),
    entries: small.entries.map(({ entry }) => entry),
    runs: small.runs + 1,
    minimal: small.minimal,
  };
  return { ...run.result, faults: run.schedule.entries, coverage: run.coverage, shrunk };
}

interface Part {
  readonly entry: Entry;
  readonly position: number;
}
