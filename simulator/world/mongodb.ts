/**
 * A stand-in for the `mongodb` package, given to simulated instances as what `require('mongodb')` answers. It is NOT the
 * wire protocol, and it does not authenticate: it calls the simulated clusters with the delays, the limits and the
 * errors of the real driver (version 7.8), as far as the application uses it. What it lacks it refuses by name.
 *
 * Two properties are modelled with care because the write fence stands on them; test/app/mongo-store.test.ts shows both
 * on the real driver. `timeoutMS` has no effect. `commandStarted` is emitted after a connection was found and before
 * anything is sent, and a listener that throws stops the command there.
 */

import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import type { Random } from '../random.ts';
import { clusterOfEndpoint, clusterView } from '../services/rds/view.ts';
import type { ClusterId } from './database.ts';
import type { Document } from './documents.ts';
import * as errors from './mongodb-errors.ts';
import { notModelled, onlyKnown, refusing } from './mongodb-gaps.ts';
import { type By, type Command, execute, type Filter, type ServerAnswer, workMs } from './mongodb-server.ts';
import { elapsed, later, oneWayMs } from './place.ts';

/** The process that uses the driver. */
export interface DriverHost {
  readonly cloud: Cloud;
  readonly region: string;
  readonly by: By;
  /** The process's clock owner; asked late because the driver is made before the process. */
  owner(): Owner;
  /** Fault: extra wait for a connection from the pool, asked for each command. */
  checkoutDelayMs(): number;
  /** A write was asked for and is not yet on the wire. */
  onWrite?(): void;
}

interface ClientOptions {
  readonly serverSelectionTimeoutMS?: number;
  readonly waitQueueTimeoutMS?: number;
  readonly socketTimeoutMS?: number;
  readonly monitorCommands?: boolean;
}

/** Options that are understood; those of the last row change nothing here, nor, of them, `timeoutMS` on the real one. */
const CLIENT_OPTIONS = [
  ...['serverSelectionTimeoutMS', 'waitQueueTimeoutMS', 'socketTimeoutMS', 'monitorCommands'],
  ...['connectTimeoutMS', 'maxPoolSize', 'minPoolSize', 'retryWrites', 'tls', 'tlsCAFile', 'timeoutMS'],
];
const OPERATION_OPTIONS = ['maxTimeMS', 'upsert', 'sort', 'timeoutMS'];

/** The driver's own defaults. */
const SELECTION_MS = 30_000;

/**
 * The wait for a connection from the pool: usually none, sometimes one is busy. Guess: 1 in 5, up to 5 ms. A scenario
 * makes it longer through `world.instances`' `checkoutDelayMs`.
 */
const BUSY_SHARE = 0.2;
const BUSY_MS_MAX = 5;

/** TCP, TLS, hello and authentication. Guess: four round trips, 10 to 30 ms of work. */
const HANDSHAKE_TRIPS = 4;

type Listener = (event: { readonly commandName: string; readonly address: string }) => void;
const COMMAND_NAMES = {
  find: 'find',
  insert: 'insert',
  delete: 'delete',
  replace: 'update',
  update: 'update',
} as const;

interface OperationOptions {
  readonly maxTimeMS?: number;
  readonly upsert?: boolean;
  readonly sort?: Filter;
}

/** What `require('mongodb')` answers in this process. */
export function createMongoDriver(host: DriverHost): Record<string, unknown> {
  class MongoClient extends FakeClient {
    constructor(uri: string, options?: ClientOptions) {
      super(host, uri, options);
    }

    static async connect(uri: string, options?: ClientOptions): Promise<MongoClient> {
      const client = new MongoClient(uri, options);
      await client.connect();
      return client;
    }
  }
  return refusing(host.cloud, 'mongodb', { MongoClient, ...errors });
}

/** The client, and, as nothing more is needed of them, its databases and collections. */
class FakeClient {
  readonly #process: DriverHost;
  readonly #host: string;
  readonly #options: ClientOptions;
  readonly #listeners: Listener[] = [];
  /** False after a network error, until the server was found again. */
  #known = false;
  #closed = false;

