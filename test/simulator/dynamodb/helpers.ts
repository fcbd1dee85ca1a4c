/** A small cloud with DynamoDB only, and a table client that fills in what every call needs. */
import type { Clients, Input, OperationName, Output } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';

export const regions = ['us-west-2', 'us-east-2', 'us-east-1'] as const;
const startAt = Date.UTC(2026, 0, 1);

export const newCloud = (seed = 1): Cloud =>
  Cloud.create({ seed, account: '111122223333', regions, services: [dynamoDb], startAt });

type DynamoDb = Clients['dynamodb'];

/** Calls an operation and runs the clock until it is answered. */
export function call<O extends OperationName<DynamoDb>>(
  cloud: Cloud,
  operation: O,
  input: Input<DynamoDb, O>,
  region: string = regions[0],
): Promise<Output<DynamoDb, O>> {
  return cloud.resolve(cloud.call('dynamodb', operation, input, { region }));
}

/** Creates table 'things' with partition key pk and, if wanted, sort key sk. */
export async function withTable(options: { sort?: 'S' | 'N'; seed?: number } = {}): Promise<Cloud> {
  const cloud = newCloud(options.seed);
  const { sort } = options;
  await call(cloud, 'CreateTable', {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      ...(sort ? [{ AttributeName: 'sk', AttributeType: sort }] : []),
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      ...(sort ? [{ AttributeName: 'sk', KeyType: 'RANGE' as const }] : []),
    ],
  });
  return cloud;
}

/** Table 'things' as a global table; STRONG over all three regions, EVENTUAL over the first two. */
export async function withGlobalTable(consistency: 'STRONG' | 'EVENTUAL', seed = 1): Promise<Cloud> {
  const cloud = await withTable({ seed });
  const others = consistency === 'STRONG' ? regions.slice(1) : regions.slice(1, 2);
  await call(cloud, 'UpdateTable', {
    TableName: 'things',
    MultiRegionConsistency: consistency,
    ReplicaUpdates: others.map((RegionName) => ({ Create: { RegionName } })),
  });
  return cloud;
}
