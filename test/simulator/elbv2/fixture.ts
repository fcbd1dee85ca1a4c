/** A small cloud with one load balancer and a target group per name, and instances whose answers the test decides. */
import { Cloud } from '../../../simulator/cloud.ts';
import { autoScaling } from '../../../simulator/services/autoscaling/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';

export const region = 'us-west-2';

export const newCloud = (seed = 1): Cloud =>
  Cloud.create({
    seed,
    account: '111122223333',
    regions: [region],
    services: [ec2, autoScaling, elbv2, cloudWatch],
    startAt: Date.UTC(2026, 10, 20),
  });

export interface GroupSettings {
  HealthCheckIntervalSeconds?: number;
  HealthCheckTimeoutSeconds?: number;
  HealthyThresholdCount?: number;
  UnhealthyThresholdCount?: number;
  Matcher?: { HttpCode: string };
}

export async function createGroup(cloud: Cloud, name: string, settings: GroupSettings = {}): Promise<string> {
  const { TargetGroups } = await cloud.call(
    'elasticloadbalancing',
    'CreateTargetGroup',
    { Name: name, Port: 3000, HealthCheckPath: '/ready', ...settings },
    { region },
  );
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

export async function createBalancer(cloud: Cloud): Promise<{ arn: string; dnsName: string; listenerArn: string }> {
  const { LoadBalancers } = await cloud.call(
    'elasticloadbalancing',
    'CreateLoadBalancer',
    { Name: 'orders' },
    { region },
  );
  const balancer = LoadBalancers?.[0];
  const { Listeners } = await cloud.call(
    'elasticloadbalancing',
    'CreateListener',
    {
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Port: 443,
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503', MessageBody: 'closed' } }],
    },
    { region },
  );
  return {
    arn: balancer?.LoadBalancerArn ?? '',
    dnsName: balancer?.DNSName ?? '',
    listenerArn: Listeners?.[0]?.ListenerArn ?? '',
  };
}

export const forwardTo = (weights: Record<string, number>) => [
  {
    Type: 'forward' as const,
    ForwardConfig: {
      TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    },
  },
];

export async function createRule(cloud: Cloud, listenerArn: string, weights: Record<string, number>): Promise<string> {
  const { Rules } = await cloud.call(
    'elasticloadbalancing',
    'CreateRule',
    {
      ListenerArn: listenerArn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
      Actions: forwardTo(weights),
    },
    { region },
  );
  return Rules?.[0]?.RuleArn ?? '';
}

export const register = (cloud: Cloud, groupArn: string, ...ids: string[]) =>
  cloud.call(
    'elasticloadbalancing',
    'RegisterTargets',
    { TargetGroupArn: groupArn, Targets: ids.map((Id) => ({ Id })) },
    { region },
  );

/** Target id → 'state' or 'state reason'. */
export async function health(cloud: Cloud, groupArn: string): Promise<Record<string, string>> {
  const { TargetHealthDescriptions } = await cloud.call(
    'elasticloadbalancing',
    'DescribeTargetHealth',
    { TargetGroupArn: groupArn },
    { region },
  );
  return Object.fromEntries(
    (TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      Target?.Id ?? '',
      [TargetHealth?.State, TargetHealth?.Reason].filter(Boolean).join(' '),
    ]),
  );
}
