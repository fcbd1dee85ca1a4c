/** CloudFormation's resource types of Application Auto Scaling: targets and policies of ECS services. */
import type { Clients, Input } from '../../clients.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalNumber, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { withTypes } from './scalars-of.ts';

type Scaling = Clients['application-autoscaling'];
type Properties = Record<string, unknown>;

const TARGET = [
  ...['MaxCapacity', 'MinCapacity', 'ResourceId', 'RoleARN', 'ScalableDimension', 'ServiceNamespace', 'SuspendedState'],
];

/** 'service/orders/blue|ecs:service:DesiredCount|ecs', as Ref of a target answers. */
function partsOf(id: string) {
  const [ResourceId, ScalableDimension, ServiceNamespace] = id.split('|');
  return { ResourceId, ScalableDimension, ServiceNamespace } as Pick<
    Input<Scaling, 'RegisterScalableTarget'>,
    'ResourceId' | 'ScalableDimension' | 'ServiceNamespace'
  >;
}

async function putTarget(raw: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::ApplicationAutoScaling::ScalableTarget', context.logicalId, raw, [...TARGET, 'Tags']);
  const { ResourceId, ScalableDimension, ServiceNamespace, SuspendedState } = raw;
  const id = [ResourceId, ScalableDimension, ServiceNamespace].join('|');
  await context.call('application-autoscaling', 'RegisterScalableTarget', {
    ...partsOf(id),
    MinCapacity: optionalNumber(raw.MinCapacity),
    MaxCapacity: optionalNumber(raw.MaxCapacity),
    SuspendedState: withTypes(SuspendedState) as Input<Scaling, 'RegisterScalableTarget'>['SuspendedState'],
  });
  return { physicalId: id };
}

const target: Modelled = {
  create: putTarget,
  update: ({ wanted }, context) => putTarget(wanted, context),
  delete: ({ physicalId }, context) =>
    unlessGone('ObjectNotFoundException', () =>
      context.call('application-autoscaling', 'DeregisterScalableTarget', partsOf(physicalId)),
    ).then(() => {}),
  async read({ physicalId }, context) {
    const { ResourceId = '', ServiceNamespace } = partsOf(physicalId);
    const input = { ServiceNamespace, ResourceIds: [ResourceId] };
    const { ScalableTargets: [live] = [] } = await context.call(
      'application-autoscaling',
      'DescribeScalableTargets',
      input,
    );
    return live && { MinCapacity: live.MinCapacity, MaxCapacity: live.MaxCapacity, ResourceId: live.ResourceId };
  },
};

const POLICY = [
  ...['PolicyName', 'PolicyType', 'ResourceId', 'ScalableDimension', 'ScalingTargetId', 'ServiceNamespace'],
  ...['StepScalingPolicyConfiguration', 'TargetTrackingScalingPolicyConfiguration'],
];

/** Names its target by ScalingTargetId, or by the three parts of one. */
function identityOf(raw: Properties) {
  const { ScalingTargetId, ResourceId, ScalableDimension, ServiceNamespace } = raw;
  return partsOf(String(ScalingTargetId ?? [ResourceId, ScalableDimension, ServiceNamespace].join('|')));
}

async function putPolicy(raw: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::ApplicationAutoScaling::ScalingPolicy', context.logicalId, raw, POLICY);
  const { PolicyName, PolicyType, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration } = raw;
  const input = {
    ...identityOf(raw),
    PolicyName,
    PolicyType,
    StepScalingPolicyConfiguration: withTypes(StepScalingPolicyConfiguration),
    TargetTrackingScalingPolicyConfiguration: withTypes(TargetTrackingScalingPolicyConfiguration),
  } as Input<Scaling, 'PutScalingPolicy'>;
  const { PolicyARN = '' } = await context.call('application-autoscaling', 'PutScalingPolicy', input);
  return { physicalId: PolicyARN, attributes: { Arn: PolicyARN } };
}

const policy: Modelled = {
  create: putPolicy,
  update: ({ wanted }, context) => putPolicy(wanted, context),
  async delete({ properties }, context) {
    const input = { ...identityOf(properties), PolicyName: String(properties.PolicyName) };
    await unlessGone('ObjectNotFoundException', () =>
      context.call('application-autoscaling', 'DeleteScalingPolicy', input),
    );
  },
  async read({ properties }, context) {
    const { ResourceId, ServiceNamespace } = identityOf(properties);
    const input = { ServiceNamespace, ResourceId, PolicyNames: [String(properties.PolicyName)] };
    const { ScalingPolicies: [live] = [] } = await context.call(
      'application-autoscaling',
      'DescribeScalingPolicies',
      input,
    );
    return (
      live &&
      present({
        PolicyName: live.PolicyName,
        PolicyType: live.PolicyType,
        StepScalingPolicyConfiguration: live.StepScalingPolicyConfiguration,
        TargetTrackingScalingPolicyConfiguration: live.TargetTrackingScalingPolicyConfiguration,
      })
    );
  },
};

export const resources: ResourceTable = {
  'AWS::ApplicationAutoScaling::ScalableTarget': target,
  'AWS::ApplicationAutoScaling::ScalingPolicy': policy,
};
