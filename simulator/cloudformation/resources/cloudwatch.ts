/** CloudFormation's resource types of CloudWatch. Left out by name: composite alarms, anomaly detectors, metric streams. */
import type { MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties, tagList, unlessGone } from './known-properties.ts';

const alarm: Modelled = {
  create: (properties, context) => put(String(properties.AlarmName ?? context.physicalName(255)), properties, context),
  // PutMetricAlarm replaces the whole definition and keeps the state.
  update: ({ physicalId, wanted }, context) => put(physicalId, wanted, context),
  delete: ({ physicalId }, context) =>
    unlessGone('ResourceNotFound', () => context.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [physicalId] })).then(
      () => {},
    ),
  async read({ physicalId }, context) {
    const { MetricAlarms: [live] = [] } = await context.call('cloudwatch', 'DescribeAlarms', {
      AlarmNames: [physicalId],
    });
    if (live === undefined) return undefined;
    const told = known.filter((name) => name !== 'Tags' && name in live);
    return Object.fromEntries(told.map((name) => [name, live[name as keyof typeof live]]));
  },
};

export const resources: ResourceTable = {
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': {
    inert: true,
    reason: 'nobody looks at a dashboard in the simulator',
    create: (properties, context) => ({ physicalId: String(properties.DashboardName ?? context.physicalName(255)) }),
  },
};

const known = [
  'ActionConfiguration',
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluateLowSampleCountPercentile',
  'EvaluationPeriods',
  'ExtendedStatistic',
  'InsufficientDataActions',
  'MetricName',
  'Metrics',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Tags',
  'Threshold',
  'TreatMissingData',
  'Unit',
];

async function put(AlarmName: string, properties: Record<string, unknown>, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::CloudWatch::Alarm', context.logicalId, properties, known);
  const { ActionsEnabled, Metrics, Tags: _tags, ...rest } = properties;
  const input: Record<string, unknown> = { ...rest, AlarmName };
  for (const name of ['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold']) {
    if (rest[name] !== undefined) input[name] = optionalNumber(rest[name]);
  }
  if (Object.keys(context.tags).length > 0) input.Tags = tagList(context.tags);
  if (ActionsEnabled !== undefined) input.ActionsEnabled = optionalBoolean(ActionsEnabled);
  if (Metrics !== undefined) input.Metrics = (Metrics as MetricDataQuery[]).map(withTypes);
  await context.call('cloudwatch', 'PutMetricAlarm', input as unknown as PutMetricAlarmInput);
  const Arn = `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${AlarmName}`;
  return { physicalId: AlarmName, attributes: { Arn } };
}

function withTypes(query: MetricDataQuery): MetricDataQuery {
  const { MetricStat, ReturnData, ...rest } = query;
  return {
    ...rest,
    ...(ReturnData === undefined ? {} : { ReturnData: optionalBoolean(ReturnData) }),
    ...(MetricStat ? { MetricStat: { ...MetricStat, Period: optionalNumber(MetricStat.Period) } } : {}),
  };
}
