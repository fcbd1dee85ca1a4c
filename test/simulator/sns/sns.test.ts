/** What becomes of a message to a topic, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { functionArn, lambdaIn, makeCloud, west } from '../eventbridge/harness.ts';

const at = { region: west };

async function topic(cloud: Cloud): Promise<string> {
  const { TopicArn } = await cloud.call('sns', 'CreateTopic', { Name: 'pager' }, at);
  return TopicArn!;
}

test('a function receives a message as an SNS event, a mail address in the outbox', async () => {
  const cloud = makeCloud();
  const TopicArn = await topic(cloud);
  await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: functionArn(west) }, at);
  await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }, at);
  const { MessageId } = await cloud.call(
    'sns',
    'Publish',
    {
      TopicArn,
      Subject: 'Moved',
      Message: 'to us-east-2',
      MessageAttributes: { severity: { DataType: 'String', StringValue: 'high' } },
    },
    at,
  );
  await cloud.advance(1_000);
  expect(cloud.stateOf<SnsState>(sns, west).outbox).toEqual([
    {
      t: expect.any(Number),
      topicArn: TopicArn,
      endpoint: 'ops@example.com',
      subject: 'Moved',
      message: 'to us-east-2',
    },
  ]);
  expect(lambdaIn(cloud, west).received).toMatchObject([
    {
      caller: { principal: 'sns.amazonaws.com', sourceArn: TopicArn },
      payload: {
        Records: [
          {
            EventSource: 'aws:sns',
            Sns: {
              MessageId,
              TopicArn,
              Subject: 'Moved',
              Message: 'to us-east-2',
              MessageAttributes: { severity: { Type: 'String', Value: 'high' } },
            },
          },
        ],
      },
    },
  ]);
});

test('a text message to a phone number is recorded without a topic', async () => {
  const cloud = makeCloud();
  await cloud.call('sns', 'Publish', { PhoneNumber: '+15550100', Message: 'wake up' }, at);
  await cloud.advance(1_000);
  expect(cloud.stateOf<SnsState>(sns, west).outbox).toMatchObject([
    { endpoint: '+15550100', topicArn: '', subject: null },
  ]);
});

test('a throttled function is called again', async () => {
  const cloud = makeCloud();
  const TopicArn = await topic(cloud);
  await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'lambda', Endpoint: functionArn(west) }, at);
  lambdaIn(cloud, west).errors.push('TooManyRequestsException');
  await cloud.call('sns', 'Publish', { TopicArn, Message: 'x' }, at);
  await cloud.advance(10_000);
  expect(lambdaIn(cloud, west).received).toHaveLength(1);
});

test('a topic that is made again is the same topic, and a removed subscription gets nothing', async () => {
  const cloud = makeCloud();
  const TopicArn = await topic(cloud);
  const { SubscriptionArn } = await cloud.call(
    'sns',
    'Subscribe',
    { TopicArn, Protocol: 'email', Endpoint: 'a@example.com' },
    at,
  );
  expect(await topic(cloud)).toBe(TopicArn);
  await cloud.call('sns', 'Unsubscribe', { SubscriptionArn }, at);
  await cloud.call('sns', 'Publish', { TopicArn, Message: 'x' }, at);
  await cloud.advance(1_000);
  expect(cloud.stateOf<SnsState>(sns, west).outbox).toEqual([]);
});

describe('what is refused', () => {
  test.each([
    [{ Message: '' }, /Empty message/],
    [{ Message: 'x'.repeat(262_145) }, /Message too long/],
    [{ Message: 'x', Subject: 'two\nlines' }, /Subject/],
    [{ Message: 'x', Subject: 'x'.repeat(101) }, /Subject/],
    [{ Message: '{}', MessageStructure: 'json' }, /MessageStructure.*not modelled/],
    [{ Message: 'x', TopicArn: 'arn:aws:sns:us-west-2:111122223333:none' }, /Topic does not exist/],
  ])('%j', async (input, reason) => {
    const cloud = makeCloud();
    const TopicArn = await topic(cloud);
    await expect(cloud.call('sns', 'Publish', { TopicArn, ...input }, at)).rejects.toThrow(reason);
  });

  test.each([
    [{ Protocol: 'https', Endpoint: 'https://example.com' }, /'https' is not modelled/],
    [
      { Protocol: 'email', Endpoint: 'a@example.com', Attributes: { FilterPolicy: '{}' } },
      /FilterPolicy.*not modelled/,
    ],
  ])('%j', async (input, reason) => {
    const cloud = makeCloud();
    const TopicArn = await topic(cloud);
    await expect(cloud.call('sns', 'Subscribe', { TopicArn, ...input }, at)).rejects.toThrow(reason);
  });
});
