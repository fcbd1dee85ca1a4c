/** What SQS stores in one region, and how a queue is found. Asked by every file beside it. */
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

/** One copy of a message in one queue. A standard queue may hold two with the same id: it delivers at least once. */
export interface StoredMessage {
  readonly copy: number;
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly senderId: string;
  /** When it was first sent; a move to a dead-letter queue does not change it. Milliseconds, as all times here. */
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number | null;
  /** Of the last receive; only that one deletes. */
  receipt: string | null;
  /** The queue that gave it up. */
  readonly deadLetterOf: string | null;
}

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** As set; attributes.ts knows the defaults. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  readonly createdAt: number;
  changedAt: number;
  purgedAt: number | null;
  /** In the order of arrival. */
  messages: StoredMessage[];
}

export interface SqsState {
  /** By name. */
  readonly queues: Record<string, Queue>;
  nextCopy: number;
}

export type Sqs = Context<SqsState>;

export const initialSqsState = (): SqsState => ({ queues: {}, nextCopy: 1 });

export const queueUrl = (region: string, account: string, name: string): string =>
  `https://sqs.${region}.amazonaws.com/${account}/${name}`;

export const queueArn = (region: string, account: string, name: string): string =>
  `arn:aws:sqs:${region}:${account}:${name}`;

const nameIn = (url: string | undefined): string => url?.split('/').at(-1) ?? '';

/** For IAM: the ARN that a queue's URL stands for. */
export const arnOfUrl = (url: string | undefined, { region, account }: Sqs): string =>
  queueArn(region, account, nameIn(url));

/** @throws AwsError QueueDoesNotExist */
export function findQueue(url: string | undefined, { state }: Sqs): Queue {
  const queue = state.queues[nameIn(url)];
  if (queue) return queue;
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}
