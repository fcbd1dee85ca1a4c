/** Queues as resources: create, find, change, purge, delete. */
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { allAttributes, checkAttributes } from './attributes.ts';
import { findQueue, queueArn, queueUrl, type Sqs, type SqsState } from './state.ts';

/** PurgeQueue API Reference. */
const PURGE_PAUSE_MS = 60_000;

/** Standard queues only. */
function checkName(name: string): void {
  if (name.endsWith('.fifo')) throw new NotModelled(`FIFO queue '${name}' is not modelled`);
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return;
  const rule = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.';
  throw new AwsError('InvalidParameterValue', rule);
}

/** A queue exists already: the same attributes give its URL again. */
function assertSame(name: string, attributes: Readonly<Record<string, string>>, context: Sqs): void {
  const queue = findQueue(name, context);
  const live = allAttributes(queue, context);
  const other = Object.keys(attributes).find((each) => live[each] !== attributes[each]);
  if (other === undefined) return;
  const message = `A queue already exists with the same name and a different value for attribute ${other}`;
  throw new AwsError('QueueNameExists', message);
}

export const queueOperations: Operations<Clients['sqs'], SqsState> = {
  CreateQueue(input, context) {
    const { QueueName: name = '', Attributes: attributes = {}, tags = {} } = input;
    checkName(name);
    checkAttributes(attributes);
    const { state, region, account, now } = context;
    const url = queueUrl(region, account, name);
    if (state.queues[name]) assertSame(name, attributes, context);
    else {
      const arn = queueArn(region, account, name);
      const times = { createdAt: now, changedAt: now, purgedAt: null };
      state.queues[name] = { name, arn, url, attributes: { ...attributes }, tags: { ...tags }, ...times, messages: [] };
      context.schedule('measure', 60_000 - (now % 60_000), { queue: name, createdAt: now });
    }
    return { QueueUrl: url };
  },

  DeleteQueue(input, context) {
    const { name } = findQueue(input.QueueUrl, context);
    delete context.state.queues[name];
    return {};
  },

  GetQueueUrl: (input, context) => ({ QueueUrl: findQueue(input.QueueName, context).url }),

  ListQueues(input, { state }) {
    const names = Object.keys(state.queues).sort();
    const found = names.filter((name) => name.startsWith(input.QueueNamePrefix ?? ''));
    return { QueueUrls: found.map((name) => state.queues[name]!.url) };
  },

  GetQueueAttributes(input, context) {
    const all = Object.entries(allAttributes(findQueue(input.QueueUrl, context), context));
    const names: readonly string[] = input.AttributeNames ?? [];
    return { Attributes: Object.fromEntries(all.filter(([name]) => names.includes('All') || names.includes(name))) };
  },

  /** An empty policy or redrive policy takes it away. */
  SetQueueAttributes(input, context) {
    const queue = findQueue(input.QueueUrl, context);
    checkAttributes(input.Attributes ?? {});
    const merged = { ...queue.attributes, ...input.Attributes };
    queue.attributes = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
    queue.changedAt = context.now;
    return {};
  },

  PurgeQueue(input, context) {
    const queue = findQueue(input.QueueUrl, context);
    if (queue.purgedAt !== null && context.now - queue.purgedAt < PURGE_PAUSE_MS) {
      const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
      throw new AwsError('PurgeQueueInProgress', message);
    }
    queue.purgedAt = context.now;
    queue.messages = [];
    return {};
  },

  TagQueue(input, context) {
    Object.assign(findQueue(input.QueueUrl, context).tags, input.Tags);
    return {};
  },

  UntagQueue(input, context) {
    const { tags } = findQueue(input.QueueUrl, context);
    for (const key of input.TagKeys ?? []) delete tags[key];
    return {};
  },

  ListQueueTags: (input, context) => ({ Tags: { ...findQueue(input.QueueUrl, context).tags } }),
};
