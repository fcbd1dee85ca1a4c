/** The router's store on a table of items, over the real adapter's requests against the simulated DynamoDB's own rules. */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { itemStore } from '../../functions/alert-routing/item-store.ts';
import { itemOf } from '../../functions/shared/aws/items.ts';
import { WriteConflict } from '../../functions/shared/errors.ts';
import type { Items } from '../../functions/shared/items.ts';
import { Cloud } from '../../simulator/cloud.ts';
import { AwsError } from '../../simulator/errors.ts';
import { dynamoDb } from '../../simulator/services/dynamodb/index.ts';
import { describeStore } from './store-contract.ts';

const at = { region: 'us-west-2' };
const TableName = 'alerts';

/** A table in a cloud of its own; calls go to the operations without a client in between. */
async function items(): Promise<Items> {
  const options = { seed: 1, account: '111122223333', regions: [at.region], startAt: Date.UTC(2026, 10, 20) };
  const cloud = Cloud.create({ ...options, services: [dynamoDb] });
  await cloud.call(
    'dynamodb',
    'CreateTable',
    {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    },
    at,
  );
  await cloud.advance(60_000);
  return {
    async get({ pk, sk }) {
      const input = { TableName, Key: marshall({ pk, sk }), ConsistentRead: true };
      const { Item } = await cloud.call('dynamodb', 'GetItem', input, at);
      return Item ? unmarshall(Item) : null;
    },
    async query(pk, upTo) {
      const KeyConditionExpression = upTo === undefined ? 'pk = :pk' : 'pk = :pk AND sk <= :upTo';
      const ExpressionAttributeValues = marshall({ ':pk': pk, ...(upTo !== undefined && { ':upTo': upTo }) });
      const input = { TableName, KeyConditionExpression, ExpressionAttributeValues, ConsistentRead: true };
      const { Items = [] } = await cloud.call('dynamodb', 'Query', input, at);
      return Items.map((item) => unmarshall(item));
    },
    async write(writes) {
      if (writes.length === 0) return;
      const TransactItems: TransactWriteItem[] = writes.map((write) => itemOf(write, TableName));
      try {
        await cloud.call('dynamodb', 'TransactWriteItems', { TransactItems }, at);
      } catch (error) {
        if (error instanceof AwsError && error.code === 'TransactionCanceledException') {
          throw new WriteConflict(error.message);
        }
        throw error;
      }
    },
  };
}

describeStore('the store on a table of items', async () => {
  const table = await items();
  return { store: itemStore(table), reopen: async () => itemStore(table) };
});
