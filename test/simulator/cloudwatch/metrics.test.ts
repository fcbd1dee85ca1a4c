/** Metrics from the datum, or from a line of a log, to the statistic that a client reads. */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import {
  cloudWatch,
  ingestEmbeddedMetrics,
  publishServiceMetrics,
} from '../../../simulator/services/cloudwatch/index.ts';
import type { CloudWatchState } from '../../../simulator/services/cloudwatch/state.ts';
import { makeCloud, startAt, west } from '../eventbridge/harness.ts';

const at = { region: west };
const put = (cloud: Cloud, MetricData: MetricDatum[]) =>
  cloud.call('cloudwatch', 'PutMetricData', { Namespace: 'App', MetricData }, at);
const seriesOf = (cloud: Cloud) => Object.values(cloud.stateOf<CloudWatchState>(cloudWatch, west).series);

describe('statistics', () => {
  test('are computed per period from values with their counts', async () => {
    const cloud = makeCloud();
    await put(cloud, [
      { MetricName: 'm', Values: [1, 10], Counts: [3, 1] },
      { MetricName: 'm', Value: 7 },
    ]);
    await cloud.advance(60_000);
    await put(cloud, [{ MetricName: 'm', StatisticValues: { Sum: 8, SampleCount: 4, Minimum: 1, Maximum: 3 } }]);
    await cloud.advance(180_000);
    const { Datapoints } = await cloud.call(
      'cloudwatch',
      'GetMetricStatistics',
      {
        Namespace: 'App',
        MetricName: 'm',
        Period: 60,
        StartTime: new Date(startAt),
        EndTime: new Date(startAt + 240_000),
        Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      },
      at,
    );
    expect(Datapoints).toEqual([
      { Timestamp: new Date(startAt), Sum: 20, Average: 4, Minimum: 1, Maximum: 10, SampleCount: 5 },
      { Timestamp: new Date(startAt + 60_000), Sum: 8, Average: 2, Minimum: 1, Maximum: 3, SampleCount: 4 },
    ]);
  });

  test('percentiles lie between the values', async () => {
    const cloud = makeCloud();
    await put(cloud, [{ MetricName: 'm', Values: Array.from({ length: 100 }, (_, i) => i + 1) }]);
    await cloud.advance(180_000);
    const query = { Namespace: 'App', MetricName: 'm' };
    const { MetricDataResults } = await cloud.call(
      'cloudwatch',
      'GetMetricData',
      {
        StartTime: new Date(startAt),
        EndTime: new Date(startAt + 60_000),
        MetricDataQueries: ['p50', 'p99', 'p100'].map((Stat) => ({
          Id: Stat,
          MetricStat: { Metric: query, Period: 60, Stat },
        })),
      },
      at,
    );
    expect(MetricDataResults?.map((result) => result.Values?.[0])).toEqual([50.5, expect.closeTo(99.01), 100]);
  });

  test('show a datum after its ingest delay only', async () => {
    const cloud = makeCloud();
    await put(cloud, [{ MetricName: 'm', Value: 1, StorageResolution: 1 }]);
    const count = async (): Promise<number | undefined> => {
      const range = { StartTime: new Date(startAt), EndTime: new Date(startAt + 10_000), Period: 10 };
      const request = { Namespace: 'App', MetricName: 'm', ...range, Statistics: ['Sum'] as const };
      const { Datapoints } = await cloud.call('cloudwatch', 'GetMetricStatistics', request as never, at);
      return Datapoints?.length;
    };
    await cloud.advance(4_000);
    expect(await count()).toBe(0);
    await cloud.advance(17_000);
    expect(await count()).toBe(1);
  });
});

test('an AWS service puts metrics into its own namespace, which clients may not', async () => {
  const cloud = makeCloud();
  const context = cloud.context(cloud.services.get('states')!, west, { kind: 'account' });
  publishServiceMetrics(context, 'AWS/States', [{ MetricName: 'ExecutionsFailed', Value: 1 }]);
  expect(seriesOf(cloud)).toMatchObject([{ namespace: 'AWS/States', name: 'ExecutionsFailed' }]);
  const input = { Namespace: 'AWS/States', MetricData: [{ MetricName: 'ExecutionsFailed', Value: 1 }] };
  await expect(cloud.call('cloudwatch', 'PutMetricData', input, at)).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
  });
});

