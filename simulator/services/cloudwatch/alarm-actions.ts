/** What follows when an alarm changes state: history, the EventBridge event, and its actions (SNS topics, Lambda functions). */
import { NotModelled } from '../../errors.ts';
import { parseArn } from '../../eventbridge/arn.ts';
import { publishServiceEvent } from '../../eventbridge/bus.ts';
import { deliveriesOf } from '../../faults/deliveries.ts';
import type { Context } from '../../service.ts';
import { type Alarm, type AlarmState, type CloudWatchState, type HistoryItem, timestamp } from './state.ts';

type Cw = Context<CloudWatchState>;

const HISTORY_MAX = 2_000;

export function remember(item: Omit<HistoryItem, 't'>, context: Cw): void {
  const { history } = context.state;
  history.push({ ...item, t: context.now });
  if (history.length > HISTORY_MAX) history.shift();
}

/** Puts the alarm into a state and does what hangs on it. */
export async function changeState(alarm: Alarm, next: AlarmState, context: Cw): Promise<void> {
  const previous = alarm.state;
  alarm.state = next;
  context.trace('alarm', { name: alarm.name, from: previous.value, to: next.value, reason: next.reason });
  remember(
    {
      alarmName: alarm.name,
      type: 'StateUpdate',
      summary: `Alarm updated from ${previous.value} to ${next.value}`,
      data: JSON.stringify({ version: '1.0', oldState: eventState(previous), newState: eventState(next) }),
    },
    context,
  );
  publishServiceEvent(context, {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      configuration: configurationOf(alarm),
      previousState: eventState(previous),
      state: eventState(next),
      ...propagatedTags(alarm),
    },
  });
  if (!alarm.actionsEnabled) return;
  const { cloud, region } = context;
  const about = { channel: 'alarm', region, source: 'aws.cloudwatch', detailType: 'Alarm action' } as const;
  for (const target of actionsFor(alarm, next.value)) {
    for (const lateMs of deliveriesOf(cloud, { ...about, name: alarm.name, target })) {
      const late: LateAction = { action: target, alarm: structuredClone(alarm), previous };
      if (lateMs === 0) await act(target, alarm, previous, context);
      else context.schedule('act', lateMs, late);
    }
  }
}

/** The alarm's tags, where it is told to send them along (PutMetricAlarm API Reference, AlarmTagsPropagation). */
function propagatedTags({ definition }: Alarm): object {
  const propagation = definition.ActionConfiguration?.AlarmTagsPropagation;
  if (!propagation?.Enabled) return {};
  const { IncludedTagKeys: included, ExcludedTagKeys: excluded } = propagation;
  const told = (definition.Tags ?? []).filter(
    ({ Key = '' }) => (included?.includes(Key) ?? true) && !(excluded?.includes(Key) ?? false),
  );
  return { alarmTags: Object.fromEntries(told.map(({ Key = '', Value }) => [Key, Value])), alarmTagsStatus: 'SUCCESS' };
}

/** Of an alarm that is deleted, whatever its state: no OK follows (user guide, "Alarm events and EventBridge"). */
export function publishDeletion(alarm: Alarm, context: Cw): void {
  publishServiceEvent(context, {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm Configuration Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      operation: 'delete',
      state: eventState(alarm.state),
      configuration: configurationOf(alarm),
    },
  });
}

/** Data of the timer 'act': an action that a fault delays, with the alarm as it was. */
interface LateAction {
  readonly action: string;
  readonly alarm: Alarm;
  readonly previous: AlarmState;
}

/** Timer. */
export const actLate = ({ action, alarm, previous }: LateAction, context: Cw): Promise<void> =>
  act(action, alarm, previous, context);

function actionsFor({ definition }: Alarm, state: string): readonly string[] {
  if (state === 'ALARM') return definition.AlarmActions ?? [];
  return (state === 'OK' ? definition.OKActions : definition.InsufficientDataActions) ?? [];
}

/** Throws NotModelled for an action other than an SNS topic, a Lambda function or a scaling policy. */
export function checkAction(arn: string): void {
  const service = parseArn(arn)?.service ?? '';
  if (!['sns', 'lambda', 'autoscaling'].includes(service))
    throw new NotModelled(`alarm action '${arn}' is not modelled`);
}

async function act(action: string, alarm: Alarm, previous: AlarmState, context: Cw): Promise<void> {
  const arn = parseArn(action);
  const known = { alarmName: alarm.name, type: 'Action', data: JSON.stringify({ actionArn: action }) } as const;
  try {
    if (arn?.service === 'sns') await publish(action, alarm, previous, context);
    else if (arn?.service === 'autoscaling') await scale(action, alarm, newestIn(alarm), context);
    else await invoke(action, alarm, previous, context);
    remember({ ...known, summary: `Successfully executed action ${action}` }, context);
  } catch (error) {
    failed(action, alarm, error, context);
  }
}

