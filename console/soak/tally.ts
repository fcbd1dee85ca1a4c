/** What is kept of a soak while it runs: counts, coverage, and the first seeds that failed. Memory stays flat. */
import { isExpected, type Run, runOf, type Summary, summarize } from '../drill/result.ts';
import {
  type Coverage,
  merge,
  noCoverage,
  type Reachable,
  report,
  type SectionReport,
  withoutEffect,
} from './coverage.ts';
import type { SoakResult } from './job.ts';

export interface FailedSeed {
  readonly seed: number;
  /** What was broken, or why there is no result. */
  readonly why: string;
  /** The invariants that were broken; none when the run gave no result. */
  readonly ids: readonly string[];
}

/** Later ones are counted only. */
const REMEMBERED_MAX = 100;

export class Tally {
  readonly #runs: Run[] = [];
  readonly #failed: FailedSeed[] = [];
  #failures = 0;
  #crashed = 0;
  #coverage: Coverage = noCoverage();

  add(result: SoakResult): void {
    this.#runs.push(runOf(result));
    this.#coverage = merge(this.#coverage, result.coverage);
    const { violated } = result.invariants;
    const [first] = violated;
    const surprise = isExpected(result) ? undefined : `${result.outcome}, expected ${result.expected}`;
    const why = first ? `${first.id}: ${first.message}` : surprise;
    if (why !== undefined) this.#fail({ seed: result.seed, why, ids: [...new Set(violated.map(({ id }) => id))] });
  }

  addCrash(seed: number, why: string): void {
    this.#crashed += 1;
    this.#fail({ seed, why, ids: [] });
  }

  #fail(failed: FailedSeed): void {
    this.#failures += 1;
    if (this.#failed.length < REMEMBERED_MAX) this.#failed.push(failed);
  }

  get done(): number {
    return this.#runs.length + this.#crashed;
  }

  get crashed(): number {
    return this.#crashed;
  }

  get failures(): number {
    return this.#failures;
  }

  get failed(): readonly FailedSeed[] {
    return this.#failed;
  }

  get coverage(): Coverage {
    return this.#coverage;
  }

  /** The first failing seeds with something new in each: what is worth being shrunk. */
  worthShrinking(max: number): { readonly seed: number; readonly id: string }[] {
    const seen = new Set<string>();
    return this.#failed
      .flatMap(({ seed, ids }) => {
        const id = ids.find((each) => !seen.has(each));
        if (id === undefined) return [];
        seen.add(id);
        return [{ seed, id }];
      })
      .slice(0, max);
  }

  summary(elapsedSeconds: number): Summary {
    return summarize(this.#runs, this.#crashed, elapsedSeconds);
  }

  sections(reachable: Reachable): SectionReport[] {
    return report(this.#coverage, reachable);
  }

  get withoutEffect(): string[] {
    return withoutEffect(this.#coverage);
  }
}
