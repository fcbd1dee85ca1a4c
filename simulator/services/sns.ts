/**
 * SNS, one region at a time: topics, subscriptions of Lambda functions, queues, mail addresses and phones. What mail and phones
 * received is in `outbox`, so that drills can judge who was told. Registered in simulator/services/index.ts.
 */
import type { MessageAttributeValue, PublishCommandInput, SNS } from '@aws-sdk/client-sns';
import { AwsError, NotModelled } from '../errors.ts';
import { backoffMs, isRetryable } from '../eventbridge/retry.ts';
import { deliveriesOf } from '../faults/deliveries.ts';
import { checkGrammar } from '../iam/grammar.ts';
import { type Access, type Context, defineService } from '../service.ts';

interface Subscription {
  readonly arn: string;
  readonly protocol: 'lambda' | 'sqs' | 'email' | 'email-json' | 'sms';
  readonly endpoint: string;
}

interface Topic {
  readonly arn: string;
  readonly name: string;
  /** As set; the policy is IAM's to enforce. */
  readonly attributes: Record<string, string>;
  readonly subscriptions: Record<string, Subscription>;
}

/** A message that a mail address or a phone received. */
export interface OutboxMessage {
  readonly t: number;
  readonly topicArn: string;
  readonly endpoint: string;
  readonly subject: string | null;
  readonly message: string;
}

export interface SnsState {
  readonly topics: Record<string, Topic>;
  readonly outbox: OutboxMessage[];
}

interface Message {
  readonly id: string;
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
  readonly publishedAt: number;
}

/** Data of the timer 'deliver'. */
interface Delivery {
  readonly message: Message;
  readonly subscription: Subscription;
  readonly attempt: number;
}

type Sns = Context<SnsState>;

/** Publish API reference: message and subject. */
const BYTES_MAX = 262_144;
const SUBJECT_MAX = 100;
/** Guess: of the 100,015 attempts in 23 days that SNS makes at a Lambda function or a queue, no run here sees more than a few. */
const ATTEMPTS_MAX = 50;

const invalid = (reason: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);

function findTopic(arn: string | undefined, context: Sns): Topic {
  const topic = context.state.topics[arn ?? ''];
  if (!topic) throw new AwsError('NotFound', 'Topic does not exist');
  return topic;
}

function checkPolicy(policy = ''): void {
  try {
    checkGrammar('resource', policy);
  } catch (cause) {
    throw new AwsError('InvalidParameter', `Invalid parameter: Policy Error: ${(cause as Error).message}`, { cause });
  }
}

function checkMessage(input: PublishCommandInput): void {
  if (!input.Message) throw invalid('Empty message');
  if (new TextEncoder().encode(input.Message).length > BYTES_MAX) throw invalid('Message too long');
  const { Subject } = input;
  // ASCII letters, numbers and punctuation; no line breaks (API reference).
  if (Subject !== undefined && (Subject.length > SUBJECT_MAX || Subject === '' || !/^[!-~][ -~]*$/.test(Subject))) {
    throw invalid('Subject');
  }
  if (input.MessageStructure !== undefined)
    throw new NotModelled(`SNS MessageStructure '${input.MessageStructure}' is not modelled`);
}

function attributesOf(attributes: Record<string, MessageAttributeValue> | undefined): Message['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => {
      const value = StringValue ?? Buffer.from(BinaryValue ?? new Uint8Array()).toString('base64');
      return [name, { Type: DataType, Value: value }];
    }),
  );
}

/** The event that a function receives (Lambda developer guide, "Using Lambda with Amazon SNS"). */
function lambdaEvent({ message, subscription }: Delivery): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: message.id,
          TopicArn: message.topicArn,
          Subject: message.subject,
          Message: message.message,
          Timestamp: new Date(message.publishedAt).toISOString(),
          SignatureVersion: '1',
          Signature: 'EXAMPLE',
          SigningCertUrl: 'EXAMPLE',
          UnsubscribeUrl: 'EXAMPLE',
          MessageAttributes: message.attributes,
        },
      },
    ],
  };
}

/** A delivery as faults see it. */
const told = ({ topicArn }: Message, { endpoint }: Subscription, region: string) => ({
  channel: 'topic' as const,
  region,
  source: 'aws.sns',
  detailType: 'Notification',
  name: topicArn.split(':').at(-1) ?? '',
  target: endpoint,
});

