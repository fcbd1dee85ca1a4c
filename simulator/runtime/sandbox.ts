/**
 * Runs a CommonJS bundle as a process of its own: its clock, randomness, environment, output and network are the
 * simulation's. Lambda containers and instances are sandboxes. This isolates well-meaning programs from the real world
 * so that runs repeat; it is no defence against hostile ones, which can reach the realm they share.
 */
import vm from 'node:vm';
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { NotModelled } from '../errors.ts';
import { Random, seedStream } from '../random.ts';
import type { Caller } from '../service.ts';
import { createFetch } from './fetch.ts';
import { createGlobals, type Globals } from './globals.ts';
import type { Machine } from './machine.ts';
import { createRequireFunction, currentMachine } from './modules.ts';
import { ProcessExit } from './process.ts';

export interface SandboxOptions {
  readonly region: string;
  /** For traces and people: 'lambda orders-prod-observe'. */
  readonly label: string;
  /** The bundle's text in `cloud.blobs`. */
  readonly codeHash: string;
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

  constructor(cloud: Cloud, options: SandboxOptions) {
    const { region, label, env, caller } = options;
    this.cloud = cloud;
    this.#options = options;
    this.#startedAt = cloud.now;
    this.owner = { region, label, paused: false, killed: false };
    this.random = new Random(seedStream(cloud.state.seed, `sandbox ${region} ${label} ${nextNumber(cloud)}`));
    this.env = { ...env, ...(caller && credentialsFor(cloud, caller)) };
    this.#globals = createGlobals(this, options.filename, createFetch(this));
  }

  load(): void {
    const { codeHash, filename, modules = {} } = this.#options;
    const { bindings, modules: own } = this.#globals;
    const run = programOf(this.cloud, codeHash, filename, bindings);
    const module = {
      exports: {} as Record<string, unknown>,
      id: '.',
      filename,
      loaded: false,
      children: [],
      paths: [],
    };
    const require = Object.assign(createRequireFunction(own, modules), { main: module, cache: {} });
    const directory = filename.slice(0, filename.lastIndexOf('/'));
    watchRejections();
    currentMachine.run(this, () => run.call(module.exports, module, module.exports, require, filename, directory));
    this.exports = module.exports;
  }

  wallNow(): number {
    return this.cloud.now + (this.cloud.state.faults.clockSkewMs[this.owner.region] ?? 0);
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

type Program = (this: unknown, ...module: unknown[]) => void;

/** Compiled programs by blob hash and name. They hold no state: each run makes the module anew. */
const scripts = new Map<string, vm.Script>();

/** The program for one process, whose free names are these bindings. */
function programOf(cloud: Cloud, codeHash: string, filename: string, bindings: Globals['bindings']): Program {
  const key = `${codeHash} ${filename}`;
  let script = scripts.get(key);
  if (!script) {
    const text = cloud.blobs.text(codeHash);
    // Two functions, so that a module may declare a name of its own for a global: const crypto = require('crypto').
    const module = `function (module, exports, require, __filename, __dirname) {${text}\n}`;
    script = new vm.Script(`(function (${Object.keys(bindings).join(', ')}) { return ${module}; })`, { filename });
    scripts.set(key, script);
  }
  const bind = script.runInThisContext() as (...values: unknown[]) => Program;
  return bind(...Object.values(bindings));
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
