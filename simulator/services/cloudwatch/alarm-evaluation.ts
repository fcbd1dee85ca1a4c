/** One evaluation of a metric alarm: reads its datapoints, decides, and changes state. The timer 'evaluate'. */
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Context } from '../../service.ts';
import { changeState, repeatScaling } from './alarm-actions.ts';
import { type AlarmRule, evaluationRange, type TreatMissingData, type Verdict, verdictOf } from './alarm-verdict.ts';
import { valuesOf } from './expression.ts';
import { dimensionsOf, type Period, readPeriods, seriesKey } from './metrics.ts';
import { type Alarm, type CloudWatchState, timestamp } from './state.ts';

type Cw = Context<CloudWatchState>;

/** The period of a plain alarm, or of the metrics of an alarm on an expression. */
export function periodSecondsOf(definition: PutMetricAlarmInput): number {
  const metrics = definition.Metrics ?? [];
  return definition.Period ?? metrics.find((metric) => metric.MetricStat)?.MetricStat?.Period ?? 60;
}

export function statisticOf(definition: PutMetricAlarmInput): string {
  const returned = (definition.Metrics ?? []).find((metric) => metric.ReturnData !== false);
  return definition.Statistic ?? definition.ExtendedStatistic ?? returned?.MetricStat?.Stat ?? 'Average';
}

/** "Alarms with periods of 10, 20 or 30 seconds are evaluated every 10 seconds", the others every minute. */
export const evaluationEveryMs = (definition: PutMetricAlarmInput): number =>
  periodSecondsOf(definition) < 60 ? 10_000 : 60_000;

/** Sets the timer of the alarm's next evaluation, at its own seeded moment of the interval. */
export function arm(alarm: Alarm, context: Cw): void {
  if (alarm.timerId !== undefined) context.cancel(alarm.timerId);
  const everyMs = evaluationEveryMs(alarm.definition);
  const { seed } = context.cloud.state;
  // A forked cloud has another seed and so another moment, though the alarm was made before the fork.
  if (alarm.offset?.seed !== seed) alarm.offset = { seed, ms: Math.floor(context.random.uniform(0, everyMs)) };
  const offsetMs = alarm.offset.ms % everyMs;
  const nextAt = Math.floor((context.now - offsetMs) / everyMs + 1) * everyMs + offsetMs;
  alarm.timerId = context.schedule('evaluate', nextAt - context.now, { name: alarm.name });
}

/** The timer 'evaluate'. */
export async function evaluate({ name }: { readonly name: string }, context: Cw): Promise<void> {
  const alarm = context.state.alarms[name];
  if (!alarm) return;
  delete alarm.timerId;
  arm(alarm, context);
  const points = readPoints(alarm.definition, context);
  const rule = ruleOf(alarm.definition);
  const verdict = verdictOf(
    points.map((point) => point?.value ?? null),
    rule,
  );
  if (verdict === 'retain' || verdict === alarm.state.value) {
    await repeatScaling(alarm, points.findLast((point) => point !== null)?.value, context);
    return;
  }
  const { reason, reasonData } = explain(alarm, verdict, points, context.now);
  await changeState(alarm, { value: verdict, reason, reasonData, at: context.now }, context);
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Undefined for operators of anomaly detection. */
export const comparisonOf = (operator: string | undefined) => COMPARISONS[operator ?? ''];

function ruleOf(definition: PutMetricAlarmInput): AlarmRule {
  const evaluationPeriods = definition.EvaluationPeriods ?? 1;
  const compare = comparisonOf(definition.ComparisonOperator)!;
  return {
    evaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm ?? evaluationPeriods,
    treatMissingData: (definition.TreatMissingData ?? 'missing') as TreatMissingData,
    breaches: (value) => compare(value, definition.Threshold ?? 0),
  };
}

/** The evaluation range's periods, oldest first; the newest is the last one that is over. */
function readPoints(definition: PutMetricAlarmInput, context: Cw): (Period | null)[] {
  const periodSeconds = periodSecondsOf(definition);
  const periodMs = periodSeconds * 1000;
  const count = evaluationRange(definition.EvaluationPeriods ?? 1, periodSeconds);
  const gridMs = Math.min(periodMs, 60_000);
  const startMs = Math.floor(context.now / gridMs) * gridMs - count * periodMs;
  const read = (metric: Parameters<typeof metricKey>[0], statistic: string): (Period | null)[] =>
    readPeriods(context.state.series[metricKey(metric)], { startMs, periodMs, count, statistic }, context.now);
  if (!definition.Metrics?.length) return read(definition, statisticOf(definition));

  const byId = new Map<string, (Period | null)[]>();
  for (const { Id = '', MetricStat } of definition.Metrics) {
    if (MetricStat) byId.set(Id, read(MetricStat.Metric ?? {}, MetricStat.Stat ?? 'Average'));
  }
  const returned = definition.Metrics.find((metric) => metric.ReturnData !== false);
  if (!returned?.Expression) return byId.get(returned?.Id ?? '') ?? [];
  const metric = (id: string) => (byId.get(id) ?? Array<null>(count).fill(null)).map((point) => point?.value ?? null);
  const expressionOf = (id: string) => definition.Metrics?.find(({ Id }) => Id === id)?.Expression;
  const values = valuesOf(returned.Id ?? '', { expressionOf, metric }, count);
  return values.map((value, i) => (value === null ? null : { t: startMs + i * periodMs, value, samples: 1 }));
}

interface MetricName {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: Parameters<typeof dimensionsOf>[0];
}

const metricKey = (metric: MetricName): string =>
  seriesKey(metric.Namespace ?? '', metric.MetricName ?? '', dimensionsOf(metric.Dimensions));

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** (10/08/26 22:21:00), day first. */
function shortTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().slice(0, 19).split('T');
  const [year = '', month, day] = date.split('-');
  return `(${day}/${month}/${year.slice(2)} ${time})`;
}