/** The timer 'deliver'. */
async function deliver(delivery: Delivery, context: Sns): Promise<void> {
  const { message, subscription, attempt } = delivery;
  if (subscription.protocol !== 'lambda' && subscription.protocol !== 'sqs') {
    receive(message, subscription.endpoint, context);
    return;
  }
  try {
    await (subscription.protocol === 'sqs' ? sendToQueue(delivery, context) : invoke(delivery, context));
  } catch (error) {
    if (error instanceof NotModelled) throw error;
    if (isRetryable(error) && attempt < ATTEMPTS_MAX) {
      context.schedule('deliver', backoffMs(attempt, context.random), { ...delivery, attempt: attempt + 1 });
      return;
    }
    const { endpoint } = subscription;
    context.trace('message.dropped', { id: message.id, endpoint, message: (error as Error).message });
  }
}

const asSns = ({ message }: Delivery) =>
  ({ kind: 'service', principal: 'sns.amazonaws.com', sourceArn: message.topicArn }) as const;

async function invoke(delivery: Delivery, context: Sns): Promise<void> {
  const Payload = new TextEncoder().encode(JSON.stringify(lambdaEvent(delivery)));
  const request = { FunctionName: delivery.subscription.endpoint, InvocationType: 'Event', Payload } as const;
  await context.call('lambda', 'Invoke', request, { caller: asSns(delivery) });
}

/** The envelope that HTTP endpoints get too (SNS Developer Guide, "Fanout to Amazon SQS queues"); the signature is none. */
async function sendToQueue(delivery: Delivery, context: Sns): Promise<void> {
  const { message } = delivery;
  const [, , , region = '', account = '', name = ''] = delivery.subscription.endpoint.split(':');
  const MessageBody = JSON.stringify({
    Type: 'Notification',
    MessageId: message.id,
    TopicArn: message.topicArn,
    ...(message.subject !== null && { Subject: message.subject }),
    Message: message.message,
    Timestamp: new Date(message.publishedAt).toISOString(),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: 'EXAMPLE',
    UnsubscribeURL: 'EXAMPLE',
    ...(Object.keys(message.attributes).length > 0 && { MessageAttributes: message.attributes }),
  });
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  await context.call('sqs', 'SendMessage', { QueueUrl, MessageBody }, { caller: asSns(delivery), region });
}

const PROTOCOLS = ['lambda', 'sqs', 'email', 'email-json', 'sms'] as const;

const isModelled = (protocol = ''): protocol is Subscription['protocol'] =>
  (PROTOCOLS as readonly string[]).includes(protocol);

function receive(message: Message, endpoint: string, context: Sns): void {
  const { topicArn, subject, message: text } = message;
  context.state.outbox.push({ t: context.now, topicArn, endpoint, subject, message: text });
  context.trace('message.received', { endpoint, topicArn, subject });
}

/** From Publish to the endpoint. Guess: 20–200 ms, AWS says "typically less than 30 milliseconds" of its own part. */
const latencyMs = ({ random }: Sns): number => random.uniform(20, 200);

/** SNS Developer Guide, "Amazon SNS default access policy": whoever in the account is said to be the source's owner. */
const defaultPolicy = ({ arn }: Topic, account: string): string =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });

function onTopic(input: { TopicArn?: string | undefined }): Access {
  return { resources: [input.TopicArn ?? '*'] };
}

