/** The queue of asynchronous invocations: retries, ages, and what is given up. */
import type { Clients } from '../clients.ts';
import { AwsError } from '../errors.ts';
import type { Context, Operations } from '../service.ts';
import { type GivenUp, onFailureOf, tellDestination } from './destinations.ts';
import type { Outcome } from './outcome.ts';
import { runInvocation } from './pool.ts';
import { defaultAsynchronous, type FunctionRecord, findFunction, type LambdaState } from './state.ts';

/** An event that waits for its function; plain data. */
export interface QueuedEvent {
  readonly functionName: string;
  readonly requestId: string;
  readonly payload: string;
  /** How many times the function already failed with it. */
  readonly failures: number;
  /** How many times there was no room for it. */
  readonly throttles: number;
  readonly acceptedAt: number;
}

/** Guess: an accepted event reaches its function after 10–100 ms; AWS tells no figure. */
const queueMs = [10, 100] as const;

/**
 * "Lambda waits one minute before the second attempt, two minutes before the third"; throttled events go back to the
 * queue and are tried "for up to 6 hours", the interval growing "from 1 second … to a maximum of 5 minutes" (Lambda
 * Developer Guide, "How Lambda handles errors and retries with asynchronous invocation").
 */
const retryDelaysMs = [60_000, 120_000] as const;
const throttleDelayMs = { first: 1000, max: 300_000 } as const;

export function enqueue(
  context: Context<LambdaState>,
  event: Pick<QueuedEvent, 'functionName' | 'requestId' | 'payload'>,
): void {
  const queued: QueuedEvent = { ...event, failures: 0, throttles: 0, acceptedAt: context.now };
  context.schedule('deliver', Math.round(context.random.uniform(...queueMs)), queued);
}

/** Timer: gives an event to its function. */
export async function deliver(event: QueuedEvent, context: Context<LambdaState>): Promise<void> {
  const record = context.state.functions[event.functionName];
  if (!record) {
    note(event, 'the function is gone', context);
    return;
  }
  if (isTooOld(event, record, 0, context)) {
    await giveUp(event, record, { condition: 'EventAgeExceeded' }, context);
    return;
  }
  const outcome = await attempt(event, record, context);
  if (outcome === 'throttled') await again({ ...event, throttles: event.throttles + 1 }, record, context);
  else if (outcome.failed) await retry({ ...event, failures: event.failures + 1 }, record, outcome.payload, context);
}

async function attempt(
  event: QueuedEvent,
  record: FunctionRecord,
  context: Context<LambdaState>,
): Promise<Outcome | 'throttled'> {
  try {
    return await runInvocation(context.cloud, context.region, record, event);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
    throw error;
  }
}

async function retry(
  event: QueuedEvent,
  record: FunctionRecord,
  response: string,
  context: Context<LambdaState>,
): Promise<void> {
  if (event.failures > record.asynchronous.retriesMax) {
    await giveUp(event, record, { condition: 'RetriesExhausted', response }, context);
  } else await schedule(event, retryDelaysMs[event.failures - 1] ?? 0, record, context);
}

function again(event: QueuedEvent, record: FunctionRecord, context: Context<LambdaState>): Promise<void> {
  const delayMs = Math.min(throttleDelayMs.first * 2 ** (event.throttles - 1), throttleDelayMs.max);
  return schedule(event, delayMs, record, context);
}

async function schedule(
  event: QueuedEvent,
  delayMs: number,
  record: FunctionRecord,
  context: Context<LambdaState>,
): Promise<void> {
  if (isTooOld(event, record, delayMs, context)) {
    await giveUp(event, record, { condition: 'EventAgeExceeded' }, context);
  } else context.schedule('deliver', delayMs, event);
}

const isTooOld = (event: QueuedEvent, record: FunctionRecord, inMs: number, context: Context<LambdaState>): boolean =>
  context.now + inMs - event.acceptedAt > record.asynchronous.ageSecondsMax * 1000;

async function giveUp(
  event: QueuedEvent,
  record: FunctionRecord,
  why: GivenUp,
  context: Context<LambdaState>,
): Promise<void> {
  note(event, why.condition === 'RetriesExhausted' ? 'retries exhausted' : 'too old', context);
  await tellDestination(event, record, why, context);
}

function note({ functionName, requestId }: QueuedEvent, reason: string, context: Context<LambdaState>): void {
  context.trace('event.dropped', { function: functionName, requestId, reason });
}

export const eventInvokeOperations: Operations<Clients['lambda'], LambdaState> = {
  /** Throws NotModelled for destinations other than an SNS topic on failure. */
  PutFunctionEventInvokeConfig(input, context) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    const onFailure = onFailureOf(input.DestinationConfig);
    const defaults = defaultAsynchronous(context.now);
    record.asynchronous = {
      ...defaults,
      retriesMax: input.MaximumRetryAttempts ?? defaults.retriesMax,
      ageSecondsMax: input.MaximumEventAgeInSeconds ?? defaults.ageSecondsMax,
      ...(onFailure !== undefined && { onFailure }),
    };
    return configuration(record);
  },

  DeleteFunctionEventInvokeConfig(input, context) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    record.asynchronous = defaultAsynchronous(context.now);
    return {};
  },

  GetFunctionEventInvokeConfig(input, context) {
    return configuration(findFunction(context, input.FunctionName, input.Qualifier));
  },
};

function configuration({ arn, asynchronous }: FunctionRecord) {
  return {
    FunctionArn: `${arn}:$LATEST`,
    LastModified: new Date(asynchronous.modifiedAt),
    MaximumRetryAttempts: asynchronous.retriesMax,
    MaximumEventAgeInSeconds: asynchronous.ageSecondsMax,
    ...(asynchronous.onFailure !== undefined && {
      DestinationConfig: { OnFailure: { Destination: asynchronous.onFailure } },
    }),
  };
}
