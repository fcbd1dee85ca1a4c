/** CloudWatch's operations on metric alarms. Composite alarms are refused by name. Part of the service in index.ts. */
import type { CloudWatch, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context, Operations } from '../../service.ts';
import { changeState, checkAction, publishDeletion, remember } from './alarm-actions.ts';
import { arm, comparisonOf, periodSecondsOf, statisticOf } from './alarm-evaluation.ts';
import { compileExpression } from './expression.ts';
import { checkStatistic } from './metrics.ts';
import type { Alarm, CloudWatchState } from './state.ts';

type Cw = Context<CloudWatchState>;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** Throws ValidationError for what AWS refuses, NotModelled for what the simulator lacks. */
function check(input: PutMetricAlarmInput): void {
  if (!input.AlarmName) throw invalid('AlarmName must not be null');
  for (const action of [input.AlarmActions, input.OKActions, input.InsufficientDataActions].flat()) {
    if (action !== undefined) checkAction(action);
  }
  if (!comparisonOf(input.ComparisonOperator)) {
    throw new NotModelled(`alarm comparison '${input.ComparisonOperator}' is not modelled`);
  }
  if (input.Threshold === undefined) throw invalid('Threshold must be specified');
  if (input.EvaluateLowSampleCountPercentile === 'ignore') {
    throw new NotModelled("EvaluateLowSampleCountPercentile 'ignore' is not modelled");
  }
  const periods = input.EvaluationPeriods ?? 0;
  if (periods < 1) throw invalid('EvaluationPeriods must be at least 1');
  const enough = input.DatapointsToAlarm ?? periods;
  if (enough < 1 || enough > periods) throw invalid('DatapointsToAlarm must be between 1 and EvaluationPeriods');
  if (!['missing', 'ignore', 'breaching', 'notBreaching'].includes(input.TreatMissingData ?? 'missing')) {
    throw invalid(`TreatMissingData '${input.TreatMissingData}' is not valid`);
  }
  const period = periodSecondsOf(input);
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
    throw invalid('Period must be 10, 20, 30 or a multiple of 60');
  }
  if (period * periods > 86_400) throw invalid('Metrics cannot be checked across more than a day');
  checkMetrics(input);
}

function checkMetrics(input: PutMetricAlarmInput): void {
  const metrics = input.Metrics ?? [];
  if (metrics.length === 0) {
    if (!input.MetricName || !input.Namespace) throw invalid('MetricName and Namespace must be specified');
    if (!input.Statistic && !input.ExtendedStatistic) throw invalid('Statistic or ExtendedStatistic must be specified');
    checkStatistic(statisticOf(input));
    return;
  }
  const returned = metrics.filter((metric) => metric.ReturnData !== false);
  if (returned.length !== 1) throw invalid('Exactly one metric must have ReturnData true');
  for (const { Expression, MetricStat } of metrics) {
    if (Expression !== undefined) compileExpression(Expression);
    else checkStatistic(MetricStat?.Stat ?? '');
  }
}

function describe(alarm: Alarm): MetricAlarm {
  const { definition, state } = alarm;
  const { Tags: _tags, ...configuration } = definition;
  return {
    ...configuration,
    AlarmArn: alarm.arn,
    ActionsEnabled: alarm.actionsEnabled,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
  };
}

function named(names: readonly string[] | undefined, context: Cw): Alarm[] {
  return (names ?? []).flatMap((name) => context.state.alarms[name] ?? []);
}

function setActions(names: readonly string[] | undefined, enabled: boolean, context: Cw): Record<string, never> {
  for (const alarm of named(names, context)) alarm.actionsEnabled = enabled;
  return {};
}

