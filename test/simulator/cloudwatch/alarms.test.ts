/** When an alarm fires after a metric turns bad, what it then does, and what is refused. */
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { account, east, functionArn, lambdaIn, makeCloud, startAt, west } from '../eventbridge/harness.ts';

const at = { region: west };
const plain: PutMetricAlarmInput = {
  AlarmName: 'writes-failing',
  Namespace: 'App',
  MetricName: 'Failures',
  Dimensions: [{ Name: 'app', Value: 'orders' }],
  Statistic: 'Maximum',
  Period: 10,
  EvaluationPeriods: 6,
  DatapointsToAlarm: 6,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

const put = (cloud: Cloud, Value: number, StorageResolution = 1, region = west) =>
  cloud.call(
    'cloudwatch',
    'PutMetricData',
    {
      Namespace: 'App',
      MetricData: [
        { MetricName: 'Failures', Dimensions: [{ Name: 'app', Value: 'orders' }], Value, StorageResolution },
      ],
    },
    { region },
  );

async function feed(cloud: Cloud, value: number, seconds: number, everySeconds = 10): Promise<void> {
  for (let i = 0; i < seconds; i += everySeconds) {
    await put(cloud, value, everySeconds < 60 ? 1 : 60);
    await cloud.advance(everySeconds * 1000);
  }
}

async function stateOf(cloud: Cloud): Promise<string | undefined> {
  const { MetricAlarms } = await cloud.call('cloudwatch', 'DescribeAlarms', {}, at);
  return MetricAlarms?.[0]?.StateValue;
}

const transitions = (cloud: Cloud) => cloud.trace.entries.filter((entry) => entry.what === 'alarm');

describe('a high-resolution alarm, 6 of 6 at 10 s', () => {
  test('fires 65 to 100 s after the first bad datapoint, in every seed', async () => {
    const seconds: number[] = [];
    for (let seed = 1; seed <= 15; seed++) {
      const cloud = makeCloud(seed);
      await cloud.call('cloudwatch', 'PutMetricAlarm', plain, at);
      await feed(cloud, 0, 180);
      expect(await stateOf(cloud)).toBe('OK');
      const badAt = cloud.now - startAt;
      await feed(cloud, 1, 150);
      const alarm = transitions(cloud).find((entry) => (entry.detail as { to: string }).to === 'ALARM');
      seconds.push((alarm!.t - badAt) / 1000);
    }
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(100);
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThan(3);
  });

  test('goes back to OK, and each change is an event with the documented members', async () => {
    const cloud = makeCloud();
    await cloud.call('events', 'PutRule', { Name: 'alarms', EventPattern: '{"source":["aws.cloudwatch"]}' }, at);
    await cloud.call('events', 'PutTargets', { Rule: 'alarms', Targets: [{ Id: 't', Arn: functionArn(west) }] }, at);
    await cloud.call('cloudwatch', 'PutMetricAlarm', { ...plain, AlarmDescription: 'why' }, at);
    await feed(cloud, 0, 120);
    await feed(cloud, 1, 120);
    await feed(cloud, 0, 120);
    const events = lambdaIn(cloud, west).received.map(({ payload }) => payload as { detail: never });
    expect(events).toHaveLength(3);
    expect(events[1]).toMatchObject({
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [`arn:aws:cloudwatch:${west}:${account}:alarm:writes-failing`],
      detail: {
        alarmName: 'writes-failing',
        configuration: {
          description: 'why',
          metrics: [
            {
              metricStat: {
                metric: { namespace: 'App', name: 'Failures', dimensions: { app: 'orders' } },
                period: 10,
                stat: 'Maximum',
              },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'OK' },
        state: { value: 'ALARM' },
      },
    });
    const { state } = events[1]!.detail as { state: { reason: string; reasonData: string; timestamp: string } };
    expect(state.reason).toMatch(
      /^Threshold Crossed: 6 out of the last 6 datapoints \[1\.0 \(20\/11\/26 12:\d\d:\d\d\).*\] were greater than or equal to the threshold \(1\.0\) \(minimum 6 datapoints for OK -> ALARM transition\)\.$/,
    );
    expect(state.timestamp).toMatch(/^2026-11-20T12:0\d:\d\d\.\d{3}\+0000$/);
    expect(JSON.parse(state.reasonData)).toMatchObject({
      version: '1.0',
      statistic: 'Maximum',
      period: 10,
      recentDatapoints: [1, 1, 1, 1, 1, 1],
      threshold: 1,
    });
  });

  test('says INSUFFICIENT_DATA when data stops, or alarms when missing data is breaching', async () => {
    for (const [TreatMissingData, wanted] of [
      ['missing', 'INSUFFICIENT_DATA'],
      ['breaching', 'ALARM'],
      ['notBreaching', 'OK'],
      ['ignore', 'OK'],
    ] as const) {
      const cloud = makeCloud();
      await cloud.call('cloudwatch', 'PutMetricAlarm', { ...plain, TreatMissingData }, at);
      await feed(cloud, 0, 120);
      await cloud.advance(180_000);
      expect(await stateOf(cloud)).toBe(wanted);
    }
  });
});

test('a standard alarm, 1 of 1 at 60 s, fires one to five minutes after the first bad datapoint', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cloud = makeCloud(seed);
    await cloud.call(
      'cloudwatch',
      'PutMetricAlarm',
      { ...plain, Period: 60, EvaluationPeriods: 1, DatapointsToAlarm: 1 },
      at,
    );
    await feed(cloud, 0, 600, 60);
    const badAt = cloud.now - startAt;
    await feed(cloud, 1, 360, 60);
    const alarm = transitions(cloud).find((entry) => (entry.detail as { to: string }).to === 'ALARM');
    expect((alarm!.t - badAt) / 1000).toBeGreaterThan(60);
    expect((alarm!.t - badAt) / 1000).toBeLessThan(300);
  }
});

test('an alarm sees its own region only, and not while it is dark', async () => {
  const cloud = makeCloud();
  await cloud.call('cloudwatch', 'PutMetricAlarm', plain, at);
  await put(cloud, 0);
  await cloud.advance(60_000);
  const before = await stateOf(cloud);
  for (let i = 0; i < 12; i++) {
    await put(cloud, 1, 1, east);
    await cloud.advance(10_000);
  }
  expect(transitions(cloud).filter((entry) => (entry.detail as { to: string }).to === 'ALARM')).toEqual([]);
  cloud.goDark(west);
  const changes = transitions(cloud).length;
  await cloud.advance(600_000);
  expect(transitions(cloud)).toHaveLength(changes);
  cloud.comeBack(west);
  await cloud.advance(20_000);
  expect(before).toBe('OK');
  expect(await stateOf(cloud)).toBe('INSUFFICIENT_DATA');
});

describe('actions', () => {
  test('a topic is told and a function is called, unless actions are disabled', async () => {
    const cloud = makeCloud();
    const { TopicArn } = await cloud.call('sns', 'CreateTopic', { Name: 'pager' }, at);
    await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }, at);
    await cloud.call('cloudwatch', 'PutMetricAlarm', { ...plain, AlarmActions: [TopicArn!, functionArn(west)] }, at);
    const set = (StateValue: 'ALARM' | 'OK') =>
      cloud.call('cloudwatch', 'SetAlarmState', { AlarmName: plain.AlarmName, StateValue, StateReason: 'drill' }, at);
    await set('ALARM');
    await cloud.advance(1_000);
    const { outbox } = cloud.stateOf<SnsState>(sns, west);
    expect(outbox).toMatchObject([
      { endpoint: 'ops@example.com', subject: 'ALARM: "writes-failing" in US West (Oregon)' },
    ]);
    expect(JSON.parse(outbox[0]!.message)).toMatchObject({
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
      NewStateReason: 'drill',
      Trigger: { MetricName: 'Failures', Statistic: 'MAXIMUM', Dimensions: [{ name: 'app', value: 'orders' }] },
    });
    expect(lambdaIn(cloud, west).received).toMatchObject([
      {
        caller: { principal: 'lambda.alarms.cloudwatch.amazonaws.com' },
        payload: { source: 'aws.cloudwatch', alarmData: { alarmName: 'writes-failing', state: { value: 'ALARM' } } },
      },
    ]);
    await set('OK');
    await cloud.call('cloudwatch', 'DisableAlarmActions', { AlarmNames: ['writes-failing'] }, at);
    await set('ALARM');
    await cloud.advance(1_000);
    expect(outbox).toHaveLength(1);
  });

  test('history tells configuration, changes and actions, newest first', async () => {
    const cloud = makeCloud();
    await cloud.call('cloudwatch', 'PutMetricAlarm', { ...plain, AlarmActions: [functionArn(west)] }, at);
    await cloud.call(
      'cloudwatch',
      'SetAlarmState',
      { AlarmName: 'writes-failing', StateValue: 'ALARM', StateReason: 'x' },
      at,
    );
    const { AlarmHistoryItems } = await cloud.call(
      'cloudwatch',
      'DescribeAlarmHistory',
      { AlarmName: 'writes-failing' },
      at,
    );
    expect(AlarmHistoryItems?.map((item) => item.HistoryItemType)).toEqual([
      'Action',
      'StateUpdate',
      'ConfigurationUpdate',
    ]);
  });
});

