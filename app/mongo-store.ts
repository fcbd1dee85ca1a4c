/**
 * The store over the MongoDB driver (DocumentDB speaks the same protocol). Each stage of a call has its limit, and a
 * write is stopped at the socket when its time is over.
 *
 * The driver's own whole-operation limit, `timeoutMS`, cannot be used: since 7.8.0 it has no effect, and the versions
 * in which it had one mix up answers after a timeout (release notes of v6.22.0 and v7.8.0, CVE-2026-119179).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type CommandStartedEvent, MongoClient, MongoServerError } from 'mongodb';
import type { Clock } from './clock.ts';
import { DatabaseNotReady, WriteTooLateUnsafe } from './errors.ts';
import type { Admission } from './lease.ts';
import type { Collection, ReadFrom, Store, StoredDocument } from './store.ts';

const DUPLICATE_KEY = 11_000;
const WRITE_COMMANDS = new Set(['insert', 'update', 'delete', 'findAndModify']);

export interface MongoStoreOptions {
  readonly clock: Clock;
  /** A connection string for one of the hosts of `use`. */
  urlOf(host: string): Promise<string>;
  readonly database: string;
  /** How long the server itself may work on one write. */
  readonly serverWriteMs: number;
  /** PEM file of the authorities that sign the server's certificate. */
  readonly tlsCaFile?: string | undefined;
}

/** Limits of the driver's stages before and after the socket, in milliseconds. */
const STAGES = { serverSelectionTimeoutMS: 1_000, waitQueueTimeoutMS: 1_000, connectTimeoutMS: 1_000 } as const;
const READ_SERVER_MS = 1_000;
const SOCKET_MS = 3_500;

export function createMongoStore(options: MongoStoreOptions): Store {
  const { clock } = options;
  const currentAdmission = new AsyncLocalStorage<Admission>();
  const clients = new Map<string, Promise<MongoClient>>();
  let hosts: Record<ReadFrom, string> | null = null;

  /**
   * Guard (d): the driver emits this after it has a connection and before it writes to it, in one go; throwing here
   * rejects the call with nothing sent. So neither a queue nor a stopped process makes a write late.
   */
  function refuseLateWrite(event: CommandStartedEvent): void {
    if (!WRITE_COMMANDS.has(event.commandName)) return;
    const admission = currentAdmission.getStore();
    if (!admission) throw new WriteTooLateUnsafe(`${event.commandName} was called without an admission`);
    const lateMs = clock.monotonicMs() - admission.sendBy;
    if (lateMs > 0) throw new WriteTooLateUnsafe(`${event.commandName} is ${Math.ceil(lateMs)} ms late; not sent`);
  }

  async function connect(host: string): Promise<MongoClient> {
    const client = await MongoClient.connect(await options.urlOf(host), {
      ...STAGES,
      socketTimeoutMS: SOCKET_MS,
      maxPoolSize: 20,
      // DocumentDB has no retryable writes; and a retry would be a second send under one admission.
      retryWrites: false,
      monitorCommands: true,
      ...(options.tlsCaFile ? { tls: true, tlsCAFile: options.tlsCaFile } : {}),
    });
    client.on('commandStarted', refuseLateWrite);
    return client;
  }

  async function collection(name: Collection, from: ReadFrom) {
    if (!hosts) throw new DatabaseNotReady('no database is configured yet');
    const host = hosts[from];
    let client = clients.get(host);
    if (!client) {
      client = connect(host);
      clients.set(host, client);
      // A failed attempt must not be remembered as the answer for ever.
      client.catch(() => clients.delete(host));
    }
    return (await client).db(options.database).collection<StoredDocument>(name);
  }

  const within = <T>(admission: Admission, write: () => Promise<T>): Promise<T> =>
    currentAdmission.run(admission, write);
  const writeOptions = { maxTimeMS: options.serverWriteMs };
  const readOptions = { maxTimeMS: READ_SERVER_MS };

  return {
    use({ endpoint, reader }) {
      if (hosts?.writer === endpoint && hosts.reader === reader) return;
      hosts = { writer: endpoint, reader };
      for (const [host, client] of clients) {
        if (host === endpoint || host === reader) continue;
        clients.delete(host);
        client.then((open) => open.close()).catch(() => {});
      }
    },
    insert: (name, document, admission) =>
      within(admission, async () => {
        try {
          await (await collection(name, 'writer')).insertOne(document, writeOptions);
          return 'inserted';
        } catch (error) {
          if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return 'exists';
          throw error;
        }
      }),
    put: (name, document, admission) =>
      within(admission, async () => {
        const { _id, ...rest } = document;
        const filter = { _id, ...notAfter(admission) };
        await (await collection(name, 'writer')).replaceOne(filter, rest, { ...writeOptions, upsert: true });
      }),
    remove: (name, id, admission) =>
      within(admission, async () => {
        const filter = { _id: id, ...notAfter(admission) };
        const { deletedCount } = await (await collection(name, 'writer')).deleteOne(filter, writeOptions);
        return deletedCount > 0 ? 'removed' : 'missing';
      }),
    get: async (name, id, from) => (await collection(name, from)).findOne({ _id: id }, readOptions),
    newest: async (name, from) => (await collection(name, from)).findOne({}, { ...readOptions, sort: { at: -1 } }),
    async close() {
      const open = [...clients.values()];
      clients.clear();
      await Promise.allSettled(open.map(async (client) => (await client).close()));
    },
  };
}

/** The server's own part of the fence: a document of a later epoch is not touched. */
const notAfter = ({ epoch }: Admission) => ({ epoch: { $lte: epoch } });
