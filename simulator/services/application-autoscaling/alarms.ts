/** The two alarms that a target tracking policy makes and keeps for itself. */
import { AwsError } from '../../errors.ts';
import { balancerMetric } from '../autoscaling/tracking.ts';
import type { Policy, ScalingContext } from './state.ts';

/** They are kept by the service-linked role. */
const ACCOUNT = { caller: { kind: 'account' } } as const;

export async function makeAlarms(context: ScalingContext, policy: Policy): Promise<void> {
  const { TargetTrackingScalingPolicyConfiguration: tracking } = policy.definition;
  const target = tracking?.TargetValue;
  if (target === undefined) throw new AwsError('ValidationException', 'A target tracking policy needs a TargetValue');
  const metric = metricOf(policy);
  const put = async (side: 'High' | 'Low', more: object): Promise<void> => {
    const AlarmName = `TargetTracking-${policy.resourceId}-Alarm${side}-${context.random.uuid()}`;
    await context.call(
      'cloudwatch',
      'PutMetricAlarm',
      { AlarmName, AlarmActions: [policy.arn], ...metric, ...more },
      ACCOUNT,
    );
    policy.alarms.push(AlarmName);
  };
  await put('High', { Threshold: target, EvaluationPeriods: 3, ComparisonOperator: 'GreaterThanThreshold' });
  if (tracking?.DisableScaleIn) return;
  await put('Low', { Threshold: target * 0.9, EvaluationPeriods: 15, ComparisonOperator: 'LessThanThreshold' });
}

function metricOf({ definition, resourceId }: Policy): object {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: custom } =
    definition.TargetTrackingScalingPolicyConfiguration ?? {};
  if (custom) {
    const { MetricName, Namespace, Dimensions, Statistic } = custom;
    return { MetricName, Namespace, Dimensions, Statistic, Period: 60 };
  }
  if (predefined?.PredefinedMetricType === 'ALBRequestCountPerTarget') {
    const metric = balancerMetric(predefined.ResourceLabel);
    if (metric) return metric;
    throw new AwsError(
      'ValidationException',
      `ResourceLabel '${predefined.ResourceLabel}' is not of the form app/…/targetgroup/…`,
    );
  }
  // Of these the processors are simulated. An alarm on memory stays without data, and without data nothing is scaled.
  const [, cluster = '', service = ''] = resourceId.split('/');
  const Dimensions = [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: service },
  ];
  const MetricName =
    predefined?.PredefinedMetricType === 'ECSServiceAverageMemoryUtilization' ? 'MemoryUtilization' : 'CPUUtilization';
  return { Namespace: 'AWS/ECS', MetricName, Dimensions, Statistic: 'Average', Period: 60 };
}

export async function removeAlarms(context: ScalingContext, policy: Policy): Promise<void> {
  const AlarmNames = policy.alarms.splice(0);
  if (AlarmNames.length === 0) return;
  const { MetricAlarms = [] } = await context.call('cloudwatch', 'DescribeAlarms', { AlarmNames }, ACCOUNT);
  const left = MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
  if (left.length > 0) await context.call('cloudwatch', 'DeleteAlarms', { AlarmNames: left }, ACCOUNT);
}

export const describeAlarms = ({ region, account }: ScalingContext, { alarms }: Policy) =>
  alarms.map((AlarmName) => ({ AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` }));
