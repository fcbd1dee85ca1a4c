/** What is done to one router, and what came of it. Each starts with nothing and ends its router. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './load.ts';
import { Receiver } from './receiver.ts';
import { type Kind, type Place, type Running, sleep, start, WAIT_SECONDS } from './routers.ts';

export type Figures = Readonly<Record<string, number>>;

export interface Scenario {
  readonly id: string;
  readonly run: (kind: Kind) => Promise<Figures>;
}

const WAIT_MS = WAIT_SECONDS * 1000;

async function load(router: Running, options: Partial<LoadOptions>): Promise<LoadResult> {
  const whole = { port: router.port, alerts: 10_000, groups: 100, batch: 64, connections: 8, prefix: 'a', ...options };
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'load.ts'),
    JSON.stringify(whole),
  ]);
  return JSON.parse(stdout) as LoadResult;
}

/** Runs with a place and a receiver, and leaves nothing behind. */
async function inPlace(run: (place: Place, receiver: Receiver) => Promise<Figures>): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'mainstay-bench-'));
  const receiver = new Receiver();
  try {
    return await run({ directory, webhookPort: await receiver.listen() }, receiver);
  } finally {
    receiver.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Until nothing has come for a whole interval and more. */
async function quiet(receiver: Receiver, atLeastMs: number): Promise<void> {
  await sleep(atLeastMs);
  for (let before = -1; before !== receiver.got.length; ) {
    before = receiver.got.length;
    await sleep(WAIT_MS + 2000);
  }
}

const post = (router: Running, path: string, body: unknown) =>
  fetch(`http://127.0.0.1:${router.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const one = (startsAt: number, endsAt: number) => [
  {
    labels: { alertname: 'One', service: 'orders' },
    annotations: { summary: 'one' },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  },
];

/** A router runs for weeks: what it costs while it starts and compiles itself is not what an alert costs. */
const WARM_UP_ALERTS = 20_000;

const throughput = (batch: number): Scenario => ({
  id: `ingest, batch ${batch}`,
  run: (kind) =>
    inPlace(async (place) => {
      const router = await start(kind, place);
      await load(router, { alerts: WARM_UP_ALERTS, batch, prefix: 'warm' });
      const before = router.cpuSeconds();
      const alerts = 50_000;
      const { seconds, p50Ms, p99Ms, refused } = await load(router, { alerts, batch });
      const cpu = router.cpuSeconds() - before;
      await router.stop('SIGKILL');
      return { 'alerts per CPU second': alerts / cpu, 'alerts per second': alerts / seconds, p50Ms, p99Ms, refused };
    }),
});

const storm: Scenario = {
  id: 'storm of 10,000 in 100 groups',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      const before = router.cpuSeconds();
      await load(router, {});
      await quiet(receiver, WAIT_MS);
      const cpuSeconds = router.cpuSeconds() - before;
      const { peak } = router.memoryMiB();
      await load(router, {});
      await quiet(receiver, WAIT_MS);
      await router.stop('SIGTERM');
      const firing = receiver.of('firing').length;
      const lost = 10_000 - receiver.alertsTold;
      return { notifications: firing, lost, doubled: receiver.doubled('firing'), cpuSeconds, peakMiB: peak };
    }),
};

const active: Scenario = {
  id: '100,000 active alerts',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      const before = router.cpuSeconds();
      await load(router, { alerts: 100_000 });
      await quiet(receiver, WAIT_MS);
      const { now, peak } = router.memoryMiB();
      const cpuSeconds = router.cpuSeconds() - before;
      await router.stop('SIGKILL');
      return {
        notifications: receiver.of('firing').length,
        lost: 100_000 - receiver.alertsTold,
        residentMiB: now,
        peakMiB: peak,
        cpuSeconds,
      };
    }),
};

const killedWaiting: Scenario = {
  id: 'kill -9 in the group wait, nobody sends again',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      await load(router, { alerts: 1000 });
      await sleep(1000);
      await router.stop('SIGKILL');
      const again = await start(kind, place);
      await quiet(receiver, 2 * WAIT_MS);
      await again.stop('SIGTERM');
      return { sent: 1000, lost: 1000 - receiver.alertsTold, doubled: receiver.doubled('firing') };
    }),
};

const killedAfter: Scenario = {
  id: 'kill -9 after the notifications, all sent again',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      await load(router, { alerts: 1000 });
      await quiet(receiver, WAIT_MS);
      await router.stop('SIGKILL');
      const again = await start(kind, place);
      await load(again, { alerts: 1000 });
      await quiet(receiver, 2 * WAIT_MS);
      await again.stop('SIGTERM');
      return { groups: 100, doubled: receiver.doubled('firing'), doubledKeys: receiver.doubledKeys };
    }),
};

const partitioned: Scenario = {
  id: 'a pair that cannot talk, each gets all',
  run: (kind) =>
    inPlace((left, receiver) =>
      inPlace(async (right) => {
        const pair = [await start(kind, left), await start(kind, { ...right, webhookPort: left.webhookPort })];
        await Promise.all(pair.map((router) => load(router, { alerts: 1000 })));
        await quiet(receiver, WAIT_MS);
        await Promise.all(pair.map((router) => router.stop('SIGTERM')));
        const keys = receiver.of('firing').map(({ key, group }) => key ?? `${group} without a key`);
        return {
          groups: 100,
          posts: receiver.of('firing').length,
          keysPerEpisode: new Set(keys.filter((key) => !key.endsWith(' without a key'))).size,
        };
      }),
    ),
};

const reordered: Scenario = {
  id: 'the end before the older beginning',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      const now = Date.now();
      await post(router, '/api/v2/alerts', one(now - 60_000, now - 10_000));
      await sleep(500);
      await post(router, '/api/v2/alerts', one(now - 60_000, now + 3_600_000 - 60_000));
      await quiet(receiver, 2 * WAIT_MS);
      const listed = (await (await fetch(`http://127.0.0.1:${router.port}/api/v2/alerts`)).json()) as unknown[];
      await router.stop('SIGTERM');
      return { paged: receiver.of('firing').length, stuck: listed.length };
    }),
};

const silenced: Scenario = {
  id: 'told, silenced, over',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      const now = Date.now();
      await post(router, '/api/v2/alerts', one(now, now + 3_600_000));
      await sleep(WAIT_MS + 2000);
      await post(router, '/api/v2/silences', {
        matchers: [{ name: 'alertname', value: 'One', isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(now + 600_000).toISOString(),
        createdBy: 'ada',
        comment: 'known',
      });
      await sleep(1000);
      await post(router, '/api/v2/alerts', one(now, Date.now()));
      await quiet(receiver, 2 * WAIT_MS);
      await router.stop('SIGTERM');
      return { told: receiver.of('firing').length, ends: receiver.of('resolved').length };
    }),
};

const receiverDown: Scenario = {
  id: 'a receiver that is down for 12 s',
  run: (kind) =>
    inPlace(async (place, receiver) => {
      const router = await start(kind, place);
      receiver.answerWith = 503;
      await load(router, { alerts: 1000, groups: 10 });
      await sleep(WAIT_MS + 12_000);
      receiver.answerWith = 200;
      await quiet(receiver, 15_000);
      await router.stop('SIGTERM');
      return { lost: 1000 - receiver.alertsTold, doubled: receiver.doubled('firing'), tries: receiver.refused };
    }),
};

export const scenarios: readonly Scenario[] = [
  throughput(64),
  throughput(1),
  storm,
  active,
  killedWaiting,
  killedAfter,
  partitioned,
  reordered,
  silenced,
  receiverDown,
];
