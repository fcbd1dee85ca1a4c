/** A queue's attributes: defaults, ranges, what a policy and a redrive policy must look like, and the live counts. */
import { AwsError, NotModelled } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import type { Queue, Sqs } from './state.ts';

/** Least, most and default (SetQueueAttributes API Reference); seconds, but for the size in bytes. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number, usual: number]>> = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1_024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
  KmsDataKeyReusePeriodSeconds: [60, 86_400, 300],
};

/** Stored and told; no key is asked for and nothing is encrypted. */
const STORED: ReadonlySet<string> = new Set(['KmsMasterKeyId', 'SqsManagedSseEnabled']);

const invalid = (name: string, reason = ''): AwsError =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${reason && ` Reason: ${reason}`}`);

/** @throws AwsError InvalidAttributeName, InvalidAttributeValue; NotModelled for FIFO queues and redrive permissions */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = RANGES[name];
    if (range) {
      if (!/^\d+$/.test(value) || Number(value) < range[0] || Number(value) > range[1]) throw invalid(name);
    } else if (name === 'Policy') checkPolicy(value);
    else if (name === 'RedrivePolicy') checkRedrive(value);
    else if (/^(Fifo|ContentBased|Dedupl|RedriveAllow)/.test(name)) {
      throw new NotModelled(`attribute ${name} of an SQS queue is not modelled`);
    } else if (!STORED.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

/** An empty policy takes it away. */
function checkPolicy(policy: string): void {
  if (policy === '') return;
  try {
    checkGrammar('resource', policy);
  } catch (cause) {
    throw invalid('Policy', (cause as Error).message);
  }
}

export interface Redrive {
  readonly targetArn: string;
  readonly receivesMax: number;
}

function checkRedrive(text: string): void {
  if (text === '') return;
  const { targetArn, receivesMax } = parseRedrive(text);
  if (!targetArn.startsWith('arn:aws:sqs:')) throw invalid('RedrivePolicy', 'deadLetterTargetArn is no queue.');
  if (!Number.isInteger(receivesMax) || receivesMax < 1 || receivesMax > 1_000) {
    throw invalid('RedrivePolicy', 'Invalid value for maxReceiveCount.');
  }
}

function parseRedrive(text: string): Redrive {
  try {
    const { deadLetterTargetArn = '', maxReceiveCount } = JSON.parse(text) as Record<string, string>;
    return { targetArn: String(deadLetterTargetArn), receivesMax: Number(maxReceiveCount) };
  } catch (cause) {
    throw invalid('RedrivePolicy', `Redrive policy is not a valid JSON map: ${(cause as Error).message}`);
  }
}

/** Null when messages are received for ever. */
export const redriveOf = ({ attributes }: Queue): Redrive | null =>
  attributes.RedrivePolicy ? parseRedrive(attributes.RedrivePolicy) : null;

/** The number of an attribute: as set, else its default. */
export const numberOf = ({ attributes }: Pick<Queue, 'attributes'>, name: keyof typeof RANGES & string): number =>
  Number(attributes[name] ?? RANGES[name]?.[2]);

/** What can be received, what is being worked on, and what is delayed. */
export function countsOf({ messages }: Queue, now: number) {
  const hidden = messages.filter(({ visibleAt }) => visibleAt > now);
  const inFlight = hidden.filter(({ receipt }) => receipt !== null).length;
  return { visible: messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
}

/** All of them, as text. */
export function allAttributes(queue: Queue, { now }: Sqs): Record<string, string> {
  const { visible, inFlight, delayed } = countsOf(queue, now);
  const usual = Object.entries(RANGES).filter(([name]) => name !== 'KmsDataKeyReusePeriodSeconds');
  return {
    ...Object.fromEntries(usual.map(([name, [, , value]]) => [name, String(value)])),
    SqsManagedSseEnabled: String(queue.attributes.KmsMasterKeyId === undefined),
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.changedAt / 1000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}
