/** Resolvers and users that disregard DNS's rules, and health checkers that see wrongly. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { addFault, removeFault } from '../../../simulator/faults.ts';
import { checkerRegions } from '../../../simulator/services/route53/checker-ranges.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import type { Route53State } from '../../../simulator/services/route53/state.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';
import { addResolver, resolve } from '../../../simulator/world/dns.ts';
import { ledgerOf, startUsers, worldParts } from '../../../simulator/world/index.ts';

const HOST = 'orders.example.com';
const WEST = 'us-west-2';
const EAST = 'us-east-2';
const home = { region: 'us-east-1' };
let cloud: Cloud;
let zoneId: string;

beforeEach(async () => {
  const regions = [WEST, EAST, 'us-east-1'];
  const services = [route53, s3, ...worldParts];
  cloud = Cloud.create({ seed: 1, account: '111122223333', regions, services, startAt: Date.UTC(2026, 0, 1) });
  const zone = { Name: 'example.com', CallerReference: '1' };
  const { HostedZone } = await cloud.call('route53', 'CreateHostedZone', zone, home);
  zoneId = HostedZone?.Id ?? '';
  for (const name of ['r', 's']) addResolver(cloud, name, 'internet');
  await pointTo(WEST);
});

async function pointTo(region: string): Promise<void> {
  const DNSName = `orders-1.${region}.elb.amazonaws.com`;
  const AliasTarget = { DNSName, HostedZoneId: 'Z1', EvaluateTargetHealth: false };
  const Changes = [{ Action: 'UPSERT' as const, ResourceRecordSet: { Name: HOST, Type: 'A' as const, AliasTarget } }];
  await cloud.call('route53', 'ChangeResourceRecordSets', { HostedZoneId: zoneId, ChangeBatch: { Changes } }, home);
  await cloud.advance(61_000);
}

const ask = (resolver: string): string | null => resolve(cloud, resolver, HOST)?.region ?? null;
const hits = (id: string) => cloud.state.faults.hits[id];

describe('a resolver', () => {
  it('keeps answers many times their time to live, or for ever', async () => {
    const long = addFault(cloud, { kind: 'dns-hold', resolver: 'r', factor: 5 });
    const ever = addFault(cloud, { kind: 'dns-hold', resolver: 's' });
    expect([ask('r'), ask('s')]).toEqual([WEST, WEST]);
    await pointTo(EAST);
    await cloud.advance(230_000);
    expect([ask('r'), ask('s')]).toEqual([WEST, WEST]);
    await cloud.advance(10_000);
    expect([ask('r'), ask('s')]).toEqual([EAST, WEST]);
    await cloud.advance(30 * 24 * 3_600_000);
    expect(ask('s')).toBe(WEST);
    expect([hits(long), hits(ever)]).toEqual([2, 1]);
  });

  it('is one of a share of them, the same one at every look', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
    for (const name of names) addResolver(cloud, name, 'internet');
    addFault(cloud, { kind: 'dns-hold', probability: 0.5 });
    for (const name of names) ask(name);
    await pointTo(EAST);
    const late = names.filter((name) => ask(name) === WEST);
    expect(late.length).toBeGreaterThan(10);
    expect(late.length).toBeLessThan(30);
    await cloud.advance(61_000);
    expect(names.filter((name) => ask(name) === WEST)).toEqual(late);
  });

  it('goes on with an old answer while name servers do not answer, or answers nothing', async () => {
    const stale = addFault(cloud, { kind: 'dns-failure', id: 'first', resolver: 'r', answers: 'stale' });
    expect(ask('r')).toBeNull();
    removeFault(cloud, stale);
    expect([ask('r'), ask('s')]).toEqual([WEST, WEST]);
    await pointTo(EAST);
    const ids = [
      addFault(cloud, { kind: 'dns-failure', resolver: 'r', answers: 'stale' }),
      addFault(cloud, { kind: 'dns-failure', resolver: 's', answers: 'fail' }),
    ];
    expect([ask('r'), ask('s')]).toEqual([WEST, null]);
    expect(ids.map(hits)).toEqual([1, 1]);
    for (const id of ids) removeFault(cloud, id);
    expect([ask('r'), ask('s')]).toEqual([EAST, EAST]);
  });

  it('takes a name for missing and keeps that', async () => {
    const id = addFault(cloud, { kind: 'dns-negative', resolver: 'r', name: HOST, holdSeconds: 300, times: 1 });
    addFault(cloud, { kind: 'dns-hold', resolver: 'r', factor: 10 });
    expect([ask('r'), ask('s')]).toEqual([null, WEST]);
    await cloud.advance(299_000);
    expect(ask('r')).toBeNull();
    await cloud.advance(1_000);
    expect([ask('r'), hits(id)]).toEqual([WEST, 1]);
  });
});

describe('users', () => {
  it('of a part go where the name led when they first looked', async () => {
    const id = addFault(cloud, { kind: 'sticky-users', share: 0.5 });
    // Where they go to is enough: nobody needs to answer them.
    for (const region of [WEST, EAST]) cloud.goDark(region);
    startUsers(cloud, { host: HOST, ratePerSecond: 4, resolvers: 3 });
    await cloud.advance(60_000);
    await pointTo(EAST);
    await cloud.advance(61_000);
    const before = ledgerOf(cloud).requests.length;
    await cloud.advance(120_000);
    const led = ledgerOf(cloud)
      .requests.slice(before)
      .map(({ resolvedRegion }) => resolvedRegion);
    const share = led.filter((region) => region === WEST).length / led.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    expect(hits(id)).toBeGreaterThan(100);
  });
});

describe('health checkers', () => {
  /** A check on an object that is not there: unhealthy. */
  async function unhealthyCheck(): Promise<string> {
    const HealthCheckConfig = {
      Type: 'HTTPS' as const,
      FullyQualifiedDomainName: `none.s3.${WEST}.amazonaws.com`,
      ResourcePath: '/moved',
      RequestInterval: 10,
      FailureThreshold: 1,
    };
    const check = { CallerReference: 'c', HealthCheckConfig };
    const { HealthCheck } = await cloud.call('route53', 'CreateHealthCheck', check, home);
    await cloud.advance(60_000);
    return HealthCheck?.Id ?? '';
  }
  const published = (id: string) => cloud.stateOf<Route53State>(route53, 'us-east-1').dataPlane.checks[id]?.published;

  it('of two regions, more than 18 %, make an endpoint healthy that is not; those of one do not', async () => {
    const id = await unhealthyCheck();
    expect(published(id)).toBe(false);
    const one = addFault(cloud, { kind: 'checkers', regions: checkerRegions.slice(0, 1), see: 'healthy' });
    await cloud.advance(60_000);
    expect([published(id), (hits(one) ?? 0) > 0]).toEqual([false, true]);
    const other = addFault(cloud, { kind: 'checkers', regions: checkerRegions.slice(1, 2), see: 'healthy' });
    await cloud.advance(60_000);
    expect(published(id)).toBe(true);
    for (const fault of [one, other]) removeFault(cloud, fault);
    await cloud.advance(60_000);
    expect(published(id)).toBe(false);
  });

  it('that all report nothing change nothing, whatever comes', async () => {
    const id = await unhealthyCheck();
    addFault(cloud, { kind: 'checkers', regions: [...checkerRegions], see: 'nothing' });
    addFault(cloud, { kind: 'checkers', regions: [...checkerRegions], see: 'healthy' });
    await cloud.advance(120_000);
    expect(published(id)).toBe(false);
  });
});
