/** CloudFormation's resource types of Elastic Load Balancing v2. Their shapes are the API's own but for attributes. */
import type {
  Action,
  Certificate,
  ProtocolEnum,
  RuleCondition,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { balancerDefaults } from '../../services/elbv2/load-balancers.ts';
import { groupDefaults } from '../../services/elbv2/target-groups.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import {
  listChanges,
  optionalBoolean,
  optionalNumber,
  present,
  refuseOtherProperties,
  tagList,
  unlessGone,
} from './known-properties.ts';

type Properties = Record<string, unknown>;
type Attributes = { Key: string; Value: string }[] | undefined;

const prefix = 'AWS::ElasticLoadBalancingV2';

/** Gives a load balancer, target group or rule the tags that it is to have. */
async function changeTags(arn: string, context: ResourceContext): Promise<void> {
  const ResourceArns = [arn];
  const { TagDescriptions } = await context.call('elasticloadbalancing', 'DescribeTags', { ResourceArns });
  const live = (TagDescriptions?.[0]?.Tags ?? []).map(({ Key }) => Key ?? '');
  const TagKeys = live.filter((key) => context.tags[key] === undefined);
  if (TagKeys.length > 0) await context.call('elasticloadbalancing', 'RemoveTags', { ResourceArns, TagKeys });
  const Tags = tagList(context.tags);
  if (Tags.length > 0) await context.call('elasticloadbalancing', 'AddTags', { ResourceArns, Tags });
}

const refuseOthers = (type: string, names: readonly string[]) => (properties: Properties, context: ResourceContext) =>
  refuseOtherProperties(`${prefix}::${type}`, context.logicalId, properties, names);

const checkBalancer = refuseOthers('LoadBalancer', [
  'IpAddressType',
  'LoadBalancerAttributes',
  'Name',
  'Scheme',
  'SecurityGroups',
  'Subnets',
  'Tags',
  'Type',
]);

/** The attributes to send: those wanted, and for those no longer wanted what they were when the resource was new. */
function attributeChanges(
  before: Attributes = [],
  wanted: Attributes = [],
  defaults: Readonly<Record<string, string>>,
) {
  const dropped = before.filter(({ Key }) => !wanted.some((attribute) => attribute.Key === Key));
  return [...dropped.map(({ Key }) => ({ Key, Value: defaults[Key] ?? '' })), ...wanted];
}