const WORDS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** The state's reason in CloudWatch's words, and its data (user guide, "Alarm events and EventBridge"). */
function explain(
  alarm: Alarm,
  verdict: Verdict,
  points: readonly (Period | null)[],
  now: number,
): { reason: string; reasonData: string } {
  const { definition } = alarm;
  const rule = ruleOf(definition);
  const { evaluationPeriods, datapointsToAlarm, breaches, treatMissingData } = rule;
  const recent = points.filter((point) => point !== null).slice(-evaluationPeriods);
  const threshold = definition.Threshold ?? 0;
  const reasonData = JSON.stringify({
    version: '1.0',
    queryDate: timestamp(now),
    ...(recent[0] ? { startDate: timestamp(recent[0].t) } : {}),
    statistic: statisticOf(definition),
    period: periodSecondsOf(definition),
    recentDatapoints: recent.map((point) => point.value),
    threshold,
    evaluatedDatapoints: recent
      .toReversed()
      .map((point) => ({ timestamp: timestamp(point.t), sampleCount: point.samples, value: point.value })),
  });
  const transition = `${alarm.state.value} -> ${verdict}`;
  if (recent.length === 0) {
    const count =
      evaluationPeriods === 1
        ? 'no datapoints were received'
        : `no datapoints were received for ${evaluationPeriods} periods`;
    if (verdict === 'INSUFFICIENT_DATA') return { reason: `Insufficient Data: ${count}.`, reasonData };
    const kind = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return { reason: `Threshold Crossed: ${count} and missing datapoints were treated as [${kind}].`, reasonData };
  }
  const relevant = recent.filter((point) => breaches(point.value) === (verdict === 'ALARM'));
  const list = relevant.toReversed().map((point) => `${decimal(point.value)} ${shortTime(point.t)}`);
  const was = relevant.length === 1 ? 'was' : 'were';
  const not = verdict === 'ALARM' ? '' : 'not ';
  const minimum = verdict === 'ALARM' ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const datapoints = minimum === 1 ? 'datapoint' : 'datapoints';
  const reason =
    `Threshold Crossed: ${relevant.length} out of the last ${evaluationPeriods} datapoints [${list.join(', ')}] ` +
    `${was} ${not}${WORDS[definition.ComparisonOperator ?? '']} the threshold (${decimal(threshold)}) ` +
    `(minimum ${minimum} ${datapoints} for ${transition} transition).`;
  return { reason, reasonData };
}
