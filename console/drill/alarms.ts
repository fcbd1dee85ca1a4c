/** An operator's own alarm, made for a drill, whose states the drill sets by hand. */
import type { Cloud } from '../../simulator/cloud.ts';

/** It keeps whatever state it is put into: its metric has no data, which it ignores. */
export async function makeAlarm(
  cloud: Cloud,
  region: string,
  AlarmName: string,
  tags: Readonly<Record<string, string>> = {},
): Promise<void> {
  const what = { Namespace: 'Drill', MetricName: AlarmName, Statistic: 'Maximum', Period: 60 } as const;
  const when = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const ActionConfiguration = { AlarmTagsPropagation: { Enabled: true } };
  const input = { AlarmName, ...what, ...when, TreatMissingData: 'ignore', Tags, ActionConfiguration };
  await cloud.call('cloudwatch', 'PutMetricAlarm', input, { region });
}

/** As `aws cloudwatch set-alarm-state` does. */
export async function setAlarm(
  cloud: Cloud,
  region: string,
  AlarmName: string,
  StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA',
): Promise<void> {
  const input = { AlarmName, StateValue, StateReason: `the drill says ${StateValue}` };
  await cloud.call('cloudwatch', 'SetAlarmState', input, { region });
}
