/** CloudFormation's resource types of Application Auto Scaling: targets and policies of ECS services. */
import type { Clients, Input } from '../../clients.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalNumber, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { withTypes } from './scalars-of.ts';

type Scaling = Clients['application-autoscaling'];
type Properties = Record<string, unknown>;

const TARGET = [
  ...['MaxCapacity', 'MinCapacity', 'ResourceId', 'RoleARN', 'ScalableDimension', 'ServiceNamespace', 'SuspendedState'],
  'ScheduledActions',
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
  await putActions(id, raw, context);
  return { physicalId: id };
}

interface ScheduledAction {
  readonly ScheduledActionName: string;
  readonly [property: string]: unknown;
}

/** As templates write them; undefined where there are none. */
async function actionsOf(id: string, context: ResourceContext): Promise<object[] | undefined> {
  const { ResourceId, ServiceNamespace } = partsOf(id);
  const input = { ServiceNamespace, ResourceId };
  const { ScheduledActions: live = [] } = await context.call(
    'application-autoscaling',
    'DescribeScheduledActions',
    input,
  );
  const written = live.map(({ ScheduledActionName, Schedule, Timezone, StartTime, EndTime, ScalableTargetAction }) =>
    present({ ScheduledActionName, Schedule, Timezone, StartTime, EndTime, ScalableTargetAction }),
  );
  return written.length > 0 ? written : undefined;
}

/** Those of the template take the place of those that were there. */
async function putActions(id: string, raw: Properties, context: ResourceContext): Promise<void> {
  const wanted = (withTypes(raw.ScheduledActions) ?? []) as readonly ScheduledAction[];
  const { ResourceId, ...target } = partsOf(id);
  const { ScheduledActions: there = [] } = await context.call('application-autoscaling', 'DescribeScheduledActions', {
    ServiceNamespace: target.ServiceNamespace,
    ResourceId,
  });
  for (const { ScheduledActionName } of there) {
    if (wanted.some((one) => one.ScheduledActionName === ScheduledActionName)) continue;
    const gone = { ...partsOf(id), ScheduledActionName };
    await context.call(
      'application-autoscaling',
      'DeleteScheduledAction',
      gone as Input<Scaling, 'DeleteScheduledAction'>,
    );
  }
  for (const action of wanted) {
    const input = {
      ...partsOf(id),
      ...action,
      StartTime: dateOf(action, 'StartTime'),
      EndTime: dateOf(action, 'EndTime'),
    };
    await context.call('application-autoscaling', 'PutScheduledAction', input);
  }
}

function dateOf(action: ScheduledAction, name: 'StartTime' | 'EndTime'): Date | undefined {
  const value = action[name];
  return value === undefined ? undefined : new Date(String(value));
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
    const { MinCapacity, MaxCapacity } = live ?? {};
    const actions = await actionsOf(physicalId, context);
    return live && present({ MinCapacity, MaxCapacity, ResourceId, ...(actions && { ScheduledActions: actions }) });
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
