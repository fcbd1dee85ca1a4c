/**
 * Scaling policies: kept by clients and carried out by the alarms that name them (EC2 Auto Scaling user guide, "Dynamic
 * scaling"). A target tracking policy makes its two alarms itself. Predictive scaling is refused by name.
 */
import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { at, reconcile } from './lifecycle.ts';
import { adjusted, type Policy, tracked } from './scaling.ts';
import { type AutoScalingState, activeInstances, type Group, groupNamed } from './state.ts';
import { balancerMetric } from './tracking.ts';

type AutoScalingContext = Context<AutoScalingState>;
type AutoScaling = Clients['autoscaling'];

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** Makes a policy or replaces the one of this name. @throws AwsError ValidationError */
export async function putScalingPolicy(
  input: Input<AutoScaling, 'PutScalingPolicy'>,
  context: AutoScalingContext,
): Promise<Output<AutoScaling, 'PutScalingPolicy'>> {
  const group = groupNamed(context.state, input.AutoScalingGroupName);
  const type = input.PolicyType ?? 'SimpleScaling';
  if (type === 'PredictiveScaling')
    throw new NotModelled('autoscaling:PutScalingPolicy: PredictiveScaling is not modelled');
  const name = input.PolicyName ?? '';
  const known = Object.values(policiesOf(context)).find((one) => one.groupName === group.name && one.name === name);
  const arn = known?.arn ?? arnOf(context, group.name, name);
  const policy: Policy = { name, arn, groupName: group.name, type, definition: input, alarms: [] };
  check(policy);
  if (known) await removeAlarms(context, known);
  policiesOf(context)[arn] = policy;
  if (type === 'TargetTrackingScaling') await makeAlarms(context, policy);
  return { PolicyARN: arn, Alarms: alarmsOf(context, policy) };
}

const arnOf = ({ region, account, random }: AutoScalingContext, group: string, name: string): string =>
  `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${random.uuid()}:autoScalingGroupName/${group}:policyName/${name}`;

export function policiesOf({ state }: AutoScalingContext): Record<string, Policy> {
  state.policies ??= {};
  return state.policies;
}

function check({ type, definition }: Policy): void {
  const { TargetTrackingConfiguration: tracking, StepAdjustments: steps, AdjustmentType: adjustment } = definition;
  if (type === 'TargetTrackingScaling') {
    if (tracking?.TargetValue === undefined)
      throw invalid('TargetTrackingConfiguration with a TargetValue is required');
    return;
  }
  const types = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'];
  if (!types.includes(adjustment ?? ''))
    throw invalid(`AdjustmentType '${adjustment}' must be one of ${types.join(', ')}`);
  if (type === 'StepScaling' && !steps?.length) throw invalid('At least one StepAdjustment is required');
  if (type === 'SimpleScaling' && definition.ScalingAdjustment === undefined) {
    throw invalid('ScalingAdjustment is required');
  }
}

/** "Three datapoints above the target within 3 minutes, fifteen below 90 % of it within 15" (user guide, target tracking). */
async function makeAlarms(context: AutoScalingContext, policy: Policy): Promise<void> {
  const { TargetTrackingConfiguration: tracking } = policy.definition;
  const target = tracking?.TargetValue ?? 0;
  const metric = metricOf(tracking, policy.groupName);
  const put = async (side: 'High' | 'Low', more: object): Promise<void> => {
    const AlarmName = `TargetTracking-${policy.groupName}-Alarm${side}-${context.random.uuid()}`;
    const AlarmActions = [policy.arn];
    await context.call('cloudwatch', 'PutMetricAlarm', { AlarmName, AlarmActions, ...metric, ...more }, ACCOUNT);
    policy.alarms.push(AlarmName);
  };
  await put('High', { Threshold: target, EvaluationPeriods: 3, ComparisonOperator: 'GreaterThanThreshold' });
  if (tracking?.DisableScaleIn) return;
  await put('Low', { Threshold: target * 0.9, EvaluationPeriods: 15, ComparisonOperator: 'LessThanThreshold' });
}

/** Auto Scaling keeps these alarms by its service-linked role. */
const ACCOUNT = { caller: { kind: 'account' } } as const;

type Tracking = NonNullable<Input<AutoScaling, 'PutScalingPolicy'>['TargetTrackingConfiguration']>;

function metricOf(tracking: Tracking | undefined, groupName: string): object {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: custom } = tracking ?? {};
  if (custom?.Metrics?.length) {
    const Metrics = custom.Metrics.map(({ MetricStat, ...rest }) => ({
      ...rest,
      ...(MetricStat && { MetricStat: { ...MetricStat, Period: 60 } }),
    }));
    return { Metrics };
  }
  if (custom) {
    const { MetricName, Namespace, Dimensions, Statistic } = custom;
    return { MetricName, Namespace, Dimensions, Statistic, Period: 60 };
  }
  if (predefined?.PredefinedMetricType === 'ALBRequestCountPerTarget') {
    const metric = balancerMetric(predefined.ResourceLabel);
    if (metric) return metric;
    throw invalid(`ResourceLabel '${predefined.ResourceLabel}' is not of the form app/…/targetgroup/…`);
  }
  // Of these the processors are simulated. An alarm on the network stays without data, and without data nothing is scaled.
  const MetricName = String(predefined?.PredefinedMetricType ?? '').replace('ASGAverage', '');
  const Dimensions = [{ Name: 'AutoScalingGroupName', Value: groupName }];
  return { Namespace: 'AWS/EC2', MetricName, Dimensions, Statistic: 'Average', Period: 60 };
}