export const alarmOperations: Operations<CloudWatch, CloudWatchState> = {
  PutMetricAlarm(input, context) {
    check(input);
    const name = input.AlarmName ?? '';
    const known = context.state.alarms[name];
    const alarm: Alarm = {
      name,
      arn: `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${name}`,
      definition: input,
      configuredAt: context.now,
      actionsEnabled: input.ActionsEnabled ?? true,
      // An update keeps the state until the next evaluation.
      state: known?.state ?? {
        value: 'INSUFFICIENT_DATA',
        reason: 'Unchecked: Initial alarm creation',
        at: context.now,
      },
      ...(known?.timerId === undefined ? {} : { timerId: known.timerId }),
    };
    context.state.alarms[name] = alarm;
    const summary = `Alarm "${name}" ${known ? 'updated' : 'created'}`;
    remember({ alarmName: name, type: 'ConfigurationUpdate', summary, data: '{}' }, context);
    arm(alarm, context);
    return {};
  },

  DescribeAlarms(input, context) {
    const alarms = Object.values(context.state.alarms).filter(
      (alarm) =>
        (input.AlarmNames?.includes(alarm.name) ?? true) &&
        alarm.name.startsWith(input.AlarmNamePrefix ?? '') &&
        (input.AlarmTypes?.includes('MetricAlarm') ?? true) &&
        (input.StateValue ?? alarm.state.value) === alarm.state.value,
    );
    return { MetricAlarms: alarms.sort((a, b) => (a.name < b.name ? -1 : 1)).map(describe), CompositeAlarms: [] };
  },

  DescribeAlarmHistory(input, context) {
    const items = context.state.history.filter(
      (item) =>
        (input.AlarmName ?? item.alarmName) === item.alarmName &&
        (input.HistoryItemType ?? item.type) === item.type &&
        item.t >= (input.StartDate?.getTime() ?? 0) &&
        item.t <= (input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    const newestFirst = input.ScanBy === 'TimestampAscending' ? items : items.toReversed();
    return {
      AlarmHistoryItems: newestFirst.slice(0, input.MaxRecords ?? 100).map((item) => ({
        AlarmName: item.alarmName,
        AlarmType: 'MetricAlarm',
        Timestamp: new Date(item.t),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
    };
  },

  async SetAlarmState(input, context) {
    const [alarm] = named([input.AlarmName ?? ''], context);
    if (!alarm) throw new AwsError('ResourceNotFound', `Alarm ${input.AlarmName} does not exist`);
    const value = input.StateValue ?? 'INSUFFICIENT_DATA';
    if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(value)) throw invalid(`StateValue '${value}' is not valid`);
    const { StateReason: reason = '', StateReasonData: reasonData } = input;
    if (reasonData !== undefined) checkReasonData(reasonData);
    if (value === alarm.state.value) return {};
    await changeState(alarm, { value, reason, at: context.now, ...(reasonData ? { reasonData } : {}) }, context);
    return {};
  },

  EnableAlarmActions: (input, context) => setActions(input.AlarmNames, true, context),
  DisableAlarmActions: (input, context) => setActions(input.AlarmNames, false, context),

  DeleteAlarms(input, context) {
    const alarms = named(input.AlarmNames, context);
    if (alarms.length < (input.AlarmNames ?? []).length) {
      throw new AwsError('ResourceNotFound', 'One or more alarms do not exist');
    }
    for (const alarm of alarms) {
      if (alarm.timerId !== undefined) context.cancel(alarm.timerId);
      delete context.state.alarms[alarm.name];
      publishDeletion(alarm, context);
    }
    return {};
  },

  /** Of alarms; they keep the tags that they were last put with. */
  ListTagsForResource(input, context) {
    const name = input.ResourceARN?.split(':alarm:')[1] ?? '';
    const alarm = context.state.alarms[name];
    if (!alarm) throw new AwsError('ResourceNotFoundException', `${input.ResourceARN} does not exist`);
    return { Tags: alarm.definition.Tags ?? [] };
  },

  PutCompositeAlarm(input) {
    throw new NotModelled(`composite alarm '${input.AlarmName}' is not modelled`);
  },
};

function checkReasonData(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidFormat', 'StateReasonData is not JSON', { cause: error });
  }
}
