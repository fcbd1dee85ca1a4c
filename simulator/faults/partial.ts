/**
 * Partial success: batch operations that report each entry by itself. The entries that the fault takes are held back and
 * the answer is completed with their failures, in the words of the operation. Source: the operations' API references.
 */
import type { PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { type Entered, streamOf } from './book.ts';
import type { PartialFault } from './kinds.ts';

type Fields = Record<string, unknown>;

/** Carries out what is left of a batch. */
type Perform = (input: unknown) => unknown;

type Batch = (input: Fields, fails: () => boolean, perform: Perform) => Promise<Fields>;

const BATCHES: Readonly<Record<string, Batch>> = {
  'events:PutEvents': putEvents,
  'events:PutTargets': named('Targets', ({ Id }) => Id),
  'events:RemoveTargets': named('Ids', (id) => id),
  'dynamodb:BatchWriteItem': unprocessed('UnprocessedItems', splitLists),
  'dynamodb:BatchGetItem': unprocessed('UnprocessedKeys', splitKeys),
};

/** Whether an operation reports entries one by one. Without a service: of any. */
export const isBatch = (service: string | undefined, operation: string): boolean =>
  service === undefined
    ? Object.keys(BATCHES).some((name) => name.endsWith(`:${operation}`))
    : BATCHES[`${service}:${operation}`] !== undefined;

/** Carries out a part of a batch. The share is drawn for each entry; at least one fails. */
export function performPartly(
  cloud: Cloud,
  fault: Entered<PartialFault>,
  call: { readonly service: string; readonly operation: string; readonly input: unknown },
  perform: Perform,
): Promise<Fields> {
  const batch = BATCHES[`${call.service}:${call.operation}`];
  if (!batch) throw new Error(`${call.service}:${call.operation} is no batch`);
  const random = streamOf(cloud, fault);
  let first = true;
  const fails = (): boolean => {
    const drawn = random.chance(fault.share) || first;
    first = false;
    return drawn;
  };
  return batch(call.input as Fields, fails, perform);
}

/** PutEvents API reference: the result entry stands where the request's entry stood. */
async function putEvents(input: Fields, fails: () => boolean, perform: Perform): Promise<Fields> {
  const entries = (input.Entries ?? []) as unknown[];
  const failed = entries.map(fails);
  const kept = entries.filter((_, index) => !failed[index]);
  const output = kept.length > 0 ? ((await perform({ ...input, Entries: kept })) as Fields) : {};
  const results = [...((output.Entries ?? []) as PutEventsResultEntry[])];
  const Entries = failed.map((isFailed) => (isFailed ? INTERNAL_FAILURE : (results.shift() ?? INTERNAL_FAILURE)));
  return { FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries };
}

const INTERNAL_FAILURE: PutEventsResultEntry = {
  ErrorCode: 'InternalFailure',
  ErrorMessage: 'Unexpected internal error',
};

/** PutTargets and RemoveTargets name what failed. */
function named(member: string, idOf: (entry: never) => unknown): Batch {
  return async (input, fails, perform) => {
    const entries = (input[member] ?? []) as never[];
    const failed = entries.filter(fails);
    const kept = entries.filter((entry) => !failed.includes(entry));
    const output = kept.length > 0 ? ((await perform({ ...input, [member]: kept })) as Fields) : {};
    const FailedEntries = failed.map((entry) => ({
      TargetId: idOf(entry),
      ErrorCode: 'ConcurrentModificationException',
      ErrorMessage: 'There is concurrent modification on a rule, target, archive, or replay.',
    }));
    const others = (output.FailedEntries ?? []) as unknown[];
    return { FailedEntryCount: failed.length + others.length, FailedEntries: [...others, ...FailedEntries] };
  };
}

type Requests = Record<string, unknown>;
type Split = (table: unknown, fails: () => boolean) => { kept: unknown; held: unknown };

/** BatchWriteItem API reference: when nothing at all could be processed, the call itself fails. */
function unprocessed(member: 'UnprocessedItems' | 'UnprocessedKeys', split: Split): Batch {
  return async (input, fails, perform) => {
    const kept: Requests = {};
    const held: Requests = {};
    for (const [table, requests] of Object.entries((input.RequestItems ?? {}) as Requests)) {
      const parts = split(requests, fails);
      if (parts.kept !== undefined) kept[table] = parts.kept;
      if (parts.held !== undefined) held[table] = parts.held;
    }
    if (Object.keys(kept).length === 0) {
      throw new AwsError(
        'ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API',
      );
    }
    const output = (await perform({ ...input, RequestItems: kept })) as Fields;
    return { ...output, [member]: joined((output[member] ?? {}) as Requests, held) };
  };
}

function splitLists(list: unknown, fails: () => boolean): ReturnType<Split> {
  const entries = list as unknown[];
  const failed = entries.map(fails);
  const part = (wanted: boolean): unknown[] | undefined => {
    const some = entries.filter((_, index) => failed[index] === wanted);
    return some.length > 0 ? some : undefined;
  };
  return { kept: part(false), held: part(true) };
}

function splitKeys(wanted: unknown, fails: () => boolean): ReturnType<Split> {
  const { Keys, ...rest } = wanted as { Keys: unknown[] };
  const { kept, held } = splitLists(Keys, fails);
  return {
    kept: kept === undefined ? undefined : { ...rest, Keys: kept },
    held: held === undefined ? undefined : { ...rest, Keys: held },
  };
}

/** A table is in both when the operation itself left something too. */
function joined(own: Requests, held: Requests): Requests {
  const all: Requests = { ...own };
  for (const [table, requests] of Object.entries(held)) {
    const before = own[table];
    if (before === undefined) all[table] = requests;
    else if (Array.isArray(before)) all[table] = [...before, ...(requests as unknown[])];
    else all[table] = { ...before, Keys: [...keysOf(before), ...keysOf(requests)] };
  }
  return all;
}

const keysOf = (wanted: unknown): unknown[] => (wanted as { Keys: unknown[] }).Keys;
