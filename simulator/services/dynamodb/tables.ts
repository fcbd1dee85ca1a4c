/** Operations on tables. A table is ACTIVE as soon as it is created; the seconds that AWS takes are not modelled. */
import type {
  CreateTableInput,
  DynamoDB,
  KeySchemaElement,
  TableDescription,
  UpdateTableInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { planExpiry } from './expiry.ts';
import { joinGlobalTable } from './global-tables.ts';
import { attributesOf } from './keys.ts';
import {
  type DynamoDbContext,
  type DynamoDbState,
  type Index,
  type KeySchema,
  type KeyType,
  type Table,
  tableArn,
  tableName,
  tableOf,
} from './state.ts';
import { sizeOfItem } from './values.ts';

type TableOperations = Pick<
  Operations<DynamoDB, DynamoDbState>,
  | 'CreateTable'
  | 'DescribeTable'
  | 'UpdateTable'
  | 'DeleteTable'
  | 'ListTables'
  | 'UpdateTimeToLive'
  | 'DescribeTimeToLive'
>;

/** Members of CreateTable without any effect here: billing, encryption, backup and streams that nothing reads. */
const inertMembers = [
  'OnDemandThroughput',
  'ProvisionedThroughput',
  'SSESpecification',
  'StreamSpecification',
  'TableClass',
  'Tags',
  'WarmThroughput',
];
const modelledMembers = [
  'AttributeDefinitions',
  'BillingMode',
  'DeletionProtectionEnabled',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'TableName',
];

export const tableOperations: TableOperations = {
  CreateTable(input, context) {
    const table = newTable(input, context);
    if (context.state.tables[table.name]) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${table.name}`);
    }
    context.state.tables[table.name] = table;
    return { TableDescription: describe(table) };
  },

  DescribeTable(input, context) {
    return { Table: describe(existing(context, input.TableName)) };
  },

  UpdateTable(input, context) {
    const table = existing(context, input.TableName);
    refuseOtherUpdates(input);
    table.deletionProtection = input.DeletionProtectionEnabled ?? table.deletionProtection;
    table.billingMode = input.BillingMode ?? table.billingMode;
    const { ReplicaUpdates, GlobalTableWitnessUpdates, MultiRegionConsistency, TableName: _name, ...others } = input;
    const joins = ReplicaUpdates ?? GlobalTableWitnessUpdates ?? MultiRegionConsistency;
    if (joins !== undefined || Object.values(others).every((value) => value === undefined)) {
      joinGlobalTable(context, table, input);
    }
    return { TableDescription: describe(table) };
  },

  DeleteTable(input, context) {
    const table = existing(context, input.TableName);
    if (table.deletionProtection) {
      throw invalid(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    if (table.consistency === 'STRONG') {
      throw new NotModelled('deleting a strongly consistent DynamoDB global table is not modelled');
    }
    // Of an eventually consistent one this replica goes, and the others learn of it.
    for (const region of table.replicas) {
      const replica = context.stateIn(region).tables[table.name];
      if (replica) replica.replicas = replica.replicas.filter((other) => other !== context.region);
    }
    delete context.state.tables[table.name];
    return { TableDescription: { ...describe(table), TableStatus: 'DELETING' } };
  },

  ListTables(_input, context) {
    return { TableNames: Object.keys(context.state.tables).sort() };
  },

  UpdateTimeToLive(input, context) {
    const table = existing(context, input.TableName);
    const { AttributeName: name, Enabled: enabled } = input.TimeToLiveSpecification ?? {};
    // Guess: the message; the developer guide says that TTL is not supported for such tables.
    if (table.consistency === 'STRONG') throw invalid('Time to Live is not supported on MRSC global tables');
    if (enabled && table.timeToLive !== undefined) throw invalid('TimeToLive is already enabled');
    if (!enabled && table.timeToLive === undefined) throw invalid('TimeToLive is already disabled');
    // Developer guide, global tables: every replica has the same settings.
    for (const region of table.replicas) {
      const replica = context.stateIn(region).tables[table.name] as Table;
      if (enabled && name) replica.timeToLive = name;
      else delete replica.timeToLive;
    }
    for (const [key, item] of Object.entries(table.items)) planExpiry(context, table, key, item);
    return { TimeToLiveSpecification: input.TimeToLiveSpecification };
  },

  DescribeTimeToLive(input, context) {
    const { timeToLive } = existing(context, input.TableName);
    return {
      TimeToLiveDescription:
        timeToLive === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive },
    };
  },
};

function existing(context: DynamoDbContext, nameOrArn: string | undefined): Table {
  const name = tableName(nameOrArn);
  if (context.state.tables[name]) return tableOf(context, name);
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

function newTable(input: CreateTableInput, context: DynamoDbContext): Table {
  const unknown = Object.keys(input).find((name) => ![...modelledMembers, ...inertMembers].includes(name));
  if (unknown) throw new NotModelled(`dynamodb:CreateTable with ${unknown} is not modelled`);
  const name = tableName(input.TableName);
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
    throw invalid('TableName must be at least 3 characters long and at most 255 characters long, of [a-zA-Z0-9_.-]');
  }
  const keys = keysOf(input.KeySchema);
  const indexes: Index[] = [
    ...(input.GlobalSecondaryIndexes ?? []).map((index) => indexOf('global', index)),
    ...(input.LocalSecondaryIndexes ?? []).map((index) => indexOf('local', index)),
  ];
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  if (billingMode === 'PROVISIONED' && !input.ProvisionedThroughput) {
    throw wrong('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED');
  }
  return {
    name,
    arn: tableArn(context, name),
    id: context.random.uuid(),
    createdAt: context.now,
    keys,
    types: typesOf(input, [keys, ...indexes.map((index) => index.keys)]),
    indexes,
    billingMode,
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    replicas: [context.region],
    consistency: 'EVENTUAL',
    items: {},
    applied: 0,
    versions: {},
  };
}

function keysOf(schema: readonly KeySchemaElement[] | undefined): KeySchema {
  const [hash, range, ...more] = schema ?? [];
  if (hash?.KeyType !== 'HASH' || !hash.AttributeName) {
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (more.length > 0) throw invalid('1 validation error detected: KeySchema must have length less than or equal to 2');
  if (!range) return { hash: hash.AttributeName };
  if (range.KeyType !== 'RANGE' || !range.AttributeName) {
    throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (range.AttributeName === hash.AttributeName) {
    throw invalid('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  return { hash: hash.AttributeName, range: range.AttributeName };
}

function indexOf(kind: Index['kind'], index: NonNullable<CreateTableInput['LocalSecondaryIndexes']>[number]): Index {
  const { ProjectionType: type, NonKeyAttributes: names } = index.Projection ?? {};
  return {
    name: index.IndexName ?? '',
    kind,
    keys: keysOf(index.KeySchema),
    projected: type === 'ALL' ? 'ALL' : type === 'INCLUDE' ? (names ?? []) : [],
  };
}

function typesOf(input: CreateTableInput, schemas: readonly KeySchema[]): Record<string, KeyType> {
  const definitions = input.AttributeDefinitions ?? [];
  const types = Object.fromEntries(
    definitions.map((each) => [each.AttributeName ?? '', each.AttributeType as KeyType]),
  );
  const used = new Set(schemas.flatMap(attributesOf));
  const missing = [...used].filter((name) => types[name] === undefined);
  if (missing.length > 0) {
    throw wrong(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${missing.join(', ')}], ` +
        `AttributeDefinitions: [${Object.keys(types).join(', ')}]`,
    );
  }
  if (Object.keys(types).length > used.size) {
    throw wrong(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  return types;
}

function refuseOtherUpdates(input: UpdateTableInput): void {
  const modelled = [
    'TableName',
    'BillingMode',
    'DeletionProtectionEnabled',
    'GlobalTableWitnessUpdates',
    'MultiRegionConsistency',
    'ReplicaUpdates',
  ];
  const unknown = Object.keys(input).find((name) => ![...modelled, ...inertMembers].includes(name));
  if (unknown) throw new NotModelled(`dynamodb:UpdateTable with ${unknown} is not modelled`);
}

function describe(table: Table): TableDescription {
  const items = Object.values(table.items);
  const global = table.replicas.length > 1 || table.witness !== undefined;
  const others = table.replicas.filter((region) => !table.arn.includes(`:${region}:`));
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(table.createdAt),
    KeySchema: schemaOf(table.keys),
    AttributeDefinitions: Object.entries(table.types).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    BillingModeSummary: { BillingMode: table.billingMode },
    DeletionProtectionEnabled: table.deletionProtection,
    ItemCount: items.length,
    TableSizeBytes: items.reduce((total, item) => total + sizeOfItem(item), 0),
    ...(global && {
      GlobalTableVersion: '2019.11.21',
      MultiRegionConsistency: table.consistency,
      Replicas: others.map((RegionName) => ({ RegionName, ReplicaStatus: 'ACTIVE' as const })),
      ...(table.witness && { GlobalTableWitnesses: [{ RegionName: table.witness, WitnessStatus: 'ACTIVE' as const }] }),
    }),
  };
}

const schemaOf = (keys: KeySchema): KeySchemaElement[] => [
  { AttributeName: keys.hash, KeyType: 'HASH' },
  ...(keys.range === undefined ? [] : [{ AttributeName: keys.range, KeyType: 'RANGE' as const }]),
];

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
const wrong = (message: string): AwsError => invalid(`One or more parameter values were invalid: ${message}`);
