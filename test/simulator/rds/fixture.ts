/** A global cluster over two regions, and a stand-in for the database's contents that notes what it is told. */
import type { Cloud as CloudType } from '../../../simulator/cloud.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { rds } from '../../../simulator/services/rds/service.ts';
import type { RdsState } from '../../../simulator/services/rds/state.ts';
import { clusterView } from '../../../simulator/services/rds/view.ts';

export const west = 'us-west-2';
export const east = 'us-east-2';

export const id = (region: string): string => `orders-prod-${region}`;
export const arn = (region: string): string => `arn:aws:rds:${region}:111122223333:cluster:${id(region)}`;

export const rdsState = (cloud: CloudType, region: string): RdsState => cloud.stateOf<RdsState>(rds, region);

export async function newCluster(
  options: { seed?: number; instances?: boolean; eastVersion?: string } = {},
): Promise<Cloud> {
  const cloud = Cloud.create({
    seed: options.seed ?? 1,
    account: '111122223333',
    regions: [west, east, 'us-east-1'],
    services: [rds],
    startAt: Date.UTC(2026, 10, 20),
  });
  await cloud.call(
    'rds',
    'CreateGlobalCluster',
    { GlobalClusterIdentifier: 'orders-prod', Engine: 'docdb', EngineVersion: '5.0.0' },
    { region: west },
  );
  await addCluster(cloud, west, { version: '5.0.0', instances: true, user: 'admin' });
  await addCluster(cloud, east, { version: options.eastVersion ?? '5.0.0', instances: options.instances ?? true });
  return cloud;
}

async function addCluster(
  cloud: Cloud,
  region: string,
  options: { version: string; instances: boolean; user?: string },
): Promise<void> {
  const DBClusterIdentifier = id(region);
  await cloud.call(
    'rds',
    'CreateDBCluster',
    {
      DBClusterIdentifier,
      Engine: 'docdb',
      EngineVersion: options.version,
      GlobalClusterIdentifier: 'orders-prod',
      MasterUsername: options.user,
    },
    { region },
  );
  if (!options.instances) return;
  for (const number of [1, 2]) {
    await cloud.call(
      'rds',
      'CreateDBInstance',
      {
        DBInstanceIdentifier: `${DBClusterIdentifier}-${number}`,
        DBClusterIdentifier,
        DBInstanceClass: 'db.r6g.large',
        Engine: 'docdb',
      },
      { region },
    );
  }
}

export const failover = (
  cloud: Cloud,
  region: string,
  to: string,
  options = { AllowDataLoss: true } as { AllowDataLoss?: boolean },
) =>
  cloud.call(
    'rds',
    'FailoverGlobalCluster',
    { GlobalClusterIdentifier: 'orders-prod', TargetDbClusterIdentifier: arn(to), ...options },
    { region },
  );

export const switchover = (cloud: Cloud, region: string, to: string) =>
  cloud.call(
    'rds',
    'SwitchoverGlobalCluster',
    { GlobalClusterIdentifier: 'orders-prod', TargetDbClusterIdentifier: arn(to) },
    { region },
  );

export async function globalIn(cloud: Cloud, region: string) {
  const { GlobalClusters } = await cloud.call('rds', 'DescribeGlobalClusters', {}, { region });
  return GlobalClusters?.[0];
}

/** The region that a region's view calls the writer. */
export async function writerSeenIn(cloud: Cloud, region: string): Promise<string | undefined> {
  const view = await globalIn(cloud, region);
  return view?.GlobalClusterMembers?.find((member) => member.IsWriter)?.DBClusterArn?.split(':')[3];
}

/** Regions whose storage takes writes now, as each region believes. */
export const writable = (cloud: Cloud): string[] =>
  [west, east].filter((region) => clusterView(cloud, region, id(region)).writable);
