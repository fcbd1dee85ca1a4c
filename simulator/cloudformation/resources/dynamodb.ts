/** Resource types of DynamoDB. Billing, backup, encryption and class change nothing here and are accepted as they are. */
import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  MultiRegionConsistency,
} from '@aws-sdk/client-dynamodb';
import { NotModelled } from '../../errors.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { listChanges, optionalBoolean, refuseOtherProperties, tagList, unlessGone } from './known-properties.ts';
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

/** DynamoDB's word for what is not there. */
const GONE = 'ResourceNotFoundException';

const checkTable = (raw: Record<string, unknown>, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::DynamoDB::Table', logicalId, raw, [...shared, ...inert, 'ProvisionedThroughput']);

const table: Modelled = {
  async create(raw, context): Promise<Created> {
    checkTable(raw, context);
    const created = await createTable(raw as TableProperties, context, raw.DeletionProtectionEnabled);
    context.exists?.(created.physicalId);
    await enableTimeToLive(raw as TableProperties, context, created.physicalId);
    return created;
  },

  async update({ physicalId: TableName, properties, wanted, changed }, context) {
    checkTable(wanted, context);
    if (changed.has('DeletionProtectionEnabled')) {
      const DeletionProtectionEnabled = optionalBoolean(wanted.DeletionProtectionEnabled) ?? false;
      await context.call('dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled });
    }
    if (changed.has('TimeToLiveSpecification')) await changeTimeToLive(TableName, properties, wanted, context);
    return undefined;
  },

  delete: ({ physicalId: TableName }, context) =>
    unlessGone(GONE, () => context.call('dynamodb', 'DeleteTable', { TableName })).then(() => {}),

  read: ({ physicalId: TableName }, context) =>
    unlessGone(GONE, async () => {
      const { Table: live } = await context.call('dynamodb', 'DescribeTable', { TableName });
      return {
        TableName,
        KeySchema: live?.KeySchema,
        AttributeDefinitions: live?.AttributeDefinitions,
        DeletionProtectionEnabled: live?.DeletionProtectionEnabled,
      };
    }),
};

/** An attribute can only be changed by switching off and on again, as on AWS. */
async function changeTimeToLive(
  TableName: string,
  before: TableProperties,
  wanted: TableProperties,
  context: ResourceContext,
): Promise<void> {
  const { TimeToLiveDescription: live } = await context.call('dynamodb', 'DescribeTimeToLive', { TableName });
  if (live?.TimeToLiveStatus === 'ENABLED') {
    const AttributeName = live.AttributeName ?? before.TimeToLiveSpecification?.AttributeName;
    const TimeToLiveSpecification = { AttributeName, Enabled: false };
    await context.call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
  }
  await enableTimeToLive(wanted, context, TableName);
}

interface Replica extends Record<string, unknown> {
  readonly Region: string;
  readonly DeletionProtectionEnabled?: boolean | string;
}

interface GlobalTableProperties extends TableProperties {
  readonly MultiRegionConsistency?: MultiRegionConsistency;
  readonly Replicas: readonly Replica[];
  readonly GlobalTableWitnesses?: readonly { readonly Region: string }[];
}

function checkGlobalTable(raw: Record<string, unknown>, { logicalId }: ResourceContext): GlobalTableProperties {
  const type = 'AWS::DynamoDB::GlobalTable';
  refuseOtherProperties(type, logicalId, raw, [
    ...shared,
    'GlobalTableWitnesses',
    'MultiRegionConsistency',
    'Replicas',
    'SSESpecification',
    'StreamSpecification',
  ]);
  const properties = raw as unknown as GlobalTableProperties;
  for (const replica of properties.Replicas) {
    refuseOtherProperties(`${type} Replicas`, logicalId, replica, ['Region', ...inert]);
  }
  return properties;
}

const regionsOf = ({ Replicas }: GlobalTableProperties): string[] => Replicas.map(({ Region }) => Region);

const globalTable: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = checkGlobalTable(raw, context);
    const own = properties.Replicas.find(({ Region }) => Region === context.region);
    const created = await createTable(properties, context, own?.DeletionProtectionEnabled);
    context.exists?.(created.physicalId);
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

  /** Throws NotModelled for replicas that come or go. */
  async update({ physicalId: TableName, properties, wanted, changed }, context) {
    const [before, after] = [properties, wanted].map((raw) => checkGlobalTable(raw, context));
    const { removed, added } = listChanges(regionsOf(before!), regionsOf(after!));
    if (removed.length + added.length > 0) {
      throw new NotModelled(`update of the regions in Replicas of AWS::DynamoDB::GlobalTable (${context.logicalId})`);
    }
    for (const { Region, DeletionProtectionEnabled: protection } of after!.Replicas) {
      const was = before!.Replicas.find((replica) => replica.Region === Region)?.DeletionProtectionEnabled;
      const DeletionProtectionEnabled = optionalBoolean(protection) ?? false;
      if (DeletionProtectionEnabled === (optionalBoolean(was) ?? false)) continue;
      await context.call('dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled }, Region);
    }
    if (changed.has('TimeToLiveSpecification')) await changeTimeToLive(TableName, before!, after!, context);
    return undefined;
  },

  async delete({ physicalId: TableName, properties }, context) {
    const others = regionsOf(properties as unknown as GlobalTableProperties).filter((name) => name !== context.region);
    for (const region of [...others, context.region]) {
      await unlessGone(GONE, () => context.call('dynamodb', 'DeleteTable', { TableName }, region));
    }
  },

  read: ({ physicalId: TableName }, context) =>
    unlessGone(GONE, async () => {
      const { Table: live } = await context.call('dynamodb', 'DescribeTable', { TableName });
      return { TableName, KeySchema: live?.KeySchema, AttributeDefinitions: live?.AttributeDefinitions };
    }),
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
