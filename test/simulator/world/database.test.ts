/** The database's contents in several regions: replication, and what a promotion keeps and loses. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { contentsOf } from '../../../simulator/world/database.ts';
import { happen, ledgerOf, replicationLagMs } from '../../../simulator/world/index.ts';
import { type Clusters, type Collection, driverIn, EAST, GLOBAL, idOf, twoClusters, WEST } from './clusters.ts';

let clusters: Clusters;
let cloud: Cloud;
let orders: Collection;
beforeEach(async () => {
  clusters = await twoClusters();
  cloud = clusters.cloud;
  const client = await cloud.resolve(driverIn(clusters, WEST).connect());
  orders = client.db('orders').collection('orders');
  await insert('first');
  await cloud.advance(5_000);
});

const cluster = (region: string) => ({ region, clusterId: idOf(region) });
const insert = (id: string) => cloud.resolve(orders.insertOne({ _id: id, epoch: 1 }));
const has = (region: string, id: string): boolean =>
  contentsOf(cloud, cluster(region)).collections.orders?.[id] !== undefined;
const failover = (options: object) =>
  cloud.call(
    'rds',
    'FailoverGlobalCluster',
    {
      GlobalClusterIdentifier: GLOBAL,
      TargetDbClusterIdentifier: `arn:aws:rds:${EAST}:111122223333:cluster:${idOf(EAST)}`,
      ...options,
    },
    { region: EAST },
  );

describe('replication between clusters', () => {
  it('brings a write to the secondary within a second or so, and not at once', async () => {
    await insert('a');
    expect(has(EAST, 'a')).toBe(false);
    await cloud.advance(1_500);
    expect(has(EAST, 'a')).toBe(true);
    expect(replicationLagMs(cloud, cluster(EAST))).toBe(0);
  });

  it('falls behind as a scenario says, and catches up when that ends', async () => {
    happen(cloud, { do: 'lag', globalClusterId: GLOBAL, addedMs: 0, growsBySecondMs: 500 });
    await cloud.advance(60_000);
    for (let second = 0; second < 40; second++) {
      await insert(`s-${second}`);
      await cloud.advance(1_000);
    }
    expect(replicationLagMs(cloud, cluster(EAST))).toBeGreaterThan(25_000);
    happen(cloud, { do: 'endLag', globalClusterId: GLOBAL });
    await cloud.advance(2_000);
    expect(replicationLagMs(cloud, cluster(EAST))).toBe(0);
  });

  it('stands still while the way is cut, and then nobody knows how far behind it is', async () => {
    happen(cloud, { do: 'cutOff', region: WEST });
    await insert('a');
    await cloud.advance(30_000);
    expect(has(EAST, 'a')).toBe(false);
    expect(replicationLagMs(cloud, cluster(EAST))).toBeNull();
    happen(cloud, { do: 'rejoin', region: WEST });
    await cloud.advance(2_000);
    expect(has(EAST, 'a')).toBe(true);
  });
});

describe('a promotion', () => {
  it('goes on from what the target had, and the ledger names what only the old writer had', async () => {
    await cloud.advance(2_000);
    happen(cloud, { do: 'cutOff', region: WEST });
    await insert('lost-1');
    await insert('lost-2');
    await failover({ AllowDataLoss: true });
    await cloud.advance(240_000);
    expect(ledgerOf(cloud).promotions).toMatchObject([{ region: EAST, lost: ['lost-1', 'lost-2'] }]);
    expect([has(EAST, 'first'), has(EAST, 'lost-1')]).toEqual([true, false]);
  });

  it('shows two writers in the ledger when the old one is not told and goes on: the split brain that a fence prevents', async () => {
    happen(cloud, { do: 'cutOff', region: WEST });
    await failover({ AllowDataLoss: true });
    await cloud.advance(240_000);
    const east = await cloud.resolve(driverIn(clusters, EAST).connect());
    await cloud.resolve(east.db('orders').collection('orders').insertOne({ _id: 'new', epoch: 2 }));
    await insert('old');
    expect(
      new Set(
        ledgerOf(cloud)
          .writes.slice(-2)
          .map(({ region }) => region),
      ),
    ).toEqual(new Set([EAST, WEST]));
  });

  it('replaces the old writer by a copy of the new one when it rejoins', async () => {
    happen(cloud, { do: 'cutOff', region: WEST });
    await insert('lost');
    await failover({ AllowDataLoss: true });
    await cloud.advance(240_000);
    happen(cloud, { do: 'rejoin', region: WEST });
    await cloud.advance(2 * 3_600_000);
    expect([has(WEST, 'first'), has(WEST, 'lost')]).toEqual([true, false]);
  });

  it('loses nothing in a switchover, and replication then runs the other way', async () => {
    happen(cloud, { do: 'lag', globalClusterId: GLOBAL, addedMs: 3_600_000, growsBySecondMs: 0 });
    await insert('late');
    await cloud.call(
      'rds',
      'SwitchoverGlobalCluster',
      {
        GlobalClusterIdentifier: GLOBAL,
        TargetDbClusterIdentifier: `arn:aws:rds:${EAST}:111122223333:cluster:${idOf(EAST)}`,
      },
      { region: WEST },
    );
    await cloud.advance(500_000);
    expect(has(EAST, 'late')).toBe(true);
    expect(ledgerOf(cloud).promotions).toMatchObject([{ region: EAST, lost: [] }]);
    happen(cloud, { do: 'endLag', globalClusterId: GLOBAL });
    const east = await cloud.resolve(driverIn(clusters, EAST).connect());
    await cloud.resolve(east.db('orders').collection('orders').insertOne({ _id: 'back', epoch: 2 }));
    await cloud.advance(2_000);
    expect(has(WEST, 'back')).toBe(true);
  });
});