const loadBalancer: Modelled = {
  async create(properties, context): Promise<Created> {
    checkBalancer(properties, context);
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
    context.exists?.(arn);
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
  },

  async update({ physicalId: LoadBalancerArn, properties, wanted, changed }, context) {
    checkBalancer(wanted, context);
    const call = context.call;
    if (changed.has('Subnets')) {
      await call('elasticloadbalancing', 'SetSubnets', { LoadBalancerArn, Subnets: wanted.Subnets as string[] });
    }
    if (changed.has('SecurityGroups')) {
      const SecurityGroups = (wanted.SecurityGroups ?? []) as string[];
      await call('elasticloadbalancing', 'SetSecurityGroups', { LoadBalancerArn, SecurityGroups });
    }
    if (changed.has('IpAddressType')) {
      const IpAddressType = (wanted.IpAddressType ?? 'ipv4') as 'ipv4';
      await call('elasticloadbalancing', 'SetIpAddressType', { LoadBalancerArn, IpAddressType });
    }
    if (changed.has('LoadBalancerAttributes')) {
      const [before, after] = [properties, wanted].map((given) => given.LoadBalancerAttributes as Attributes);
      const Attributes = attributeChanges(before, after, balancerDefaults);
      await call('elasticloadbalancing', 'ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes });
    }
    if (changed.has('Tags')) await changeTags(LoadBalancerArn, context);
    return undefined;
  },

  delete: ({ physicalId: LoadBalancerArn }, context) =>
    context.call('elasticloadbalancing', 'DeleteLoadBalancer', { LoadBalancerArn }).then(() => {}),

  read: ({ physicalId: LoadBalancerArn, properties }, context) =>
    unlessGone('LoadBalancerNotFoundException', async () => {
      const LoadBalancerArns = [LoadBalancerArn];
      const described = await context.call('elasticloadbalancing', 'DescribeLoadBalancers', { LoadBalancerArns });
      const { Attributes } = await context.call('elasticloadbalancing', 'DescribeLoadBalancerAttributes', {
        LoadBalancerArn,
      });
      const live = described.LoadBalancers?.[0];
      return {
        Name: live?.LoadBalancerName,
        Scheme: live?.Scheme,
        Type: live?.Type,
        IpAddressType: live?.IpAddressType,
        SecurityGroups: live?.SecurityGroups,
        Subnets: live?.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
        LoadBalancerAttributes: namedOf(Attributes, properties.LoadBalancerAttributes as Attributes),
      };
    }),
};

/** The live values of the attributes that the template names; there are many more. */
const namedOf = (live: { Key?: string; Value?: string }[] | undefined, applied: Attributes = []) =>
  applied.map(({ Key }) => ({ Key, Value: live?.find((attribute) => attribute.Key === Key)?.Value }));

const checkGroup = refuseOthers('TargetGroup', [
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

const healthSettings = (properties: Properties) => ({
  HealthCheckEnabled: optionalBoolean(properties.HealthCheckEnabled),
  HealthCheckProtocol: properties.HealthCheckProtocol as ProtocolEnum | undefined,
  HealthCheckPort: properties.HealthCheckPort === undefined ? undefined : String(properties.HealthCheckPort),
  HealthCheckPath: properties.HealthCheckPath as string | undefined,
  HealthCheckIntervalSeconds: optionalNumber(properties.HealthCheckIntervalSeconds),
  HealthCheckTimeoutSeconds: optionalNumber(properties.HealthCheckTimeoutSeconds),
  HealthyThresholdCount: optionalNumber(properties.HealthyThresholdCount),
  UnhealthyThresholdCount: optionalNumber(properties.UnhealthyThresholdCount),
  Matcher: properties.Matcher as { HttpCode: string } | undefined,
});

/** CreateTargetGroup API Reference: what a group has when nothing is said. */
const HEALTH_DEFAULTS = {
  HealthCheckEnabled: true,
  HealthCheckProtocol: 'HTTP' as const,
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
};

const targetsOf = (properties: Properties): TargetDescription[] => (properties.Targets ?? []) as TargetDescription[];

const targetGroup: Modelled = {
  async create(properties, context): Promise<Created> {
    checkGroup(properties, context);
    const { TargetGroups } = await context.call('elasticloadbalancing', 'CreateTargetGroup', {
      Name: String(properties.Name ?? context.physicalName(32)),
      Protocol: properties.Protocol as ProtocolEnum | undefined,
      ProtocolVersion: properties.ProtocolVersion as string | undefined,
      Port: optionalNumber(properties.Port),
      VpcId: properties.VpcId as string | undefined,
      TargetType: properties.TargetType as 'instance' | undefined,
      ...healthSettings(properties),
      Tags: tagList(context.tags),
    });
    const made = TargetGroups?.[0];
    const TargetGroupArn = made?.TargetGroupArn ?? '';
    context.exists?.(TargetGroupArn);
    const Attributes = properties.TargetGroupAttributes as Attributes;
    if (Attributes?.length) {
      await context.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
    }
    const Targets = targetsOf(properties);
    if (Targets.length) await context.call('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn, Targets });
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
  },

  async update({ physicalId: TargetGroupArn, properties, wanted, changed }, context) {
    checkGroup(wanted, context);
    const call = context.call;
    if (Object.keys(HEALTH_DEFAULTS).some((name) => changed.has(name))) {
      const input = { TargetGroupArn, ...HEALTH_DEFAULTS, ...present(healthSettings(wanted)) };
      await call('elasticloadbalancing', 'ModifyTargetGroup', input);
    }
    if (changed.has('TargetGroupAttributes')) {
      const [before, after] = [properties, wanted].map((given) => given.TargetGroupAttributes as Attributes);
      const Attributes = attributeChanges(before, after, groupDefaults);
      await call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
    }
    const { removed, added } = listChanges(targetsOf(properties), targetsOf(wanted));
    if (added.length) await call('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn, Targets: added });
    if (removed.length) await call('elasticloadbalancing', 'DeregisterTargets', { TargetGroupArn, Targets: removed });
    if (changed.has('Tags')) await changeTags(TargetGroupArn, context);
    return undefined;
  },

  delete: ({ physicalId: TargetGroupArn }, context) =>
    context.call('elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn }).then(() => {}),

  read: ({ physicalId: TargetGroupArn, properties }, context) =>
    unlessGone('TargetGroupNotFoundException', async () => {
      const TargetGroupArns = [TargetGroupArn];
      const { TargetGroups } = await context.call('elasticloadbalancing', 'DescribeTargetGroups', { TargetGroupArns });
      const { Attributes } = await context.call('elasticloadbalancing', 'DescribeTargetGroupAttributes', {
        TargetGroupArn,
      });
      const { TargetGroupName: Name, LoadBalancerArns: _, TargetGroupArn: __, ...live } = TargetGroups?.[0] ?? {};
      const TargetGroupAttributes = namedOf(Attributes, properties.TargetGroupAttributes as Attributes);
      return { Name, ...live, TargetGroupAttributes };
    }),
};

const checkListener = refuseOthers('Listener', [
  'Certificates',
  'DefaultActions',
  'LoadBalancerArn',
  'Port',
  'Protocol',
  'SslPolicy',
  'Tags',
]);

const listenerSettings = (properties: Properties) => ({
  Port: optionalNumber(properties.Port),
  Protocol: properties.Protocol as ProtocolEnum | undefined,
  SslPolicy: properties.SslPolicy as string | undefined,
  Certificates: properties.Certificates as Certificate[] | undefined,
  DefaultActions: properties.DefaultActions as Action[],
});

const listener: Modelled = {
  async create(properties, context): Promise<Created> {
    checkListener(properties, context);
    const { Listeners } = await context.call('elasticloadbalancing', 'CreateListener', {
      LoadBalancerArn: String(properties.LoadBalancerArn),
      ...listenerSettings(properties),
    });
    const arn = Listeners?.[0]?.ListenerArn ?? '';
    return { physicalId: arn, attributes: { ListenerArn: arn } };
  },

  async update({ physicalId: ListenerArn, wanted }, context) {
    checkListener(wanted, context);
    const input = { ListenerArn, ...listenerSettings(wanted) };
    await context.call('elasticloadbalancing', 'ModifyListener', input);
    return undefined;
  },

  delete: ({ physicalId: ListenerArn }, context) =>
    unlessGone('ListenerNotFoundException', () =>
      context.call('elasticloadbalancing', 'DeleteListener', { ListenerArn }),
    ).then(() => {}),

  read: ({ physicalId }, context) =>
    unlessGone('ListenerNotFoundException', async () => {
      const ListenerArns = [physicalId];
      const { Listeners } = await context.call('elasticloadbalancing', 'DescribeListeners', { ListenerArns });
      const { LoadBalancerArn, Port, Protocol, SslPolicy, Certificates, DefaultActions } = Listeners?.[0] ?? {};
      return present({ LoadBalancerArn, Port, Protocol, SslPolicy, Certificates, DefaultActions });
    }),
};

const checkRule = refuseOthers('ListenerRule', ['Actions', 'Conditions', 'ListenerArn', 'Priority', 'Tags']);

const listenerRule: Modelled = {
  async create(properties, context): Promise<Created> {
    checkRule(properties, context);
    const { Rules } = await context.call('elasticloadbalancing', 'CreateRule', {
      ListenerArn: String(properties.ListenerArn),
      Priority: Number(properties.Priority),
      Conditions: properties.Conditions as RuleCondition[],
      Actions: properties.Actions as Action[],
      Tags: tagList(context.tags),
    });
    const arn = Rules?.[0]?.RuleArn ?? '';
    return { physicalId: arn, attributes: { RuleArn: arn, IsDefault: false } };
  },

  /** ModifyRule replaces the actions as a whole: weights that were shifted at runtime are set back by it. */
  async update({ physicalId: RuleArn, wanted, changed }, context) {
    checkRule(wanted, context);
    if (changed.has('Priority')) {
      const RulePriorities = [{ RuleArn, Priority: Number(wanted.Priority) }];
      await context.call('elasticloadbalancing', 'SetRulePriorities', { RulePriorities });
    }
    if (changed.has('Actions') || changed.has('Conditions')) {
      await context.call('elasticloadbalancing', 'ModifyRule', {
        RuleArn,
        Conditions: wanted.Conditions as RuleCondition[],
        Actions: wanted.Actions as Action[],
      });
    }
    if (changed.has('Tags')) await changeTags(RuleArn, context);
    return undefined;
  },

  delete: ({ physicalId: RuleArn }, context) =>
    unlessGone('RuleNotFoundException', () => context.call('elasticloadbalancing', 'DeleteRule', { RuleArn })).then(
      () => {},
    ),

  read: ({ physicalId }, context) =>
    unlessGone('RuleNotFoundException', async () => {
      const { Rules } = await context.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [physicalId] });
      const { Priority, Conditions, Actions } = Rules?.[0] ?? {};
      return { Priority, Conditions, Actions };
    }),
};

export const resources: ResourceTable = {
  [`${prefix}::LoadBalancer`]: loadBalancer,
  [`${prefix}::TargetGroup`]: targetGroup,
  [`${prefix}::Listener`]: listener,
  [`${prefix}::ListenerRule`]: listenerRule,
};
