/** Sending, receiving, deleting and hiding messages of standard queues. */
import type { Message, MessageAttributeValue, ReceiveMessageCommandInput } from '@aws-sdk/client-sqs';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { deliveriesOf } from '../../faults/deliveries.ts';
import type { Caller, Operations } from '../../service.ts';
import { announce, arrival } from './arrivals.ts';
import { numberOf, redriveOf } from './attributes.ts';
import { batch } from './batches.ts';
import { md5, md5OfAttributes } from './digests.ts';
import { findQueue, type Queue, type Sqs, type SqsState, type StoredMessage } from './state.ts';

/** SQS quotas, "Messages": in flight in a standard queue. */
const IN_FLIGHT_MAX = 120_000;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

interface Sent {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Record<string, MessageAttributeValue> | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** What SendMessage answers, and each entry of a batch. */
function send(input: Sent, queue: Queue, context: Sqs) {
  const { MessageBody: body = '', MessageAttributes: attributes = {}, DelaySeconds: delay } = input;
  if (input.MessageDeduplicationId !== undefined) throw new NotModelled('SQS FIFO queues are not modelled');
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > numberOf(queue, 'MaximumMessageSize')) {
    const most = numberOf(queue, 'MaximumMessageSize');
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  if (delay !== undefined && (delay < 0 || delay > 900)) {
    throw invalid(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  const id = context.random.uuid();
  const usualMs = (delay ?? numberOf(queue, 'DelaySeconds')) * 1000;
  const about = { channel: 'queue', source: 'aws.sqs', detailType: 'Message', name: queue.name } as const;
  const copies = deliveriesOf(context.cloud, { ...about, region: context.region, target: queue.arn });
  // What a queue has taken it does not lose, whatever faults say of events in general.
  for (const lateMs of copies.length === 0 ? [0] : copies) {
    const times = { sentAt: context.now, visibleAt: context.now + usualMs + lateMs };
    put(queue, { id, body, attributes, senderId: senderOf(context.caller), ...times, deadLetterOf: null }, context);
  }
  return { MessageId: id, MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
}

type Arriving = Omit<StoredMessage, 'copy' | 'receives' | 'firstReceivedAt' | 'receipt'>;

function put(queue: Queue, arriving: Arriving, context: Sqs): void {
  const copy = context.state.nextCopy++;
  const message: StoredMessage = { ...arriving, copy, receives: 0, firstReceivedAt: null, receipt: null };
  queue.messages.push(message);
  announce(queue, message, context);
}

const senderOf = (caller: Caller): string => (caller.kind === 'service' ? caller.principal : nameOf(caller));

const nameOf = (caller: Exclude<Caller, { kind: 'service' }>): string =>
  caller.kind === 'role' ? `${caller.arn.split('/').at(-1)}:${caller.session}` : 'account';

/** The oldest first, as a standard queue mostly does. */
function take(queue: Queue, input: ReceiveMessageCommandInput, context: Sqs): StoredMessage[] {
  const { now, random } = context;
  const keptMs = numberOf(queue, 'MessageRetentionPeriod') * 1000;
  queue.messages = queue.messages.filter(({ sentAt }) => sentAt + keptMs > now);
  const hiddenMs = (input.VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout')) * 1000;
  const ready = queue.messages.filter(({ visibleAt }) => visibleAt <= now);
  const inFlight = queue.messages.filter(({ receipt, visibleAt }) => receipt !== null && visibleAt > now).length;
  if (inFlight >= IN_FLIGHT_MAX) throw new AwsError('OverLimit', 'Too many messages in flight.');
  const taken: StoredMessage[] = [];
  for (const message of ready) {
    if (taken.length >= (input.MaxNumberOfMessages ?? 1)) break;
    if (giveUp(queue, message, context)) continue;
    message.receives++;
    message.firstReceivedAt ??= now;
    message.visibleAt = now + hiddenMs;
    message.receipt = random.hex(32);
    announce(queue, message, context);
    taken.push(message);
  }
  return taken;
}

/** Moves a message that was received often enough to the dead-letter queue. Without that queue it stays. */
function giveUp(queue: Queue, message: StoredMessage, context: Sqs): boolean {
  const redrive = redriveOf(queue);
  if (!redrive || message.receives < redrive.receivesMax) return false;
  const target = context.state.queues[redrive.targetArn.split(':').at(-1) ?? ''];
  if (!target) return false;
  queue.messages = queue.messages.filter(({ copy }) => copy !== message.copy);
  const { id, body, attributes, senderId, sentAt } = message;
  put(target, { id, body, attributes, senderId, sentAt, visibleAt: context.now, deadLetterOf: queue.arn }, context);
  context.trace('message.givenUp', { queue: queue.name, to: target.name, messageId: id, receives: message.receives });
  return true;
}

/** A message as a receiver gets it. */
function received(message: StoredMessage, input: ReceiveMessageCommandInput): Message {
  const { id, body, attributes, receipt } = message;
  const wanted: readonly string[] = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== null && (wanted.includes('All') || wanted.includes(name)),
  );
  const names = input.MessageAttributeNames ?? [];
  const own = Object.entries(attributes).filter(([name]) => names.some((each) => isNamed(name, each)));
  const MessageAttributes = Object.fromEntries(own);
  return {
    MessageId: id,
    ReceiptHandle: receipt ?? '',
    Body: body,
    MD5OfBody: md5(body),
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) as Record<string, string> }),
    ...(own.length > 0 && { MessageAttributes, MD5OfMessageAttributes: md5OfAttributes(MessageAttributes) }),
  };
}

const isNamed = (name: string, wanted: string): boolean =>
  wanted === 'All' ||
  wanted === '.*' ||
  name === wanted ||
  (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1)));

