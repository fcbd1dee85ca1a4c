/** What changes DocumentDB clusters and instances that are there, and what takes them away. Changes are in force at once. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { describeCluster, describeInstance, instancesOf } from './clusters.ts';
import { describeGlobal } from './global-clusters.ts';
import { publish } from './replication.ts';
import { clusterNamed, type DbInstance, globalNamed, type RdsState } from './state.ts';

type RdsContext = Context<RdsState>;
type Rds = Clients['rds'];

/** Guess: the wording; the code is documented for deletion of what is protected. */
const PROTECTED = 'Cannot delete protected Cluster, please disable deletion protection and try again.';

/** Only the deletion protection can be changed here. */
export function modifyGlobalCluster(
  input: Input<Rds, 'ModifyGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'ModifyGlobalCluster'> {
  if (input.NewGlobalClusterIdentifier !== undefined) {
    throw new NotModelled('rds:ModifyGlobalCluster with NewGlobalClusterIdentifier is not modelled');
  }
  const view = globalNamed(context.state, input.GlobalClusterIdentifier);
  view.deletionProtection = input.DeletionProtection ?? view.deletionProtection;
  publish(context, view);
  return { GlobalCluster: describeGlobal(context, view) };
}

/** @throws AwsError InvalidGlobalClusterStateFault while it has clusters or is protected */
export function deleteGlobalCluster(
  input: Input<Rds, 'DeleteGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'DeleteGlobalCluster'> {
  const view = globalNamed(context.state, input.GlobalClusterIdentifier);
  if (view.deletionProtection) throw new AwsError('InvalidGlobalClusterStateFault', PROTECTED);
  if (view.members.length > 0) {
    throw new AwsError('InvalidGlobalClusterStateFault', `Global cluster ${view.id} is not empty.`);
  }
  for (const region of context.cloud.state.regions) delete context.stateIn(region).globals[view.id];
  return { GlobalCluster: describeGlobal(context, view) };
}

const MODIFIABLE = new Set([
  'ApplyImmediately',
  'BackupRetentionPeriod',
  'CloudwatchLogsExportConfiguration',
  'DBClusterIdentifier',
  'DBClusterParameterGroupName',
  'DeletionProtection',
  'MasterUserPassword',
  'Port',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'VpcSecurityGroupIds',
]);

/** @throws AwsError DBClusterNotFoundFault, InvalidDBClusterStateFault while it is not available */
export function modifyDBCluster(
  input: Input<Rds, 'ModifyDBCluster'>,
  context: RdsContext,
): Output<Rds, 'ModifyDBCluster'> {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !MODIFIABLE.has(name)) {
      throw new NotModelled(`rds:ModifyDBCluster: member '${name}' is not modelled`);
    }
  }
  const cluster = clusterNamed(context.state, input.DBClusterIdentifier);
  if (cluster.status !== 'available') {
    throw new AwsError('InvalidDBClusterStateFault', `DBCluster ${cluster.id} is ${cluster.status}.`);
  }
  const { EnableLogTypes = [], DisableLogTypes = [] } = input.CloudwatchLogsExportConfiguration ?? {};
  cluster.port = input.Port ?? cluster.port;
  cluster.parameterGroup = input.DBClusterParameterGroupName ?? cluster.parameterGroup;
  cluster.backupRetentionDays = input.BackupRetentionPeriod ?? cluster.backupRetentionDays;
  cluster.deletionProtection = input.DeletionProtection ?? cluster.deletionProtection;
  cluster.securityGroupIds = [...(input.VpcSecurityGroupIds ?? cluster.securityGroupIds)];
  const kept = cluster.logExports.filter((type) => !DisableLogTypes.includes(type) && !EnableLogTypes.includes(type));
  cluster.logExports = [...kept, ...EnableLogTypes];
  return { DBCluster: describeCluster(context, cluster) };
}

/**
 * @throws AwsError InvalidDBClusterStateFault while it has instances, is in a global cluster or there is a snapshot to
 *   take and none named; InvalidParameterCombination under deletion protection
 */
export function deleteDBCluster(
  input: Input<Rds, 'DeleteDBCluster'>,
  context: RdsContext,
): Output<Rds, 'DeleteDBCluster'> {
  const cluster = clusterNamed(context.state, input.DBClusterIdentifier);
  if (cluster.deletionProtection) throw new AwsError('InvalidParameterCombination', PROTECTED);
  if (cluster.globalClusterId !== undefined) {
    throw new AwsError(
      'InvalidDBClusterStateFault',
      'This cluster is a part of a global cluster, please remove it from globalcluster first',
    );
  }
  if (instancesOf(context.state, cluster.id).length > 0) {
    throw new AwsError(
      'InvalidDBClusterStateFault',
      'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
    );
  }
  if (input.FinalDBSnapshotIdentifier !== undefined) {
    throw new NotModelled('rds:DeleteDBCluster with a final snapshot is not modelled');
  }
  if (!input.SkipFinalSnapshot) {
    throw new AwsError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
    );
  }
  delete context.state.clusters[cluster.id];
  return { DBCluster: { ...describeCluster(context, cluster), Status: 'deleting' } };
}

function instanceNamed(state: RdsState, id: string | undefined): DbInstance {
  const instance = state.instances[(id ?? '').toLowerCase()];
  if (instance) return instance;
  throw new AwsError('DBInstanceNotFoundFault', `DBInstance ${id} not found.`);
}

/** The class and what changes nothing here; a new identifier is refused by name. */
export function modifyDBInstance(
  input: Input<Rds, 'ModifyDBInstance'>,
  context: RdsContext,
): Output<Rds, 'ModifyDBInstance'> {
  if (input.NewDBInstanceIdentifier !== undefined) {
    throw new NotModelled('rds:ModifyDBInstance with NewDBInstanceIdentifier is not modelled');
  }
  const instance = instanceNamed(context.state, input.DBInstanceIdentifier);
  instance.instanceClass = input.DBInstanceClass ?? instance.instanceClass;
  instance.promotionTier = input.PromotionTier ?? instance.promotionTier;
  return { DBInstance: describeInstance(context, instance) };
}

/** @throws AwsError DBInstanceNotFoundFault */
export function deleteDBInstance(
  input: Input<Rds, 'DeleteDBInstance'>,
  context: RdsContext,
): Output<Rds, 'DeleteDBInstance'> {
  const instance = instanceNamed(context.state, input.DBInstanceIdentifier);
  delete context.state.instances[instance.id];
  return { DBInstance: { ...describeInstance(context, instance), DBInstanceStatus: 'deleting' } };
}
