/** CloudWatch's operations on metric data: PutMetricData, GetMetricStatistics, GetMetricData, ListMetrics. */
import type { CloudWatch, Datapoint, MetricDataQuery, MetricDataResult, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../errors.ts';
import type { Context, Operations } from '../../service.ts';
import { valuesOf } from './expression.ts';
import { checkStatistic, dimensionsOf, readPeriods, seriesKey, storeMetrics } from './metrics.ts';
import type { CloudWatchState } from './state.ts';

type Cw = Context<CloudWatchState>;

/** PutMetricData API reference. */
const DATA_MAX = 1_000;
const VALUES_MAX = 150;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

function checkDatum(datum: MetricDatum): void {
  if (!datum.MetricName)
    throw new AwsError('MissingParameterException', 'The parameter MetricData.MetricName is required.');
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter((part) => part !== undefined);
  if (given.length !== 1) {
    throw new AwsError(
      'InvalidParameterCombinationException',
      'Exactly one of Value, Values and StatisticValues must be given.',
    );
  }
  const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  if (values.length > VALUES_MAX)
    throw invalid(`The collection Values must not have a size greater than ${VALUES_MAX}.`);
  if (values.some((value) => !Number.isFinite(value))) throw invalid('The value NaN or Infinity is not supported.');
  if (datum.Counts && datum.Counts.length !== values.length)
    throw invalid('Values and Counts must have the same size.');
  if (datum.StorageResolution !== undefined && ![1, 60].includes(datum.StorageResolution)) {
    throw invalid('StorageResolution must be 1 or 60.');
  }
}

/** The periods that a query asks for, from its start rounded down to a period. */
function gridOf(
  from: Date | undefined,
  to: Date | undefined,
  periodSeconds: number,
): { startMs: number; count: number } {
  const periodMs = periodSeconds * 1000;
  if (!from || !to || to.getTime() <= from.getTime()) throw invalid('StartTime must be less than EndTime.');
  if (![1, 5, 10, 20, 30].includes(periodSeconds) && (periodSeconds < 60 || periodSeconds % 60 !== 0)) {
    throw invalid('Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
  }
  const startMs = Math.floor(from.getTime() / periodMs) * periodMs;
  return { startMs, count: Math.ceil((to.getTime() - startMs) / periodMs) };
}

function dataOf(
  query: MetricDataQuery,
  range: { StartTime: Date | undefined; EndTime: Date | undefined; newestFirst: boolean },
  all: readonly MetricDataQuery[],
  context: Cw,
): MetricDataResult {
  const periodSeconds = query.MetricStat?.Period ?? all.find((other) => other.MetricStat)?.MetricStat?.Period ?? 60;
  const { startMs, count } = gridOf(range.StartTime, range.EndTime, periodSeconds);
  const periodMs = periodSeconds * 1000;
  const named = (id: string) => all.find((other) => other.Id === id);
  const metric = (id: string): (number | null)[] => {
    const stat = named(id)?.MetricStat;
    if (!stat)
      throw new AwsError('ValidationError', `The value for expression id '${id}' is not a metric of this request.`);
    const { Namespace = '', MetricName = '', Dimensions } = stat.Metric ?? {};
    const statistic = stat.Stat ?? '';
    checkStatistic(statistic);
    const series = context.state.series[seriesKey(Namespace, MetricName, dimensionsOf(Dimensions))];
    return readPeriods(series, { startMs, periodMs, count, statistic }, context.now).map(
      (point) => point?.value ?? null,
    );
  };
  const expressionOf = (id: string) => named(id)?.Expression;
  const values = valuesOf(query.Id ?? '', { expressionOf, metric }, count);
  const points = values.flatMap((value, i) =>
    value === null ? [] : [{ value, at: new Date(startMs + i * periodMs) }],
  );
  if (range.newestFirst) points.reverse();
  return {
    Id: query.Id,
    Label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id,
    StatusCode: 'Complete',
    Timestamps: points.map((point) => point.at),
    Values: points.map((point) => point.value),
  };
}

export const queryOperations: Operations<CloudWatch, CloudWatchState> = {
  PutMetricData(input, context) {
    const data = input.MetricData ?? [];
    if (!input.Namespace) throw new AwsError('MissingParameterException', 'The parameter Namespace is required.');
    if (input.Namespace.startsWith('AWS/')) throw invalid('The value AWS/ for parameter Namespace is invalid.');
    if (data.length > DATA_MAX)
      throw invalid(`The collection MetricData must not have a size greater than ${DATA_MAX}.`);
    for (const datum of data) checkDatum(datum);
    storeMetrics(context, input.Namespace, data);
    return {};
  },

  GetMetricStatistics(input, context) {
    const { Namespace = '', MetricName = '', Dimensions, Period = 60, StartTime, EndTime } = input;
    const { startMs, count } = gridOf(StartTime, EndTime, Period);
    const series = context.state.series[seriesKey(Namespace, MetricName, dimensionsOf(Dimensions))];
    const points: Datapoint[] = Array.from({ length: count }, (_, i) => ({
      Timestamp: new Date(startMs + i * Period * 1000),
    }));
    const read = (statistic: string): (number | null)[] => {
      checkStatistic(statistic);
      const query = { startMs, periodMs: Period * 1000, count, statistic };
      return readPeriods(series, query, context.now).map((point) => point?.value ?? null);
    };
    const present = read('SampleCount');
    for (const statistic of input.Statistics ?? []) {
      for (const [i, value] of read(statistic).entries()) if (value !== null) points[i]![statistic] = value;
    }
    for (const statistic of input.ExtendedStatistics ?? []) {
      for (const [i, value] of read(statistic).entries()) {
        if (value !== null) points[i]!.ExtendedStatistics = { ...points[i]!.ExtendedStatistics, [statistic]: value };
      }
    }
    return { Label: MetricName, Datapoints: points.filter((_, i) => present[i] !== null) };
  },

  GetMetricData(input, context) {
    const queries = input.MetricDataQueries ?? [];
    const { StartTime, EndTime } = input;
    const range = { StartTime, EndTime, newestFirst: input.ScanBy !== 'TimestampAscending' };
    const wanted = queries.filter((query) => query.ReturnData !== false);
    return { MetricDataResults: wanted.map((query) => dataOf(query, range, queries, context)), Messages: [] };
  },

  ListMetrics(input, context) {
    const wanted = input.Dimensions ?? [];
    const series = Object.values(context.state.series).filter(
      ({ namespace, name, dimensions }) =>
        (input.Namespace ?? namespace) === namespace &&
        (input.MetricName ?? name) === name &&
        wanted.every(({ Name, Value }) => dimensions.some(([n, v]) => n === Name && (Value ?? v) === v)),
    );
    return {
      Metrics: series.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      })),
    };
  },
};