const systemAttributes = (message: StoredMessage) => ({
  ApproximateReceiveCount: String(message.receives),
  SentTimestamp: String(message.sentAt),
  SenderId: message.senderId,
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  DeadLetterQueueSourceArn: message.deadLetterOf,
});

function byReceipt(queue: Queue, receipt: string | undefined): StoredMessage | undefined {
  if (!receipt) {
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${receipt}" is not a valid receipt handle.`,
    );
  }
  return queue.messages.find((message) => message.receipt === receipt);
}

/** A receipt that a later receive has replaced deletes nothing, and says nothing, as with a standard queue. */
function remove(queue: Queue, receipt: string | undefined): object {
  const message = byReceipt(queue, receipt);
  if (message) queue.messages = queue.messages.filter(({ copy }) => copy !== message.copy);
  return {};
}

interface Hiding {
  readonly ReceiptHandle?: string | undefined;
  readonly VisibilityTimeout?: number | undefined;
}

function hide(queue: Queue, { ReceiptHandle, VisibilityTimeout: seconds = 0 }: Hiding, context: Sqs): object {
  if (seconds < 0 || seconds > 43_200) throw invalid(`Value ${seconds} for parameter VisibilityTimeout is invalid.`);
  const message = byReceipt(queue, ReceiptHandle);
  if (!message || message.visibleAt <= context.now) {
    throw new AwsError('MessageNotInflight', `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid.`);
  }
  message.visibleAt = context.now + seconds * 1000;
  announce(queue, message, context);
  return {};
}

export const messageOperations: Operations<Clients['sqs'], SqsState> = {
  SendMessage: (input, context) => send(input, findQueue(input.QueueUrl, context), context),

  SendMessageBatch(input, context) {
    const queue = findQueue(input.QueueUrl, context);
    return batch(input.Entries, (entry) => send(entry, queue, context));
  },

  /** Waits for the first message, where asked to. */
  async ReceiveMessage(input, context) {
    const { MaxNumberOfMessages: most = 1, WaitTimeSeconds } = input;
    if (most < 1 || most > 10) {
      const rule = 'Must be between 1 and 10, if provided.';
      throw invalid(`Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: ${rule}`);
    }
    const queue = findQueue(input.QueueUrl, context);
    const until = context.now + (WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds')) * 1000;
    for (;;) {
      const taken = take(findQueue(input.QueueUrl, context), input, context);
      if (taken.length > 0) return { Messages: taken.map((message) => received(message, input)) };
      if (context.now >= until) return {};
      await arrival(queue, until - context.now, context);
    }
  },

  DeleteMessage(input, context) {
    return remove(findQueue(input.QueueUrl, context), input.ReceiptHandle);
  },

  DeleteMessageBatch(input, context) {
    const queue = findQueue(input.QueueUrl, context);
    return batch(input.Entries, (entry) => remove(queue, entry.ReceiptHandle));
  },

  ChangeMessageVisibility(input, context) {
    return hide(findQueue(input.QueueUrl, context), input, context);
  },

  ChangeMessageVisibilityBatch(input, context) {
    const queue = findQueue(input.QueueUrl, context);
    return batch(input.Entries, (entry) => hide(queue, entry, context));
  },
};
