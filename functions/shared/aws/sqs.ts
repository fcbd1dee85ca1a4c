/** Queues of this region. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Queue } from '../ports.ts';
import { call, clientOptions } from './client.ts';

/** SendMessage API Reference. */
const DELAY_SECONDS_MAX = 900;

export function sqsQueue({ region, queueUrl }: { readonly region: string; readonly queueUrl: string }): Queue {
  const client = new SQSClient(clientOptions(region));
  return {
    async send(body, delaySeconds = 0) {
      const DelaySeconds = Math.max(0, Math.min(DELAY_SECONDS_MAX, Math.ceil(delaySeconds)));
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds });
      await call('sending to a queue', client.send(command));
    },
  };
}
