/**
 * Turns a regional table into a global one: UpdateTable with ReplicaUpdates, GlobalTableWitnessUpdates and
 * MultiRegionConsistency (developer guide, "How DynamoDB global tables work").
 */
import type { UpdateTableInput } from '@aws-sdk/client-dynamodb';
import { AwsError, NotModelled } from '../../errors.ts';
import { type DynamoDbContext, regionsOf, type Table, tableArn } from './state.ts';

/** Developer guide, MRSC: a strongly consistent table stays inside one of these sets. */
const regionSets: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Throws ValidationException, NotModelled for anything but creating replicas. */
export function joinGlobalTable(context: DynamoDbContext, table: Table, input: UpdateTableInput): void {
  const added = [...(input.ReplicaUpdates ?? [])].map(
    (update) => update.Create?.RegionName ?? refuse('ReplicaUpdates'),
  );
  const witnesses = [...(input.GlobalTableWitnessUpdates ?? [])].map(
    (update) => update.Create?.RegionName ?? refuse('GlobalTableWitnessUpdates'),
  );
  if (added.length === 0) throw wrong('At least one of ReplicaUpdates is required');
  for (const region of [...added, ...witnesses]) checkRegion(context, table, region);
  const strong = input.MultiRegionConsistency === 'STRONG';
  if (table.replicas.length > 1 && strong !== (table.consistency === 'STRONG')) {
    throw invalid("A global table's consistency mode cannot be changed");
  }
  if (strong) makeStrong(context, table, added, witnesses);
  else if (witnesses.length > 0) throw invalid('A witness Region needs multi-Region strong consistency');
  table.replicas = [...table.replicas, ...added];
  for (const region of table.replicas) {
    const copy = context.stateIn(region).tables[table.name];
    if (copy) copy.replicas = [...table.replicas];
    else context.stateIn(region).tables[table.name] = replicaOf(context, table, region);
  }
}

function checkRegion(context: DynamoDbContext, table: Table, region: string): void {
  if (regionsOf(table).includes(region)) {
    throw invalid(`Failed to create a the new replica of table with name: '${table.name}' because one already exists`);
  }
  if (context.cloud.state.regions.includes(region)) return;
  throw invalid(`Region ${region} is not one of this cloud's`);
}

function makeStrong(
  context: DynamoDbContext,
  table: Table,
  added: readonly string[],
  witnesses: readonly string[],
): void {
  const all = [...table.replicas, ...added, ...witnesses];
  if (table.replicas.length > 1 || all.length !== 3 || new Set(all).size !== 3 || witnesses.length > 1) {
    throw invalid(
      'A global table with multi-Region strong consistency has exactly three Regions, fixed when it is created: ' +
        'three replicas, or two replicas and a witness',
    );
  }
  if (!regionSets.some((set) => all.every((region) => set.includes(region)))) {
    throw invalid(`The Regions ${all.join(', ')} are not in one set of multi-Region strong consistency`);
  }
  if (Object.keys(table.items).length > 0) throw invalid('The table must be empty for multi-Region strong consistency');
  if (table.timeToLive !== undefined) throw invalid('Time to Live is not supported on MRSC global tables');
  if (table.indexes.some((index) => index.kind === 'local')) {
    throw invalid('Local secondary indexes are not supported on MRSC global tables');
  }
  table.consistency = 'STRONG';
  table.journalAt = context.region;
  const [witness] = witnesses;
  if (witness !== undefined) table.witness = witness;
  context.state.journals[table.name] = { sequence: 0, items: {}, operations: 0, pending: {} };
}

function replicaOf(context: DynamoDbContext, table: Table, region: string): Table {
  const copy = structuredClone(table);
  return { ...copy, arn: tableArn({ region, account: context.account }, table.name), id: context.random.uuid() };
}

function refuse(member: string): never {
  throw new NotModelled(`dynamodb:UpdateTable with ${member} other than Create is not modelled`);
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
const wrong = (message: string): AwsError => invalid(`One or more parameter values were invalid: ${message}`);
