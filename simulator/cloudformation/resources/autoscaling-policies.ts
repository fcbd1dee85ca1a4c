/** CloudFormation's resource types of what scales a group: policies and scheduled actions. */
import type { Clients, Input } from '../../clients.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalNumber, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { withTypes } from './scalars-of.ts';

type AutoScaling = Clients['autoscaling'];
type Properties = Record<string, unknown>;

const POLICY = [
  ...['AutoScalingGroupName', 'PolicyType', 'AdjustmentType', 'Cooldown', 'EstimatedInstanceWarmup'],
  ...['MetricAggregationType', 'MinAdjustmentMagnitude', 'ScalingAdjustment', 'StepAdjustments'],
  'TargetTrackingConfiguration',
];

/** Templates may write numbers as text, at any depth. */
async function putPolicy(PolicyName: string, raw: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::AutoScaling::ScalingPolicy', context.logicalId, raw, POLICY);
  const input = { ...(withTypes(raw) as Properties), PolicyName } as Input<AutoScaling, 'PutScalingPolicy'>;
  const { PolicyARN = '' } = await context.call('autoscaling', 'PutScalingPolicy', input);
  return { physicalId: PolicyARN, attributes: { Arn: PolicyARN, PolicyName } };
}

const nameIn = (arn: string): string => arn.split(':policyName/').at(-1) ?? arn;

const policy: Modelled = {
  create: (raw, context) => putPolicy(context.physicalName(255), raw, context),
  update: ({ physicalId, wanted }, context) => putPolicy(nameIn(physicalId), wanted, context),
  delete: ({ physicalId }, context) =>
    unlessGone('ValidationError', () => context.call('autoscaling', 'DeletePolicy', { PolicyName: physicalId })).then(
      () => {},
    ),
  async read({ physicalId }, context) {
    const { ScalingPolicies: [live] = [] } = await context.call('autoscaling', 'DescribePolicies', {
      PolicyNames: [physicalId],
    });
    return live && present(Object.fromEntries(POLICY.map((name) => [name, live[name as keyof typeof live]])));
  },
};

const ACTION = [
  ...[
    'AutoScalingGroupName',
    'DesiredCapacity',
    'EndTime',
    'MaxSize',
    'MinSize',
    'Recurrence',
    'StartTime',
    'TimeZone',
  ],
];

const date = (value: unknown): Date | undefined => (value === undefined ? undefined : new Date(String(value)));

async function putAction(ScheduledActionName: string, raw: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::AutoScaling::ScheduledAction', context.logicalId, raw, ACTION);
  await context.call('autoscaling', 'PutScheduledUpdateGroupAction', {
    ScheduledActionName,
    AutoScalingGroupName: String(raw.AutoScalingGroupName),
    DesiredCapacity: optionalNumber(raw.DesiredCapacity),
    MinSize: optionalNumber(raw.MinSize),
    MaxSize: optionalNumber(raw.MaxSize),
    Recurrence: raw.Recurrence as string | undefined,
    StartTime: date(raw.StartTime),
    EndTime: date(raw.EndTime),
    TimeZone: raw.TimeZone as string | undefined,
  });
  return { physicalId: ScheduledActionName, attributes: { ScheduledActionName } };
}

const action: Modelled = {
  create: (raw, context) => putAction(context.physicalName(255), raw, context),
  update: ({ physicalId, wanted }, context) => putAction(physicalId, wanted, context),
  async delete({ physicalId: ScheduledActionName, properties }, context) {
    const AutoScalingGroupName = String(properties.AutoScalingGroupName);
    await unlessGone('ValidationError', () =>
      context.call('autoscaling', 'DeleteScheduledAction', { AutoScalingGroupName, ScheduledActionName }),
    );
  },
  async read({ physicalId }, context) {
    const { ScheduledUpdateGroupActions: [live] = [] } = await context.call('autoscaling', 'DescribeScheduledActions', {
      ScheduledActionNames: [physicalId],
    });
    return live && present(Object.fromEntries(ACTION.map((name) => [name, live[name as keyof typeof live]])));
  },
};

export const resources: ResourceTable = {
  'AWS::AutoScaling::ScalingPolicy': policy,
  'AWS::AutoScaling::ScheduledAction': action,
};
