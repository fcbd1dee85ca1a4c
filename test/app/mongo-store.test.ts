/** The store over the real driver and a real socket: what the driver does with a late write is proved, not assumed. */
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../app/clock.ts';
import { createMongoStore } from '../../app/mongo-store.ts';
import type { Store } from '../../app/store.ts';
import { type MongoWire, startMongoWire } from './mongo-wire.ts';

let wire: MongoWire;
let store: Store;

beforeEach(async () => {
  wire = await startMongoWire();
  store = createMongoStore({
    clock: systemClock,
    database: 'orders',
    serverWriteMs: 2_000,
    urlOf: async (host) => `mongodb://${host}/?directConnection=true`,
  });
  store.use({ endpoint: `127.0.0.1:${wire.port}`, reader: `127.0.0.1:${wire.port}` });
});

afterEach(async () => {
  await store.close();
  await wire.close();
});

const sendWithin = (milliseconds: number) => ({ epoch: 1, sendBy: systemClock.monotonicMs() + milliseconds });
const inTime = () => sendWithin(2_000);
const tooLate = () => sendWithin(-1);
const stopProcessFor = (milliseconds: number): void => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

describe('the store over the real MongoDB driver', () => {
  it('sends a write that is in time, with the server-side limit', async () => {
    expect(await store.insert('orders', { _id: 'a', epoch: 1 }, inTime())).toBe('inserted');
    expect(wire.arrived).toMatchObject([{ insert: 'orders', maxTimeMS: 2_000 }]);
  });

  it('puts nothing on the socket when the process was stopped until after the deadline', async () => {
    await store.insert('orders', { _id: 'warm', epoch: 1 }, inTime());
    wire.arrived.length = 0;
    const write = store.insert('orders', { _id: 'late', epoch: 1 }, sendWithin(20));
    stopProcessFor(60);
    await expect(write).rejects.toMatchObject({ name: 'WriteTooLateUnsafe' });
    expect(wire.arrived).toEqual([]);
  });

  it('puts nothing on the socket when connecting took until after the deadline', async () => {
    const write = store.put('heartbeats', { _id: 'late', epoch: 1 }, tooLate());
    await expect(write).rejects.toMatchObject({ name: 'WriteTooLateUnsafe' });
    expect(wire.arrived).toEqual([]);
  });

  it('goes on using the connection after it refused a late write', async () => {
    await expect(store.remove('orders', 'late', tooLate())).rejects.toMatchObject({
      name: 'WriteTooLateUnsafe',
    });
    expect(await store.insert('orders', { _id: 'b', epoch: 1 }, inTime())).toBe('inserted');
  });

  it('asks the server to leave documents of a later epoch alone', async () => {
    await store.put('heartbeats', { _id: 'i-1', epoch: 1 }, inTime());
    await store.remove('orders', 'a', inTime());
    expect(wire.arrived).toMatchObject([
      { update: 'heartbeats', updates: [{ q: { _id: 'i-1', epoch: { $lte: 1 } }, upsert: true }], maxTimeMS: 2_000 },
      { delete: 'orders', deletes: [{ q: { _id: 'a', epoch: { $lte: 1 } } }], maxTimeMS: 2_000 },
    ]);
  });

  it('keeps the fences of concurrent writes apart', async () => {
    const outcomes = await Promise.allSettled(
      ['late-1', 'fine-1', 'late-2', 'fine-2'].map((_id) =>
        store.insert('orders', { _id, epoch: 1 }, _id.startsWith('late') ? tooLate() : inTime()),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    const ids = wire.arrived.map((command) => (command.documents as { _id: string }[])[0]?._id);
    expect(ids.sort()).toEqual(['fine-1', 'fine-2']);
  });

  it('cannot rely on the driver option timeoutMS, which the installed driver ignores', async () => {
    const client = await MongoClient.connect(`mongodb://127.0.0.1:${wire.port}/?directConnection=true`, {
      maxPoolSize: 1,
      retryWrites: false,
    });
    const orders = client.db('orders').collection<{ _id: string }>('orders');
    wire.answerAfterMs = 150;
    const blocking = orders.insertOne({ _id: 'slow' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.arrived.length = 0;
    const late = orders.insertOne({ _id: 'late' }, { timeoutMS: 50 });
    await blocking;
    await late;
    expect(wire.arrived).toMatchObject([{ insert: 'orders' }]);
    await client.close();
  });
});
