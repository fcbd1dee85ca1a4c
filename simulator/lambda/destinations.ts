/**
 * Who is told of an asynchronous event that its function could not handle: the on-failure destination. Source: Lambda
 * Developer Guide, "Capturing records of Lambda asynchronous invocations" (record, conditions, whose rights are used).
 */
import type { Clients, Input } from '../clients.ts';
import { NotModelled } from '../errors.ts';
import type { Context } from '../service.ts';
import type { QueuedEvent } from './asynchronous.ts';
import type { FunctionRecord, LambdaState } from './state.ts';

type Config = Input<Clients['lambda'], 'PutFunctionEventInvokeConfig'>['DestinationConfig'];

/** ARN of the topic. Throws NotModelled for destinations other than an SNS topic on failure. */
export function onFailureOf(config: Config): string | undefined {
  const { OnSuccess, OnFailure } = config ?? {};
  if (OnSuccess?.Destination !== undefined) throw new NotModelled('lambda: destinations on success are not modelled');
  const topic = OnFailure?.Destination;
  if (topic !== undefined && !/^arn:aws:sns:[^:]+:\d+:[^:]+$/.test(topic)) {
    throw new NotModelled(`lambda: the destination on failure '${topic}' is not modelled; SNS topics are`);
  }
  return topic;
}

export interface GivenUp {
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  /** Of the last attempt; absent when there was none. */
  readonly response?: string;
}

/** Publishes the record with the function's own rights. What cannot be delivered is lost, and noted. */
export async function tellDestination(
  event: QueuedEvent,
  record: FunctionRecord,
  { condition, response }: GivenUp,
  context: Context<LambdaState>,
): Promise<void> {
  const { onFailure } = record.asynchronous;
  if (onFailure === undefined) return;
  const message = {
    version: '1.0',
    timestamp: new Date(context.now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${record.arn}:$LATEST`,
      condition,
      approximateInvokeCount: event.failures,
    },
    requestPayload: JSON.parse(event.payload),
    ...(response !== undefined && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: JSON.parse(response),
    }),
  };
  const caller = { kind: 'role', arn: record.role, session: record.name } as const;
  try {
    await context.call('sns', 'Publish', { TopicArn: onFailure, Message: JSON.stringify(message) }, { caller });
  } catch (error) {
    context.trace('destination.failed', { function: record.name, requestId: event.requestId, error: String(error) });
  }
}
