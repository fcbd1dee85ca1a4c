/** Operations on items, one at a time and in batches. */
import type { AttributeValue, DynamoDB, ReturnValue, WriteRequest } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import type { Path } from './expressions/ast.ts';
import { project } from './expressions/evaluate.ts';
import { type PlaceholderInput, Placeholders } from './expressions/placeholders.ts';
import { parseProjection } from './expressions/updates.ts';
import { keyText } from './keys.ts';
import { type Found, updatedPaths, type Write, type Written } from './operations.ts';
import {
  deleteRequest,
  keyRequest,
  putRequest,
  queryRequest,
  refuseUnmodelled,
  type SearchRequest,
  scanRequest,
  updateRequest,
} from './requests.ts';
import { type DynamoDbContext, type DynamoDbState, type Table, tableOf } from './state.ts';
import { readItem, searchItems, writeItem } from './storage.ts';
import { type Item, itemToWire } from './values.ts';

type ItemOperations = Pick<
  Operations<DynamoDB, DynamoDbState>,
  'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query' | 'Scan' | 'BatchGetItem' | 'BatchWriteItem'
>;

/** BatchGetItem and BatchWriteItem API reference. */
const BATCH_GET_MAX = 100;
const BATCH_WRITE_MAX = 25;
/** What a batch leaves unprocessed rather than fails with. */
const retryable = ['InternalServerError', 'ReplicatedWriteConflictException'];

export const itemOperations: ItemOperations = {
  async GetItem(input, context) {
    refuseUnmodelled('GetItem', input);
    const table = tableOf(context, input.TableName);
    const projection = projectionOf(input, input.ProjectionExpression);
    const item = await readItem(context, table, keyRequest(table, input.Key), input.ConsistentRead);
    return item ? { Item: itemToWire(projection ? project(item, projection) : item) } : {};
  },

  async PutItem(input, context) {
    refuseUnmodelled('PutItem', input);
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const table = tableOf(context, input.TableName);
    return write(context, table, putRequest(table, input), input.ReturnValues);
  },

  async UpdateItem(input, context) {
    refuseUnmodelled('UpdateItem', input);
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']);
    const table = tableOf(context, input.TableName);
    return write(context, table, updateRequest(table, input), input.ReturnValues);
  },

  async DeleteItem(input, context) {
    refuseUnmodelled('DeleteItem', input);
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const table = tableOf(context, input.TableName);
    return write(context, table, deleteRequest(table, input), input.ReturnValues);
  },

  async Query(input, context) {
    refuseUnmodelled('Query', input);
    const table = tableOf(context, input.TableName);
    const request = queryRequest(table, input);
    return page(await searchItems(context, table, request.search, input.ConsistentRead), request, input.Select);
  },

  async Scan(input, context) {
    refuseUnmodelled('Scan', input);
    const table = tableOf(context, input.TableName);
    const request = scanRequest(table, input);
    return page(await searchItems(context, table, request.search, input.ConsistentRead), request, input.Select);
  },

  async BatchGetItem(input, context) {
    refuseUnmodelled('BatchGetItem', input);
    const requests = Object.entries(input.RequestItems ?? {}).map(([name, wanted]) => {
      const table = tableOf(context, name);
      const keys = (wanted.Keys ?? []).map((key) => keyRequest(table, key));
      checkDistinct(keys.map((key) => keyText(table.keys, key)));
      return { name, table, keys, wanted, projection: projectionOf(wanted, wanted.ProjectionExpression) };
    });
    const count = requests.reduce((total, { keys }) => total + keys.length, 0);
    if (count > BATCH_GET_MAX) throw invalid('Too many items requested for the BatchGetItem call');
    const responses: Record<string, Record<string, AttributeValue>[]> = {};
    for (const { name, table, keys, wanted, projection } of requests) {
      const items = await Promise.all(keys.map((key) => readItem(context, table, key, wanted.ConsistentRead)));
      responses[name] = items.flatMap((item) =>
        item ? [itemToWire(projection ? project(item, projection) : item)] : [],
      );
    }
    return { Responses: responses, UnprocessedKeys: {} };
  },

  async BatchWriteItem(input, context) {
    refuseUnmodelled('BatchWriteItem', input);
    const requests = Object.entries(input.RequestItems ?? {}).flatMap(([name, list]) => {
      const table = tableOf(context, name);
      const writes = list.map((wire) => ({ name, table, wire, write: batchWrite(table, wire) }));
      checkDistinct(writes.map(({ write: each }) => keyText(table.keys, each.key)));
      return writes;
    });
    if (requests.length > BATCH_WRITE_MAX) throw invalid('Too many items requested for the BatchWriteItem call');
    const results = await Promise.allSettled(requests.map((each) => writeItem(context, each.table, each.write)));
    const unprocessed: Record<string, WriteRequest[]> = {};
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') return;
      const { name, wire } = requests[index] as (typeof requests)[number];
      const { reason } = result;
      if (!(reason instanceof AwsError) || !retryable.includes(reason.code)) throw reason;
      unprocessed[name] = [...(unprocessed[name] ?? []), wire];
    });
    return { UnprocessedItems: unprocessed };
  },
};

async function write(
  context: DynamoDbContext,
  table: Table,
  request: Write,
  returnValues: ReturnValue | undefined,
): Promise<{ Attributes?: Record<string, AttributeValue> }> {
  const attributes = returned(request, await writeItem(context, table, request), returnValues);
  return attributes && Object.keys(attributes).length > 0 ? { Attributes: itemToWire(attributes) } : {};
}

function returned(request: Write, { before, after }: Written, values: ReturnValue | undefined): Item | undefined {
  const updated = (item: Item | undefined): Item | undefined =>
    item && request.update && project(item, updatedPaths(request.update));
  switch (values) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return updated(before);
    case 'UPDATED_NEW':
      return updated(after);
    default:
      return undefined;
  }
}

function checkReturnValues(given: ReturnValue | undefined, allowed: readonly ReturnValue[]): void {
  if (given !== undefined && !allowed.includes(given)) throw invalid('Return values set to invalid value');
}

function page(found: Found, { projection }: SearchRequest, select: string | undefined) {
  const items = found.items.map((item) => itemToWire(projection ? project(item, projection) : item));
  return {
    ...(select !== 'COUNT' && { Items: items }),
    Count: items.length,
    ScannedCount: found.scanned,
    ...(found.last && { LastEvaluatedKey: itemToWire(found.last) }),
  };
}

function projectionOf(input: PlaceholderInput, text: string | undefined): readonly Path[] | undefined {
  const placeholders = new Placeholders(input);
  const projection = text === undefined ? undefined : parseProjection(text, placeholders);
  placeholders.assertAllUsed(projection !== undefined);
  return projection;
}

function batchWrite(table: Table, { PutRequest: put, DeleteRequest: removal }: WriteRequest): Write {
  if ((put === undefined) === (removal === undefined)) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return put ? putRequest(table, { Item: put.Item }) : deleteRequest(table, { Key: removal?.Key });
}

function checkDistinct(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
