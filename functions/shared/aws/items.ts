/**
 * A regional DynamoDB table of items under `pk` and `sk`, read consistently and written in transactions: what a store of a
 * slug is built on. Knows AWS's words, and nothing of what the items mean.
 */
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { DependencyNotReady, WriteConflict } from '../errors.ts';
import type { ItemKey, Items, Value, Write } from '../items.ts';
import { call, clientOptions, isNamed } from './client.ts';

type Marshalled = Record<string, AttributeValue>;

export function dynamoItems({ region, table }: { readonly region: string; readonly table: string }): Items {
  const client = new DynamoDBClient(clientOptions(region));
  return {
    async get(key) {
      const command = new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true });
      const { Item } = await call(`reading ${key.pk}`, client.send(command));
      return Item ? unmarshall(Item) : null;
    },
    async query(pk, upTo) {
      const items: Record<string, unknown>[] = [];
      let from: Marshalled | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: upTo === undefined ? 'pk = :pk' : 'pk = :pk AND sk <= :upTo',
          ExpressionAttributeValues: marshall({ ':pk': pk, ...(upTo !== undefined && { ':upTo': upTo }) }),
          ConsistentRead: true,
          ExclusiveStartKey: from,
        });
        const answer = await call(`reading all of ${pk}`, client.send(command));
        items.push(...(answer.Items ?? []).map((item) => unmarshall(item)));
        from = answer.LastEvaluatedKey;
      } while (from !== undefined);
      return items;
    },
    async write(writes) {
      if (writes.length === 0) return;
      const TransactItems = writes.map((write) => itemOf(write, table));
      try {
        await call('writing', client.send(new TransactWriteItemsCommand({ TransactItems })));
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

/** A transaction is cancelled for what was read meanwhile, or for what AWS could not do; only the first is a conflict. */
function refusalOf(error: unknown): unknown {
  if (isNamed(error, 'TransactionInProgressException')) return new WriteConflict('the same write is under way');
  if (!isNamed(error, 'TransactionCanceledException')) return error;
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  const codes = reasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
  if (codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) {
    return new WriteConflict(`somebody else wrote first: ${codes.join(', ')}`);
  }
  const passes = codes.every((code) => /Throttl|ProvisionedThroughput/.test(code)) && codes.length > 0;
  return passes ? new DependencyNotReady(`writing did not succeed: ${codes.join(', ')}`) : error;
}

/** One write as a transaction takes it. */
export function itemOf(write: Write, TableName: string): TransactWriteItem {
  const names = new Map<string, string>();
  const values: Record<string, Value> = {};
  const name = (attribute: string): string => {
    const placeholder = names.get(attribute) ?? `#n${names.size}`;
    names.set(attribute, placeholder);
    return placeholder;
  };
  const value = (given: Value): string => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = given;
    return placeholder;
  };
  const conditions = Object.entries(write.only ?? {}).map(([attribute, wanted]) =>
    wanted === null ? `attribute_not_exists(${name(attribute)})` : `${name(attribute)} = ${value(wanted)}`,
  );
  const condition = conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') };
  const expressions = () => ({
    ...(names.size > 0 && { ExpressionAttributeNames: Object.fromEntries([...names].map(([a, b]) => [b, a])) }),
    ...(Object.keys(values).length > 0 && {
      ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
    }),
  });
  if ('put' in write) {
    const Item = marshall(write.put, { removeUndefinedValues: true });
    return { Put: { TableName, Item, ...condition, ...expressions() } };
  }
  if ('remove' in write) return { Delete: { TableName, Key: keyOf(write.remove), ...condition, ...expressions() } };
  const { set = {}, setFirst = {}, add = {}, unset = [] } = write;
  const sets = [
    ...Object.entries(set).map(([attribute, given]) => `${name(attribute)} = ${value(given)}`),
    ...Object.entries(setFirst).map(([attribute, given]) => {
      return `${name(attribute)} = if_not_exists(${name(attribute)}, ${value(given)})`;
    }),
  ];
  const adds = Object.entries(add).map(([attribute, given]) => `${name(attribute)} ${value(given)}`);
  const UpdateExpression = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ...(unset.length > 0 ? [`REMOVE ${unset.map(name).join(', ')}`] : []),
  ].join(' ');
  return { Update: { TableName, Key: keyOf(write.update), UpdateExpression, ...condition, ...expressions() } };
}

const keyOf = ({ pk, sk }: ItemKey): Marshalled => marshall({ pk, sk });
