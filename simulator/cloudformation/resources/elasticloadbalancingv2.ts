/** CloudFormation's resource types of Elastic Load Balancing v2. Their shapes are the API's own but for attributes. */
import type {
  Action,
  Certificate,
  ProtocolEnum,
  RuleCondition,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties, tagList } from './known-properties.ts';

type Properties = Record<string, unknown>;
type Attributes = { Key: string; Value: string }[] | undefined;

const prefix = 'AWS::ElasticLoadBalancingV2';

export const resources: ResourceTable = {
  [`${prefix}::LoadBalancer`]: { create: createLoadBalancer },
  [`${prefix}::TargetGroup`]: { create: createTargetGroup },
  [`${prefix}::Listener`]: { create: createListener },
  [`${prefix}::ListenerRule`]: { create: createRule },
};

async function createLoadBalancer(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties(`${prefix}::LoadBalancer`, context.logicalId, properties, [
    'IpAddressType',
    'LoadBalancerAttributes',
    'Name',
    'Scheme',
    'SecurityGroups',
    'Subnets',
    'Tags',
    'Type',
  ]);
  const { LoadBalancers } = await context.call('elasticloadbalancing', 'CreateLoadBalancer', {
    Name: String(properties.Name ?? context.physicalName(32)),
    Scheme: properties.Scheme as 'internal' | undefined,
    Type: properties.Type as 'application' | undefined,
    IpAddressType: properties.IpAddressType as 'ipv4' | undefined,
    SecurityGroups: properties.SecurityGroups as string[] | undefined,
    Subnets: properties.Subnets as string[] | undefined,
    Tags: tagList(context.tags),
  });
  const made = LoadBalancers?.[0];
  const arn = made?.LoadBalancerArn ?? '';
  const attributes = properties.LoadBalancerAttributes as Attributes;
  if (attributes?.length) {
    await context.call('elasticloadbalancing', 'ModifyLoadBalancerAttributes', {
      LoadBalancerArn: arn,
      Attributes: attributes,
    });
  }
  return {
    physicalId: arn,
    attributes: {
      LoadBalancerArn: arn,
      LoadBalancerName: made?.LoadBalancerName,
      LoadBalancerFullName: arn.split(':loadbalancer/')[1],
      DNSName: made?.DNSName,
      CanonicalHostedZoneID: made?.CanonicalHostedZoneId,
      SecurityGroups: made?.SecurityGroups,
    },
  };
}

async function createTargetGroup(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties(`${prefix}::TargetGroup`, context.logicalId, properties, [
    'HealthCheckEnabled',
    'HealthCheckIntervalSeconds',
    'HealthCheckPath',
    'HealthCheckPort',
    'HealthCheckProtocol',
    'HealthCheckTimeoutSeconds',
    'HealthyThresholdCount',
    'Matcher',
    'Name',
    'Port',
    'Protocol',
    'ProtocolVersion',
    'Tags',
    'TargetGroupAttributes',
    'TargetType',
    'Targets',
    'UnhealthyThresholdCount',
    'VpcId',
  ]);
  const { TargetGroups } = await context.call('elasticloadbalancing', 'CreateTargetGroup', {
    Name: String(properties.Name ?? context.physicalName(32)),
    Protocol: properties.Protocol as ProtocolEnum | undefined,
    ProtocolVersion: properties.ProtocolVersion as string | undefined,
    Port: optionalNumber(properties.Port),
    VpcId: properties.VpcId as string | undefined,
    TargetType: properties.TargetType as 'instance' | undefined,
    HealthCheckEnabled: optionalBoolean(properties.HealthCheckEnabled),
    HealthCheckProtocol: properties.HealthCheckProtocol as ProtocolEnum | undefined,
    HealthCheckPort: properties.HealthCheckPort === undefined ? undefined : String(properties.HealthCheckPort),
    HealthCheckPath: properties.HealthCheckPath as string | undefined,
    HealthCheckIntervalSeconds: optionalNumber(properties.HealthCheckIntervalSeconds),
    HealthCheckTimeoutSeconds: optionalNumber(properties.HealthCheckTimeoutSeconds),
    HealthyThresholdCount: optionalNumber(properties.HealthyThresholdCount),
    UnhealthyThresholdCount: optionalNumber(properties.UnhealthyThresholdCount),
    Matcher: properties.Matcher as { HttpCode: string } | undefined,
    Tags: tagList(context.tags),
  });
  const made = TargetGroups?.[0];
  const TargetGroupArn = made?.TargetGroupArn ?? '';
  const Attributes = properties.TargetGroupAttributes as Attributes;
  if (Attributes?.length) {
    await context.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
  }
  const Targets = properties.Targets as TargetDescription[] | undefined;
  if (Targets?.length) await context.call('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn, Targets });
  return {
    physicalId: TargetGroupArn,
    attributes: {
      TargetGroupArn,
      TargetGroupName: made?.TargetGroupName,
      TargetGroupFullName: TargetGroupArn.split(':').at(-1),
      // Empty until a listener refers to the group: templates that read it must depend on the listener.
      LoadBalancerArns: made?.LoadBalancerArns ?? [],
    },
  };
}

async function createListener(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties(`${prefix}::Listener`, context.logicalId, properties, [
    'Certificates',
    'DefaultActions',
    'LoadBalancerArn',
    'Port',
    'Protocol',
    'SslPolicy',
    'Tags',
  ]);
  const { Listeners } = await context.call('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn: String(properties.LoadBalancerArn),
    Port: optionalNumber(properties.Port),
    Protocol: properties.Protocol as ProtocolEnum | undefined,
    SslPolicy: properties.SslPolicy as string | undefined,
    Certificates: properties.Certificates as Certificate[] | undefined,
    DefaultActions: properties.DefaultActions as Action[],
  });
  const arn = Listeners?.[0]?.ListenerArn ?? '';
  return { physicalId: arn, attributes: { ListenerArn: arn } };
}

async function createRule(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties(`${prefix}::ListenerRule`, context.logicalId, properties, [
    'Actions',
    'Conditions',
    'ListenerArn',
    'Priority',
    'Tags',
  ]);
  const { Rules } = await context.call('elasticloadbalancing', 'CreateRule', {
    ListenerArn: String(properties.ListenerArn),
    Priority: Number(properties.Priority),
    Conditions: properties.Conditions as RuleCondition[],
    Actions: properties.Actions as Action[],
  });
  const arn = Rules?.[0]?.RuleArn ?? '';
  return { physicalId: arn, attributes: { RuleArn: arn, IsDefault: false } };
}
