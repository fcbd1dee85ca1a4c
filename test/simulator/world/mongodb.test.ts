/** The stand-in for the database driver errs, waits and gives up as the real driver does. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { happen, ledgerOf } from '../../../simulator/world/index.ts';
import { type Client, type Clusters, driverIn, EAST, twoClusters, WEST } from './clusters.ts';

let clusters: Clusters;
let cloud: Cloud;
beforeEach(async () => {
  clusters = await twoClusters();
  cloud = clusters.cloud;
});

async function ordersIn(region: string, options: object = {}, checkoutDelayMs = 0) {
  const process = driverIn(clusters, region, { checkoutDelayMs });
  const client: Client = await cloud.resolve(process.connect(region, options));
  return { ...process, client, orders: client.db('orders').collection('orders') };
}

const settledWith = (promise: Promise<unknown>): Promise<unknown> =>
  cloud.resolve(
    promise.then(
      (value) => value,
      (error: unknown) => error,
    ),
  );

describe('the stand-in for the mongodb driver', () => {
  it('writes, reads, replaces, updates and deletes by id', async () => {
    const { orders } = await ordersIn(WEST);
    await cloud.resolve(orders.insertOne({ _id: 'a', epoch: 1, n: 1 }));
    expect(await cloud.resolve(orders.findOne({ _id: 'a' }))).toEqual({ _id: 'a', epoch: 1, n: 1 });
    await cloud.resolve(orders.replaceOne({ _id: 'a' }, { epoch: 1, n: 2 }, { upsert: true }));
    await cloud.resolve(orders.updateOne({ _id: 'a' }, { $set: { more: true } }));
    expect(await cloud.resolve(orders.findOne({ _id: 'a' }))).toEqual({ _id: 'a', epoch: 1, n: 2, more: true });
    expect(await cloud.resolve(orders.deleteOne({ _id: 'a' }))).toMatchObject({ deletedCount: 1 });
    expect(await cloud.resolve(orders.deleteOne({ _id: 'a' }))).toMatchObject({ deletedCount: 0 });
    expect(await cloud.resolve(orders.findOne({ _id: 'a' }))).toBeNull();
  });

  it('finds the newest document by a sort', async () => {
    const { orders } = await ordersIn(WEST);
    for (const [_id, at] of [
      ['a', '1'],
      ['b', '3'],
      ['c', '2'],
    ]) {
      await cloud.resolve(orders.insertOne({ _id, at, epoch: 1 }));
    }
    expect(await cloud.resolve(orders.findOne({}, { sort: { at: -1 } }))).toMatchObject({ _id: 'b' });
  });

  it('notes each write in the ledger, and when its acknowledgement arrived', async () => {
    const { orders } = await ordersIn(WEST);
    await cloud.resolve(orders.insertOne({ _id: 'probe-1', epoch: 4 }));
    const [write] = ledgerOf(cloud).writes;
    expect(write).toMatchObject({ region: WEST, epoch: 4, id: 'probe-1', kind: 'probe', instance: `i-${WEST}` });
    expect(write?.ackedAt).toBeGreaterThanOrEqual(write?.t ?? Number.NaN);
  });

  it('refuses an id that is taken with the code of the real server', async () => {
    const { orders } = await ordersIn(WEST);
    await cloud.resolve(orders.insertOne({ _id: 'a', epoch: 1 }));
    expect(await settledWith(orders.insertOne({ _id: 'a', epoch: 1 }))).toMatchObject({
      name: 'MongoServerError',
      code: 11_000,
    });
    expect(ledgerOf(cloud).writes).toHaveLength(1);
  });

  it('leaves a document of a later epoch alone when the filter says so', async () => {
    const { orders } = await ordersIn(WEST);
    await cloud.resolve(orders.insertOne({ _id: 'a', epoch: 2 }));
    const filter = { _id: 'a', epoch: { $lte: 1 } };
    expect(await cloud.resolve(orders.deleteOne(filter))).toMatchObject({ deletedCount: 0 });
    expect(await settledWith(orders.replaceOne(filter, { epoch: 1 }, { upsert: true }))).toMatchObject({
      code: 11_000,
    });
    expect(await cloud.resolve(orders.findOne({ _id: 'a' }))).toMatchObject({ epoch: 2 });
  });

  it('cannot write to a secondary: not primary', async () => {
    const { orders } = await ordersIn(EAST);
    expect(await settledWith(orders.insertOne({ _id: 'a', epoch: 1 }))).toMatchObject({
      name: 'MongoServerError',
      code: 10_107,
      codeName: 'NotWritablePrimary',
    });
  });

  it('gives up on a server that takes longer than maxTimeMS, which then has not written', async () => {
    const { orders } = await ordersIn(WEST);
    happen(cloud, { do: 'slowDatabase', region: WEST, addedMs: 3_000 });
    expect(await settledWith(orders.insertOne({ _id: 'a', epoch: 1 }, { maxTimeMS: 2_000 }))).toMatchObject({
      code: 50,
    });
    expect(ledgerOf(cloud).writes).toEqual([]);
  });

  it('times out at the socket when the way is cut, then at server selection, and recovers', async () => {
    const options = { socketTimeoutMS: 3_500, serverSelectionTimeoutMS: 1_000 };
    const { driver } = driverIn(clusters, EAST);
    const uri = `mongodb://${clusters.hosts[WEST]}:27017/`;
    const client = await cloud.resolve(driver.MongoClient.connect(uri, options));
    const orders = client.db('orders').collection('orders');
    happen(cloud, { do: 'cutOff', region: WEST });
    expect(await settledWith(orders.findOne({ _id: 'a' }))).toMatchObject({ name: 'MongoNetworkTimeoutError' });
    expect(await settledWith(orders.findOne({ _id: 'a' }))).toMatchObject({ name: 'MongoServerSelectionError' });
    happen(cloud, { do: 'rejoin', region: WEST });
    expect(await cloud.resolve(orders.findOne({ _id: 'a' }))).toBeNull();
  });

  it('keeps a write whose acknowledgement was lost, unacknowledged', async () => {
    const { driver } = driverIn(clusters, EAST);
    const client = await cloud.resolve(
      driver.MongoClient.connect(`mongodb://${clusters.hosts[WEST]}/`, { socketTimeoutMS: 500 }),
    );
    happen(cloud, { do: 'cut', from: WEST, to: EAST });
    const write = client.db('orders').collection('orders').insertOne({ _id: 'a', epoch: 1 });
    expect(await settledWith(write)).toMatchObject({ name: 'MongoNetworkTimeoutError' });
    expect(ledgerOf(cloud).writes).toMatchObject([{ id: 'a', ackedAt: null }]);
  });

  it('emits commandStarted after the wait for a connection, and sends nothing when a listener throws', async () => {
    const { client, orders } = await ordersIn(WEST, { monitorCommands: true }, 700);
    const seen: [string, number][] = [];
    client.on('commandStarted', ({ commandName }) => {
      seen.push([commandName, cloud.now]);
      throw new Error('too late');
    });
    const askedAt = cloud.now;
    expect(await settledWith(orders.insertOne({ _id: 'a', epoch: 1 }))).toMatchObject({ message: 'too late' });
    expect(seen[0]?.[0]).toBe('insert');
    expect((seen[0]?.[1] ?? 0) - askedAt).toBeGreaterThanOrEqual(700);
    expect(ledgerOf(cloud).writes).toEqual([]);
  });

  it('lets a process be stopped in mid-write: what is refused when it goes on is noted, since nobody was told', async () => {
    const process = driverIn(clusters, WEST, {
      onWrite: (owner) => {
        owner.paused = true;
      },
    });
    const client = await cloud.resolve(process.connect(WEST, { monitorCommands: true }));
    client.on('commandStarted', () => {
      throw new Error('too late');
    });
    const written = client.db('orders').collection('orders').insertOne({ _id: 'a', epoch: 1 });
    written.catch(() => {});
    await cloud.advance(60_000);
    expect(cloud.trace.entries.filter(({ what }) => what === 'notSent')).toEqual([]);
    process.owner.paused = false;
    cloud.clock.unpark();
    await expect(cloud.resolve(written)).rejects.toThrow('too late');
    expect(cloud.trace.entries.find(({ what }) => what === 'notSent')?.detail).toMatchObject({ commandName: 'insert' });
    expect(ledgerOf(cloud).writes).toEqual([]);
  });

  it('ignores timeoutMS, as the real driver does since 7.8', async () => {
    const { orders } = await ordersIn(WEST, { timeoutMS: 10 }, 700);
    await cloud.resolve(orders.insertOne({ _id: 'a', epoch: 1 }, { timeoutMS: 10 }));
    expect(ledgerOf(cloud).writes).toHaveLength(1);
  });

  it('gives up on a pool that is busy for longer than waitQueueTimeoutMS', async () => {
    const { orders } = await ordersIn(WEST, { waitQueueTimeoutMS: 500 }, 700);
    const error = await settledWith(orders.insertOne({ _id: 'a', epoch: 1 }));
    expect(error).toMatchObject({ name: 'MongoWaitQueueTimeoutError' });
  });

  it('stands still with its process: nothing is sent and no answer is seen while it is paused', async () => {
    const { orders, owner } = await ordersIn(WEST, {}, 700);
    let answered = false;
    void orders.insertOne({ _id: 'a', epoch: 1 }).then(() => {
      answered = true;
    });
    await cloud.advance(100);
    owner.paused = true;
    await cloud.advance(60_000);
    expect(ledgerOf(cloud).writes).toEqual([]);
    owner.paused = false;
    cloud.clock.unpark();
    await cloud.advance(100);
    expect([ledgerOf(cloud).writes.length, answered]).toEqual([1, true]);
  });

  it.each([
    ['an option', (client: Client) => client.db('o').collection('c').findOne({}, { hint: 'x' })],
    ['a method', (client: Client) => (client.db('o').collection('c') as unknown as { find(): Promise<void> }).find()],
    [
      'a filter',
      (client: Client) =>
        client
          .db('o')
          .collection('c')
          .findOne({ n: { $gt: 1 } }),
    ],
    [
      'an update',
      (client: Client) =>
        client
          .db('o')
          .collection('c')
          .updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { upsert: true }),
    ],
  ])('ends the whole run by name when the program uses %s that it does not model', async (_what, use) => {
    const { client } = await ordersIn(WEST);
    const swallowed = (async () => use(client))().catch(() => {});
    await expect(cloud.advance(1_000)).rejects.toThrow(/not modelled/);
    await Promise.race([swallowed, undefined]);
  });
});