test('datapoints older than three hours are dropped', async () => {
  const cloud = makeCloud();
  for (let i = 0; i < 2_000; i++) {
    await put(cloud, [{ MetricName: 'm', Value: 1, StorageResolution: 1 }]);
    await cloud.advance(10_000);
  }
  expect(seriesOf(cloud)[0]!.samples.length).toBeLessThan(1_080 + 300);
});

test.each([
  [{ MetricName: 'm' }, 'InvalidParameterCombinationException'],
  [{ MetricName: 'm', Value: 1, Values: [1] }, 'InvalidParameterCombinationException'],
  [{ Value: 1 }, 'MissingParameterException'],
  [{ MetricName: 'm', Value: Number.NaN }, 'InvalidParameterValueException'],
  [{ MetricName: 'm', Value: 1, StorageResolution: 10 }, 'InvalidParameterValueException'],
  [{ MetricName: 'm', Values: [1, 2], Counts: [1] }, 'InvalidParameterValueException'],
])('%j is refused with %s', async (datum, code) => {
  await expect(put(makeCloud(), [datum as MetricDatum])).rejects.toMatchObject({ code });
});

describe('embedded metric format', () => {
  const line = (more: object, directive: object): string =>
    JSON.stringify({
      _aws: { Timestamp: startAt, CloudWatchMetrics: [{ Namespace: 'Observer', ...directive }] },
      ...more,
    });

  test('stores each metric under each dimension set', () => {
    const cloud = makeCloud();
    const text = line(
      { region: west, target: 'a', lag: [1, 2, 3], up: 1, note: 'text' },
      {
        Dimensions: [['region'], ['region', 'target'], []],
        Metrics: [
          { Name: 'lag', Unit: 'Seconds', StorageResolution: 1 },
          { Name: 'up' },
          { Name: 'note' },
          { Name: 'gone' },
        ],
      },
    );
    expect(ingestEmbeddedMetrics(cloud, west, text)).toBe(true);
    const names = seriesOf(cloud).map(
      ({ name, dimensions }) => `${name}/${dimensions.map(([dimension]) => dimension).join('+')}`,
    );
    expect(names.sort()).toEqual(['lag/', 'lag/region', 'lag/region+target', 'up/', 'up/region', 'up/region+target']);
    const lag = seriesOf(cloud).find(({ name }) => name === 'lag')!;
    expect(lag.samples[0]).toMatchObject({ sum: 6, count: 3, min: 1, max: 3 });
  });

  test.each(['plain text', '{"level":"INFO"}', '{"_aws":{}}', '{"_aws": broken', '"_aws"'])(
    '%s is no metric line',
    (text) => {
      expect(ingestEmbeddedMetrics(makeCloud(), west, text)).toBe(false);
    },
  );
});

describe('metric math', () => {
  const metric = (Id: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'App', MetricName: Id }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  const read = async (cloud: Cloud, expressions: Record<string, string>) => {
    const MetricDataQueries = [
      metric('errors'),
      metric('requests'),
      ...Object.entries(expressions).map(([Id, Expression], i) => ({ Id, Expression, ReturnData: i === 0 })),
    ];
    const [StartTime, EndTime] = [new Date(startAt), new Date(startAt + 120_000)];
    const input = { MetricDataQueries, StartTime, EndTime, ScanBy: 'TimestampAscending' as const };
    return (await cloud.call('cloudwatch', 'GetMetricData', input, at)).MetricDataResults?.[0]?.Values;
  };

  test('fills what is missing, and uses expressions in expressions', async () => {
    const cloud = makeCloud();
    const Timestamp = new Date(startAt + 60_000);
    await put(cloud, [{ MetricName: 'requests', Value: 200 }]);
    await put(cloud, [
      { MetricName: 'requests', Value: 100, Timestamp },
      { MetricName: 'errors', Value: 3, Timestamp },
    ]);
    await cloud.advance(240_000);
    expect(await read(cloud, { share: '100 * failed / requests', failed: 'FILL(errors, 0)' })).toEqual([0, 3]);
    expect(await read(cloud, { share: '100 * errors / requests' })).toEqual([3]);
  });

  test('refuses an expression that refers to itself by another', async () => {
    const cloud = makeCloud();
    const circle = read(cloud, { a: 'b + 1', b: 'a + 1' });
    await expect(circle).rejects.toMatchObject({ code: 'ValidationError' });
  });
});
