/** The write lease of the real bundle, judged by what the simulated databases took; each guard also taken away. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import {
  happen,
  ledgerOf,
  pauseInstance,
  runningInstances,
  startUsers,
  wakeInstance,
} from '../../../simulator/world/index.ts';
import {
  appBundle,
  clusterId,
  EAST,
  forkOf,
  HOST,
  type Mutation,
  type SmallWorld,
  setAuthority,
  setParameter,
  smallWorld,
  WEST,
} from './small-world.ts';

const second = 1_000;
/** TTL, drift and longest write: how long a takeover waits after the counter last moved. */
const TAKEOVER_WAITS = 36 * second;

let base: SmallWorld;
beforeAll(async () => {
  base = await smallWorld();
});

const elapsed = (cloud: Cloud): number => cloud.now - cloud.state.startedAt;
const writesIn = (cloud: Cloud, region: string, after: number) =>
  ledgerOf(cloud).writes.filter((write) => write.region === region && write.t > after);

async function withUsers({ cloud }: SmallWorld): Promise<Cloud> {
  startUsers(cloud, { host: HOST, insideRegions: [WEST, EAST], insideRatePerSecond: 2 });
  await cloud.advance(20 * second);
  return cloud;
}

const without = async (mutation: Mutation): Promise<SmallWorld> => smallWorld({ code: await appBundle(mutation) });

/** Cuts the holder off and returns how long after its last renewal it still wrote. */
async function writesAfterCutOff(cloud: Cloud): Promise<number> {
  happen(cloud, { do: 'cutOff', region: WEST });
  const lastRenewal = elapsed(cloud);
  await cloud.advance(120 * second);
  return (writesIn(cloud, WEST, 0).at(-1)?.t ?? 0) - lastRenewal;
}

/** Holds a process in its tracks while it waits for a connection, and returns the writes it makes when it goes on. */
async function writesAfterStop(cloud: Cloud): Promise<number> {
  happen(cloud, { do: 'slowPool', region: WEST, addedMs: 900 });
  await cloud.advance(20 * second);
  for (const instance of runningInstances(cloud, WEST)) pauseInstance(cloud, instance);
  await cloud.advance(60 * second);
  // Meanwhile the east has taken over, as far as the authority is concerned.
  await setAuthority(cloud, { epoch: 2, holder: EAST, phase: 'active' }, EAST);
  const wokenAt = elapsed(cloud);
  for (const instance of runningInstances(cloud, WEST)) wakeInstance(cloud, instance);
  await cloud.advance(30 * second);
  return writesIn(cloud, WEST, wokenAt).length;
}

describe('a region that holds the lease', () => {
  it('stops writing by itself before a takeover may begin when it is cut off from everybody', async () => {
    const cloud = await withUsers(await forkOf(base));
    const afterMs = await writesAfterCutOff(cloud);
    expect(afterMs).toBeGreaterThan(15 * second);
    expect(afterMs).toBeLessThan(30 * second);
    const refused = ledgerOf(cloud).requests.filter(({ from, status }) => from === WEST && status === 503);
    expect(refused.length).toBeGreaterThan(0);
  });

  it('goes on writing through the other endpoints when DynamoDB is grey in its own region', async () => {
    const cloud = await withUsers(await forkOf(base));
    const fault = { kind: 'latency', service: 'dynamodb', region: WEST, afterMs: 60 * second } as const;
    happen(cloud, { do: 'fault', fault, forMs: 300 * second });
    const from = elapsed(cloud);
    await cloud.advance(120 * second);
    const times = [from, ...writesIn(cloud, WEST, from).map(({ t }) => t), elapsed(cloud)];
    const gaps = times.slice(1).map((t, index) => t - (times[index] ?? t));
    expect(Math.max(...gaps)).toBeLessThan(5 * second);
  });

  it('stops at the next renewal when a takeover has been claimed, and goes on when it is called off', async () => {
    const cloud = await withUsers(await forkOf(base));
    await setAuthority(cloud, { epoch: 1, holder: WEST, phase: 'fencing' });
    const claimedAt = elapsed(cloud);
    await cloud.advance(20 * second);
    expect((writesIn(cloud, WEST, claimedAt).at(-1)?.t ?? 0) - claimedAt).toBeLessThan(7 * second);
    await setAuthority(cloud, { epoch: 1, holder: WEST, phase: 'active' });
    const calledOffAt = elapsed(cloud);
    await cloud.advance(20 * second);
    expect(writesIn(cloud, WEST, calledOffAt).length).toBeGreaterThan(10);
  });

  it('does not write late when its process was held up between admission and socket', async () => {
    expect(await writesAfterStop(await withUsers(await forkOf(base)))).toBe(0);
  });

  it('does no job and no write after it came back from the dark as a former holder', async () => {
    const cloud = await withUsers(await forkOf(base));
    happen(cloud, { do: 'goDark', region: WEST });
    await cloud.advance(120 * second);
    await setAuthority(cloud, { epoch: 2, holder: EAST, phase: 'active' }, EAST);
    happen(cloud, { do: 'comeBack', region: WEST });
    const backAt = elapsed(cloud);
    await cloud.advance(60 * second);
    expect(writesIn(cloud, WEST, backAt)).toEqual([]);
  });
});

