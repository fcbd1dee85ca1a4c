/**
 * What runs a function's code, one invocation at a time: Lambda's execution environment. `pool.ts` starts and reuses
 * them; in process (container.ts) unless a cloud was told otherwise (process/).
 */
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import type { Outcome } from './outcome.ts';
import type { FunctionRecord } from './state.ts';

/** One request to a function. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly clientContext?: unknown;
}

export interface ExecutionEnvironment {
  /** Of the function when this was started; one of an older revision takes no new invocation. */
  readonly revision: number;
  /** When it is reclaimed unless used before; set while it waits. */
  idleUntil: number;
  readonly alive: boolean;
  /** Of the process's timers and calls; undefined before it started. */
  readonly owner: Owner | undefined;
  /**
   * Starts cold: runs the module's top level, and is not ready before `coldStart` is over. Resolves with the failure, or
   * with undefined when the function is ready.
   */
  initialize(coldStart: Promise<void>): Promise<Outcome | undefined>;
  /** Thaws, runs the handler once, freezes again. After a timeout or an exit it is dead. */
  invoke(invocation: Invocation): Promise<Outcome>;
  kill(): void;
  /** The process ends, and nobody ever hears of its invocation: its cloud is held. */
  halt(): void;
  /** The process dies in the middle of an invocation, which fails at once. */
  crash(): void;
}

export type StartEnvironment = (
  cloud: Cloud,
  region: string,
  record: FunctionRecord,
  logStream: string,
) => ExecutionEnvironment;

const key = 'lambda environments';

/** From now on new execution environments of this cloud are made so; undefined: in process, as by default. */
export function startEnvironmentsWith(cloud: Cloud, start: StartEnvironment | undefined): void {
  if (start) cloud.running.set(key, start);
  else cloud.running.delete(key);
}

export const environmentsOf = (cloud: Cloud): StartEnvironment | undefined =>
  cloud.running.get(key) as StartEnvironment | undefined;
