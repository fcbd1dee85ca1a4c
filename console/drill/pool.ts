/**
 * Runs many seeds on all cores: one worker process each, which deploys once and forks the deployed cloud per seed. Each
 * takes the next seed when it is done with one, so a slow one holds up nobody; what they say comes out in seed order.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { onInterrupt } from '../interrupt.ts';
import { DoesNotComeUp, UsageProblem } from '../problem.ts';
import type { DrillResult } from './result.ts';

/**
 * A run leaves much short-lived garbage: a larger young generation spares a sixth of its time, a bounded old one keeps
 * many runs within memory.
 */
const WORKER_FLAGS = ['--min-semi-space-size=32', '--max-semi-space-size=64', '--max-old-space-size=2048'];

export interface PoolJob {
  readonly slug: string;
  readonly scenario: string;
  readonly assembly: string;
  readonly environment: string;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  /** It could not deploy, and so none can. */
  | { readonly kind: 'unfit'; readonly name: string; readonly message: string }
  | { readonly kind: 'result'; readonly seed: number; readonly result: DrillResult }
  | { readonly kind: 'failed'; readonly seed: number; readonly message: string };

/** What became of one seed: a result, or why there is none. */
export type SeedOutcome =
  | { readonly seed: number; readonly result: DrillResult }
  | { readonly seed: number; readonly failure: string };

export interface PoolOptions {
  /** The program of a worker. */
  readonly worker?: URL;
  readonly workers?: number;
}

/**
 * Calls `onOutcome` once for each seed, in the order of `seeds`. A run that throws and a worker that dies cost their seed
 * only; a new worker takes the dead one's place. Throws when a worker cannot deploy,
 * or dies before it could take a seed.
 */
export async function runPool(
  job: PoolJob,
  seeds: readonly number[],
  onOutcome: (outcome: SeedOutcome) => void,
  options: PoolOptions = {},
): Promise<void> {
  const pool = new Pool(job, seeds, onOutcome, options);
  const forget = onInterrupt(() => pool.stop());
  try {
    await pool.run();
  } finally {
    forget();
    pool.stop();
  }
}

class Pool {
  readonly #job: PoolJob;
  readonly #seeds: readonly number[];
  readonly #onOutcome: (outcome: SeedOutcome) => void;
  readonly #program: URL;
  readonly #count: number;
  readonly #workers = new Set<ChildProcess>();
  /** Finished ahead of their turn. */
  readonly #early = new Map<number, SeedOutcome>();
  #nextToGive = 0;
  #nextToTell = 0;

  constructor(
    job: PoolJob,
    seeds: readonly number[],
    onOutcome: (outcome: SeedOutcome) => void,
    { worker = new URL('./worker.ts', import.meta.url), workers = availableParallelism() }: PoolOptions,
  ) {
    this.#job = job;
    this.#seeds = seeds;
    this.#onOutcome = onOutcome;
    this.#program = worker;
    this.#count = Math.min(workers, seeds.length);
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#count }, () => this.#lane()));
  }

  stop(): void {
    for (const worker of this.#workers) worker.kill('SIGKILL');
    this.#workers.clear();
  }

  /** One worker after another, until no seed is left. */
  async #lane(): Promise<void> {
    while (this.#nextToGive < this.#seeds.length) await this.#drive();
  }

  /** Drives one worker until no seed is left or it dies. */
  #drive(): Promise<void> {
    const worker = fork(this.#program, [JSON.stringify(this.#job)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: WORKER_FLAGS,
    });
    this.#workers.add(worker);
    let ready = false;
    let current: number | undefined;
    const give = () => {
      current = this.#seeds[this.#nextToGive];
      if (current === undefined) worker.disconnect();
      else {
        this.#nextToGive += 1;
        worker.send({ seed: current });
      }
    };
    return new Promise<void>((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        ready = true;
        if (message.kind === 'unfit') {
          reject(errorOf(message));
          return;
        }
        if (message.kind === 'result') this.#tell({ seed: message.seed, result: message.result });
        if (message.kind === 'failed') this.#tell({ seed: message.seed, failure: message.message });
        give();
      });
      // Where it did start, its exit tells more.
      worker.on('error', (error) => {
        if (worker.pid === undefined) reject(error);
      });
      worker.on('exit', (code, signal) => {
        this.#workers.delete(worker);
        const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
        if (!ready) reject(new Error(`a worker ${how} before it could take a seed`));
        else if (current !== undefined) this.#tell({ seed: current, failure: `the worker ${how}` });
        resolve();
      });
    });
  }

  #tell(outcome: SeedOutcome): void {
    this.#early.set(outcome.seed, outcome);
    for (let seed = this.#seeds[this.#nextToTell]; seed !== undefined; seed = this.#seeds[this.#nextToTell]) {
      const next = this.#early.get(seed);
      if (!next) return;
      this.#early.delete(seed);
      this.#nextToTell += 1;
      this.#onOutcome(next);
    }
  }
}

/** The worker's error, of the kind that decides the exit code. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === 'UsageProblem') return new UsageProblem(message);
  return name === 'DoesNotComeUp' ? new DoesNotComeUp(message, []) : new Error(message);
}
