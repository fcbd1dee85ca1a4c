/**
 * Runs a CommonJS bundle as a process of its own: its clock, randomness, environment, output and network are the
 * simulation's. Lambda containers and instances are sandboxes. This isolates well-meaning programs from the real world
 * so that runs repeat; it is no defence against hostile ones, which can reach the realm they share.
 */
import { posix } from 'node:path';
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { NotModelled } from '../errors.ts';
import { Random, seedStream } from '../random.ts';
import type { Caller } from '../service.ts';
import { createFetch } from './fetch.ts';
import { createGlobals, type Globals } from './globals.ts';
import { isLibrary, requireLibrary } from './libraries.ts';
import type { Machine } from './machine.ts';
import { createRequireFunction, currentMachine, moduleNotFound } from './modules.ts';
import { ProcessExit } from './process.ts';
import { type ModuleSource, programOf } from './program.ts';

export interface SandboxOptions {
  readonly region: string;
  /** For traces and people: 'lambda orders-prod-observe'. */
  readonly label: string;
  /** The bundle's text in `cloud.blobs`. */
  readonly codeHash: string;
  /** The other files of its package, by path beside it, as hashes in `cloud.blobs`. */
  readonly files?: Readonly<Record<string, string>>;
  /** As the program sees it: '/var/task/index.cjs'. */
  readonly filename: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom its AWS credentials stand for; they are issued here and put into its environment. */
  readonly caller?: Caller;
  onOutput?(line: string, stream: 'stdout' | 'stderr'): void;
  /** The process ended by itself: process.exit, or an error that nothing caught. */
  onExit?(exit: Exit): void;
  /** Further answers to `require`, before all others. */
  readonly modules?: Readonly<Record<string, unknown>>;
}

export interface Exit {
  readonly code: number;
  readonly error?: unknown;
}

export interface Sandbox {
  readonly exports: Record<string, unknown>;
  readonly owner: Owner;
  readonly env: Record<string, string | undefined>;
  /** Runs code that belongs to the process, such as a call of one of its exports. */
  enter(run: () => void): void;
  /** Timers and answers wait from now on. */
  pause(): void;
  resume(): void;
  /** Nothing of it ever runs again. */
  kill(): void;
}

/** Starts a process: the bundle's top level runs before this returns. Throws what the top level throws. */
export function createSandbox(cloud: Cloud, options: SandboxOptions): Sandbox {
  const process = new SimulatedProcess(cloud, options);
  try {
    process.load();
  } catch (error) {
    process.kill();
    throw error;
  }
  return process;
}

/** How many sandboxes this cloud has had; gives each its own stream of randomness. */
function nextNumber(cloud: Cloud): number {
  const number = ((cloud.running.get('sandboxes') as number | undefined) ?? 0) + 1;
  cloud.running.set('sandboxes', number);
  return number;
}

class SimulatedProcess implements Sandbox, Machine {
  readonly cloud: Cloud;
  readonly owner: Owner;
  readonly random: Random;
  readonly env: Record<string, string | undefined>;
  exports: Record<string, unknown> = {};
  readonly #options: SandboxOptions;
  readonly #startedAt: number;
  readonly #globals: Globals;
  readonly #partialLines = { stdout: '', stderr: '' };
  /** Modules of the package that have run, by path. */
  readonly #modules = new Map<string, unknown>();

  constructor(cloud: Cloud, options: SandboxOptions) {
    const { region, label, env, caller } = options;
    this.cloud = cloud;
    this.#options = options;
    this.#startedAt = cloud.now;
    this.owner = { region, label, process: label.replace(/^lambda /, ''), paused: false, killed: false };
    this.random = new Random(seedStream(cloud.state.seed, `sandbox ${region} ${label} ${nextNumber(cloud)}`));
    this.env = { ...env, ...(caller && credentialsFor(cloud, caller)) };
    this.#globals = createGlobals(this, options.filename, createFetch(this));
  }

  load(): void {
    watchRejections();
    this.exports = currentMachine.run(this, () => this.#load('', this.#options.codeHash)) as Record<string, unknown>;
  }

  self(): Machine {
    return this;
  }

  /** Runs a module of the package; its path is '' for the bundle itself. */
  #load(path: string, hash: string): unknown {
    const require = createRequireFunction(this.#globals.modules, this.#options.modules ?? {}, (name) =>
      this.#require(posix.join(posix.dirname(path), name)),
    );
    return programOf(this.#source(path, hash), this.#globals.bindings)(require);
  }

  /** A file of the package: library code is shared, everything else is this process's own and runs once. */
  #require(path: string): unknown {
    const hash = this.#options.files?.[path];
    if (hash === undefined) throw moduleNotFound(`./${path}`);
    if (isLibrary(path)) return requireLibrary(this.#source(path, hash));
    if (!this.#modules.has(path)) this.#modules.set(path, this.#load(path, hash));
    return this.#modules.get(path);
  }

  #source(path: string, hash: string): ModuleSource {
    const { filename } = this.#options;
    const full = path === '' ? filename : posix.join(posix.dirname(filename), path);
    return { hash, filename: full, text: () => this.cloud.blobs.text(hash) };
  }

  wallNow(): number {
    return this.cloud.now + this.cloud.clockSkewMs(this.owner.region);
  }

  monotonicNow(): number {
    return this.cloud.now - this.#startedAt;
  }

  enter(run: () => void): void {
    if (this.owner.killed) return;
    try {
      currentMachine.run(this, run);
    } catch (error) {
      if (!(error instanceof ProcessExit)) this.exit(1, error);
    }
  }

  write(text: string, stream: 'stdout' | 'stderr'): void {
    const lines = (this.#partialLines[stream] + text).split('\n');
    this.#partialLines[stream] = lines.pop() ?? '';
    for (const line of lines) this.#options.onOutput?.(line, stream);
  }

  exit(code: number, error?: unknown): void {
    if (this.owner.killed) return;
    for (const stream of ['stdout', 'stderr'] as const) if (this.#partialLines[stream]) this.write('\n', stream);
    this.kill();
    if (error instanceof NotModelled) throw error;
    this.#options.onExit?.(error === undefined ? { code } : { code, error });
  }

  pause(): void {
    this.owner.paused = true;
  }

  resume(): void {
    if (!this.owner.paused) return;
    this.owner.paused = false;
    this.cloud.clock.unpark();
  }

  kill(): void {
    this.owner.killed = true;
  }
}

function credentialsFor(cloud: Cloud, caller: Caller): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.issueCredentials(caller);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

let watching = false;

/** A rejection that nothing handles ends the process it happened in, as in Node. */
function watchRejections(): void {
  if (watching) return;
  watching = true;
  process.on('unhandledRejection', function endSandbox(reason) {
    const machine = currentMachine.getStore();
    if (machine) machine.exit(1, reason);
    // Ours to report only when nobody else does: a listener switches Node's own crash off.
    else if (process.listenerCount('unhandledRejection') === 1) throw reason;
  });
}
