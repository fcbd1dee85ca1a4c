/** A table of items in a cloud of its own, by region; calls go to the operations without a client in between. */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { itemOf } from '../../functions/shared/aws/items.ts';
import { WriteConflict } from '../../functions/shared/errors.ts';
import type { Items } from '../../functions/shared/items.ts';
import { Cloud } from '../../simulator/cloud.ts';
import { AwsError } from '../../simulator/errors.ts';
import { dynamoDb } from '../../simulator/services/dynamodb/index.ts';

const TableName = 'alerts';

/** With a replica in each region; several make it an eventually consistent global table. */
export async function cloudWithTable(regions: readonly string[], startAt = Date.UTC(2026, 10, 20)): Promise<Cloud> {
  const [region = '', ...others] = regions;
  const cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [...regions],
    startAt,
    services: [dynamoDb],
  });
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
    { region },
  );
  await cloud.advance(60_000);
  if (others.length > 0) {
    const ReplicaUpdates = others.map((RegionName) => ({ Create: { RegionName } }));
    await cloud.call('dynamodb', 'UpdateTable', { TableName, ReplicaUpdates }, { region });
    await cloud.advance(60_000);
  }
  return cloud;
}

export function itemsIn(cloud: Cloud, region: string): Items {
  const at = { region };
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