describe('a takeover', () => {
  it('lets the new region write under the new epoch, from what its copy had', async () => {
    const { clusters, ...small } = await forkOf(base);
    const cloud = await withUsers({ clusters, ...small });
    happen(cloud, { do: 'goDark', region: WEST });
    await setAuthority(cloud, { epoch: 1, holder: WEST, phase: 'fencing' }, EAST);
    await cloud.advance(TAKEOVER_WAITS);
    await setAuthority(cloud, { epoch: 2, holder: EAST, phase: 'promoting' }, EAST);
    const TargetDbClusterIdentifier = `arn:aws:rds:${EAST}:111122223333:cluster:${clusterId(EAST)}`;
    const failover = { GlobalClusterIdentifier: 'orders-prod', TargetDbClusterIdentifier, AllowDataLoss: true };
    await cloud.call('rds', 'FailoverGlobalCluster', failover, { region: EAST });
    await cloud.advance(200 * second);
    await setParameter(cloud, EAST, '/orders-prod/database', JSON.stringify({ epoch: 2, ...clusters[EAST] }));
    await setParameter(cloud, EAST, '/orders-prod/consumers', JSON.stringify({ epoch: 2, enabled: true }));
    const openedAt = elapsed(cloud);
    await setAuthority(cloud, { epoch: 2, holder: EAST, phase: 'active' }, EAST);
    await cloud.advance(60 * second);
    const east = writesIn(cloud, EAST, 0);
    expect(east.length).toBeGreaterThan(20);
    expect(east.every(({ epoch, t }) => epoch === 2 && t > openedAt)).toBe(true);
    expect((east[0]?.t ?? 0) - openedAt).toBeLessThan(10 * second);
    expect(east.some(({ kind }) => kind === 'job')).toBe(true);
    const [promotion] = ledgerOf(cloud).promotions;
    const lastWest = writesIn(cloud, WEST, 0).at(-1);
    expect((lastWest?.t ?? 0) - (promotion?.newestAppliedAt ?? 0)).toBeLessThan(2 * second);
  });
});

