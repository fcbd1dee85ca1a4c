/** The execution environments of all functions of a cloud: reused while warm, one more for every invocation beyond them. */

import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { diesAt, isMortal, isThrottled } from '../faults/crashes.ts';
import { Container } from './container.ts';
import {
  type ExecutionEnvironment,
  environmentsOf,
  type Invocation,
  type StartEnvironment,
} from './execution-environment.ts';
import { errorOutcome, exitOutcome, type Outcome } from './outcome.ts';
import type { FunctionRecord } from './state.ts';

/**
 * Time before the handler runs. Cold starts take "from under 100 ms to over 1 second" (Lambda Developer Guide,
 * "Understanding the Lambda execution environment lifecycle"). Guess: triangular (100, 400, 1200) ms; warm 2–8 ms.
 */
const coldStartMs = [100, 400, 1200] as const;
const warmStartMs = [2, 8] as const;

/** Guess: a container is reclaimed after 5–15 minutes without work; AWS tells no figure. */
const idleMinutes = [5, 15] as const;

/** Of an account in one region, by default (Lambda quotas, "Concurrent executions"). */
const concurrencyMax = 1000;

const inProcess: StartEnvironment = (...made) => new Container(...made);

interface Workers {
  idle: ExecutionEnvironment[];
  busy: number;
  /** The containers that work now; a cold start is busy before it is one of them. */
  readonly working: Set<ExecutionEnvironment>;
}

/** Runs one invocation in a free container. Throws TooManyRequestsException when none may be added. */
export async function runInvocation(
  cloud: Cloud,
  region: string,
  record: FunctionRecord,
  invocation: Invocation,
): Promise<Outcome> {
  const pool = poolOf(cloud);
  const workers = pool.workersOf(region, record.name);
  const worker = { region, name: record.name, description: record.description };
  if (isThrottled(cloud, worker)) throw noRoom(false);
  pool.assertFree(region, record, workers);
  workers.busy++;
  try {
    const started = await pool.start(region, record, workers);
    if ('payload' in started) return started;
    const { requestId } = invocation;
    cloud.note(region, 'lambda', 'start', { function: record.name, requestId });
    workers.working.add(started);
    const invoked = started.invoke(invocation);
    if (diesAt(cloud, worker, 'start')) started.crash();
    let outcome = await invoked;
    workers.working.delete(started);
    if (started.alive && diesAt(cloud, worker, 'end')) {
      started.kill();
      outcome = exitOutcome(requestId, 1);
    }
    const detail = { function: record.name, requestId, ...(outcome.failed && { error: JSON.parse(outcome.payload) }) };
    cloud.note(region, 'lambda', outcome.failed ? 'failed' : 'end', detail);
    pool.release(region, started, workers);
    return outcome;
  } finally {
    workers.busy--;
  }
}

/** Reclaims every idle container, as Lambda may at any time; a cloud can be forked only without running code. */
export const reclaimIdle = (cloud: Cloud): void => poolOf(cloud).reclaimIdle();

/** Ends every container at once, the working ones too: nobody hears of what they were doing. */
export const haltContainers = (cloud: Cloud): void => poolOf(cloud).halt();

/** Lets every process of a function that works now die, as out of memory. Returns how many there were. */
export function crashFunction(cloud: Cloud, region: string, name: string): number {
  const working = [...poolOf(cloud).workersOf(region, name).working];
  for (const container of working) container.crash();
  return working.length;
}

function noRoom(reserved: boolean): AwsError {
  const Reason = `${reserved ? 'ReservedFunctionConcurrentInvocation' : 'ConcurrentInvocation'}LimitExceeded`;
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', { members: { Reason, Type: 'User' } });
}

function poolOf(cloud: Cloud): Pool {
  let pool = cloud.running.get('lambda') as Pool | undefined;
  if (!pool) {
    pool = new Pool(cloud);
    cloud.running.set('lambda', pool);
  }
  return pool;
}

