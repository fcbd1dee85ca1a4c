/** Slow databases, replication that falls behind or stops, promotions that hang. */
import { beforeEach, describe, expect, it } from 'vitest';
import { addFault, type Fault, removeFault } from '../../../simulator/faults.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { contentsOf } from '../../../simulator/world/database.ts';
import { replicationLagMs } from '../../../simulator/world/index.ts';
import { bootInstance } from '../../../simulator/world/instances.ts';
import { instanceRequest } from '../../../simulator/world/processes.ts';
import { makeRole } from '../eventbridge/harness.ts';
import { type Client, type Clusters, driverIn, EAST, GLOBAL, idOf, twoClusters, WEST } from '../world/clusters.ts';

let clusters: Clusters;
let client: Client;
beforeEach(async () => {
  clusters = await twoClusters();
  client = await clusters.cloud.resolve(driverIn(clusters, WEST).connect());
});

const insert = (id: string) =>
  clusters.cloud.resolve(client.db('orders').collection('orders').insertOne({ _id: id, epoch: 1 }));
const east = { region: EAST, clusterId: idOf(EAST) };
const has = (id: string): boolean => contentsOf(clusters.cloud, east).collections.orders?.[id] !== undefined;
const hits = (id: string) => clusters.cloud.state.faults.hits[id];
const globalClusterId = GLOBAL;

describe('replication', () => {
  it('is behind by as much as the fault says, and grows', async () => {
    const { cloud } = clusters;
    const lag = { kind: 'replication-lag', globalClusterId, addedMs: 10_000, growsBySecondMs: 500 } as const;
    const id = addFault(cloud, { ...lag, from: cloud.now });
    await insert('a');
    await cloud.advance(15_000);
    expect([has('a'), (replicationLagMs(cloud, east) ?? 0) > 14_000, (hits(id) ?? 0) > 0]).toEqual([false, true, true]);
    await cloud.advance(10_000);
    expect(has('a')).toBe(true);
    removeFault(cloud, id);
    await insert('b');
    await cloud.advance(2_000);
    expect(has('b')).toBe(true);
  });

  it('stops where it is, in one region or all, and is not counted when there is nothing to hold back', async () => {
    const { cloud } = clusters;
    await cloud.advance(2_000);
    const here = addFault(cloud, { kind: 'replication-stop', globalClusterId, region: EAST });
    const elsewhere = addFault(cloud, { kind: 'replication-stop', globalClusterId, region: 'us-east-1' });
    await cloud.advance(5_000);
    expect(hits(here)).toBe(0);
    await insert('a');
    await cloud.advance(600_000);
    expect([has('a'), (hits(here) ?? 0) > 0, hits(elsewhere)]).toEqual([false, true, 0]);
    removeFault(cloud, here);
    await cloud.advance(2_000);
    expect(has('a')).toBe(true);
  });
});

describe('a database', () => {
  it('answers late by as much as the fault says', async () => {
    const { cloud } = clusters;
    const timed = async (id: string): Promise<number> => {
      const from = cloud.now;
      await insert(id);
      return cloud.now - from;
    };
    expect(await timed('a')).toBeLessThan(100);
    const fault = addFault(cloud, { kind: 'slow-database', region: WEST, addedMs: 2_000, times: 1 });
    expect(await timed('b')).toBeGreaterThan(2_000);
    expect(await timed('c')).toBeLessThan(100);
    expect(hits(fault)).toBe(1);
  });
});

/** Tells how long it took to get a connection and read with it. */
const READER = `const { MongoClient } = require('mongodb');
let client;
exports.start = () => ({
  handle: async () => {
    client ??= await MongoClient.connect(process.env.DATABASE);
    const from = performance.now();
    await client.db('orders').collection('orders').findOne({});
    return { status: 200, headers: {}, body: String(performance.now() - from) };
  },
  stop: async () => {},
});`;

describe('an application', () => {
  it('waits for a connection of its pool as long as the fault says', async () => {
    const { cloud, hosts } = await twoClusters(1, [iam, ssm, ecr]);
    const region = WEST;
    await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, { region });
    const Value = pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(READER) });
    await cloud.call('ssm', 'PutParameter', { Name: '/digest', Value, Type: 'String' }, { region });
    const lines = [
      'DIGEST_PARAMETER=/digest',
      'IMAGE_REPOSITORY=orders',
      `DATABASE=mongodb://u:p@${hosts[region]}:27017/`,
    ];
    const userData = `# app.env begin\n${lines.join('\n')}\n# app.env end\n`;
    const roleArn = await makeRole(cloud, 'ec2', ['ssm:GetParameter', 'ecr:BatchGetImage']);
    await bootInstance(cloud, { instanceId: 'i-1', region, zone: `${region}a`, userData, roleArn, tags: {} });
    await cloud.advance(280_000);
    const request = { method: 'GET', path: '/', headers: {}, body: '' };
    const readMs = async () => Number((await cloud.resolve(instanceRequest(cloud, 'i-1', request))).body);
    expect(await readMs()).toBeLessThan(100);
    const id = addFault(cloud, { kind: 'slow-pool', region, addedMs: 1_500, times: 1 });
    expect(await readMs()).toBeGreaterThan(1_500);
    expect(await readMs()).toBeLessThan(100);
    expect(cloud.state.faults.hits[id]).toBe(1);
  });
});

describe('a promotion', () => {
  async function promotionSeconds(fault?: Fault): Promise<{ seconds: number; hits: number | undefined }> {
    const { cloud } = await twoClusters();
    const id = fault ? addFault(cloud, fault) : '';
    cloud.goDark(WEST);
    const input = {
      GlobalClusterIdentifier: GLOBAL,
      TargetDbClusterIdentifier: `arn:aws:rds:${EAST}:111122223333:cluster:${idOf(EAST)}`,
      AllowDataLoss: true,
    };
    await cloud.call('rds', 'FailoverGlobalCluster', input, { region: EAST });
    const from = cloud.now;
    const status = async () =>
      (await cloud.call('rds', 'DescribeGlobalClusters', {}, { region: EAST })).GlobalClusters?.[0]?.Status;
    while ((await status()) !== 'available' && cloud.now - from < 1_200_000) await cloud.advance(1_000);
    return { seconds: (cloud.now - from) / 1_000, hits: cloud.state.faults.hits[id] };
  }

  it('takes minutes longer, or hangs in failing-over until the fault is over', async () => {
    const { seconds: usual } = await promotionSeconds();
    expect(usual).toBeLessThan(200);
    const late = await promotionSeconds({ kind: 'stuck-promotion', region: EAST, addedMs: 300_000 });
    expect(late).toEqual({ seconds: usual + 300, hits: 1 });
    const until = Date.UTC(2026, 0, 1) + 600_000;
    const stuck = await promotionSeconds({ kind: 'stuck-promotion', globalClusterId: GLOBAL, until });
    expect(stuck.seconds).toBeGreaterThanOrEqual(600);
    expect(stuck.seconds).toBeLessThan(620);
    const elsewhere = await promotionSeconds({ kind: 'stuck-promotion', region: WEST });
    expect(elsewhere).toEqual({ seconds: usual, hits: 0 });
  });
});
