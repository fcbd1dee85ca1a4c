/** A cloud with nothing but DocumentDB in two regions, and a driver in either; for the tests of databases and drivers. */
import type { Owner } from '../../../simulator/clock.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import type { AnyService } from '../../../simulator/service.ts';
import { rds } from '../../../simulator/services/rds/service.ts';
import { worldParts } from '../../../simulator/world/index.ts';
import { createMongoDriver } from '../../../simulator/world/mongodb.ts';

export const WEST = 'us-west-2';
export const EAST = 'us-east-2';
export const GLOBAL = 'orders';
export const idOf = (region: string): string => `orders-${region}`;

export interface Clusters {
  readonly cloud: Cloud;
  readonly hosts: Record<string, string>;
}

/** The west's cluster writes, the east's follows. Further services may be added. */
export async function twoClusters(seed = 1, more: readonly AnyService[] = []): Promise<Clusters> {
  const regions = [WEST, EAST, 'us-east-1'];
  const services = [rds, ...more, ...worldParts];
  const cloud = Cloud.create({ seed, account: '111122223333', regions, services, startAt: Date.UTC(2026, 0, 1) });
  const GlobalClusterIdentifier = GLOBAL;
  await cloud.call('rds', 'CreateGlobalCluster', { GlobalClusterIdentifier, Engine: 'docdb' }, { region: WEST });
  const hosts: Record<string, string> = {};
  for (const region of [WEST, EAST]) {
    const DBClusterIdentifier = idOf(region);
    const common = { DBClusterIdentifier, Engine: 'docdb' };
    const cluster = await cloud.call('rds', 'CreateDBCluster', { ...common, GlobalClusterIdentifier }, { region });
    hosts[region] = cluster.DBCluster?.Endpoint ?? '';
    const instance = { ...common, DBInstanceIdentifier: `${region}-1`, DBInstanceClass: 'db.r6g.large' };
    await cloud.call('rds', 'CreateDBInstance', instance, { region });
  }
  return { cloud, hosts };
}

/** The part of the driver's API that the fake has, as its users see it. */
interface Driver {
  MongoClient: {
    connect(uri: string, options?: object): Promise<Client>;
  };
}

export interface Client {
  on(event: string, listener: (event: { commandName: string }) => void): void;
  db(name: string): { collection(name: string): Collection };
  close(): Promise<void>;
}

export interface Collection {
  insertOne(document: object, options?: object): Promise<unknown>;
  findOne(filter: object, options?: object): Promise<Record<string, unknown> | null>;
  deleteOne(filter: object, options?: object): Promise<{ deletedCount: number }>;
  replaceOne(filter: object, document: object, options?: object): Promise<{ upsertedCount: number }>;
  updateOne(filter: object, update: object, options?: object): Promise<{ matchedCount: number }>;
}

/** A process in a region, with the driver it would get from `require('mongodb')`. */
export function driverIn(
  { cloud, hosts }: Clusters,
  region: string,
  options: { checkoutDelayMs?: number; onWrite?(owner: Owner): void } = {},
) {
  const owner: Owner = { region, label: 'test', paused: false, killed: false };
  const driver = createMongoDriver({
    cloud,
    region,
    by: { instance: `i-${region}`, colour: 'blue' },
    owner: () => owner,
    checkoutDelayMs: () => options.checkoutDelayMs ?? 0,
    onWrite: () => options.onWrite?.(owner),
  }) as unknown as Driver;
  const connect = (to = region, clientOptions: object = {}): Promise<Client> =>
    driver.MongoClient.connect(`mongodb://u:p@${hosts[to]}:27017/?replicaSet=rs0`, clientOptions);
  return { owner, driver, connect };
}
