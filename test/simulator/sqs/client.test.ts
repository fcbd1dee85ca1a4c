/** SQS as the SDK's own client speaks to it: what it checks, what it reads, the errors of its model. */
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { sqs } from '../../../simulator/services/sqs/index.ts';
import { sdkClient, sdkModule } from '../wire/sdk.ts';

const region = 'us-west-2';
let cloud: Cloud;
let QueueUrl: string;

const send = (command: string, input: object) => {
  const Command = sdkModule('sqs')[`${command}Command`]!;
  return sdkClient(cloud, 'sqs', { region }).send(new Command(input));
};

/** Lets virtual time pass while the client does its own work in real time. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let settled = false;
  const watched = answer.finally(() => {
    settled = true;
  });
  while (!settled) {
    await setImmediate();
    await cloud.advance(10);
  }
  return watched;
}

beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region],
    services: [sqs, cloudWatch, iam],
    startAt: Date.UTC(2026, 10, 20, 12),
  });
  ({ QueueUrl } = (await send('CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '30' } })) as never);
});

describe('a client of SQS', () => {
  it('gets back what it sent, of any letters, and checks the digests of bodies and attributes itself', async () => {
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'naïve ☃' } };
    const MessageBody = '{"text":"<é> & \u{1F600}"}';
    await send('SendMessage', { QueueUrl, MessageBody, MessageAttributes });
    const { Messages } = await send('ReceiveMessage', {
      QueueUrl,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    });
    expect(Messages).toMatchObject([
      {
        Body: MessageBody,
        MessageAttributes,
        Attributes: { SentTimestamp: expect.stringMatching(/^\d{13}$/), ApproximateReceiveCount: '1' },
      },
    ]);
  });

  it('is told the digest of what it sent', async () => {
    const { MD5OfMessageBody } = await send('SendMessage', { QueueUrl, MessageBody: 'a' });
    expect(MD5OfMessageBody).toBe('0cc175b9c0f1b6a831c399e269772661');
  });

  it('sends and deletes in batches, and hears of each entry', async () => {
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id }));
    expect(await send('SendMessageBatch', { QueueUrl, Entries })).toMatchObject({
      Successful: [{ Id: 'a' }, { Id: 'b' }],
    });
    const { Messages } = await send('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    const handles = (Messages as { ReceiptHandle: string }[]).map(({ ReceiptHandle }, index) => {
      return { Id: String(index), ReceiptHandle };
    });
    expect(handles).toHaveLength(2);
    expect(await send('DeleteMessageBatch', { QueueUrl, Entries: handles })).toMatchObject({
      Successful: [{ Id: '0' }, { Id: '1' }],
    });
    await cloud.advance(60_000);
    expect((await send('ReceiveMessage', { QueueUrl })).Messages ?? []).toEqual([]);
  });

  it('waits for a message that is on its way', async () => {
    await send('SendMessage', { QueueUrl, MessageBody: 'late', DelaySeconds: 5 });
    const { Messages } = await inTime(send('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 10 }));
    expect(Messages).toMatchObject([{ Body: 'late' }]);
  });

  it('reads a queue’s attributes, and finds it by its name', async () => {
    const { Attributes } = await send('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ VisibilityTimeout: '30', QueueArn: `arn:aws:sqs:${region}:111122223333:q` });
    expect(await send('GetQueueUrl', { QueueName: 'q' })).toMatchObject({ QueueUrl });
  });

  it('gets the errors of its model', async () => {
    const gone = send('GetQueueUrl', { QueueName: 'none' });
    await expect(gone).rejects.toBeInstanceOf(sdkModule('sqs').QueueDoesNotExist!);
    const empty = send('DeleteMessage', { QueueUrl, ReceiptHandle: '' });
    await expect(empty).rejects.toBeInstanceOf(sdkModule('sqs').ReceiptHandleIsInvalid!);
  });
});
