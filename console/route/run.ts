/** Runs the router as a process: configuration, database, channels, HTTP, and its orderly end. For `mainstay route`. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkedRouting } from '../../functions/alert-routing/check.ts';
import { InvalidRouting } from '../../functions/alert-routing/errors.ts';
import type { Routing } from '../../functions/alert-routing/routing.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { portProblem } from '../local/port.ts';
import { UsageProblem } from '../problem.ts';
import { Webhook } from './channel.ts';
import { Database, DatabaseProblem, type Durability } from './database.ts';
import { plainRouting } from './plain-routing.ts';
import { Router } from './router.ts';
import { listen } from './server.ts';
import { type Point, SqliteStore } from './store.ts';

export interface RouteOptions {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly durability: Durability;
  /** A routing configuration; else a plain one around `webhook`. */
  readonly config?: string;
  readonly webhook?: string;
  readonly secretFile?: string;
}

const WEBHOOK_TIMEOUT_MS = 10_000;

/** Resolves once it serves; it then runs until the process is told to stop. Throws UsageProblem. */
export async function runRoute(options: RouteOptions): Promise<void> {
  const routing = routingOf(options);
  const secrets = secretsOf(options.secretFile);
  const now = () => Date.now();
  const onPoint = crashPoint();
  const points = onPoint ? { onPoint } : {};
  const database = openDatabase(options);
  let router: Router | undefined;
  const store = new SqliteStore(database, {
    onWake: (at) => router?.wake(at),
    onBroken: (error) => {
      // What is in memory is no longer in the file: only a new start knows what is true.
      tell(`${options.data}: cannot be written: ${(error as Error).message}`);
      process.exit(3);
    },
    ...points,
  });
  const channels = channelsOf(routing, secrets[0] ?? null, now);
  router = new Router({ store, table: tableOf(routing), channels, now, log: tell, ...points });
  const surroundings = {
    router,
    store,
    now,
    secrets,
    silenceSecondsMax: routing.silence.secondsMax,
    acknowledgedSeconds: routing.policies.P1.acknowledgedSeconds,
  };
  const { host } = options;
  const server = await listen(surroundings, { host, port: options.port, log: tell }).catch((error) => {
    database.close();
    throw portProblem(options.port, error);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await server.close();
      await router.stop();
      for (const channel of Object.values(channels)) channel.close();
      store.close();
      process.exit(0);
    });
  }
  process.stdout.write(
    `mainstay route: http://${host}:${server.port}, data in ${options.data}, durability ${options.durability}\n`,
  );
}

function routingOf({ config, webhook }: RouteOptions): Routing {
  try {
    if (config === undefined) return plainRouting(webhook as string);
    return checkedRouting(JSON.parse(readFileSync(config, 'utf8')));
  } catch (error) {
    if (error instanceof InvalidRouting) throw new UsageProblem(`--config: ${error.message}`, { cause: error });
    throw new UsageProblem(`--config: ${config} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** One per line: the first signs and is accepted, the others are accepted. */
function secretsOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    const secrets = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (secrets.length > 0) return secrets;
  } catch (error) {
    throw new UsageProblem(`--secret-file: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new UsageProblem(`--secret-file: ${file} is empty; put one secret on each line`);
}

function openDatabase({ data, durability }: RouteOptions): Database {
  try {
    mkdirSync(dirname(data), { recursive: true });
    return new Database(data, durability);
  } catch (error) {
    if (error instanceof DatabaseProblem) throw new UsageProblem(`--data: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Locally every channel is a webhook: those of other kinds are refused by name, never silently left out. */
function channelsOf(routing: Routing, secret: string | null, now: () => number): Record<string, Webhook> {
  const others = Object.entries(routing.channels).filter(([, { kind }]) => kind !== 'webhook');
  if (others.length > 0) {
    const names = others.map(([name, { kind }]) => `${name} (${kind})`).join(', ');
    throw new UsageProblem(`--config: channels: ${names}; here only channels of kind webhook are sent to`);
  }
  return Object.fromEntries(
    Object.entries(routing.channels).map(([name, { target }]) => [
      name,
      new Webhook({ name, url: target, secret, timeoutMs: WEBHOOK_TIMEOUT_MS, now }),
    ]),
  );
}

/** For tests: the process kills itself, as hard as it can, at the n-th point of its durable path. */
function crashPoint(): ((point: Point) => void) | null {
  let left = Number(process.env.MAINSTAY_ROUTE_CRASH_AT ?? 0);
  if (left <= 0) return null;
  return () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

function tell(text: string): void {
  console.error(`mainstay: ${text}`);
}
