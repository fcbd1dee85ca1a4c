/** DocumentDB clusters and instances: made by deployments, described by everyone. Active at once when made. */
import type { DBCluster, DBInstance, Tag } from '@aws-sdk/client-docdb';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { zonesOf } from '../ec2/state.ts';
import { findGlobal, memberOf } from './global-clusters.ts';
import { publish } from './replication.ts';
import { type Cluster, clusterNamed, type DbInstance, type GlobalView, type RdsState, writerOf } from './state.ts';

type RdsContext = Context<RdsState>;
type Rds = Clients['rds'];

const tagsOf = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));

/**
 * The first cluster of a global cluster is its writer, later ones are secondaries.
 * @throws AwsError DBClusterAlreadyExistsFault, GlobalClusterNotFoundFault, InvalidParameterCombination
 */
export function createDBCluster(
  input: Input<Rds, 'CreateDBCluster'>,
  context: RdsContext,
): Output<Rds, 'CreateDBCluster'> {
  const { state, region, account } = context;
  if (input.Engine !== 'docdb') throw new NotModelled(`rds:CreateDBCluster: engine '${input.Engine}' is not modelled`);
  const id = (input.DBClusterIdentifier ?? '').toLowerCase();
  if (state.clusters[id]) throw new AwsError('DBClusterAlreadyExistsFault', `DBCluster ${id} already exists.`);
  const globalId = input.GlobalClusterIdentifier?.toLowerCase();
  const view = globalId === undefined ? undefined : structuredClone(findGlobal(context, globalId));
  const isSecondary = view !== undefined && writerOf(view) !== undefined;
  if (isSecondary && input.MasterUsername !== undefined) {
    throw new AwsError('InvalidParameterCombination', 'A secondary cluster takes its users from the primary cluster.');
  }
  const cluster: Cluster = {
    id,
    arn: `arn:aws:rds:${region}:${account}:cluster:${id}`,
    resourceId: `cluster-${context.random.hex(26).toUpperCase()}`,
    createdAt: context.now,
    engine: input.Engine,
    engineVersion: input.EngineVersion ?? view?.engineVersion ?? '5.0.0',
    endpoint: `${id}.cluster-${state.endpointId}.${region}.docdb.amazonaws.com`,
    readerEndpoint: `${id}.cluster-ro-${state.endpointId}.${region}.docdb.amazonaws.com`,
    port: input.Port ?? 27017,
    masterUsername: input.MasterUsername,
    subnetGroup: input.DBSubnetGroupName,
    parameterGroup: input.DBClusterParameterGroupName,
    backupRetentionDays: input.BackupRetentionPeriod ?? 1,
    storageEncrypted: input.StorageEncrypted ?? false,
    kmsKeyId: input.KmsKeyId,
    deletionProtection: input.DeletionProtection ?? false,
    securityGroupIds: [...(input.VpcSecurityGroupIds ?? [])],
    logExports: [...(input.EnableCloudwatchLogsExports ?? [])],
    tags: tagsOf(input.Tags),
    globalClusterId: globalId,
    status: 'available',
    fenced: false,
  };
  state.clusters[id] = cluster;
  if (view) {
    view.members.push(memberOf(context, cluster, !isSecondary));
    publish(context, view);
  }
  return { DBCluster: describeCluster(context, cluster) };
}

/** @throws AwsError DBClusterNotFoundFault, DBInstanceAlreadyExistsFault, InvalidParameterCombination */
export function createDBInstance(
  input: Input<Rds, 'CreateDBInstance'>,
  context: RdsContext,
): Output<Rds, 'CreateDBInstance'> {
  const { state, region, account } = context;
  const id = (input.DBInstanceIdentifier ?? '').toLowerCase();
  const cluster = clusterNamed(state, input.DBClusterIdentifier);
  if (state.instances[id]) throw new AwsError('DBInstanceAlreadyExistsFault', `DBInstance ${id} already exists.`);
  const instanceClass = input.DBInstanceClass ?? '';
  if (cluster.globalClusterId !== undefined && /^db\.(t3|t4g|r4)\./.test(instanceClass)) {
    throw new AwsError(
      'InvalidParameterCombination',
      `Global clusters do not support the instance class ${instanceClass}.`,
    );
  }
  const siblings = instancesOf(state, cluster.id);
  const zones = zonesOf(region);
  const instance: DbInstance = {
    id,
    arn: `arn:aws:rds:${region}:${account}:db:${id}`,
    clusterId: cluster.id,
    instanceClass,
    zone: input.AvailabilityZone ?? zones[siblings.length % zones.length] ?? '',
    promotionTier: input.PromotionTier ?? 1,
    createdAt: context.now,
    tags: tagsOf(input.Tags),
    status: 'available',
  };
  state.instances[id] = instance;
  return { DBInstance: describeInstance(context, instance) };
}

export const instancesOf = (state: RdsState, clusterId: string): DbInstance[] =>
  Object.values(state.instances).filter((instance) => instance.clusterId === clusterId);

