/**
 * The application on a developer's machine: `npm run app -- --memory`, or with DATABASE_URL set to a MongoDB. The write
 * authority is in memory in both cases; on AWS the container starts dist/app/index.cjs instead.
 */
import type { AddressInfo } from 'node:net';
import { systemClock } from './clock.ts';
import { createInstance } from './instance.ts';
import { fixedParameters, memoryAuthority, memoryStore } from './memory.ts';
import { createMongoStore } from './mongo-store.ts';
import { serve } from './serve.ts';
import { PERIODS, writeTimes } from './settings.ts';
import type { Store } from './store.ts';

const REGION = 'local';
const times = writeTimes(30, 5);
const url = process.env.DATABASE_URL;
const inMemory = process.argv.includes('--memory');

if (!url && !inMemory) {
  process.stderr.write('Set DATABASE_URL=mongodb://… , or pass --memory to keep orders in this process only.\n');
  process.exit(2);
}

const store: Store =
  url && !inMemory
    ? createMongoStore({
        clock: systemClock,
        database: 'orders',
        serverWriteMs: times.serverWriteMs,
        urlOf: async () => url,
      })
    : memoryStore(systemClock);

const instance = createInstance({
  settings: {
    region: REGION,
    regions: [REGION],
    colour: 'none',
    digest: 'local',
    instance: `local-${process.pid}`,
    ...times,
    ...PERIODS,
  },
  clock: systemClock,
  authority: memoryAuthority(REGION),
  parameters: fixedParameters('DATABASE_URL'),
  store,
  log: (line) => process.stdout.write(`${line}\n`),
});

const server = serve(instance, Number(process.env.PORT ?? 3000), '127.0.0.1');
server.once('listening', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port} (${inMemory ? 'orders in memory' : 'orders in DATABASE_URL'})\n`);
});
