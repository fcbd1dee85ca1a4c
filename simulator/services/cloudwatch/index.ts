/** CloudWatch, one region at a time: metrics and metric alarms. Registered in simulator/services/index.ts. */

import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { type Access, type Context, defineService } from '../../service.ts';
import { actLate } from './alarm-actions.ts';
import { evaluate } from './alarm-evaluation.ts';
import { alarmOperations } from './alarms.ts';
import { queryOperations } from './queries.ts';
import type { CloudWatchState } from './state.ts';

export { ingestEmbeddedMetrics } from './embedded-metrics.ts';
export { publishServiceMetrics } from './metrics.ts';

function onAlarms(names: readonly (string | undefined)[] | undefined, context: Context<CloudWatchState>): Access {
  const prefix = `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:`;
  return { resources: (names ?? ['*']).map((name) => `${prefix}${name ?? '*'}`) };
}

export const cloudWatch = defineService<CloudWatch, CloudWatchState>({
  name: 'cloudwatch',
  initialState: () => ({ series: {}, alarms: {}, history: [] }),
  operations: { ...queryOperations, ...alarmOperations },
  access: {
    PutMetricData: (input) => ({ resources: ['*'], conditions: { 'cloudwatch:namespace': input.Namespace ?? '' } }),
    PutMetricAlarm: (input, context) => onAlarms([input.AlarmName], context),
    PutCompositeAlarm: (input, context) => onAlarms([input.AlarmName], context),
    DescribeAlarms: (input, context) => onAlarms(input.AlarmNames, context),
    DescribeAlarmHistory: (input, context) => onAlarms([input.AlarmName], context),
    SetAlarmState: (input, context) => onAlarms([input.AlarmName], context),
    EnableAlarmActions: (input, context) => onAlarms(input.AlarmNames, context),
    DisableAlarmActions: (input, context) => onAlarms(input.AlarmNames, context),
    DeleteAlarms: (input, context) => onAlarms(input.AlarmNames, context),
    ListTagsForResource: (input) => ({ resources: [input.ResourceARN ?? '*'] }),
  },
  timers: { evaluate, act: actLate },
});
