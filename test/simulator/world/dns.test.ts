/** What a resolver answers, and for how long it stays with that. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import { addResolver, resolve } from '../../../simulator/world/dns.ts';
import { happen, ledgerOf, worldParts } from '../../../simulator/world/index.ts';

const HOST = 'orders.example.com';
const WEST = 'us-west-2';
let cloud: Cloud;
let zoneId: string;

beforeEach(async () => {
  const regions = [WEST, 'us-east-2', 'us-east-1'];
  const services = [route53, ...worldParts];
  cloud = Cloud.create({ seed: 1, account: '111122223333', regions, services, startAt: Date.UTC(2026, 0, 1) });
  const zone = { Name: 'example.com', CallerReference: '1' };
  const { HostedZone } = await cloud.call('route53', 'CreateHostedZone', zone, { region: 'us-east-1' });
  zoneId = HostedZone?.Id ?? '';
  addResolver(cloud, 'r', 'internet');
  await pointTo(WEST);
});

async function pointTo(region: string): Promise<void> {
  const AliasTarget = {
    DNSName: `orders-1.${region}.elb.amazonaws.com`,
    HostedZoneId: 'Z1',
    EvaluateTargetHealth: false,
  };
  const Changes = [{ Action: 'UPSERT' as const, ResourceRecordSet: { Name: HOST, Type: 'A' as const, AliasTarget } }];
  const change = { HostedZoneId: zoneId, ChangeBatch: { Changes } };
  await cloud.call('route53', 'ChangeResourceRecordSets', change, { region: 'us-east-1' });
  await cloud.advance(61_000);
}

const regionFor = (resolver: string): string | null => resolve(cloud, resolver, HOST)?.region ?? null;

describe('a resolver', () => {
  it('keeps an answer for its time to live and no longer', async () => {
    expect(regionFor('r')).toBe(WEST);
    const askedAt = cloud.now;
    await pointTo('us-east-2');
    expect(cloud.now - askedAt).toBe(61_000);
    expect(regionFor('r')).toBe('us-east-2');
    await pointTo(WEST);
    const again = cloud.now;
    cloud.state.clock.now = again - 2_000;
    expect(regionFor('r')).toBe('us-east-2');
  });

  it('notes in the ledger only answers that differ from the one before', async () => {
    for (let minute = 0; minute < 3; minute++) {
      regionFor('r');
      await cloud.advance(61_000);
    }
    await pointTo('us-east-2');
    regionFor('r');
    expect(ledgerOf(cloud).dns).toMatchObject([
      { resolver: 'r', name: HOST, region: WEST },
      { resolver: 'r', name: HOST, region: 'us-east-2' },
    ]);
  });

  it('answers nothing for a name that does not exist', () => {
    expect(resolve(cloud, 'r', 'nowhere.example.com')).toBeNull();
  });

  it('goes on with what it has while it cannot reach any name server, and has nothing otherwise', async () => {
    addResolver(cloud, 'inside', WEST);
    addResolver(cloud, 'new', WEST);
    expect(regionFor('inside')).toBe(WEST);
    happen(cloud, { do: 'cutOff', region: WEST });
    await pointTo('us-east-2');
    expect([regionFor('inside'), regionFor('new')]).toEqual([WEST, null]);
    happen(cloud, { do: 'rejoin', region: WEST });
    expect(regionFor('inside')).toBe('us-east-2');
  });

  it('of the kind that ignores the time to live holds its answer for minutes', async () => {
    addResolver(cloud, 'stale', 'internet', true);
    expect(regionFor('stale')).toBe(WEST);
    await pointTo('us-east-2');
    expect(regionFor('stale')).toBe(WEST);
    await cloud.advance(3_600_000);
    expect(regionFor('stale')).toBe('us-east-2');
  });
});