/** An action that its service refuses leaves the alarm as it is. Throws NotModelled as it is. */
function failed(action: string, { name }: Alarm, error: unknown, context: Cw): void {
  if (error instanceof NotModelled) throw error;
  context.trace('alarm.actionFailed', { name, action, message: (error as Error).message });
  const known = { alarmName: name, type: 'Action', data: JSON.stringify({ actionArn: action }) } as const;
  remember({ ...known, summary: `Failed to execute action ${action}` }, context);
}

/** Scaling policies are carried out at every evaluation while the alarm lasts, other actions only when it changes. */
export async function repeatScaling(alarm: Alarm, newest: number | undefined, context: Cw): Promise<void> {
  if (!alarm.actionsEnabled || alarm.state.value !== 'ALARM') return;
  for (const action of alarm.definition.AlarmActions ?? []) {
    if (parseArn(action)?.service !== 'autoscaling') continue;
    try {
      await scale(action, alarm, newest, context);
    } catch (error) {
      failed(action, alarm, error, context);
    }
  }
}

/** Steps and targets go by how far the newest datapoint is off. */
async function scale(PolicyName: string, alarm: Alarm, newest: number | undefined, context: Cw): Promise<void> {
  const { Threshold: threshold } = alarm.definition;
  if (PolicyName.includes(':resource/')) {
    const { cloud, region, now } = context;
    const data = { policyArn: PolicyName, value: newest, threshold };
    cloud.clock.schedule({ at: now, region, service: 'application-autoscaling', name: 'scaleBy', data });
    return;
  }
  const input = { PolicyName, MetricValue: newest, BreachThreshold: threshold };
  // No client's request: an alarm reaches the policies of its own account.
  const caller = { kind: 'account', via: 'cloudwatch.amazonaws.com' } as const;
  await context.call('autoscaling', 'ExecutePolicy', input, { caller });
}

function newestIn({ state }: Alarm): number | undefined {
  const { recentDatapoints = [] } = JSON.parse(state.reasonData ?? '{}') as { recentDatapoints?: number[] };
  return recentDatapoints.at(-1);
}

async function publish(topicArn: string, alarm: Alarm, previous: AlarmState, context: Cw): Promise<void> {
  const { definition, state } = alarm;
  const place = REGION_NAMES[context.region] ?? context.region;
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: definition.AlarmDescription ?? null,
    AWSAccountId: context.account,
    AlarmConfigurationUpdatedTimestamp: timestamp(alarm.configuredAt),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: timestamp(state.at),
    Region: place,
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    Trigger: {
      MetricName: definition.MetricName,
      Namespace: definition.Namespace,
      Statistic: definition.Statistic?.toUpperCase(),
      Dimensions: (definition.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
      Period: definition.Period,
      EvaluationPeriods: definition.EvaluationPeriods,
      ComparisonOperator: definition.ComparisonOperator,
      Threshold: definition.Threshold,
      TreatMissingData: definition.TreatMissingData ?? '',
    },
  };
  await context.call(
    'sns',
    'Publish',
    {
      TopicArn: topicArn,
      Subject: `${state.value}: "${alarm.name}" in ${place}`.slice(0, 100),
      Message: JSON.stringify(message),
    },
    { caller: { kind: 'service', principal: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn } },
  );
}

async function invoke(functionArn: string, alarm: Alarm, previous: AlarmState, context: Cw): Promise<void> {
  const payload = {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: context.account,
    time: timestamp(context.now),
    region: context.region,
    alarmData: {
      alarmName: alarm.name,
      state: eventState(alarm.state),
      previousState: eventState(previous),
      configuration: configurationOf(alarm),
    },
  };
  await context.call(
    'lambda',
    'Invoke',
    {
      FunctionName: functionArn,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(JSON.stringify(payload)),
    },
    { caller: { kind: 'service', principal: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: alarm.arn } },
  );
}

/** A state as events show it. */
function eventState(state: AlarmState): Record<string, unknown> {
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
    timestamp: timestamp(state.at),
  };
}

/** The alarm's metrics as events show them (user guide, "Sample events from CloudWatch"). */
function configurationOf({ definition, name }: Alarm): Record<string, unknown> {
  const plain = {
    id: `m-${name}`,
    metricStat: {
      metric: metricOf(definition),
      period: definition.Period,
      stat: definition.Statistic ?? definition.ExtendedStatistic,
    },
    returnData: true,
  };
  const metrics = (definition.Metrics ?? []).map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(MetricStat
      ? { metricStat: { metric: metricOf(MetricStat.Metric ?? {}), period: MetricStat.Period, stat: MetricStat.Stat } }
      : {}),
    returnData: ReturnData !== false,
  }));
  return {
    ...(definition.AlarmDescription === undefined ? {} : { description: definition.AlarmDescription }),
    metrics: metrics.length > 0 ? metrics : [plain],
  };
}

function metricOf(metric: {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined;
}): Record<string, unknown> {
  const dimensions = Object.fromEntries((metric.Dimensions ?? []).map(({ Name = '', Value }) => [Name, Value]));
  return { namespace: metric.Namespace, name: metric.MetricName, dimensions };
}

/** Names in alarm mails. A region without one is named by its code. */
const REGION_NAMES: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
};
