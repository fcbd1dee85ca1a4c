/** Events lost, doubled and late on each of their ways; queues, which lose nothing, are in test/simulator/sqs. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { addFault, type Deliveries, type Fault } from '../../../simulator/faults.ts';
import { functionArn, lambdaIn, makeCloud, makeRole, west } from '../eventbridge/harness.ts';

const at = { region: west };
const target = functionArn(west);

/** Each lets one event go its way to the function. */
const channels: Record<Exclude<NonNullable<Deliveries['channel']>, 'queue'>, (cloud: Cloud) => Promise<unknown>> = {
  async rule(cloud) {
    const EventPattern = '{"source":["shop"]}';
    await cloud.call('events', 'PutRule', { Name: 'n', EventPattern }, at);
    await cloud.call('events', 'PutTargets', { Rule: 'n', Targets: [{ Id: 't', Arn: target }] }, at);
    const Entries = [{ Source: 'shop', DetailType: 'Sold', Detail: '{}' }];
    await cloud.call('events', 'PutEvents', { Entries }, at);
  },
  async schedule(cloud) {
    const RoleArn = await makeRole(cloud, 'scheduler', ['lambda:InvokeFunction']);
    const ScheduleExpression = 'at(2026-11-20T12:00:10)';
    const Target = { Arn: target, RoleArn };
    const schedule = { Name: 'n', ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' as const }, Target };
    await cloud.call('scheduler', 'CreateSchedule', schedule, at);
  },
  async alarm(cloud) {
    const alarm = { AlarmName: 'n', Namespace: 'App', MetricName: 'M', Statistic: 'Maximum', Period: 60 } as const;
    const when = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
    await cloud.call('cloudwatch', 'PutMetricAlarm', { ...alarm, ...when, AlarmActions: [target] }, at);
    const state = { AlarmName: 'n', StateValue: 'ALARM', StateReason: 'test' } as const;
    await cloud.call('cloudwatch', 'SetAlarmState', state, at);
  },
  async topic(cloud) {
    const { TopicArn } = await cloud.call('sns', 'CreateTopic', { Name: 'n' }, at);
    await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: target }, at);
    await cloud.call('sns', 'Publish', { TopicArn, Message: 'm' }, at);
  },
};

/** When the function received it, in milliseconds since the event set out. */
async function received(channel: keyof typeof channels, fault?: Fault) {
  const cloud = makeCloud();
  const id = fault ? addFault(cloud, fault) : '';
  const from = cloud.now;
  await channels[channel](cloud);
  await cloud.advance(200_000);
  return { times: lambdaIn(cloud, west).received.map(({ t }) => t - from), hits: cloud.state.faults.hits[id] };
}

describe.each(Object.keys(channels) as (keyof typeof channels)[])('an event that comes by a %s', (channel) => {
  const about = { channel, region: west, name: 'n', target: 'react' } as const;

  it('is lost, comes twice, or comes late', async () => {
    const { times: usual } = await received(channel);
    expect(usual).toHaveLength(1);
    const [usualMs = 0] = usual;
    expect(await received(channel, { kind: 'event-lost', ...about })).toEqual({ times: [], hits: 1 });
    const twice = await received(channel, { kind: 'event-duplicate', ...about, againMs: 3_000 });
    expect(twice).toEqual({ times: [usualMs, usualMs + 3_000], hits: 1 });
    const late = await received(channel, { kind: 'event-late', ...about, minMs: 20_000, maxMs: 30_000 });
    expect(late).toEqual({ times: [expect.toSatisfy((t) => t >= usualMs + 20_000 && t < usualMs + 30_000)], hits: 1 });
  });

  it('is not touched by a fault of other events', async () => {
    const usual = await received(channel);
    for (const other of [{ region: 'us-east-2' }, { name: 'm' }, { target: 'other' }, { detailType: 'Other' }]) {
      const { times, hits } = await received(channel, { kind: 'event-lost', ...about, ...other });
      expect([times, hits]).toEqual([usual.times, 0]);
    }
  });
});

it('is told from others by its source and detail type', async () => {
  const fault = { kind: 'event-lost', channel: 'rule', source: 'shop', detailType: 'Sold' } as const;
  expect((await received('rule', fault)).times).toEqual([]);
  expect((await received('rule', { ...fault, source: 'till' })).times).toHaveLength(1);
});