  constructor(host: DriverHost, uri: string, options: ClientOptions = {}) {
    onlyKnown(host.cloud, 'MongoClient', options, CLIENT_OPTIONS);
    this.#process = host;
    this.#host = hostOf(host.cloud, uri);
    this.#options = options;
  }

  async connect(): Promise<this> {
    await this.#findServer();
    return this;
  }

  on(event: string, listener: Listener): this {
    if (event !== 'commandStarted') notModelled(this.#process.cloud, `the event '${event}'`);
    this.#listeners.push(listener);
    return this;
  }

  /** Every name is the same database: the simulated clusters hold one. */
  db(_name: string): { collection(name: string): object } {
    return { collection: (name) => refusing(this.#process.cloud, 'Collection', this.#collection(name)) };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #collection(collection: string) {
    return {
      findOne: async (filter: Filter, options: OperationOptions = {}) => {
        const sort = options.sort && { sort: options.sort };
        const { document } = await this.#run({ do: 'find', collection, filter, ...sort }, options);
        return document ? { ...document } : null;
      },
      insertOne: async (document: Document, options: OperationOptions = {}) => {
        await this.#run({ do: 'insert', collection, document: { ...document } }, options);
        return { acknowledged: true, insertedId: document._id };
      },
      deleteOne: async (filter: Filter, options: OperationOptions = {}) => {
        const { matched } = await this.#run({ do: 'delete', collection, filter }, options);
        return { acknowledged: true, deletedCount: matched ?? 0 };
      },
      replaceOne: (filter: Filter, change: Record<string, unknown>, options: OperationOptions = {}) =>
        this.#change({ do: 'replace', collection, filter, change, upsert: options.upsert === true }, options),
      updateOne: (filter: Filter, change: Record<string, unknown>, options: OperationOptions = {}) =>
        this.#change({ do: 'update', collection, filter, change, upsert: options.upsert === true }, options),
    };
  }

  async #change(command: Command, options: OperationOptions) {
    const { matched, upserted } = await this.#run(command, options);
    return { acknowledged: true, matchedCount: matched ?? 0, upsertedCount: upserted ? 1 : 0 };
  }

  async #run(command: Command, options: OperationOptions): Promise<ServerAnswer> {
    const commandName = COMMAND_NAMES[command.do];
    onlyKnown(this.#process.cloud, commandName, options, OPERATION_OPTIONS);
    if (this.#closed) throw new errors.MongoNotConnectedError('Client must be connected before running operations');
    if (!this.#known) await this.#findServer();
    const cluster = clusterOfEndpoint(this.#process.cloud, this.#host);
    if (!cluster) throw new errors.MongoServerSelectionError(`getaddrinfo ENOTFOUND ${this.#host}`);
    if (command.do !== 'find') this.#process.onWrite?.();
    await this.#checkOut();
    this.#announce(commandName);
    return this.#exchange(cluster, command, options.maxTimeMS ?? Number.POSITIVE_INFINITY);
  }

  /** A listener that throws stops the command here; the world takes note of it, since nobody else can see it. */
  #announce(commandName: string): void {
    if (!this.#options.monitorCommands) return;
    const { cloud, region, by } = this.#process;
    try {
      for (const listener of this.#listeners) listener({ commandName, address: this.#host });
    } catch (error) {
      const { instance: instanceId } = by;
      cloud.note(region, 'world.mongodb', 'notSent', { instanceId, commandName, message: String(error) });
      throw error;
    }
  }

  /** Server selection with a fresh connection; fails after its own limit when nobody answers. */
  async #findServer(): Promise<void> {
    const { cloud, region } = this.#process;
    const found = clusterOfEndpoint(cloud, this.#host);
    if (!found || !cloud.reaches(region, found.region) || !serves(cloud, found)) {
      await this.#wait(this.#options.serverSelectionTimeoutMS ?? SELECTION_MS);
      throw new errors.MongoServerSelectionError(found ? 'connect ETIMEDOUT' : `getaddrinfo ENOTFOUND ${this.#host}`);
    }
    const tripsMs = 2 * HANDSHAKE_TRIPS * oneWayMs(cloud, region, found.region);
    await this.#wait(tripsMs + Math.round(this.#random.uniform(10, 30)));
    this.#known = true;
  }

  async #checkOut(): Promise<void> {
    const busyMs = this.#random.chance(BUSY_SHARE) ? this.#random.integer(BUSY_MS_MAX + 1) : 0;
    const delayMs = busyMs + this.#process.checkoutDelayMs();
    // A process that was stopped just now gets its connection when it goes on.
    if (delayMs === 0 && !this.#process.owner().paused) return;
    const limitMs = this.#options.waitQueueTimeoutMS ?? 0;
    if (limitMs > 0 && delayMs > limitMs) {
      await this.#wait(limitMs);
      throw new errors.MongoWaitQueueTimeoutError('Timed out while checking out a connection from connection pool');
    }
    await this.#wait(delayMs);
  }

  /** The way there, the server's work, the way back. Once sent, a command no longer depends on its sender. */
  #exchange(cluster: ClusterId, command: Command, maxTimeMs: number): Promise<ServerAnswer> {
    const { cloud, region, by } = this.#process;
    return new Promise((resolve, reject) => {
      const lost = (): void => this.#timeOut(reject);
      if (!cloud.delivers(region, cluster.region)) return lost();
      const tookMs = workMs(cloud, cluster.region);
      later(cloud, oneWayMs(cloud, region, cluster.region) + Math.min(tookMs, maxTimeMs), () => {
        if (!cloud.delivers(region, cluster.region)) return lost();
        const answer = attempt(() => execute(cloud, cluster, command, { tookMs, maxTimeMs }, by));
        if (!cloud.delivers(cluster.region, region)) return lost();
        cloud.clock.after(oneWayMs(cloud, cluster.region, region), this.#process.owner(), () => {
          if ('error' in answer) return reject(answer.error);
          if (answer.value.entry) answer.value.entry.ackedAt = elapsed(cloud);
          resolve(answer.value);
        });
      });
    });
  }

  /** Nothing comes back: the socket's own limit ends the wait, and the server counts as unknown. */
  #timeOut(reject: (error: Error) => void): void {
    const limitMs = this.#options.socketTimeoutMS ?? 0;
    // Without a limit the real driver waits as well.
    if (limitMs === 0) return;
    this.#process.cloud.clock.after(limitMs, this.#process.owner(), () => {
      this.#known = false;
      reject(new errors.MongoNetworkTimeoutError(`connection to ${this.#host} timed out`));
    });
  }

  /** Waits on the process's own timers: a process that is stopped stays stopped. */
  #wait(milliseconds: number): Promise<void> {
    const { cloud, owner } = this.#process;
    return new Promise((resolve) => {
      cloud.clock.after(milliseconds, owner(), resolve);
    });
  }

  get #random(): Random {
    return this.#process.cloud.random(`world.mongodb@${this.#process.region}`);
  }
}

const serves = (cloud: Cloud, { region, clusterId }: ClusterId): boolean => {
  const view = clusterView(cloud, region, clusterId);
  return view.readable || view.writable;
};

type Attempt<T> = { readonly value: T } | { readonly error: Error };

/** The server's errors travel back as answers; any other is a defect or a gap of the simulator and ends the run. */
function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof errors.MongoError) return { error };
    throw error;
  }
}

/** 'mongodb://user:password@host:27017/?…' → 'host' */
function hostOf(cloud: Cloud, uri: string): string {
  const host = /^mongodb:\/\/(?:[^@/]*@)?([^:/,?]+)(?::\d+)?(?:\/|$)/.exec(uri)?.[1];
  return host ?? notModelled(cloud, 'a connection string other than mongodb://host:port/');
}
