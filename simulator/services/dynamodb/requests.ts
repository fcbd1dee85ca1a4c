/** Turns the inputs of item operations into plain writes and searches, with AWS's checks; shared by single, batch and transaction. */
import type {
  AttributeValue,
  DeleteItemInput,
  PutItemInput,
  QueryInput,
  ScanInput,
  UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Condition, Path } from './expressions/ast.ts';
import { attributesIn, parseCondition } from './expressions/conditions.ts';
import { parseKeyCondition } from './expressions/key-conditions.ts';
import { type PlaceholderInput, Placeholders } from './expressions/placeholders.ts';
import { parseProjection, parseUpdate } from './expressions/updates.ts';
import { attributesOf, checkKey } from './keys.ts';
import { checkUpdate, putOf, type Search, type Write } from './operations.ts';
import type { Index, Table } from './state.ts';
import { type Item, itemFromWire } from './values.ts';

/** Parameters from before expressions; using one is refused by name. */
const legacyParameters = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

/** Throws NotModelled for parameters whose effect the simulator does not have. */
export function refuseUnmodelled(operation: string, input: object): void {
  const given = input as Record<string, unknown>;
  const legacy = legacyParameters.find((name) => given[name] !== undefined);
  if (legacy) throw new NotModelled(`dynamodb:${operation} with the legacy parameter ${legacy} is not modelled`);
  for (const name of ['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics']) {
    if (given[name] === undefined || given[name] === 'NONE') continue;
    throw new NotModelled(`dynamodb:${operation} with ${name} ${given[name]} is not modelled`);
  }
}

type Conditional = PlaceholderInput & {
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
};

/** Throws ValidationException. */
export function putRequest(table: Table, input: Pick<PutItemInput, 'Item'> & Conditional): Write {
  const placeholders = new Placeholders(input);
  const condition = conditionOf(input, placeholders);
  return { ...putOf(table, itemFromWire(input.Item ?? {})), ...condition };
}

/** Throws ValidationException. */
export function deleteRequest(table: Table, input: Pick<DeleteItemInput, 'Key'> & Conditional): Write {
  const placeholders = new Placeholders(input);
  const condition = conditionOf(input, placeholders);
  return { type: 'delete', key: keyRequest(table, input.Key), ...condition };
}

/** A transaction's ConditionCheck. Throws ValidationException. */
export function checkRequest(table: Table, input: { readonly Key?: DeleteItemInput['Key'] } & Conditional): Write {
  return { ...deleteRequest(table, { ...input, Key: input.Key }), type: 'check' };
}

/** Throws ValidationException. */
export function updateRequest(
  table: Table,
  input: Pick<UpdateItemInput, 'Key' | 'UpdateExpression'> & Conditional,
): Write {
  const placeholders = new Placeholders(input);
  const text = input.UpdateExpression;
  const update = text === undefined ? undefined : parseUpdate(text, placeholders);
  const condition = conditionOf(input, placeholders, update !== undefined);
  if (update) checkUpdate(table, update);
  return { type: 'update', key: keyRequest(table, input.Key), ...(update && { update }), ...condition };
}

/** Throws ValidationException. */
export function keyRequest(table: Table, wire: Record<string, AttributeValue> | undefined): Item {
  const key = itemFromWire(wire ?? {});
  checkKey(table, key);
  return key;
}

function conditionOf(
  input: Conditional,
  placeholders: Placeholders,
  otherExpressions = false,
): Pick<Write, 'condition' | 'returnOnFailure'> {
  const text = input.ConditionExpression;
  const condition = text === undefined ? undefined : parseCondition('ConditionExpression', text, placeholders);
  placeholders.assertAllUsed(otherExpressions || condition !== undefined);
  if (!condition) return {};
  return { condition, returnOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
}

export interface SearchRequest {
  readonly search: Search;
  readonly projection: readonly Path[] | undefined;
}

/** Throws ValidationException. */
export function queryRequest(table: Table, input: QueryInput): SearchRequest {
  const index = indexOf(table, input.IndexName, input.ConsistentRead);
  const keys = index?.keys ?? table.keys;
  const text = input.KeyConditionExpression;
  if (text === undefined) {
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const placeholders = new Placeholders(input);
  const condition = parseKeyCondition(text, { ...keys, types: table.types }, placeholders);
  const rest = common(table, input, placeholders, index, true);
  const forbidden = attributesOf(keys).find((name) => rest.filter && attributesIn(rest.filter).includes(name));
  if (forbidden) {
    throw invalid(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${forbidden}`);
  }
  const search: Search = { ...rest.search, ...condition, type: 'query', forward: input.ScanIndexForward ?? true };
  return { search, projection: rest.projection };
}

/** Throws ValidationException. */
export function scanRequest(table: Table, input: ScanInput): SearchRequest {
  const index = indexOf(table, input.IndexName, input.ConsistentRead);
  const { search, projection } = common(table, input, new Placeholders(input), index, false);
  const { Segment: number, TotalSegments: of } = input;
  if ((number === undefined) !== (of === undefined)) {
    const [missing, given] = number === undefined ? ['Segment', 'TotalSegments'] : ['TotalSegments', 'Segment'];
    throw invalid(
      `The ${missing} parameter is required but was not present in the request when ${given} parameter is present`,
    );
  }
  const segment = number === undefined || of === undefined ? {} : { segment: { number, of } };
  return { search: { ...search, ...segment, type: 'scan', forward: true }, projection };
}

function common(
  table: Table,
  input: QueryInput | ScanInput,
  placeholders: Placeholders,
  index: Index | undefined,
  otherExpressions: boolean,
): {
  search: Omit<Search, 'type' | 'forward'>;
  projection: readonly Path[] | undefined;
  filter: Condition | undefined;
} {
  const { FilterExpression, ProjectionExpression, Limit, ExclusiveStartKey, Select } = input;
  if (Limit !== undefined && Limit < 1) {
    throw invalid(
      `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  }
  const filter =
    FilterExpression === undefined ? undefined : parseCondition('FilterExpression', FilterExpression, placeholders);
  const projection =
    ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, placeholders);
  placeholders.assertAllUsed(otherExpressions || filter !== undefined || projection !== undefined);
  if (projection && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${Select}`);
  }
  const after = ExclusiveStartKey && itemFromWire(ExclusiveStartKey);
  if (after) checkStartKey(table, index, after);
  return {
    search: {
      ...(index && { index }),
      ...(filter && { filter }),
      ...(Limit !== undefined && { limit: Limit }),
      ...(after && { after }),
    },
    projection,
    filter,
  };
}

function indexOf(table: Table, name: string | undefined, consistent: boolean | undefined): Index | undefined {
  if (name === undefined) return undefined;
  const index = table.indexes.find((each) => each.name === name);
  if (!index) throw invalid(`The table does not have the specified index: ${name}`);
  if (index.kind === 'global' && consistent) {
    throw invalid('Consistent reads are not supported on global secondary indexes');
  }
  return index;
}

function checkStartKey(table: Table, index: Index | undefined, key: Item): void {
  const wanted = new Set([...attributesOf(table.keys), ...(index ? attributesOf(index.keys) : [])]);
  const given = Object.keys(key);
  if (given.length === wanted.size && given.every((name) => wanted.has(name))) return;
  throw invalid('The provided starting key is invalid');
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
