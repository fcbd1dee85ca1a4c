/**
 * One running instance: its loops around the request handler. Bundled to dist/app/index.cjs, which the container image
 * and the simulated instances run alike; main.ts uses the same parts on a developer's machine.
 */
import { type AppRequest, type AppResponse, createApp } from './app.ts';
import { createAuthority } from './authority.ts';
import { type Clock, systemClock } from './clock.ts';
import { createFencedWrites } from './fenced-writes.ts';
import { createHeartbeats } from './heartbeats.ts';
import { createConsumer } from './jobs.ts';
import { type Authority, createLease } from './lease.ts';
import { createMongoStore } from './mongo-store.ts';
import { createOrders } from './orders.ts';
import { createParameters, type ParameterSource, secretReader, ssmParameters } from './parameters.ts';
import { createReadiness } from './readiness.ts';
import { serve as serveHttp } from './serve.ts';
import { parseSettings, type Settings } from './settings.ts';
import type { Store } from './store.ts';

const FINISH_WITHIN_MS = 10_000;

export interface Instance {
  handle(request: AppRequest): Promise<AppResponse>;
  /** Refuses new requests, lets those in flight finish, gives up the lease, closes the database. */
  stop(): Promise<void>;
}

export interface InstancePorts {
  readonly settings: Pick<
    Settings,
    | ('region' | 'regions' | 'colour' | 'digest' | 'instance' | 'leaseMs' | 'longestWriteMs' | 'sendWithinMs')
    | ('renewMs' | 'beatMs' | 'refreshMs' | 'jobMs')
  >;
  readonly clock: Clock;
  readonly authority: Authority;
  readonly parameters: ParameterSource;
  readonly store: Store;
  log(line: string): void;
}

/** Starts the application as the environment says. Throws a ZodError naming a variable that is missing or wrong. */
export function start(environment: Readonly<Record<string, string | undefined>> = process.env): Instance {
  const settings = parseSettings(environment);
  const credentials = secretReader(settings.region, settings.databaseSecret);
  return createInstance({
    settings,
    clock: systemClock,
    authority: createAuthority({
      table: settings.authorityTable,
      application: settings.application,
      regions: settings.regions,
    }),
    parameters: ssmParameters(settings),
    store: createMongoStore({
      clock: systemClock,
      database: 'orders',
      serverWriteMs: settings.serverWriteMs,
      tlsCaFile: settings.databaseCaFile,
      urlOf: async (host) => {
        const { username, password } = await credentials();
        const user = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        return `mongodb://${user}@${host}:27017/?replicaSet=rs0`;
      },
    }),
    log: (line) => console.log(line),
  });
}

/** The container's command: serves an instance until SIGTERM; ends with 2, saying why, when its settings do not fit. */
export function serve(): void {
  try {
    serveHttp(start(), parseSettings(process.env).port);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exit(2);
  }
}

export function createInstance(ports: InstancePorts): Instance {
  const { settings, clock, store } = ports;
  const parameters = createParameters(ports.parameters);
  const lease = createLease({
    ...settings,
    endpoints: settings.regions,
    authority: ports.authority,
    clock,
    acknowledged: () => heartbeats.acknowledged(),
  });
  const writes = createFencedWrites(lease, parameters);
  const heartbeats = createHeartbeats({ instance: settings.instance, clock, store, writes });
  const consumer = createConsumer({ instance: settings.instance, clock, store, writes, parameters });
  const identity = (({ region, colour, digest, instance }) => ({ region, colour, digest, instance }))(settings);
  const app = createApp({
    identity,
    lease,
    orders: createOrders(store, writes),
    ready: createReadiness({ identity, clock, lease, writes, store }),
    report: (error) => ports.log(JSON.stringify({ level: 'error', instance: identity.instance, ...described(error) })),
  });
  const refresh = async (): Promise<void> => {
    await parameters.refresh();
    const database = parameters.database();
    if (database) store.use(database);
  };
  const renew = async (): Promise<void> => {
    await lease.maintain();
    // A lease of a new epoch is of no use before the configuration of that epoch is here: do not wait for its turn.
    const epoch = lease.admit()?.epoch;
    if (epoch !== undefined && epoch !== parameters.database()?.epoch) await refresh();
  };
  const loops = [
    clock.repeat(settings.renewMs, renew),
    clock.repeat(settings.refreshMs, refresh),
    clock.repeat(settings.beatMs, () => heartbeats.beat()),
    clock.repeat(settings.jobMs, () => consumer.work()),
  ];
  return withGracefulStop(app, clock, async () => {
    for (const stopLoop of loops) stopLoop();
    lease.stop();
    await store.close();
  });
}

function withGracefulStop(app: Instance['handle'], clock: Clock, release: () => Promise<void>): Instance {
  const inFlight = new Set<Promise<AppResponse>>();
  let stopping = false;
  return {
    handle(request) {
      if (stopping) {
        const headers = { connection: 'close', 'content-type': 'application/json' };
        return Promise.resolve({ status: 503, headers, body: '{"error":"Stopping"}' });
      }
      const answer = app(request);
      inFlight.add(answer);
      return answer.finally(() => inFlight.delete(answer));
    },
    async stop() {
      stopping = true;
      await clock.atMost(FINISH_WITHIN_MS, Promise.allSettled(inFlight));
      await release();
    },
  };
}

const described = (error: unknown): { error: string; message: string } =>
  error instanceof Error ? { error: error.name, message: error.message } : { error: 'Unknown', message: String(error) };
