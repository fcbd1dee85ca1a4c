/** Searches many seeds of random faults for one that breaks something, and says what the search reached. */
import { writeSync } from 'node:fs';
import { withAssembly } from '../deployment/synthesize.ts';
import { runPool, type SeedOutcome } from '../drill/pool.ts';
import { type Drill, type Soak, soakOf } from '../drills/index.ts';
import { onInterrupt } from '../interrupt.ts';
import { EXIT } from '../problem.ts';
import { poolSummaryText } from '../summary.ts';
import { Timeline } from '../terminal.ts';
import type { SoakJob, SoakResult } from './job.ts';
import { Tally } from './tally.ts';
import { coverageText, replayCommand, shrunkText } from './text.ts';

/** The program of a worker that runs seeds under faults. */
export const SOAK_WORKER = new URL('./worker.ts', import.meta.url);

/** So many different kinds of failures are shrunk; each takes some dozen runs. */
const SHRUNK_MAX = 3;

export interface SoakOptions {
  readonly profile: string;
  readonly environment: string;
  readonly json?: boolean | undefined;
  readonly workers?: number;
}

/** Soaks one capability. Returns the exit code. */
export async function soak(drill: Drill, seeds: readonly number[], options: SoakOptions): Promise<number> {
  const run = new SoakCommand(drill, seeds, options);
  const forget = onInterrupt(() => run.tellKnown());
  try {
    return await run.run();
  } finally {
    forget();
  }
}

class SoakCommand {
  readonly #drill: Drill;
  readonly #soak: Soak;
  readonly #seeds: readonly number[];
  readonly #options: SoakOptions;
  readonly #tally = new Tally();
  readonly #timeline = new Timeline();
  readonly #started = performance.now();
  #shrunk: SoakResult[] = [];

  constructor(drill: Drill, seeds: readonly number[], options: SoakOptions) {
    this.#drill = drill;
    this.#soak = soakOf(drill);
    this.#seeds = seeds;
    this.#options = options;
  }

  async run(): Promise<number> {
    const { environment, profile } = this.#options;
    const stage = (text: string) => this.#timeline.stage(text);
    this.#timeline.heading(
      `${this.#drill.slug}, ${profile} faults, ${this.#seeds.length} seeds: ${this.#soak.profiles[profile]}`,
    );
    try {
      await withAssembly(
        environment,
        stage,
        async (assembly) => {
          stage('deploying in every worker');
          await this.#pool(assembly, this.#seeds, (outcome) => this.#take(outcome));
          await this.#shrink(assembly);
        },
        this.#drill.standing?.capabilities,
      );
    } finally {
      this.#timeline.end();
    }
    this.#print((text) => void process.stdout.write(text));
    return this.#verdict();
  }

  /** What is known so far, when the command is stopped. Written at once: the process is about to end. */
  tellKnown(): void {
    this.#timeline.end();
    if (this.#tally.done === 0) return;
    this.#timeline.line(`stopped after ${this.#tally.done} of ${this.#seeds.length} seeds`);
    this.#print((text) => void writeSync(process.stdout.fd, text));
  }

  #pool(
    assembly: string,
    seeds: readonly number[],
    onOutcome: (outcome: SeedOutcome) => void,
    shrink?: Record<number, string>,
  ): Promise<void> {
    const { environment, profile, workers } = this.#options;
    const job: SoakJob = {
      slug: this.#drill.slug,
      scenario: '',
      assembly,
      environment,
      faults: { profile },
      beside: false,
      ...(shrink && { shrink }),
    };
    return runPool(job, seeds, onOutcome, { worker: SOAK_WORKER, ...(workers !== undefined && { workers }) });
  }

  #take(outcome: SeedOutcome): void {
    const before = this.#tally.failures;
    if ('result' in outcome) {
      const result = outcome.result as SoakResult;
      this.#tally.add(result);
      if (this.#options.json) process.stdout.write(`${JSON.stringify(told(result))}\n`);
    } else this.#tally.addCrash(outcome.seed, outcome.failure);
    const [newest] = this.#tally.failed.slice(before);
    if (newest) {
      const command = replayCommand(this.#drill.slug, newest.seed, this.#options);
      this.#timeline.line(`seed ${newest.seed}: ${newest.why}\n  ${command}`);
    }
    const { perSecond } = this.#tally.summary(this.#seconds());
    this.#timeline.count(this.#tally.done, this.#seeds.length, `${perSecond}/s, ${this.#tally.failures} failed`);
  }

  async #shrink(assembly: string): Promise<void> {
    const worth = this.#tally.worthShrinking(SHRUNK_MAX);
    if (worth.length === 0) return;
    const ids = Object.fromEntries(worth.map(({ seed, id }) => [seed, id]));
    this.#timeline.stage(`looking for the fewest faults that break ${worth.map(({ id }) => id).join(', ')}`);
    await this.#pool(
      assembly,
      worth.map(({ seed }) => seed),
      (outcome) => {
        if ('result' in outcome) this.#shrunk.push(outcome.result as SoakResult);
        else this.#timeline.line(`seed ${outcome.seed} could not be shrunk: ${outcome.failure}`);
      },
      ids,
    );
  }

  #seconds = (): number => (performance.now() - this.#started) / 1000;

  #print(write: (text: string) => void): void {
    const { json, profile } = this.#options;
    const sections = this.#tally.sections(this.#soak.reachable(profile));
    const summary = this.#tally.summary(this.#seconds());
    const { withoutEffect, coverage } = this.#tally;
    if (json) {
      const failures = this.#tally.failed.map((each) => ({
        ...each,
        shrunk: this.#shrunk.find(({ seed }) => seed === each.seed)?.shrunk ?? null,
      }));
      const { outcomes, ...rest } = coverage;
      const reached = Object.fromEntries(sections.map(({ section, ...figures }) => [section, figures]));
      write(
        `${JSON.stringify({ summary: { ...summary, profile, outcomes, coverage: reached, withoutEffect, failures, counts: rest } })}\n`,
      );
      return;
    }
    const { slug } = this.#drill;
    const shrunk = this.#shrunk.flatMap((result) =>
      result.shrunk ? [shrunkText(slug, result.seed, profile, result.shrunk)] : [],
    );
    const untouched = withoutEffect.map((kind) => `no effect: '${kind}' was injected often and never took effect`);
    write(`${[poolSummaryText(summary), coverageText(sections, coverage), ...untouched, ...shrunk].join('\n')}\n`);
  }

  #verdict(): number {
    const { crashed, failures, withoutEffect } = this.#tally;
    for (const kind of withoutEffect) {
      console.error(`mainstay: the fault '${kind}' never took effect, so nothing was tested by it`);
    }
    if (crashed > 0 || withoutEffect.length > 0) return EXIT.internal;
    return failures > 0 ? EXIT.broken : EXIT.held;
  }
}

/** A line per seed: the drill's object, with its faults in the place of what only the sum of all runs needs. */
const told = ({ coverage: _, ...rest }: SoakResult) => rest;
