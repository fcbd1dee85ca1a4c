/** Standard queues: what is received, when it comes back, what is given up, who may send, and what CloudWatch hears. */
import { describe, expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { eventBridge } from '../../../simulator/eventbridge/index.ts';
import { addFault } from '../../../simulator/faults.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { sqs } from '../../../simulator/services/sqs/index.ts';
import type { SqsState } from '../../../simulator/services/sqs/state.ts';

const region = 'us-west-2';
const at = { region };
const account = '111122223333';

const makeCloud = (): Cloud =>
  Cloud.create({
    seed: 1,
    account,
    regions: [region, 'us-east-2', 'us-east-1'],
    services: [sqs, sns, eventBridge, cloudWatch, iam],
    startAt: Date.UTC(2026, 10, 20, 12),
  });

async function queue(cloud: Cloud, name = 'q', Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl } = await cloud.call('sqs', 'CreateQueue', { QueueName: name, Attributes }, at);
  return QueueUrl!;
}

const receive = async (cloud: Cloud, QueueUrl: string, more: object = {}) =>
  (await cloud.resolve(cloud.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, ...more }, at)))
    .Messages ?? [];

const send = (cloud: Cloud, QueueUrl: string, MessageBody: string, more: object = {}) =>
  cloud.call('sqs', 'SendMessage', { QueueUrl, MessageBody, ...more }, at);

describe('a message', () => {
  test('is hidden from others while one works on it, and comes back when it is not deleted', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud);
    await send(cloud, url, 'a');
    const [first] = await receive(cloud, url);
    expect(await receive(cloud, url)).toEqual([]);
    await cloud.advance(30_000);
    const [again] = await receive(cloud, url, { AttributeNames: ['All'] });
    expect(again).toMatchObject({ MessageId: first!.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
    // The first receipt is no longer good: a slow worker must not delete what another has.
    await cloud.call('sqs', 'DeleteMessage', { QueueUrl: url, ReceiptHandle: first!.ReceiptHandle }, at);
    await cloud.advance(30_000);
    const [third] = await receive(cloud, url);
    await cloud.call('sqs', 'DeleteMessage', { QueueUrl: url, ReceiptHandle: third!.ReceiptHandle }, at);
    await cloud.advance(60_000);
    expect(await receive(cloud, url)).toEqual([]);
  });

  test('can be had back at once by making it visible', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud);
    await send(cloud, url, 'a');
    const [{ ReceiptHandle } = {}] = await receive(cloud, url);
    const input = { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 };
    await cloud.call('sqs', 'ChangeMessageVisibility', input, at);
    expect(await receive(cloud, url)).toHaveLength(1);
  });

  test('waits for its delay, and a long poll for it', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud);
    const started = cloud.now;
    await send(cloud, url, 'a', { DelaySeconds: 7 });
    expect(await receive(cloud, url)).toEqual([]);
    expect(await receive(cloud, url, { WaitTimeSeconds: 20 })).toHaveLength(1);
    expect(cloud.now - started).toBe(7_000);
    expect(await receive(cloud, url, { WaitTimeSeconds: 5 })).toEqual([]);
    expect(cloud.now - started).toBe(12_000);
  });

  test('is forgotten after its retention', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud, 'q', { MessageRetentionPeriod: '60' });
    await send(cloud, url, 'a');
    await cloud.advance(60_000);
    expect(await receive(cloud, url)).toEqual([]);
  });

  test('goes to the dead-letter queue when it was received too often, with its id and age', async () => {
    const cloud = makeCloud();
    const dead = await queue(cloud, 'dead');
    const deadLetterTargetArn = `arn:aws:sqs:${region}:${account}:dead`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    const url = await queue(cloud, 'q', { RedrivePolicy, VisibilityTimeout: '1' });
    const { MessageId } = await send(cloud, url, 'poison');
    for (let i = 0; i < 2; i++) {
      expect(await receive(cloud, url)).toHaveLength(1);
      await cloud.advance(1_000);
    }
    expect(await receive(cloud, url)).toEqual([]);
    const [given] = await receive(cloud, dead, { AttributeNames: ['All'] });
    expect(given).toMatchObject({ MessageId, Body: 'poison' });
    expect(given!.Attributes).toMatchObject({ DeadLetterQueueSourceArn: `arn:aws:sqs:${region}:${account}:q` });
  });

  test('comes twice under a fault, and is never lost by one', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud);
    addFault(cloud, { kind: 'event-duplicate', channel: 'queue', name: 'q', againMs: 0 });
    addFault(cloud, { kind: 'event-lost', channel: 'queue', name: 'q', times: 1 });
    await send(cloud, url, 'a');
    await send(cloud, url, 'b');
    const bodies = (await receive(cloud, url)).map(({ Body }) => Body);
    expect(bodies).toEqual(['a', 'b', 'b']);
  });
});

test('a batch answers for each of its entries', async () => {
  const cloud = makeCloud();
  const url = await queue(cloud, 'q', { MaximumMessageSize: '1024' });
  const Entries = [
    { Id: 'x', MessageBody: 'a' },
    { Id: 'y', MessageBody: 'b'.repeat(2_000) },
  ];
  const answer = await cloud.call('sqs', 'SendMessageBatch', { QueueUrl: url, Entries }, at);
  expect(answer).toMatchObject({ Successful: [{ Id: 'x' }], Failed: [{ Id: 'y', SenderFault: true }] });
  const twice = { QueueUrl: url, Entries: [Entries[0]!, Entries[0]!] };
  await expect(cloud.call('sqs', 'SendMessageBatch', twice, at)).rejects.toMatchObject({
    code: 'BatchEntryIdsNotDistinct',
  });
});

