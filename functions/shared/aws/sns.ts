/** Telling people: the operations topic of this region. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Pager, Topics } from '../ports.ts';
import { call, clientOptions } from './client.ts';

/** SNS refuses a longer subject (Publish, "Subject"). */
const SUBJECT_LENGTH_MAX = 100;

export function snsPager({ region, topicArn }: { region: string; topicArn: string }): Pager {
  const client = new SNSClient(clientOptions(region));
  return {
    async tell(subject, message) {
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject.slice(0, SUBJECT_LENGTH_MAX),
        Message: message,
      });
      await call('publishing to the operations topic', client.send(command));
    },
  };
}

/** Any topic of this region, with attributes. */
export function snsTopics({ region }: { readonly region: string }): Topics {
  const client = new SNSClient(clientOptions(region));
  return {
    async publish({ topicArn, subject, message, attributes }) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const command = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message, MessageAttributes });
      await call('publishing to a topic', client.send(command));
    },
  };
}
