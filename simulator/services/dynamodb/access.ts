/** What IAM is asked for each operation: the table's ARN, and the keys that fine-grained policies look at. */
import type { AttributeValue, DynamoDB, QueryInput } from '@aws-sdk/client-dynamodb';
import type { Access, AccessRules } from '../../service.ts';
import { type DynamoDbContext, type DynamoDbState, tableArn, tableName } from './state.ts';

type Conditions = NonNullable<Access['conditions']>;
type WireItem = Record<string, AttributeValue> | undefined;

export const access: AccessRules<DynamoDB, DynamoDbState> = {
  CreateTable: (input, context) => onTable(context, input.TableName),
  DescribeTable: (input, context) => onTable(context, input.TableName),
  UpdateTable: (input, context) => onTable(context, input.TableName),
  DeleteTable: (input, context) => onTable(context, input.TableName),
  UpdateTimeToLive: (input, context) => onTable(context, input.TableName),
  DescribeTimeToLive: (input, context) => onTable(context, input.TableName),
  PutResourcePolicy: (input) => ({ resources: [input.ResourceArn ?? '*'] }),
  GetResourcePolicy: (input) => ({ resources: [input.ResourceArn ?? '*'] }),
  DeleteResourcePolicy: (input) => ({ resources: [input.ResourceArn ?? '*'] }),
  GetItem: (input, context) => onItem(context, input.TableName, input.Key),
  PutItem: (input, context) => onItem(context, input.TableName, input.Item, returning(input.ReturnValues)),
  UpdateItem: (input, context) => onItem(context, input.TableName, input.Key, returning(input.ReturnValues)),
  DeleteItem: (input, context) => onItem(context, input.TableName, input.Key, returning(input.ReturnValues)),
  Query: (input, context) => ({
    resources: [withIndex(context, input.TableName, input.IndexName)],
    conditions: {
      ...selecting(input.Select),
      ...leadingKeys(context, input.TableName, [queriedKey(input)]),
    },
  }),
  Scan: (input, context) => ({
    resources: [withIndex(context, input.TableName, input.IndexName)],
    // A scan touches every key and names none.
    conditions: { ...selecting(input.Select), 'dynamodb:LeadingKeys': undefined },
  }),
  BatchGetItem: (input, context) =>
    Object.entries(input.RequestItems ?? {}).map(([name, { Keys: keys }]) => ({
      resources: [arn(context, name)],
      conditions: leadingKeys(context, name, keys ?? []),
    })),
  BatchWriteItem: (input, context) =>
    Object.entries(input.RequestItems ?? {}).map(([name, writes]) => ({
      resources: [arn(context, name)],
      conditions: leadingKeys(
        context,
        name,
        writes.map((write) => write.PutRequest?.Item ?? write.DeleteRequest?.Key),
      ),
    })),
  TransactGetItems: (input, context) =>
    (input.TransactItems ?? []).map(({ Get: get }) => ({
      action: 'dynamodb:GetItem',
      ...onItem(context, get?.TableName, get?.Key),
    })),
  TransactWriteItems: (input, context) =>
    (input.TransactItems ?? []).map(({ ConditionCheck: check, Put: put, Update: update, Delete: removal }) => {
      if (put) return { action: 'dynamodb:PutItem', ...onItem(context, put.TableName, put.Item) };
      if (update) return { action: 'dynamodb:UpdateItem', ...onItem(context, update.TableName, update.Key) };
      if (removal) return { action: 'dynamodb:DeleteItem', ...onItem(context, removal.TableName, removal.Key) };
      return { action: 'dynamodb:ConditionCheckItem', ...onItem(context, check?.TableName, check?.Key) };
    }),
};

const arn = (context: DynamoDbContext, name: string | undefined): string => tableArn(context, tableName(name));

const onTable = (context: DynamoDbContext, name: string | undefined): Access => ({ resources: [arn(context, name)] });

const withIndex = (context: DynamoDbContext, name: string | undefined, index: string | undefined): string =>
  index === undefined ? arn(context, name) : `${arn(context, name)}/index/${index}`;

function onItem(context: DynamoDbContext, name: string | undefined, item: WireItem, more: Conditions = {}): Access {
  return { resources: [arn(context, name)], conditions: { ...leadingKeys(context, name, [item]), ...more } };
}

/** dynamodb:LeadingKeys: the partition keys that the request touches. */
function leadingKeys(context: DynamoDbContext, name: string | undefined, items: readonly WireItem[]): Conditions {
  const hash = context.state.tables[tableName(name)]?.keys.hash;
  const keys = items.flatMap((item) => {
    const value = hash === undefined ? undefined : item?.[hash];
    const content = value && (value.S ?? value.N ?? (value.B && Buffer.from(value.B).toString('base64')));
    return content === undefined ? [] : [content];
  });
  return { 'dynamodb:LeadingKeys': keys.length > 0 ? keys : undefined };
}

/** A query's partition key, read off its key condition: what each attribute is said to be equal to. */
function queriedKey(input: QueryInput): WireItem {
  const equalities = (input.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  const item: Record<string, AttributeValue> = {};
  for (const [, name = '', placeholder = ''] of equalities) {
    const value = input.ExpressionAttributeValues?.[placeholder];
    if (value) item[input.ExpressionAttributeNames?.[name] ?? name] = value;
  }
  return item;
}

const returning = (values: string | undefined): Conditions => ({ 'dynamodb:ReturnValues': values ?? 'NONE' });
const selecting = (select: string | undefined): Conditions => ({ 'dynamodb:Select': select });
