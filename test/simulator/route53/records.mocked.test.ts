/** Records and answers: change batches, INSYNC, failover, weights, fail-open, aliases. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { answer } from '../../../simulator/services/route53/answer.ts';
import {
  address,
  alias,
  ask,
  change,
  create,
  createCheck,
  createZone,
  latchCheck,
  newCloud,
  regionAnswered,
  settledMs,
  zoneName,
} from './fixture.ts';
import { outside, resetOutside } from './outside.ts';

vi.mock('../../../simulator/services/s3/anonymous.ts', async () => (await import('./outside.ts')).anonymous);
vi.mock('../../../simulator/runtime/network.ts', async () => (await import('./outside.ts')).network);

beforeEach(resetOutside);

const home = { region: 'us-east-1' };

describe('ChangeResourceRecordSets', () => {
  it('is PENDING until all servers have it, then INSYNC and answered, within 10 to 60 s', async () => {
    const cloud = newCloud();
    const zone = await createZone(cloud);
    await cloud.advance(60_000);
    const { ChangeInfo } = await create(cloud, zone, address('192.0.2.1'));
    const status = async () =>
      (await cloud.call('route53', 'GetChange', { Id: ChangeInfo?.Id }, home)).ChangeInfo?.Status;
    await cloud.advance(9_900);
    expect([await status(), ask(cloud)]).toEqual(['PENDING', null]);
    await cloud.advance(50_100);
    expect(await status()).toBe('INSYNC');
    expect(ask(cloud)).toEqual({ addresses: ['192.0.2.1'], ttlSeconds: 60 });
  });

  it('hangs while us-east-1 is dark: what was in flight is published only after its return', async () => {
    const cloud = newCloud();
    const zone = await createZone(cloud);
    await create(cloud, zone, address('192.0.2.1'));
    cloud.goDark('us-east-1');
    await cloud.advance(3_600_000);
    expect(ask(cloud)).toBeNull();
    cloud.comeBack('us-east-1');
    await cloud.advance(1);
    expect(ask(cloud)).not.toBeNull();
  });

  it('publishes changes in the order in which they were made', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const cloud = newCloud(seed);
      const zone = await createZone(cloud);
      await create(cloud, zone, address('192.0.2.1'));
      await change(cloud, zone, { Action: 'UPSERT', ResourceRecordSet: address('192.0.2.2') });
      await cloud.advance(120_000);
      expect(ask(cloud)).toMatchObject({ addresses: ['192.0.2.2'] });
    }
  });

  it.each([
    ['a record that exists already', address('192.0.2.9'), 'already exists'],
    ['a name outside the zone', address('192.0.2.1', { Name: 'other.example.org' }), 'not permitted in zone'],
    ['a record without a TTL', address('192.0.2.1', { Name: `a.${zoneName}`, TTL: undefined }), 'TTL is required'],
    ['an alias with a TTL', alias('us-west-2', { Name: `a.${zoneName}`, TTL: 60 }), 'must not have a TTL'],
    [
      'a failover record without a set identifier',
      alias('us-west-2', { Name: `a.${zoneName}`, Failover: 'PRIMARY' }),
      'SetIdentifier',
    ],
    [
      'a weighted record beside a simple one',
      address('192.0.2.1', { SetIdentifier: 'x', Weight: 1 }),
      'other record sets exist',
    ],
    [
      'an unknown health check',
      address('192.0.2.1', { Name: `a.${zoneName}`, SetIdentifier: 'x', Weight: 1, HealthCheckId: 'none' }),
      'No health check found',
    ],
    [
      'a CNAME at the apex',
      { Name: zoneName, Type: 'CNAME' as const, TTL: 60, ResourceRecords: [{ Value: 'a.b' }] },
      'not permitted at apex',
    ],
  ])('refuses %s with InvalidChangeBatch and changes nothing', async (_what, record, words) => {
    const cloud = newCloud();
    const zone = await createZone(cloud);
    await create(cloud, zone, address('192.0.2.1'));
    const good = address('192.0.2.3', { Name: `good.${zoneName}` });
    await expect(create(cloud, zone, good, record)).rejects.toMatchObject({
      code: 'InvalidChangeBatch',
      message: expect.stringContaining(words),
      members: { messages: expect.arrayContaining([expect.stringContaining(words)]) },
    });
    const { ResourceRecordSets } = await cloud.call('route53', 'ListResourceRecordSets', { HostedZoneId: zone }, home);
    expect(ResourceRecordSets?.map((one) => `${one.Name} ${one.Type}`)).toEqual([
      `${zoneName}. A`,
      `${zoneName}. NS`,
      `${zoneName}. SOA`,
    ]);
  });

  it('deletes only a record whose values are given exactly', async () => {
    const cloud = newCloud();
    const zone = await createZone(cloud);
    await create(cloud, zone, address('192.0.2.1'));
    const remove = (value: string) => change(cloud, zone, { Action: 'DELETE', ResourceRecordSet: address(value) });
    await expect(remove('192.0.2.2')).rejects.toMatchObject({ code: 'InvalidChangeBatch' });
    await remove('192.0.2.1');
    await cloud.advance(120_000);
    expect(ask(cloud)).toBeNull();
  });

  it('refuses by name what is not modelled', async () => {
    const cloud = newCloud();
    const zone = await createZone(cloud);
    const latency = address('192.0.2.1', { SetIdentifier: 'x', Region: 'us-west-2' });
    await expect(create(cloud, zone, latency)).rejects.toThrow("routing by 'Region' is not modelled");
    await expect(createCheck(cloud, { Type: 'CLOUDWATCH_METRIC' })).rejects.toThrow(
      "'CLOUDWATCH_METRIC' are not modelled",
    );
  });
});

describe('answers', () => {
  it('lead an alias to its load balancer with a time to live of 60 s', async () => {
    const cloud = newCloud();
    await create(cloud, await createZone(cloud), alias('us-west-2', { Name: `us-west-2.${zoneName}` }));
    await cloud.advance(120_000);
    expect(ask(cloud, `us-west-2.${zoneName}`)).toEqual({
      loadBalancer: { region: 'us-west-2', dnsName: 'orders-1.us-west-2.elb.amazonaws.com' },
      ttlSeconds: 60,
    });
    expect(ask(cloud, `nothing.${zoneName}`)).toBeNull();
  });

  it('follow CNAMEs and aliases within the zone with the shortest time to live on the way', async () => {
    const cloud = newCloud();
    const cname = (from: string, to: string, TTL: number) => ({
      Name: from,
      Type: 'CNAME' as const,
      TTL,
      ResourceRecords: [{ Value: to }],
    });
    await create(
      cloud,
      await createZone(cloud),
      cname(`www.${zoneName}`, `app.${zoneName}`, 30),
      cname(`app.${zoneName}`, zoneName, 300),
      alias('us-east-2'),
    );
    await cloud.advance(120_000);
    expect(ask(cloud, `www.${zoneName}`)).toMatchObject({ loadBalancer: { region: 'us-east-2' }, ttlSeconds: 30 });
  });

  /** Checks A and B watch the buckets of us-west-2 and us-east-2; an object there makes them healthy. */
  async function twoChecks() {
    const cloud = newCloud(5);
    const a = await latchCheck(cloud, 'us-west-2', { Inverted: false });
    const b = await latchCheck(cloud, 'us-east-2', { Inverted: false });
    const zone = await createZone(cloud);
    const health = async (aHealthy: boolean, bHealthy: boolean) => {
      Object.assign(outside.objects, { 'latch-us-west-2': aHealthy, 'latch-us-east-2': bHealthy });
      await cloud.advance(2 * settledMs);
    };
    return { cloud, a, b, zone, health };
  }

  it('give the primary unless only the secondary is healthy', async () => {
    const { cloud, a, b, zone, health } = await twoChecks();
    await create(
      cloud,
      zone,
      alias('us-west-2', { SetIdentifier: '1', Failover: 'PRIMARY', HealthCheckId: a }),
      alias('us-east-2', { SetIdentifier: '2', Failover: 'SECONDARY', HealthCheckId: b }),
    );
    const table: [boolean, boolean, string][] = [
      [true, true, 'us-west-2'],
      [true, false, 'us-west-2'],
      [false, true, 'us-east-2'],
      [false, false, 'us-west-2'],
    ];
    for (const [aHealthy, bHealthy, expected] of table) {
      await health(aHealthy, bHealthy);
      expect(regionAnswered(cloud)).toBe(expected);
    }
  });

  it('split by weight among healthy records and treat all as healthy when none is', async () => {
    const { cloud, a, b, zone, health } = await twoChecks();
    await create(
      cloud,
      zone,
      alias('us-west-2', { SetIdentifier: '1', Weight: 90, HealthCheckId: a }),
      alias('us-east-2', { SetIdentifier: '2', Weight: 10, HealthCheckId: b }),
    );
    const share = () =>
      Array.from({ length: 2_000 }, () => regionAnswered(cloud)).filter((region) => region === 'us-east-2').length /
      2_000;
    await health(true, true);
    expect(share()).toBeCloseTo(0.1, 1);
    await health(false, true);
    expect(share()).toBe(1);
    await health(false, false);
    expect(share()).toBeCloseTo(0.1, 1);
  });

  it('give a record of weight 0 only when every other one is unhealthy', async () => {
    const { cloud, a, b, zone, health } = await twoChecks();
    await create(
      cloud,
      zone,
      alias('us-west-2', { SetIdentifier: '1', Weight: 100, HealthCheckId: a }),
      alias('us-east-2', { SetIdentifier: '2', Weight: 0, HealthCheckId: b }),
    );
    await health(true, true);
    expect(new Set(Array.from({ length: 200 }, () => regionAnswered(cloud)))).toEqual(new Set(['us-west-2']));
    await health(false, true);
    expect(regionAnswered(cloud)).toBe('us-east-2');
  });

  it('do not come to a resolver in a dark region', async () => {
    const cloud = newCloud();
    cloud.goDark('us-west-2');
    expect(() => answer(cloud, { name: zoneName, from: 'us-west-2' })).toThrow('cannot be reached');
  });
});
