/**
 * The pollers of event source mappings: receive from the queue with the rights of the function's role, invoke, delete what
 * was handled. Source: Lambda Developer Guide, "Using Lambda with Amazon SQS". What failed comes back when its visibility
 * timeout ends; the queue's redrive policy decides how often.
 */
import type { Message } from '@aws-sdk/client-sqs';
import type { Cloud } from '../../cloud.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Caller, Context } from '../../service.ts';
import type { Outcome } from '../outcome.ts';
import { runInvocation } from '../pool.ts';
import { type EventSourceMapping, type FunctionRecord, functionName, type LambdaState } from '../state.ts';

/** "Lambda starts … with five concurrent batches"; that it adds more under load is not modelled. */
const CONCURRENCY = 5;

/** Guess: how soon a poller asks again after it was refused or had no room. */
const AGAIN_MS = 1_000;

interface Poller {
  readonly mapping: EventSourceMapping;
  readonly record: FunctionRecord;
  readonly caller: Caller;
  readonly queueUrl: string;
}

/** Batches under way, per mapping: running code, beside the state. */
function busyOf(cloud: Cloud): Map<string, number> {
  let busy = cloud.running.get('lambda pollers') as Map<string, number> | undefined;
  if (!busy) {
    busy = new Map();
    cloud.running.set('lambda pollers', busy);
  }
  return busy;
}

/** The timer 'poll': takes batches until the queue is empty or enough are under way. */
export async function poll({ uuid }: { readonly uuid: string }, context: Context<LambdaState>): Promise<void> {
  const mapping = context.state.mappings[uuid];
  if (!mapping) return;
  mapping.pollAt = null;
  const record = context.state.functions[functionName(mapping.functionArn).name];
  if (!record || !mapping.enabled) return;
  const name = mapping.queueArn.split(':').at(-1);
  const queueUrl = `https://sqs.${context.region}.amazonaws.com/${context.account}/${name}`;
  const caller = { kind: 'role', arn: record.role, session: 'awslambda' } as const;
  const poller = { mapping, record, caller, queueUrl };
  const busy = busyOf(context.cloud);
  while ((busy.get(uuid) ?? 0) < (mapping.concurrencyMax ?? CONCURRENCY)) {
    const messages = await receive(poller, context);
    if (messages.length === 0) return;
    busy.set(uuid, (busy.get(uuid) ?? 0) + 1);
    void work(poller, messages, context).finally(() => busy.set(uuid, (busy.get(uuid) ?? 1) - 1));
  }
}

async function receive({ mapping, caller, queueUrl }: Poller, context: Context<LambdaState>): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < mapping.batchSize) {
    const MaxNumberOfMessages = Math.min(10, mapping.batchSize - messages.length);
    const asked = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages,
      MessageSystemAttributeNames: ['All'] as ['All'],
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    };
    try {
      const { Messages = [] } = await context.call('sqs', 'ReceiveMessage', asked, { caller });
      messages.push(...Messages);
      if (Messages.length < MaxNumberOfMessages) break;
    } catch (error) {
      if (error instanceof NotModelled) throw error;
      context.trace('poll.failed', { queue: mapping.queueArn, message: (error as Error).message });
      again(mapping, context);
      break;
    }
  }
  return messages;
}

function again(mapping: EventSourceMapping, context: Context<LambdaState>): void {
  if (mapping.pollAt !== null) return;
  mapping.pollAt = context.now + AGAIN_MS;
  context.schedule('poll', AGAIN_MS, { uuid: mapping.uuid });
}

async function work(poller: Poller, messages: readonly Message[], context: Context<LambdaState>): Promise<void> {
  const { mapping, record } = poller;
  const Records = messages.map((message) => recordOf(message, mapping, context.region));
  const invocation = { requestId: context.random.uuid(), payload: JSON.stringify({ Records }) };
  let outcome: Outcome;
  try {
    outcome = await runInvocation(context.cloud, context.region, record, invocation);
  } catch (error) {
    // No room: the messages come back when their visibility timeout ends.
    if (!(error instanceof AwsError)) throw error;
    context.trace('batch.throttled', { function: record.name, messages: messages.length });
    return;
  }
  const failed = failedIds(outcome, messages, mapping);
  const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
  if (failed.size > 0)
    context.trace('batch.failed', { function: record.name, failed: failed.size, of: messages.length });
  await remove(poller, done, context);
  const { mappings } = context.state;
  if (mappings[mapping.uuid] === mapping && mapping.pollAt === null) {
    mapping.pollAt = context.now;
    context.schedule('poll', 0, { uuid: mapping.uuid });
  }
}

/** All of them when the function failed, or when its answer names what was not in the batch. */
function failedIds(outcome: Outcome, messages: readonly Message[], { reportsItems }: EventSourceMapping): Set<string> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  if (outcome.failed) return all;
  if (!reportsItems) return new Set();
  const answer = JSON.parse(outcome.payload) as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null;
  const failures = answer?.batchItemFailures ?? [];
  const isListed = Array.isArray(failures) && failures.every((each) => all.has(String(each?.itemIdentifier)));
  return isListed ? new Set(failures.map(({ itemIdentifier }) => String(itemIdentifier))) : all;
}

async function remove(
  { caller, queueUrl }: Poller,
  done: readonly Message[],
  context: Context<LambdaState>,
): Promise<void> {
  for (let at = 0; at < done.length; at += 10) {
    const Entries = done.slice(at, at + 10).map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    try {
      await context.call('sqs', 'DeleteMessageBatch', { QueueUrl: queueUrl, Entries }, { caller });
    } catch (error) {
      // Then they come again: a queue delivers at least once.
      if (error instanceof NotModelled) throw error;
      context.trace('delete.failed', { queue: queueUrl, message: (error as Error).message });
    }
  }
}

/** The event's form: Lambda Developer Guide, "Example Amazon SQS message event". */
function recordOf(message: Message, { queueArn }: EventSourceMapping, awsRegion: string): object {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]) => {
      const binaryValue = BinaryValue && Buffer.from(BinaryValue).toString('base64');
      return [
        name,
        { stringValue: StringValue, binaryValue, stringListValues: [], binaryListValues: [], dataType: DataType },
      ];
    },
  );
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  };
}
