/** PutEvents: checks each entry and hands good ones to the bus. Called by clients, and by buses that forward. */
import type {
  PutEventsCommandInput,
  PutEventsCommandOutput,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { AwsError } from '../errors.ts';
import type { Context } from '../service.ts';
import { accept } from './bus.ts';
import { type EventBridgeState, type EventRecord, isoSeconds } from './state.ts';

/**
 * Carries a forwarded event's own envelope past PutEvents, whose entries cannot express account and region of origin.
 * A symbol, so neither the wire nor the trace shows it.
 */
export const FORWARDED = Symbol('forwarded event');

export type ForwardedInput = PutEventsCommandInput & { readonly [FORWARDED]?: EventRecord };

const ENTRIES_MAX = 10;
/** EventBridge user guide, "Calculating PutEvents event entry size": 256 KB for the request. */
const BYTES_MAX = 262_144;

export function putEvents(
  input: ForwardedInput,
  context: Context<EventBridgeState>,
): Omit<PutEventsCommandOutput, '$metadata'> {
  const entries = input.Entries ?? [];
  if (entries.length < 1 || entries.length > ENTRIES_MAX) {
    const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${ENTRIES_MAX}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (entries.reduce((bytes, entry) => bytes + entrySize(entry), 0) > BYTES_MAX) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = entries.map((entry) => putEntry(entry, input[FORWARDED], context));
  return { FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length, Entries: results };
}

const bytesOf = (text: string | undefined): number => new TextEncoder().encode(text ?? '').length;

function entrySize(entry: PutEventsRequestEntry): number {
  const resources = (entry.Resources ?? []).reduce((bytes, resource) => bytes + bytesOf(resource), 0);
  return (entry.Time ? 14 : 0) + bytesOf(entry.Source) + bytesOf(entry.DetailType) + bytesOf(entry.Detail) + resources;
}

function putEntry(
  entry: PutEventsRequestEntry,
  origin: EventRecord | undefined,
  context: Context<EventBridgeState>,
): PutEventsResultEntry {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
      return { ErrorCode: 'InvalidArgument', ErrorMessage };
    }
  }
  if (!origin && entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = objectOf(entry.Detail ?? '');
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  // An event keeps its id within a region and gets a new one when it crosses into another.
  const id = origin?.region === context.region ? origin.id : context.random.uuid();
  const event: EventRecord = origin
    ? { ...origin, id }
    : {
        version: '0',
        id,
        'detail-type': entry.DetailType ?? '',
        source: entry.Source ?? '',
        account: context.account,
        time: isoSeconds(entry.Time?.getTime() ?? context.now),
        region: context.region,
        resources: entry.Resources ?? [],
        detail,
      };
  accept(event, busNameOf(entry.EventBusName), context);
  return { EventId: id };
}

/** A bus may be named by its ARN. */
export const busNameOf = (name: string | undefined): string => name?.split('event-bus/').at(-1) || 'default';

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
