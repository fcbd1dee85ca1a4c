/**
 * The second way to run functions: each execution environment a child process over HTTP on the wall clock, from the same
 * files. Started by `mainstay drill --processes`; without it functions run in process, on virtual time.
 */
import type { Cloud } from '../../cloud.ts';
import { startEnvironmentsWith } from '../execution-environment.ts';
import { ProcessEnvironment } from './process-environment.ts';
import { Workshop } from './workshop.ts';

export interface FunctionProcesses {
  /** How many were started so far. */
  readonly started: number;
  /** How many live now. */
  readonly living: number;
  /** Ends them all and resolves when they are gone; functions run in process again. */
  close(): Promise<void>;
}

export interface ProcessOptions {
  /** That of the cloud's wall clock (simulator/local/wall-clock.ts), which must run while functions do. */
  readonly speed: number;
  /** Told of errors of the simulator itself; without it they are thrown out of the event loop. */
  readonly onError?: (error: unknown) => void;
}

/** From now on functions of this cloud start in child processes. Throws on Windows, which cannot freeze a process. */
export function runFunctionsInProcesses(cloud: Cloud, { speed, onError }: ProcessOptions): FunctionProcesses {
  if (process.platform === 'win32') throw new Error('functions as child processes need a POSIX system');
  const onDefect = onError ?? thrown;
  const workshop = new Workshop();
  const living = new Set<ProcessEnvironment>();
  let started = 0;
  let allEnded: (() => void) | undefined;
  startEnvironmentsWith(cloud, (...made) => {
    const onEnd = (): void => {
      living.delete(environment);
      if (living.size === 0) allEnded?.();
    };
    const environment = new ProcessEnvironment(...made, { workshop, speed, onEnd, onDefect });
    living.add(environment);
    started++;
    return environment;
  });
  cloud.trace.onEntry(({ source, what, region }) => {
    if (source !== 'world' || (what !== 'region.dark' && what !== 'region.back')) return;
    for (const environment of living) if (environment.region === region) environment.powerChanged();
  });
  return {
    get started() {
      return started;
    },
    get living() {
      return living.size;
    },
    async close() {
      startEnvironmentsWith(cloud, undefined);
      const ended = new Promise<void>((resolve) => {
        allEnded = resolve;
      });
      for (const environment of living) environment.kill();
      if (living.size > 0) await ended;
      workshop.close();
    },
  };
}

function thrown(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