test.each([
  ['a FIFO queue', { QueueName: 'q.fifo' }, 'NotModelled'],
  ['a name with a dot', { QueueName: 'a.b' }, 'AwsError'],
  ['an attribute that does not exist', { QueueName: 'q', Attributes: { Colour: 'red' } }, 'AwsError'],
  ['a visibility timeout of a day', { QueueName: 'q', Attributes: { VisibilityTimeout: '86400' } }, 'AwsError'],
  ['a redrive policy without a count', { QueueName: 'q', Attributes: { RedrivePolicy: '{}' } }, 'AwsError'],
])('%s is refused', async (_what, input, name) => {
  await expect(makeCloud().call('sqs', 'CreateQueue', input as never, at)).rejects.toMatchObject({ name });
});

test('a queue is emptied at most once a minute', async () => {
  const cloud = makeCloud();
  const url = await queue(cloud);
  await send(cloud, url, 'a');
  await cloud.call('sqs', 'PurgeQueue', { QueueUrl: url }, at);
  expect(await receive(cloud, url)).toEqual([]);
  const again = cloud.call('sqs', 'PurgeQueue', { QueueUrl: url }, at);
  await expect(again).rejects.toMatchObject({ code: 'PurgeQueueInProgress' });
});

const policyFor = (service: string, source: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${region}:${account}:q`,
        Condition: { ArnEquals: { 'aws:SourceArn': source } },
      },
    ],
  });

describe('an event for a queue', () => {
  const ruleArn = `arn:aws:events:${region}:${account}:rule/n`;

  async function eventFor(cloud: Cloud, target: object = {}): Promise<void> {
    await cloud.call('events', 'PutRule', { Name: 'n', EventPattern: '{"source":["shop"]}' }, at);
    const Targets = [{ Id: 't', Arn: `arn:aws:sqs:${region}:${account}:q`, ...target }];
    await cloud.call('events', 'PutTargets', { Rule: 'n', Targets }, at);
    const Entries = [{ Source: 'shop', DetailType: 'Sold', Detail: '{"n":1}' }];
    await cloud.call('events', 'PutEvents', { Entries }, at);
    await cloud.advance(10_000);
  }

  test('arrives when the queue admits the rule', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud, 'q', { Policy: policyFor('events.amazonaws.com', ruleArn) });
    await eventFor(cloud);
    const [message] = await receive(cloud, url);
    expect(JSON.parse(message!.Body!)).toMatchObject({ source: 'shop', detail: { n: 1 } });
  });

  test('does not when the queue admits another rule only; it is kept in the dead-letter queue with the reason', async () => {
    const cloud = makeCloud();
    const url = await queue(cloud, 'q', { Policy: policyFor('events.amazonaws.com', `${ruleArn}-other`) });
    const Policy = policyFor('events.amazonaws.com', ruleArn).replace(':q"', ':dead"');
    const dead = await queue(cloud, 'dead', { Policy });
    await eventFor(cloud, { DeadLetterConfig: { Arn: `arn:aws:sqs:${region}:${account}:dead` } });
    expect(await receive(cloud, url)).toEqual([]);
    const [kept] = await receive(cloud, dead, { MessageAttributeNames: ['All'] });
    expect(JSON.parse(kept!.Body!)).toMatchObject({ source: 'shop' });
    expect(kept!.MessageAttributes).toMatchObject({ RULE_ARN: { StringValue: ruleArn } });
  });
});

test('a topic delivers to a queue, in its envelope', async () => {
  const cloud = makeCloud();
  const { TopicArn = '' } = await cloud.call('sns', 'CreateTopic', { Name: 'budget' }, at);
  const url = await queue(cloud, 'q', { Policy: policyFor('sns.amazonaws.com', TopicArn) });
  const Endpoint = `arn:aws:sqs:${region}:${account}:q`;
  await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint }, at);
  await cloud.call('sns', 'Publish', { TopicArn, Subject: 'AWS Budgets', Message: 'plain text' }, at);
  await cloud.advance(1_000);
  const [message] = await receive(cloud, url);
  expect(JSON.parse(message!.Body!)).toMatchObject({ Type: 'Notification', TopicArn, Message: 'plain text' });
});

test('CloudWatch hears each minute how many there are and how old the oldest is', async () => {
  const cloud = makeCloud();
  const url = await queue(cloud);
  await send(cloud, url, 'a');
  await cloud.advance(600_000);
  const read = async (MetricName: string) => {
    const range = { StartTime: new Date(cloud.now - 240_000), EndTime: new Date(cloud.now - 180_000) };
    const Dimensions = [{ Name: 'QueueName', Value: 'q' }];
    const input = {
      Namespace: 'AWS/SQS',
      MetricName,
      Dimensions,
      ...range,
      Period: 60,
      Statistics: ['Maximum' as const],
    };
    const { Datapoints = [] } = await cloud.call('cloudwatch', 'GetMetricStatistics', input, at);
    return Datapoints[0]?.Maximum;
  };
  expect(await read('ApproximateNumberOfMessagesVisible')).toBe(1);
  expect(await read('ApproximateAgeOfOldestMessage')).toBeGreaterThanOrEqual(300);
});

test('a deleted queue is measured no more, and a new one of its name starts empty', async () => {
  const cloud = makeCloud();
  const url = await queue(cloud);
  await send(cloud, url, 'a');
  await cloud.call('sqs', 'DeleteQueue', { QueueUrl: url }, at);
  await cloud.advance(120_000);
  await expect(send(cloud, url, 'b')).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
  await queue(cloud);
  expect(cloud.stateOf<SqsState>(sqs, region).queues.q!.messages).toEqual([]);
});