async function removeAlarms(context: AutoScalingContext, policy: Policy): Promise<void> {
  const AlarmNames = policy.alarms.splice(0);
  if (AlarmNames.length === 0) return;
  const { MetricAlarms = [] } = await context.call('cloudwatch', 'DescribeAlarms', { AlarmNames }, ACCOUNT);
  const left = MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
  if (left.length > 0) await context.call('cloudwatch', 'DeleteAlarms', { AlarmNames: left }, ACCOUNT);
}

/** By name within a group, or by ARN. @throws AwsError ValidationError */
export async function deletePolicy(
  input: Input<AutoScaling, 'DeletePolicy'>,
  context: AutoScalingContext,
): Promise<Output<AutoScaling, 'DeletePolicy'>> {
  const policy = policyNamed(context, input);
  await removeAlarms(context, policy);
  delete policiesOf(context)[policy.arn];
  return {};
}

function policyNamed(
  context: AutoScalingContext,
  { AutoScalingGroupName: group, PolicyName: name = '' }: { AutoScalingGroupName?: string; PolicyName?: string },
): Policy {
  const found = Object.values(policiesOf(context)).find(
    (one) => one.arn === name || (one.name === name && (group === undefined || one.groupName === group)),
  );
  if (found) return found;
  throw invalid(`PolicyName ${name} not found${group === undefined ? '' : ` for AutoScalingGroup ${group}`}`);
}

export function describePolicies(
  input: Input<AutoScaling, 'DescribePolicies'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DescribePolicies'> {
  const { AutoScalingGroupName: group, PolicyNames: names, PolicyTypes: types } = input;
  const chosen = Object.values(policiesOf(context)).filter(
    (policy) =>
      (group === undefined || policy.groupName === group) &&
      (!names?.length || names.includes(policy.name) || names.includes(policy.arn)) &&
      (!types?.length || types.includes(policy.type)),
  );
  return {
    ScalingPolicies: chosen.map((policy): ScalingPolicy => {
      const { PolicyName: _name, PolicyType: _type, ...definition } = policy.definition;
      return {
        ...definition,
        PolicyName: policy.name,
        PolicyARN: policy.arn,
        PolicyType: policy.type,
        Enabled: policy.definition.Enabled ?? true,
        Alarms: alarmsOf(context, policy),
      };
    }),
  };
}

const alarmsOf = ({ region, account }: AutoScalingContext, { alarms }: Policy) =>
  alarms.map((AlarmName) => ({ AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` }));

/**
 * Carries a policy out, as a client or as an alarm in ALARM does each minute. Nothing happens to a group whose
 * AlarmNotification is suspended, when an alarm asks.
 * @throws AwsError ValidationError, ScalingActivityInProgressFault in an honoured cooldown
 */
export function executePolicy(
  input: Input<AutoScaling, 'ExecutePolicy'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'ExecutePolicy'> {
  const policy = policyNamed(context, input);
  const group = groupNamed(context.state, policy.groupName);
  const byAlarm = context.caller.kind === 'account' && context.caller.via === 'cloudwatch.amazonaws.com';
  if (byAlarm && group.suspended.AlarmNotification !== undefined) {
    context.trace('policy.suspended', { group: group.name, policy: policy.name });
    return {};
  }
  const wanted = wantedBy(policy, group, input, context.now);
  const capacity = Math.min(Math.max(wanted, group.minSize), group.maxSize);
  if (capacity === group.desiredCapacity) return {};
  const change = `changing the desired capacity from ${group.desiredCapacity} to ${capacity}`;
  context.trace('policy.scaled', { group: group.name, policy: policy.name, from: group.desiredCapacity, to: capacity });
  group.desiredCapacity = capacity;
  const who = byAlarm ? 'a monitor alarm in state ALARM' : 'a user request';
  reconcile(context, group, `At ${at(context)} ${who} triggered policy ${policy.name} ${change}.`);
  return {};
}

function wantedBy(policy: Policy, group: Group, input: Input<AutoScaling, 'ExecutePolicy'>, now: number): number {
  const { MetricValue: value, BreachThreshold: threshold } = input;
  const current = group.desiredCapacity;
  if (policy.type === 'TargetTrackingScaling') {
    if (value === undefined) throw invalid('A target tracking policy is carried out by its own alarms only');
    return tracked(policy.definition, { current, value, settling: isSettling(policy, group, now) });
  }
  if (policy.type === 'SimpleScaling') {
    const cooldownSeconds = policy.definition.Cooldown ?? group.defaultCooldownSeconds;
    if (group.lastScaledAt !== undefined && now < group.lastScaledAt + cooldownSeconds * 1_000) return current;
  }
  return adjusted(policy.definition, { current, overBy: (value ?? 0) - (threshold ?? 0) });
}

/** Instances that have not warmed up yet: then a group is only made larger. */
function isSettling({ definition }: Policy, group: Group, now: number): boolean {
  const warmUpMs = (definition.EstimatedInstanceWarmup ?? group.defaultCooldownSeconds) * 1_000;
  return activeInstances(group).some(({ inServiceAt }) => inServiceAt === undefined || now < inServiceAt + warmUpMs);
}
