/** Resource types of DynamoDB. Billing, backup, encryption and class change nothing here and are accepted as they are. */
import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  MultiRegionConsistency,
} from '@aws-sdk/client-dynamodb';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties, tagList } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

/** What both types share. */
interface TableProperties {
  readonly TableName?: string;
  readonly AttributeDefinitions?: AttributeDefinition[];
  readonly KeySchema?: KeySchemaElement[];
  readonly BillingMode?: BillingMode;
  readonly GlobalSecondaryIndexes?: GlobalSecondaryIndex[];
  readonly LocalSecondaryIndexes?: LocalSecondaryIndex[];
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled?: boolean | string };
  readonly DeletionProtectionEnabled?: boolean | string;
}

const shared = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'TimeToLiveSpecification',
];
/** Of a table, and of each replica of a global table. */
const inert = [
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'StreamSpecification',
  'TableClass',
  'Tags',
];

const table: Modelled = {
  async create(raw, context): Promise<Created> {
    const type = 'AWS::DynamoDB::Table';
    refuseOtherProperties(type, context.logicalId, raw, [...shared, ...inert, 'ProvisionedThroughput']);
    const created = await createTable(raw as TableProperties, context, raw.DeletionProtectionEnabled);
    await enableTimeToLive(raw as TableProperties, context, created.physicalId);
    return created;
  },
};

interface Replica extends Record<string, unknown> {
  readonly Region: string;
}

interface GlobalTableProperties extends TableProperties {
  readonly MultiRegionConsistency?: MultiRegionConsistency;
  readonly Replicas: readonly Replica[];
  readonly GlobalTableWitnesses?: readonly { readonly Region: string }[];
}

const globalTable: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as GlobalTableProperties;
    const type = 'AWS::DynamoDB::GlobalTable';
    refuseOtherProperties(type, context.logicalId, raw, [
      ...shared,
      'GlobalTableWitnesses',
      'MultiRegionConsistency',
      'Replicas',
      'SSESpecification',
      'StreamSpecification',
    ]);
    for (const replica of properties.Replicas) {
      refuseOtherProperties(`${type} Replicas`, context.logicalId, replica, ['Region', ...inert]);
    }
    const own = properties.Replicas.find(({ Region }) => Region === context.region);
    const created = await createTable(properties, context, own?.DeletionProtectionEnabled);
    const others = properties.Replicas.filter((replica) => replica !== own);
    const witnesses = properties.GlobalTableWitnesses ?? [];
    if (others.length > 0 || properties.MultiRegionConsistency === 'STRONG') {
      await context.call('dynamodb', 'UpdateTable', {
        TableName: created.physicalId,
        ReplicaUpdates: others.map(({ Region }) => ({ Create: { RegionName: Region } })),
        ...(witnesses.length > 0 && {
          GlobalTableWitnessUpdates: witnesses.map(({ Region }) => ({ Create: { RegionName: Region } })),
        }),
        MultiRegionConsistency: properties.MultiRegionConsistency ?? 'EVENTUAL',
      });
    }
    await enableTimeToLive(properties, context, created.physicalId);
    return created;
  },
};

async function createTable(
  properties: TableProperties,
  context: ResourceContext,
  protection: unknown,
): Promise<Created> {
  const name = properties.TableName ?? context.physicalName(255);
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const { TableDescription: made } = await context.call('dynamodb', 'CreateTable', {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: numbersIn(GlobalSecondaryIndexes) }),
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
    // Capacity is not modelled, so provisioned tables are made like all others.
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: optionalBoolean(protection) ?? false,
    Tags: tagList(context.tags),
  });
  const stream = `${made?.TableArn}/stream/${context.stackName}`;
  return { physicalId: name, attributes: { Arn: made?.TableArn, TableId: made?.TableId, StreamArn: stream } };
}

async function enableTimeToLive(
  { TimeToLiveSpecification: given }: TableProperties,
  context: ResourceContext,
  name: string,
): Promise<void> {
  if (!given || !optionalBoolean(given.Enabled)) return;
  const TimeToLiveSpecification = { AttributeName: given.AttributeName, Enabled: true };
  await context.call('dynamodb', 'UpdateTimeToLive', { TableName: name, TimeToLiveSpecification });
}

export const resources: ResourceTable = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': globalTable,
};
