/** Functions that read queues: batches, partial failures, retries, concurrency; and whose rights the pollers use. */
import type { CreateEventSourceMappingRequest } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import type { LambdaState } from '../../../simulator/lambda/state.ts';
import { sqs } from '../../../simulator/services/sqs/index.ts';
import type { SqsState } from '../../../simulator/services/sqs/state.ts';
import { createFunction, lambdaCloud, noted, region } from './functions.ts';

const at = { region };
const url = (name: string): string => `https://sqs.${region}.amazonaws.com/111111111111/${name}`;
const arn = (name: string): string => `arn:aws:sqs:${region}:111111111111:${name}`;

async function reading(
  source: string,
  more: Partial<CreateEventSourceMappingRequest> = {},
  grants = true,
): Promise<Cloud> {
  const cloud = await lambdaCloud([sqs]);
  const rights = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: '*' },
    ],
  };
  if (grants) {
    const PolicyDocument = JSON.stringify(rights);
    await cloud.call('iam', 'PutRolePolicy', { RoleName: 'functions', PolicyName: 'read', PolicyDocument }, at);
  }
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'dead' }, at);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 3 });
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'q', Attributes: { RedrivePolicy } }, at);
  await createFunction(cloud, source, { Timeout: 10 });
  const input = { FunctionName: 'f', EventSourceArn: arn('q'), ...more };
  await cloud.call('lambda', 'CreateEventSourceMapping', input, at);
  return cloud;
}

async function send(cloud: Cloud, ...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) await cloud.call('sqs', 'SendMessage', { QueueUrl: url('q'), MessageBody }, at);
}

const left = (cloud: Cloud, name: string): string[] =>
  cloud.stateOf<SqsState>(sqs, region).queues[name]!.messages.map(({ body }) => body);

/** What the function printed: the bodies of each batch. */
const batches = (cloud: Cloud): string[] =>
  noted(cloud, 'output').map(({ detail }) => (detail as { line: string }).line);

const SAYS = 'console.log(e.Records.map((r) => r.body).join());';

test('messages come in batches of at most the size, and are deleted when the function succeeds', async () => {
  const cloud = await reading(`exports.handler = async (e) => { ${SAYS} };`, { BatchSize: 2 });
  await send(cloud, 'a', 'b', 'c');
  await cloud.advance(5_000);
  expect(left(cloud, 'q')).toEqual([]);
  expect(noted(cloud, 'end')).toHaveLength(2);
});

test('those that the function reports as failed come again, and are given up in the end', async () => {
  const source = `exports.handler = async (e) => ({
    batchItemFailures: e.Records.filter((r) => r.body === 'bad').map((r) => ({ itemIdentifier: r.messageId })),
  });`;
  const cloud = await reading(source, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await send(cloud, 'good', 'bad');
  await cloud.advance(10_000);
  expect(left(cloud, 'q')).toEqual(['bad']);
  await cloud.advance(120_000);
  expect([left(cloud, 'q'), left(cloud, 'dead')]).toEqual([[], ['bad']]);
});

test.each([
  ['throws', 'throw new Error("no")', {}],
  ['names what was not in the batch', 'return { batchItemFailures: [{ itemIdentifier: "x" }] }', true],
])('all of a batch comes again when the function %s', async (_what, does, reports) => {
  const more = reports === true ? { FunctionResponseTypes: ['ReportBatchItemFailures' as const] } : {};
  const cloud = await reading(`exports.handler = async () => { ${does} };`, more);
  await send(cloud, 'a', 'b');
  await cloud.advance(200_000);
  expect(left(cloud, 'dead').sort()).toEqual(['a', 'b']);
});

test('no more batches are under way than the maximum concurrency', async () => {
  const source = 'exports.handler = async () => { await new Promise((r) => setTimeout(r, 5000)); };';
  const cloud = await reading(source, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  await send(cloud, 'a', 'b', 'c', 'd', 'e');
  await cloud.advance(4_000);
  expect(noted(cloud, 'start')).toHaveLength(2);
  await cloud.advance(20_000);
  expect(left(cloud, 'q')).toEqual([]);
});

test('a batching window is waited for', async () => {
  const cloud = await reading('exports.handler = async () => {};', { MaximumBatchingWindowInSeconds: 20 });
  await send(cloud, 'a');
  await cloud.advance(15_000);
  await send(cloud, 'b');
  expect(noted(cloud, 'start')).toHaveLength(0);
  await cloud.advance(10_000);
  expect(noted(cloud, 'start')).toHaveLength(1);
});

test('without the right to receive, nothing is read and nothing is lost', async () => {
  const cloud = await reading('exports.handler = async () => {};', {}, false);
  await send(cloud, 'a');
  await cloud.advance(5_000);
  expect(left(cloud, 'q')).toEqual(['a']);
  expect(noted(cloud, 'poll.failed').length).toBeGreaterThan(1);
});

test('a mapping is refused when a batch would come back before the function can end', async () => {
  const cloud = await lambdaCloud([sqs]);
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '5' } }, at);
  await createFunction(cloud, 'exports.handler = async () => {};', { Timeout: 10 });
  const made = cloud.call('lambda', 'CreateEventSourceMapping', { FunctionName: 'f', EventSourceArn: arn('q') }, at);
  await expect(made).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
  expect(cloud.stateOf<LambdaState>(lambda, region).mappings).toEqual({});
});

test('a disabled mapping reads nothing until it is enabled', async () => {
  const cloud = await reading(`exports.handler = async (e) => { ${SAYS} };`, { Enabled: false });
  await send(cloud, 'a');
  await cloud.advance(60_000);
  expect(batches(cloud)).toEqual([]);
  const { EventSourceMappings = [] } = await cloud.call('lambda', 'ListEventSourceMappings', {}, at);
  await cloud.call('lambda', 'UpdateEventSourceMapping', { UUID: EventSourceMappings[0]!.UUID, Enabled: true }, at);
  await cloud.advance(5_000);
  expect(left(cloud, 'q')).toEqual([]);
});
