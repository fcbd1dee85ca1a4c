/** Tables over several regions, strongly and eventually consistent, under cut links and dark regions. */
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { cutOff, rejoin } from '../../../simulator/faults.ts';
import { call, regions, withGlobalTable, withTable } from './helpers.ts';

const TableName = 'things';
const [west, ohio, virginia] = regions;
const Key = { pk: { S: 'x' } };

const put = (cloud: Cloud, value: number, region: string) =>
  call(cloud, 'PutItem', { TableName, Item: { ...Key, v: { N: `${value}` } } }, region);
const add = (region: string) => ({
  service: 'dynamodb',
  operation: 'UpdateItem',
  input: { TableName, Key, UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
  region,
  caller: { kind: 'account' } as const,
  from: region,
});
async function read(cloud: Cloud, region: string, ConsistentRead: boolean): Promise<string | undefined> {
  return (await call(cloud, 'GetItem', { TableName, Key, ConsistentRead }, region)).Item?.v?.N;
}

describe('a strongly consistent global table', () => {
  test('a write in one region is read strongly in every other at once', async () => {
    const cloud = await withGlobalTable('STRONG');
    await put(cloud, 1, west);
    for (const region of regions) expect(await read(cloud, region, true)).toBe('1');
  });

  test('takes time between regions', async () => {
    const cloud = await withGlobalTable('STRONG');
    const before = cloud.now;
    await put(cloud, 1, west);
    expect(cloud.now - before).toBeGreaterThanOrEqual(10);
    expect(cloud.now - before).toBeLessThanOrEqual(90);
  });

  test('goes on in two regions while the third is dark', async () => {
    const cloud = await withGlobalTable('STRONG');
    cloud.goDark(west);
    await put(cloud, 1, ohio);
    expect(await read(cloud, virginia, true)).toBe('1');
    await put(cloud, 2, virginia);
    cloud.comeBack(west);
    expect(await read(cloud, west, true)).toBe('2');
  });

  test('a cut-off region can neither write nor read strongly, and reads stale data otherwise', async () => {
    const cloud = await withGlobalTable('STRONG');
    await put(cloud, 1, west);
    await cloud.advance(1_000);
    cutOff(cloud.state.faults, west);
    await put(cloud, 2, ohio);
    await expect(put(cloud, 3, west)).rejects.toMatchObject({ code: 'InternalServerError' });
    await expect(read(cloud, west, true)).rejects.toMatchObject({ code: 'InternalServerError' });
    expect(await read(cloud, west, false)).toBe('1');
    rejoin(cloud.state.faults, west);
    await cloud.advance(2_000);
    expect(await read(cloud, west, false)).toBe('2');
    expect(await read(cloud, west, true)).toBe('2');
  });

  test('one mended link is quorum enough', async () => {
    const cloud = await withGlobalTable('STRONG');
    cloud.state.faults.cuts.push({ from: west, to: ohio }, { from: ohio, to: west });
    await put(cloud, 1, west);
    expect(await read(cloud, ohio, true)).toBe('1');
  });

  test('a write that waits for a quorum commits when the link comes back in time', async () => {
    const cloud = await withGlobalTable('STRONG');
    cutOff(cloud.state.faults, west);
    const waiting = cloud.request(add(west));
    await cloud.advance(2_000);
    rejoin(cloud.state.faults, west);
    await cloud.resolve(waiting);
    expect(await read(cloud, ohio, true)).toBe('1');
  });

  test('writes to one item from two regions at once conflict; both never vanish and none counts twice', async () => {
    const cloud = await withGlobalTable('STRONG');
    const outcomes: string[] = [];
    let added = 0;
    for (let round = 0; round < 20; round++) {
      const results = await cloud.resolve(Promise.allSettled([cloud.request(add(west)), cloud.request(add(ohio))]));
      for (const result of results) {
        if (result.status === 'fulfilled') added += 1;
        else outcomes.push((result.reason as { code: string }).code);
      }
    }
    expect(new Set(outcomes)).toEqual(new Set(['ReplicatedWriteConflictException']));
    expect(await read(cloud, virginia, true)).toBe(String(added));
  });

  test('a region that goes dark after sending leaves the write done whole, and its caller without an answer', async () => {
    const cloud = await withGlobalTable('STRONG');
    const lost = cloud.request(add(west)).catch((error: unknown) => (error as { code: string }).code);
    await cloud.advance(1);
    cloud.goDark(west);
    await cloud.advance(1_000);
    expect(await read(cloud, ohio, true)).toBe('1');
    cloud.comeBack(west);
    expect(await cloud.resolve(lost)).toBe('InternalServerError');
    expect(await read(cloud, ohio, true)).toBe('1');
  });

  test('a region that is dark when a write arrives does not carry it out later', async () => {
    const cloud = await withGlobalTable('STRONG');
    cloud.state.faults.cuts.push({ from: west, to: virginia }, { from: virginia, to: west });
    const waiting = cloud.request(add(west)).catch((error: unknown) => (error as { code: string }).code);
    await cloud.advance(1);
    cloud.goDark(ohio);
    await cloud.advance(60_000);
    expect(await cloud.resolve(waiting)).toBe('InternalServerError');
    cloud.comeBack(ohio);
    expect(await read(cloud, ohio, true)).toBeUndefined();
  });

  test('a witness holds no items but makes a quorum', async () => {
    const cloud = await withTable();
    await call(cloud, 'UpdateTable', {
      TableName,
      MultiRegionConsistency: 'STRONG',
      ReplicaUpdates: [{ Create: { RegionName: ohio } }],
      GlobalTableWitnessUpdates: [{ Create: { RegionName: virginia } }],
    });
    cloud.goDark(west);
    await put(cloud, 1, ohio);
    expect(await read(cloud, ohio, true)).toBe('1');
    await expect(read(cloud, virginia, false)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('refuses transactions and expiry', async () => {
    const cloud = await withGlobalTable('STRONG');
    const TransactItems = [{ Put: { TableName, Item: Key } }];
    await expect(call(cloud, 'TransactWriteItems', { TransactItems })).rejects.toThrow('not supported');
    const TimeToLiveSpecification = { AttributeName: 'ends', Enabled: true };
    await expect(call(cloud, 'UpdateTimeToLive', { TableName, TimeToLiveSpecification })).rejects.toThrow(
      'not supported',
    );
  });

  test.each([
    ['two regions', [ohio], /exactly three Regions/],
    ['a region of another set', [ohio, 'eu-west-1'], /not one of this cloud/],
  ])('refuses %s', async (_title, added, message) => {
    const cloud = await withTable();
    const ReplicaUpdates = added.map((RegionName) => ({ Create: { RegionName } }));
    const input = { TableName, MultiRegionConsistency: 'STRONG' as const, ReplicaUpdates };
    await expect(call(cloud, 'UpdateTable', input)).rejects.toThrow(message);
  });

  test('refuses a table that holds items', async () => {
    const cloud = await withTable();
    await put(cloud, 1, west);
    const ReplicaUpdates = [ohio, virginia].map((RegionName) => ({ Create: { RegionName } }));
    const input = { TableName, MultiRegionConsistency: 'STRONG' as const, ReplicaUpdates };
    await expect(call(cloud, 'UpdateTable', input)).rejects.toThrow('must be empty');
  });
});

describe('an eventually consistent global table', () => {
  test('a write arrives in the other region within seconds, and not at once', async () => {
    const cloud = await withGlobalTable('EVENTUAL');
    await put(cloud, 1, west);
    expect(await read(cloud, ohio, true)).toBeUndefined();
    await cloud.advance(2_000);
    expect(await read(cloud, ohio, true)).toBe('1');
  });

  test('of two writes the later one wins everywhere', async () => {
    const cloud = await withGlobalTable('EVENTUAL');
    cutOff(cloud.state.faults, west);
    await put(cloud, 1, west);
    await cloud.advance(10);
    await put(cloud, 2, ohio);
    rejoin(cloud.state.faults, west);
    await cloud.advance(5_000);
    expect([await read(cloud, west, true), await read(cloud, ohio, true)]).toEqual(['2', '2']);
  });

  test('a change waits out a dark region', async () => {
    const cloud = await withGlobalTable('EVENTUAL');
    await put(cloud, 1, west);
    cloud.goDark(west);
    await cloud.advance(60_000);
    expect(await read(cloud, ohio, true)).toBeUndefined();
    cloud.comeBack(west);
    await cloud.advance(2_000);
    expect(await read(cloud, ohio, true)).toBe('1');
  });
});