export const sns = defineService<SNS, SnsState>({
  name: 'sns',
  initialState: () => ({ topics: {}, outbox: [] }),
  operations: {
    CreateTopic(input, context) {
      const name = input.Name ?? '';
      if (name.endsWith('.fifo')) throw new NotModelled(`FIFO topic '${name}' is not modelled`);
      if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid('Topic Name');
      const arn = `arn:aws:sns:${context.region}:${context.account}:${name}`;
      context.state.topics[arn] ??= { arn, name, attributes: { ...input.Attributes }, subscriptions: {} };
      return { TopicArn: arn };
    },
    DeleteTopic(input, context) {
      delete context.state.topics[input.TopicArn ?? ''];
      return {};
    },
    GetTopicAttributes(input, context) {
      const topic = findTopic(input.TopicArn, context);
      const SubscriptionsConfirmed = String(Object.keys(topic.subscriptions).length);
      return {
        Attributes: {
          Policy: defaultPolicy(topic, context.account),
          ...topic.attributes,
          TopicArn: topic.arn,
          Owner: context.account,
          SubscriptionsConfirmed,
        },
      };
    },
    SetTopicAttributes(input, context) {
      const { attributes } = findTopic(input.TopicArn, context);
      const { AttributeName: name = '', AttributeValue: value } = input;
      // Without a value the attribute has its default again.
      if (value === undefined) delete attributes[name];
      else {
        if (name === 'Policy') checkPolicy(value);
        attributes[name] = value;
      }
      return {};
    },
    ListTopics: (_input, context) => ({
      Topics: Object.keys(context.state.topics).map((TopicArn) => ({ TopicArn })),
    }),
    Subscribe(input, context) {
      const topic = findTopic(input.TopicArn, context);
      const { Protocol: protocol, Endpoint: endpoint = '' } = input;
      if (!isModelled(protocol)) {
        throw new NotModelled(`SNS subscription by '${protocol}' is not modelled`);
      }
      const attributes = Object.keys(input.Attributes ?? {});
      if (attributes.length > 0) throw new NotModelled(`SNS subscription attribute '${attributes[0]}' is not modelled`);
      const known = Object.values(topic.subscriptions).find(
        (one) => one.protocol === protocol && one.endpoint === endpoint,
      );
      const arn = known?.arn ?? `${topic.arn}:${context.random.uuid()}`;
      // A mail address confirms at once: drills ask who is told, not who clicked a link.
      topic.subscriptions[arn] = { arn, protocol, endpoint };
      return { SubscriptionArn: arn };
    },
    Unsubscribe(input, context) {
      const arn = input.SubscriptionArn ?? '';
      delete context.state.topics[arn.slice(0, arn.lastIndexOf(':'))]?.subscriptions[arn];
      return {};
    },
    ListSubscriptionsByTopic(input, context) {
      const topic = findTopic(input.TopicArn, context);
      const Subscriptions = Object.values(topic.subscriptions).map((one) => ({
        SubscriptionArn: one.arn,
        Protocol: one.protocol,
        Endpoint: one.endpoint,
        TopicArn: topic.arn,
        Owner: context.account,
      }));
      return { Subscriptions };
    },
    Publish(input, context) {
      checkMessage(input);
      const id = context.random.uuid();
      const target = input.TopicArn ?? input.TargetArn;
      const message: Message = {
        id,
        topicArn: target ?? '',
        subject: input.Subject ?? null,
        message: input.Message ?? '',
        attributes: attributesOf(input.MessageAttributes),
        publishedAt: context.now,
      };
      const subscriptions: Subscription[] =
        target === undefined
          ? [{ arn: '', protocol: 'sms', endpoint: input.PhoneNumber ?? '' }]
          : Object.values(findTopic(target, context).subscriptions);
      if (target === undefined && !input.PhoneNumber)
        throw invalid('TopicArn, TargetArn or PhoneNumber Reason: no value for required parameter');
      for (const subscription of subscriptions) {
        const usualMs = latencyMs(context);
        for (const lateMs of deliveriesOf(context.cloud, told(message, subscription, context.region))) {
          context.schedule('deliver', usualMs + lateMs, { message, subscription, attempt: 0 } satisfies Delivery);
        }
      }
      return { MessageId: id };
    },
  },
  access: {
    CreateTopic: (input, context) => ({
      resources: [`arn:aws:sns:${context.region}:${context.account}:${input.Name ?? ''}`],
    }),
    Publish: (input) => ({ resources: [input.TopicArn ?? input.TargetArn ?? '*'] }),
    Subscribe: (input) => ({
      ...onTopic(input),
      conditions: { 'sns:Protocol': input.Protocol ?? '', 'sns:Endpoint': input.Endpoint },
    }),
    DeleteTopic: onTopic,
    GetTopicAttributes: onTopic,
    SetTopicAttributes: onTopic,
    ListSubscriptionsByTopic: onTopic,
  },
  resourcePolicy(arn, context) {
    const topic = context.state.topics[arn];
    return topic && { documents: [topic.attributes.Policy ?? defaultPolicy(topic, context.account)] };
  },
  timers: { deliver },
});
