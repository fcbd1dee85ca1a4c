/** A cloud with Route 53 only, one zone, and short ways to make checks and records. */
import type { Change, HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { Cloud } from '../../../simulator/cloud.ts';
import { type Answer, answer } from '../../../simulator/services/route53/answer.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import type { Route53State } from '../../../simulator/services/route53/state.ts';

const home = 'us-east-1';

export const zoneName = 'orders.example.com';

export function newCloud(seed = 1): Cloud {
  return Cloud.create({
    seed,
    account: '111122223333',
    regions: ['us-west-2', 'us-east-2', home],
    services: [route53],
    startAt: Date.UTC(2026, 10, 20),
  });
}

export const stateOf = (cloud: Cloud): Route53State => cloud.stateOf<Route53State>(route53, home);

let references = 0;

export async function createCheck(cloud: Cloud, config: Partial<HealthCheckConfig>): Promise<string> {
  references++;
  const HealthCheckConfig = { Type: 'HTTPS', ...config } as HealthCheckConfig;
  const input = { CallerReference: `check-${references}`, HealthCheckConfig };
  const { HealthCheck } = await cloud.call('route53', 'CreateHealthCheck', input, { region: home });
  return HealthCheck?.Id ?? '';
}

/** A check on an object in a bucket, as the traffic latch has them. */
export const latchCheck = (cloud: Cloud, region: string, more: Partial<HealthCheckConfig> = {}): Promise<string> =>
  createCheck(cloud, {
    FullyQualifiedDomainName: `latch-${region}.s3.${region}.amazonaws.com`,
    ResourcePath: '/moved',
    RequestInterval: 10,
    FailureThreshold: 1,
    Inverted: true,
    ...more,
  });

export async function createZone(cloud: Cloud, name = zoneName): Promise<string> {
  const { HostedZone } = await cloud.call(
    'route53',
    'CreateHostedZone',
    { Name: name, CallerReference: name },
    { region: home },
  );
  return HostedZone?.Id ?? '';
}

export const change = (cloud: Cloud, HostedZoneId: string, ...Changes: Change[]) =>
  cloud.call('route53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch: { Changes } }, { region: home });

export const create = (cloud: Cloud, zone: string, ...records: ResourceRecordSet[]) =>
  change(cloud, zone, ...records.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet })));

export const alias = (region: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: zoneName,
  Type: 'A',
  AliasTarget: {
    DNSName: `dualstack.orders-1.${region}.elb.amazonaws.com`,
    HostedZoneId: 'Z1H1FL5HABSF5',
    EvaluateTargetHealth: false,
  },
  ...more,
});

export const address = (value: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: zoneName,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value: value }],
  ...more,
});

export const ask = (cloud: Cloud, name = zoneName): Answer | null => answer(cloud, { name, from: 'internet' });

export function regionAnswered(cloud: Cloud, name = zoneName): string | null {
  const given = ask(cloud, name);
  return given && 'loadBalancer' in given ? given.loadBalancer.region : null;
}

/** The status that DNS answers by. */
export const published = (cloud: Cloud, id: string): boolean | undefined =>
  stateOf(cloud).dataPlane.checks[id]?.published;

/** Long enough for every checker, the aggregation and the propagation of a 10 s check with threshold 1. */
export const settledMs = 60_000;