describe('without its guards the application breaks the fence, so these runs can fail', () => {
  it('renews under a foreign claim without the condition on phase, holder and epoch', async () => {
    const unsafe = await without({
      file: 'authority.ts',
      remove: "ConditionExpression: '#phase = :active AND #holder = :region AND #epoch = :epoch',",
      put: "ConditionExpression: 'attribute_exists(pk) OR #phase = :active OR #holder = :region OR #epoch = :epoch',",
    });
    const cloud = await withUsers(unsafe);
    await setAuthority(cloud, { epoch: 1, holder: WEST, phase: 'fencing' });
    const claimedAt = elapsed(cloud);
    await cloud.advance(60 * second);
    expect((writesIn(cloud, WEST, claimedAt).at(-1)?.t ?? 0) - claimedAt).toBeGreaterThan(TAKEOVER_WAITS);
  });

  it('counts the lease from a slow answer instead of from before the request', async () => {
    const unsafe = await without({
      file: 'lease.ts',
      remove: 'endsAt: answer.sentAt + options.leaseMs',
      put: 'endsAt: clock.monotonicMs() + options.leaseMs',
    });
    // A write is admitted for 25 s after the counter moved, which is when the request arrived.
    expect(await lastWriteAfterSlowRenewal(await smallWorld())).toBeLessThan(25_100);
    expect(await lastWriteAfterSlowRenewal(unsafe)).toBeGreaterThan(25_400);
  });

  it('writes into the last seconds of the lease without room for the longest write', async () => {
    const unsafe = await without({
      file: 'lease.ts',
      remove: 'now + options.longestWriteMs >= held.endsAt',
      put: 'now >= held.endsAt',
    });
    const cloud = await withUsers(unsafe);
    const lastMove = () => counterMovedAt(cloud);
    happen(cloud, { do: 'cutOff', region: WEST });
    await cloud.advance(120 * second);
    const lastWrite = writesIn(cloud, WEST, 0).at(-1)?.t ?? 0;
    expect(lastWrite - lastMove()).toBeGreaterThan(26 * second);
  });

  it('writes late after its process was held up without the check at the socket', async () => {
    const unsafe = await without({
      file: 'mongo-store.ts',
      remove: "client.on('commandStarted', refuseLateWrite);",
      put: '',
    });
    expect(await writesAfterStop(await withUsers(unsafe))).toBeGreaterThan(0);
  });

  it('writes late all the same when it relies on the driver option timeoutMS instead', async () => {
    const unsafe = await without({
      file: 'mongo-store.ts',
      remove: "client.on('commandStarted', refuseLateWrite);",
      put: 'Object.assign(writeOptions, { timeoutMS: 2_000 });',
    });
    expect(await writesAfterStop(await withUsers(unsafe))).toBeGreaterThan(0);
  });

  it('does jobs in a region that has lost the lease when consumers do not need one', async () => {
    const unsafe = await without({
      file: 'jobs.ts',
      remove: 'await writes.run(async (admission) => {',
      put: `await (async (job: (admission: any) => Promise<void>) =>
          job({ epoch: consumers.epoch, sendBy: Number.POSITIVE_INFINITY }))(async (admission: any) => {`,
    });
    const cloud = await withUsers(unsafe);
    happen(cloud, { do: 'cutOff', region: WEST });
    const cutAt = elapsed(cloud);
    await cloud.advance(90 * second);
    expect(ledgerOf(cloud).jobs.filter(({ t }) => t > cutAt + TAKEOVER_WAITS).length).toBeGreaterThan(0);
  });
});

/** When a renewal was last carried out, from the trace of the table's own calls. */
function counterMovedAt(cloud: Cloud): number {
  const renewals = cloud.trace.entries.filter(
    ({ source, what, detail }) =>
      source === dynamoDb.name && what === 'UpdateItem' && (detail as { error?: string }).error === undefined,
  );
  return renewals.at(-1)?.t ?? 0;
}

/** With answers that take nearly as long as a renewal may: how long after the counter last moved the west still wrote. */
async function lastWriteAfterSlowRenewal({ cloud }: SmallWorld): Promise<number> {
  startUsers(cloud, { host: HOST, insideRegions: [WEST], insideRatePerSecond: 40, writeShare: 1 });
  const fault = { kind: 'latency', service: 'dynamodb', operation: 'UpdateItem', afterMs: 900 } as const;
  happen(cloud, { do: 'fault', fault, forMs: 600 * second });
  await cloud.advance(20 * second);
  const before = counterMovedAt(cloud);
  for (let step = 0; step < 100 && counterMovedAt(cloud) === before; step++) await cloud.advance(100);
  await cloud.advance(1.5 * second);
  happen(cloud, { do: 'cutOff', region: WEST });
  await cloud.advance(60 * second);
  return (writesIn(cloud, WEST, 0).at(-1)?.t ?? 0) - counterMovedAt(cloud);
}
