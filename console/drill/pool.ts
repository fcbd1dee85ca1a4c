/**
 * Runs many seeds on all cores: one worker process each, which deploys once and forks the deployed cloud per seed.
 * Results come out in seed order, whatever order they were finished in.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { DrillResult } from './result.ts';

export interface PoolJob {
  readonly slug: string;
  readonly scenario: string;
  readonly assembly: string;
  readonly environment: string;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: DrillResult }
  | { readonly kind: 'failed'; readonly seed: number; readonly message: string };

/** Calls `onResult` in seed order. Throws when a worker dies or a run fails, naming the seed. */
export async function runPool(
  job: PoolJob,
  seeds: readonly number[],
  onResult: (result: DrillResult) => void,
): Promise<void> {
  const waiting = new Map<number, DrillResult>();
  let nextToGive = 0;
  let nextToPrint = 0;
  const flush = () => {
    for (let seed = seeds[nextToPrint]; seed !== undefined; seed = seeds[nextToPrint]) {
      const result = waiting.get(seed);
      if (!result) return;
      waiting.delete(seed);
      nextToPrint += 1;
      onResult(result);
    }
  };

  const workers: ChildProcess[] = [];
  const drive = (worker: ChildProcess) =>
    new Promise<void>((resolve, reject) => {
      let current: number | undefined;
      const give = () => {
        current = seeds[nextToGive];
        nextToGive += 1;
        if (current === undefined) {
          worker.disconnect();
          resolve();
        } else worker.send({ seed: current });
      };
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'failed') {
          reject(new Error(`seed ${message.seed}: ${message.message}`));
          return;
        }
        if (message.kind === 'result') {
          waiting.set(message.result.seed, message.result);
          flush();
        }
        give();
      });
      worker.on('exit', (code) => {
        if (code !== 0) reject(new Error(`a worker ended with code ${code} at seed ${current ?? 'none'}`));
      });
    });

  try {
    const count = Math.min(availableParallelism(), seeds.length);
    for (let index = 0; index < count; index++) {
      workers.push(fork(new URL('./worker.ts', import.meta.url), [JSON.stringify(job)], { stdio: 'inherit' }));
    }
    await Promise.all(workers.map(drive));
  } finally {
    for (const worker of workers) if (worker.connected) worker.kill();
  }
}
