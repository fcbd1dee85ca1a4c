/** This region's DocumentDB cluster and its global cluster, asked of this region's endpoint only. */
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  DocDBClient,
  FailoverGlobalClusterCommand,
} from '@aws-sdk/client-docdb';
import { DependencyNotReady } from '../errors.ts';
import type { ClusterView, Database } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

export function docdbDatabase(place: {
  readonly region: string;
  readonly globalClusterId: string;
  readonly clusterId: string;
  readonly clusterArn: string;
}): Database {
  const client = new DocDBClient(clientOptions(place.region));
  // The one-way call has no client token: after a lost answer it must be described first, never sent again.
  const once = new DocDBClient({ ...clientOptions(place.region), maxAttempts: 1 });
  const { globalClusterId, clusterId, clusterArn } = place;
  return {
    clusterArn,
    async describe(): Promise<ClusterView> {
      const [globals, clusters, instances] = await Promise.all([
        call(
          `describing global cluster ${globalClusterId}`,
          client.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalClusterId })),
        ),
        call(
          `describing cluster ${clusterId}`,
          client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: clusterId })),
        ),
        call(
          `describing the instances of ${clusterId}`,
          client.send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-cluster-id', Values: [clusterId] }] })),
        ),
      ]);
      const global = globals.GlobalClusters?.[0];
      const cluster = clusters.DBClusters?.[0];
      const member = global?.GlobalClusterMembers?.find(({ DBClusterArn }) => DBClusterArn === clusterArn);
      const moving = global?.FailoverState;
      return {
        role: member ? (member.IsWriter ? 'writer' : 'reader') : 'none',
        status: cluster?.Status ?? 'unknown',
        engineVersion: cluster?.EngineVersion ?? 'unknown',
        globalEngineVersion: global?.EngineVersion ?? 'unknown to the global cluster',
        instancesAvailable: (instances.DBInstances ?? []).filter((one) => one.DBInstanceStatus === 'available').length,
        endpoint: cluster?.Endpoint ?? '',
        reader: cluster?.ReaderEndpoint ?? '',
        moving: moving?.ToDbClusterArn ? { to: moving.ToDbClusterArn, status: moving.Status ?? 'unknown' } : null,
      };
    },
    async failOver() {
      const command = new FailoverGlobalClusterCommand({
        GlobalClusterIdentifier: globalClusterId,
        TargetDbClusterIdentifier: clusterArn,
        // Without it the call means a switchover, which needs the lost region.
        AllowDataLoss: true,
      });
      try {
        await call(`failing ${globalClusterId} over to ${clusterId}`, once.send(command));
      } catch (error) {
        if (!isNamed(error, 'InvalidGlobalClusterStateFault', 'InvalidDBClusterStateFault')) throw error;
        throw new DependencyNotReady(`${globalClusterId} cannot fail over yet: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
  };
}
