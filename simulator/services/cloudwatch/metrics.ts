/** Storing metric data and reading statistics from it. Used by PutMetricData, embedded metrics, queries and alarms. */
import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import type { CloudWatchState, Sample, Series } from './state.ts';

/** High-resolution data points are kept three hours on AWS; nothing here looks further back. */
const KEPT_MS = 3 * 3_600_000;

type Dimensions = readonly (readonly [string, string])[];

/** Name–value pairs in a fixed order. Throws InvalidParameterValueException for more than 30. */
export function dimensionsOf(dimensions: readonly Dimension[] | undefined): Dimensions {
  const pairs = (dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value] as const);
  if (pairs.length > 30) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The collection Dimensions must not have a size greater than 30.',
    );
  }
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

export function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  return JSON.stringify([namespace, name, dimensions]);
}

/** Stores data as a put of this moment; it becomes visible then, or after the ingest delay where that is left out. */
export function storeMetrics(
  context: Context<CloudWatchState>,
  namespace: string,
  data: readonly MetricDatum[],
  seenAt?: number,
): void {
  for (const datum of data) {
    const name = datum.MetricName ?? '';
    const dimensions = dimensionsOf(datum.Dimensions);
    const key = seriesKey(namespace, name, dimensions);
    context.state.series[key] ??= { namespace, name, dimensions, samples: [] };
    insert(context.state.series[key], sampleOf(datum, context, seenAt), context.now);
  }
}

/**
 * An AWS service's own metrics (AWS/States and so on), stored in the region of the service's context. In a cloud without
 * CloudWatch nothing is stored, as nothing there could read it.
 */
export function publishServiceMetrics<State>(
  context: Context<State>,
  namespace: string,
  data: readonly MetricDatum[],
  seenAt?: number,
): void {
  const service = context.cloud.services.get('cloudwatch');
  if (!service) return;
  const principal = { kind: 'service', principal: 'cloudwatch.amazonaws.com' } as const;
  storeMetrics(context.cloud.context<CloudWatchState>(service, context.region, principal), namespace, data, seenAt);
}

function sampleOf(
  datum: MetricDatum,
  context: Context<CloudWatchState>,
  seenAt = context.now + ingestMs(datum.StorageResolution === 1, context),
): Sample {
  const highResolution = datum.StorageResolution === 1;
  const gridMs = highResolution ? 1_000 : 60_000;
  const t = Math.floor((datum.Timestamp?.getTime() ?? context.now) / gridMs) * gridMs;
  const set = datum.StatisticValues;
  if (set) {
    const { Sum = 0, SampleCount = 0, Minimum = 0, Maximum = 0 } = set;
    return { t, seenAt, sum: Sum, count: SampleCount, min: Minimum, max: Maximum };
  }
  const values = (datum.Values ?? [datum.Value ?? 0]).map((value, i) => [value, datum.Counts?.[i] ?? 1] as const);
  return {
    t,
    seenAt,
    sum: values.reduce((sum, [value, count]) => sum + value * count, 0),
    count: values.reduce((sum, [, count]) => sum + count, 0),
    min: Math.min(...values.map(([value]) => value)),
    max: Math.max(...values.map(([value]) => value)),
    ...(values.length > 1 ? { values } : {}),
  };
}

/**
 * From put to visible. Guess: 5–20 s for high resolution, triangular 20–60–120 s for standard (range up to 9 min for
 * sparse metrics, which were measured at 4–9 min from put to alarm).
 */
function ingestMs(highResolution: boolean, { random }: Context<CloudWatchState>): number {
  return highResolution ? random.uniform(5_000, 20_000) : random.triangular(20_000, 60_000, 120_000);
}

function insert({ samples }: Series, sample: Sample, now: number): void {
  let at = samples.length;
  while (at > 0 && samples[at - 1]!.t > sample.t) at--;
  samples.splice(at, 0, sample);
  const stale = samples.findIndex(({ t }) => t >= now - KEPT_MS);
  // In chunks: dropping one at a time would move the whole list on every put.
  if (stale > 256) samples.splice(0, stale);
}

/** `count` periods from `startMs` on; null where there is no data that is visible at `now`. */
export function readPeriods(
  series: Series | undefined,
  query: { readonly startMs: number; readonly periodMs: number; readonly count: number; readonly statistic: string },
  now: number,
): (Period | null)[] {
  const { startMs, periodMs, count } = query;
  const buckets: Sample[][] = Array.from({ length: count }, () => []);
  const samples = series?.samples ?? [];
  for (let i = samples.length - 1; i >= 0 && samples[i]!.t >= startMs; i--) {
    const sample = samples[i]!;
    if (sample.seenAt <= now) buckets[Math.floor((sample.t - startMs) / periodMs)]?.push(sample);
  }
  return buckets.map((bucket, i) => {
    if (bucket.length === 0) return null;
    const samples = bucket.reduce((sum, sample) => sum + sample.count, 0);
    return { t: startMs + i * periodMs, value: statisticOf(bucket, query.statistic), samples };
  });
}

export interface Period {
  /** Its beginning. */
  readonly t: number;
  readonly value: number;
  readonly samples: number;
}

/** Throws NotModelled for statistics other than the five basic ones and percentiles (pNN). */
export function checkStatistic(statistic: string): void {
  if (!/^(SampleCount|Average|Sum|Minimum|Maximum)$/.test(statistic) && percentOf(statistic) === undefined) {
    throw new NotModelled(`CloudWatch statistic '${statistic}' is not modelled`);
  }
}

function percentOf(statistic: string): number | undefined {
  const match = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(statistic);
  return match ? Number(match[1]) : undefined;
}

function statisticOf(bucket: readonly Sample[], statistic: string): number {
  const total = (of: (sample: Sample) => number): number => bucket.reduce((sum, sample) => sum + of(sample), 0);
  switch (statistic) {
    case 'SampleCount':
      return total((sample) => sample.count);
    case 'Sum':
      return total((sample) => sample.sum);
    case 'Average':
      return total((sample) => sample.sum) / total((sample) => sample.count);
    case 'Minimum':
      return Math.min(...bucket.map((sample) => sample.min));
    case 'Maximum':
      return Math.max(...bucket.map((sample) => sample.max));
    default:
      return percentile(bucket, percentOf(statistic) ?? 0);
  }
}

/** Guess: linear interpolation between the two nearest values; CloudWatch does not publish its method. */
function percentile(bucket: readonly Sample[], percent: number): number {
  const values = bucket
    .flatMap((sample) => sample.values ?? [[sample.sum / sample.count, sample.count] as const])
    .flatMap(([value, count]) => Array<number>(count).fill(value))
    .sort((a, b) => a - b);
  const rank = (percent / 100) * (values.length - 1);
  const low = values[Math.floor(rank)]!;
  const high = values[Math.ceil(rank)]!;
  return low + (high - low) * (rank - Math.floor(rank));
}
