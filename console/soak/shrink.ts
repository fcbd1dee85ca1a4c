/**
 * Finds the smallest schedule that still fails: delta debugging over its entries (Zeller and Hildebrandt, "Simplifying
 * and Isolating Failure-Inducing Input", 2002), then each remaining entry is made milder. The seed stays the same.
 */

export interface ShrinkOptions<T> {
  /** Whether these still fail in the same way. */
  readonly fails: (entries: readonly T[]) => Promise<boolean>;
  /** Milder forms of one entry, the mildest first. */
  readonly milder?: (entry: T) => readonly T[];
  /** At most so many runs; what is smallest by then is the answer. */
  readonly runsMax: number;
}

export interface Shrunk<T> {
  readonly entries: readonly T[];
  readonly runs: number;
  /** False when the runs were used up before nothing more could be left out. */
  readonly minimal: boolean;
}

/** `entries` must fail. */
export async function shrink<T>(entries: readonly T[], options: ShrinkOptions<T>): Promise<Shrunk<T>> {
  const trial = new Trial(options);
  try {
    const few = await fewest(entries, trial);
    trial.best = few;
    await mildest(few, trial, options.milder ?? (() => []));
  } catch (error) {
    if (!(error instanceof OutOfRuns)) throw error;
    return { entries: trial.best ?? entries, runs: trial.runs, minimal: false };
  }
  return { entries: trial.best ?? entries, runs: trial.runs, minimal: true };
}

class OutOfRuns extends Error {
  override readonly name = 'OutOfRuns';
}

class Trial<T> {
  runs = 0;
  /** The smallest that failed so far. */
  best: readonly T[] | undefined;
  readonly #options: ShrinkOptions<T>;

  constructor(options: ShrinkOptions<T>) {
    this.#options = options;
  }

  async fails(entries: readonly T[]): Promise<boolean> {
    if (this.runs >= this.#options.runsMax) throw new OutOfRuns();
    this.runs += 1;
    if (!(await this.#options.fails(entries))) return false;
    this.best = entries;
    return true;
  }
}

/** Leaves out halves, then quarters, down to single entries, until none can be spared. */
async function fewest<T>(entries: readonly T[], trial: Trial<T>): Promise<readonly T[]> {
  let current = entries;
  let size = Math.ceil(current.length / 2);
  while (size >= 1 && current.length > 0) {
    const without = await firstSpared(current, size, trial);
    if (without) {
      current = without;
      size = Math.min(size, Math.ceil(current.length / 2));
    } else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return current;
}

/** The entries without one stretch of `size` that is not needed; undefined when every stretch is. */
async function firstSpared<T>(entries: readonly T[], size: number, trial: Trial<T>): Promise<readonly T[] | undefined> {
  // From the end: what came late is the likeliest to have had no part in it.
  for (let end = entries.length; end > 0; end -= size) {
    const rest = [...entries.slice(0, Math.max(0, end - size)), ...entries.slice(end)];
    if (await trial.fails(rest)) return rest;
  }
  return undefined;
}

async function mildest<T>(entries: readonly T[], trial: Trial<T>, milder: (entry: T) => readonly T[]): Promise<void> {
  let current = entries;
  for (let index = 0; index < current.length; index++) {
    for (const candidate of milder(current[index] as T)) {
      const changed = current.with(index, candidate);
      if (!(await trial.fails(changed))) continue;
      current = changed;
      break;
    }
  }
}
