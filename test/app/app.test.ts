/** The application's HTTP contract and its background work, over a store, a lease and a clock in memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppResponse } from '../../app/app.ts';
import { createInstance, type Instance } from '../../app/instance.ts';
import { fixedParameters, memoryAuthority, memoryStore } from '../../app/memory.ts';
import { PERIODS, writeTimes } from '../../app/settings.ts';
import { manualClock } from './fakes.ts';

const REGION = 'us-west-2';

function setUp(change: { store?: Partial<ReturnType<typeof memoryStore>>; configuredEpoch?: number } = {}) {
  const clock = manualClock();
  const authority = memoryAuthority(REGION);
  const store = { ...memoryStore(clock), ...change.store };
  const log: string[] = [];
  const instance = createInstance({
    settings: {
      region: REGION,
      regions: [REGION, 'us-east-2', 'us-east-1'],
      colour: 'blue',
      digest: 'sha256:abc',
      instance: 'i-1',
      ...writeTimes(30, 5),
      ...PERIODS,
    },
    clock,
    authority,
    parameters: fixedParameters('db', change.configuredEpoch),
    store,
    log: (line) => log.push(line),
  });
  return { clock, authority, store, log, instance };
}

const call = (instance: Instance, method: string, path: string, body: unknown = ''): Promise<AppResponse> =>
  instance.handle({ method, path, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the application', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(async () => {
    world = setUp();
    await settled();
  });

  it('is alive', async () => {
    expect((await call(world.instance, 'GET', '/health')).status).toBe(200);
  });

  it('says in every answer which release, region and epoch gave it', async () => {
    const { headers } = await call(world.instance, 'GET', '/nowhere');
    expect(headers).toMatchObject({ 'x-release-digest': 'sha256:abc', 'x-region': REGION, 'x-epoch': '1' });
  });

  it('creates an order once, however often it is sent', async () => {
    expect((await call(world.instance, 'POST', '/orders', { id: 'o-1', quantity: 2 })).status).toBe(201);
    expect((await call(world.instance, 'POST', '/orders', { id: 'o-1', quantity: 2 })).status).toBe(200);
    const read = await call(world.instance, 'GET', '/orders/o-1');
    expect(read.status).toBe(200);
    expect(JSON.parse(read.body)).toEqual({ id: 'o-1', item: 'unspecified', quantity: 2, epoch: 1 });
  });

  it('deletes an order', async () => {
    await call(world.instance, 'POST', '/orders', { id: 'o-1' });
    expect((await call(world.instance, 'DELETE', '/orders/o-1')).status).toBe(204);
    expect((await call(world.instance, 'DELETE', '/orders/o-1')).status).toBe(404);
    expect((await call(world.instance, 'GET', '/orders/o-1')).status).toBe(404);
  });

  it.each([
    [{}, 'id'],
    [{ id: '' }, 'id'],
    [{ id: 'a/b' }, 'id'],
    [{ id: 'a', quantity: 0 }, 'quantity'],
    [{ id: 'a', quantity: 1.5 }, 'quantity'],
    [{ id: 'a', item: 7 }, 'item'],
    ['{', 'body'],
    ['null', 'body'],
  ])('answers 400 to %j and names the field %s', async (body, field) => {
    const answer = await call(world.instance, 'POST', '/orders', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'InvalidRequest', field });
  });

  it.each([
    ['GET', '/nowhere', 404],
    ['GET', '/orders/a/b', 404],
    ['GET', '/health/x', 404],
    ['PUT', '/orders/a', 405],
    ['GET', '/orders', 405],
    ['POST', '/ready', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await call(world.instance, method, path)).status).toBe(status);
  });

  it('reads but does not write once the lease has run out', async () => {
    await call(world.instance, 'POST', '/orders', { id: 'o-1' });
    world.clock.advance(25_000);
    const refused = await call(world.instance, 'POST', '/orders', { id: 'o-2' });
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'WritesNotReady' });
    expect((await call(world.instance, 'DELETE', '/orders/o-1')).status).toBe(503);
    expect((await call(world.instance, 'GET', '/orders/o-1')).status).toBe(200);
  });

  it('refuses writes while the configured database is of another epoch than the lease', async () => {
    const behind = setUp({ configuredEpoch: 0 });
    await settled();
    expect((await call(behind.instance, 'POST', '/orders', { id: 'o-1' })).status).toBe(503);
    const ready = JSON.parse((await call(behind.instance, 'GET', '/ready')).body);
    expect(ready).toMatchObject({ status: 'healthy', writes: 'refused' });
  });

  it('tells at /ready who it is, whether it may write, and the newest heartbeat in its database', async () => {
    const answer = await call(world.instance, 'GET', '/ready');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'healthy',
      region: REGION,
      colour: 'blue',
      digest: 'sha256:abc',
      epoch: 1,
      writes: 'admitted',
      database: { reachable: true },
    });
  });

  it('is degraded, with status 503, when the database cannot be read', async () => {
    const broken = setUp({ store: { newest: () => Promise.reject(new Error('no server')) } });
    await settled();
    const answer = await call(broken.instance, 'GET', '/ready');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'degraded', database: { reachable: false } });
  });

  it('answers 503 without telling a stranger why when the database fails, and logs the reason', async () => {
    const broken = setUp({ store: { get: () => Promise.reject(new Error('secret detail')) } });
    await settled();
    const answer = await call(broken.instance, 'GET', '/orders/o-1');
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('secret detail');
    expect(broken.log.join()).toContain('secret detail');
  });

  it('lets requests in flight finish when it stops, and refuses new ones', async () => {
    let finish = (): void => {};
    const slow = setUp({
      store: {
        get: () =>
          new Promise((resolve) => {
            finish = () => resolve(null);
          }),
      },
    });
    await settled();
    const inFlight = call(slow.instance, 'GET', '/orders/o-1');
    let stopped = false;
    const stopping = slow.instance.stop().then(() => {
      stopped = true;
    });
    expect((await call(slow.instance, 'GET', '/health')).status).toBe(503);
    await settled();
    expect(stopped).toBe(false);
    finish();
    expect((await inFlight).status).toBe(404);
    await stopping;
  });
});

describe('the background work of an instance', () => {
  it('writes a heartbeat and does a job once it holds the lease, both under its epoch', async () => {
    const puts: unknown[] = [];
    const inserts: unknown[] = [];
    const clock = manualClock();
    const rounds: (() => Promise<void>)[] = [];
    createInstance({
      settings: {
        region: REGION,
        regions: [REGION],
        colour: 'blue',
        digest: 'd',
        instance: 'i-1',
        ...writeTimes(30, 5),
        ...PERIODS,
      },
      clock: {
        ...clock,
        repeat: (_ms, task) => {
          rounds.push(task);
          return () => {};
        },
      },
      authority: memoryAuthority(REGION),
      parameters: fixedParameters('db'),
      store: {
        ...memoryStore(clock),
        put: async (...args) => void puts.push(args.slice(0, 2)),
        insert: async (...args) => {
          inserts.push(args.slice(0, 2));
          return 'inserted';
        },
      },
      log: () => {},
    });
    const [renew, refresh, beat, work] = rounds as [
      () => Promise<void>,
      () => Promise<void>,
      () => Promise<void>,
      () => Promise<void>,
    ];
    await beat();
    await refresh();
    await work();
    expect([puts, inserts]).toEqual([[], []]);
    await renew();
    await beat();
    await work();
    expect(puts).toEqual([['heartbeats', expect.objectContaining({ _id: 'i-1', sequence: 1, epoch: 1 })]]);
    expect(inserts).toEqual([['jobs', expect.objectContaining({ instance: 'i-1', epoch: 1 })]]);
    clock.advance(25_000);
    await beat();
    await work();
    expect([puts.length, inserts.length]).toEqual([1, 1]);
  });
});