class Pool {
  readonly #cloud: Cloud;
  /** Region → function → containers. */
  readonly #workers = new Map<string, Map<string, Workers>>();
  readonly #owners = new Map<string, Owner>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  workersOf(region: string, name: string): Workers {
    let inRegion = this.#workers.get(region);
    if (!inRegion) {
      inRegion = new Map();
      this.#workers.set(region, inRegion);
    }
    let workers = inRegion.get(name);
    if (!workers) {
      workers = { idle: [], busy: 0, working: new Set() };
      inRegion.set(name, workers);
    }
    return workers;
  }

  assertFree(region: string, { reservedConcurrency }: FunctionRecord, workers: Workers): void {
    const reserved = reservedConcurrency !== undefined;
    const all = [...(this.#workers.get(region)?.values() ?? [])].reduce((sum, each) => sum + each.busy, 0);
    if (reserved ? workers.busy < reservedConcurrency : all < concurrencyMax) return;
    throw noRoom(reserved);
  }

  /** A warm container, or a new one after its cold start; or what its start failed with. */
  async start(region: string, record: FunctionRecord, workers: Workers): Promise<ExecutionEnvironment | Outcome> {
    const random = this.#cloud.random(`lambda containers@${region}`);
    this.#reclaim(record, workers);
    const warm = workers.idle.pop();
    if (warm) {
      await this.#wait(region, random.uniform(...warmStartMs));
      return warm;
    }
    const coldStart = this.#wait(region, random.triangular(...coldStartMs));
    const date = new Date(this.#cloud.now).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${date}/[$LATEST]${random.hex(32)}`;
    const start = environmentsOf(this.#cloud) ?? inProcess;
    const container = start(this.#cloud, region, record, logStream);
    let failure = await container.initialize(coldStart);
    const { name, description } = record;
    const worker = { region, name, description };
    if (!failure && diesAt(this.#cloud, worker, 'init')) {
      container.kill();
      failure = errorOutcome('Runtime.ExitError', 'Error: Runtime exited with error: exit status 1');
    }
    if (container.owner) isMortal(container.owner, { ...worker, crash: () => container.crash() });
    this.#cloud.note(region, 'lambda', failure ? 'init.failed' : 'init', { function: record.name, ...failure });
    return failure ?? container;
  }

  release(region: string, container: ExecutionEnvironment, workers: Workers): void {
    if (!container.alive) return;
    const minutes = this.#cloud.random(`lambda containers@${region}`).uniform(...idleMinutes);
    container.idleUntil = this.#cloud.now + minutes * 60_000;
    workers.idle.push(container);
  }

  reclaimIdle(): void {
    for (const inRegion of this.#workers.values()) {
      for (const workers of inRegion.values()) {
        for (const container of workers.idle) container.kill();
        workers.idle = [];
      }
    }
  }

  halt(): void {
    this.reclaimIdle();
    for (const inRegion of this.#workers.values()) {
      for (const { working } of inRegion.values()) for (const container of working) container.halt();
    }
    this.#workers.clear();
    for (const owner of this.#owners.values()) owner.killed = true;
    this.#owners.clear();
  }

  #reclaim(record: FunctionRecord, workers: Workers): void {
    const kept = ({ idleUntil, revision }: ExecutionEnvironment) =>
      idleUntil > this.#cloud.now && revision === record.revision;
    for (const container of workers.idle) if (!kept(container)) container.kill();
    workers.idle = workers.idle.filter((container) => container.alive);
  }

  /** Lambda itself stands still with its region. */
  #wait(region: string, milliseconds: number): Promise<void> {
    let owner = this.#owners.get(region);
    if (!owner) {
      owner = { region, label: 'lambda', paused: false, killed: false };
      this.#owners.set(region, owner);
    }
    const waiting = owner;
    return new Promise((resolve) => {
      this.#cloud.clock.after(Math.round(milliseconds), waiting, resolve);
    });
  }
}