/** @throws AwsError DBClusterNotFoundFault */
export function describeDBClusters(
  input: Input<Rds, 'DescribeDBClusters'>,
  context: RdsContext,
): Output<Rds, 'DescribeDBClusters'> {
  const { state } = context;
  let clusters = input.DBClusterIdentifier
    ? [clusterNamed(state, input.DBClusterIdentifier)]
    : Object.values(state.clusters);
  for (const { Name, Values = [] } of input.Filters ?? []) {
    if (Name !== 'db-cluster-id') throw new NotModelled(`rds:DescribeDBClusters: filter '${Name}' is not modelled`);
    clusters = clusters.filter((cluster) => Values.includes(cluster.id) || Values.includes(cluster.arn));
  }
  return { DBClusters: clusters.map((cluster) => describeCluster(context, cluster)) };
}

/** @throws AwsError DBInstanceNotFoundFault */
export function describeDBInstances(
  input: Input<Rds, 'DescribeDBInstances'>,
  context: RdsContext,
): Output<Rds, 'DescribeDBInstances'> {
  const { state } = context;
  const { DBInstanceIdentifier: id } = input;
  let instances = Object.values(state.instances).filter(
    (instance) => id === undefined || instance.id === id.toLowerCase(),
  );
  if (id !== undefined && instances.length === 0) {
    throw new AwsError('DBInstanceNotFoundFault', `DBInstance ${id} not found.`);
  }
  for (const { Name, Values = [] } of input.Filters ?? []) {
    if (Name !== 'db-cluster-id') throw new NotModelled(`rds:DescribeDBInstances: filter '${Name}' is not modelled`);
    instances = instances.filter((instance) => Values.some((value) => value.split(':').at(-1) === instance.clusterId));
  }
  return { DBInstances: instances.map((instance) => describeInstance(context, instance)) };
}

/** The cluster's role as this region believes it. */
export function believesToWrite(state: RdsState, cluster: Cluster): boolean {
  const view = viewOf(state, cluster);
  return view ? view.members.some((member) => member.arn === cluster.arn && member.isWriter) : true;
}

const viewOf = (state: RdsState, cluster: Cluster): GlobalView | undefined =>
  cluster.globalClusterId === undefined ? undefined : state.globals[cluster.globalClusterId];

export function describeCluster(context: RdsContext, cluster: Cluster): DBCluster {
  const { state } = context;
  const writes = believesToWrite(state, cluster);
  const view = viewOf(state, cluster);
  const source = writes || !view ? undefined : writerOf(view)?.arn;
  const instances = instancesOf(state, cluster.id).toSorted((a, b) => a.promotionTier - b.promotionTier);
  return {
    DBClusterIdentifier: cluster.id,
    DBClusterArn: cluster.arn,
    DbClusterResourceId: cluster.resourceId,
    Status: cluster.status,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    Endpoint: cluster.endpoint,
    ReaderEndpoint: cluster.readerEndpoint,
    Port: cluster.port,
    MasterUsername: cluster.masterUsername,
    DBSubnetGroup: cluster.subnetGroup,
    DBClusterParameterGroup: cluster.parameterGroup ?? 'default.docdb5.0',
    BackupRetentionPeriod: cluster.backupRetentionDays,
    StorageEncrypted: cluster.storageEncrypted,
    KmsKeyId: cluster.kmsKeyId,
    DeletionProtection: cluster.deletionProtection,
    EnabledCloudwatchLogsExports: cluster.logExports,
    VpcSecurityGroups: cluster.securityGroupIds.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
    AvailabilityZones: [...new Set(instances.map((instance) => instance.zone))],
    MultiAZ: instances.length > 1,
    ClusterCreateTime: new Date(cluster.createdAt),
    ReplicationSourceIdentifier: source,
    DBClusterMembers: instances.map((instance, index) => ({
      DBInstanceIdentifier: instance.id,
      IsClusterWriter: writes && index === 0,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: instance.promotionTier,
    })),
  };
}

export function describeInstance(context: RdsContext, instance: DbInstance): DBInstance {
  const cluster = context.state.clusters[instance.clusterId];
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DBInstanceClass: instance.instanceClass,
    DBInstanceStatus: instance.status,
    DBClusterIdentifier: instance.clusterId,
    Engine: cluster?.engine,
    EngineVersion: cluster?.engineVersion,
    Endpoint: { Address: instanceAddress(context.state, context.region, instance.id), Port: cluster?.port },
    AvailabilityZone: instance.zone,
    PromotionTier: instance.promotionTier,
    InstanceCreateTime: new Date(instance.createdAt),
    StorageEncrypted: cluster?.storageEncrypted,
    KmsKeyId: cluster?.kmsKeyId,
  };
}

export const instanceAddress = (state: RdsState, region: string, id: string): string =>
  `${id}.${state.endpointId}.${region}.docdb.amazonaws.com`;