test('an alarm on an expression compares the result', async () => {
  const cloud = makeCloud();
  const Metrics = [
    { Id: 'rate', Expression: '100 * failures / FILL(requests, 1)', ReturnData: true },
    ...['failures', 'requests'].map((Id) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'App', MetricName: Id }, Period: 60, Stat: 'Sum' },
    })),
  ];
  const { AlarmName, ComparisonOperator } = plain;
  const alarm = { AlarmName, ComparisonOperator, EvaluationPeriods: 1, Threshold: 50, Metrics };
  await cloud.call('cloudwatch', 'PutMetricAlarm', alarm, at);
  for (let i = 0; i < 6; i++) {
    const MetricData = [
      { MetricName: 'failures', Value: 6 },
      { MetricName: 'requests', Value: 10 },
    ];
    await cloud.call('cloudwatch', 'PutMetricData', { Namespace: 'App', MetricData }, at);
    await cloud.advance(60_000);
  }
  expect(await stateOf(cloud)).toBe('ALARM');
});

describe('what is refused', () => {
  test.each([
    [{ Period: 15 }, /Period must be/],
    [{ DatapointsToAlarm: 7 }, /DatapointsToAlarm/],
    [{ AlarmActions: ['arn:aws:automate:us-west-2:ec2:recover'] }, /ec2:recover.*not modelled/],
    [{ ComparisonOperator: 'LessThanLowerThreshold' }, /LessThanLowerThreshold.*not modelled/],
    [{ Statistic: undefined, ExtendedStatistic: 'tm90' }, /tm90.*not modelled/],
    [
      { Metrics: [{ Id: 'e', Expression: 'ANOMALY_DETECTION_BAND(m)' }], Period: undefined, Statistic: undefined },
      /ANOMALY_DETECTION_BAND.*not modelled/,
    ],
  ])('%j', async (change, reason) => {
    const input = { ...plain, ...change } as PutMetricAlarmInput;
    await expect(makeCloud().call('cloudwatch', 'PutMetricAlarm', input, at)).rejects.toThrow(reason);
  });

  test('composite alarms, by name', async () => {
    const input = { AlarmName: 'both', AlarmRule: 'ALARM(a) AND ALARM(b)' };
    await expect(makeCloud().call('cloudwatch', 'PutCompositeAlarm', input, at)).rejects.toThrow(
      /'both' is not modelled/,
    );
  });
});

test('a fork with another seed evaluates at other moments', async () => {
  const cloud = makeCloud(1);
  await cloud.call('cloudwatch', 'PutMetricAlarm', plain, at);
  const moments = async (seed: number): Promise<number[]> => {
    const fork = cloud.fork(seed);
    await feed(fork, 1, 120);
    return transitions(fork).map((entry) => entry.t);
  };
  expect(await moments(2)).not.toEqual(await moments(3));
  expect(await moments(2)).toEqual(await moments(2));
});
