/**
 * The operations on global clusters, with the preconditions that AWS checks. None of them has a client token: callers
 * describe first. Rules: DocumentDB guide, "Disaster recovery and global clusters"; API reference.
 */
import type { GlobalCluster } from '@aws-sdk/client-docdb';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { begin, beginDetach } from './failover.ts';
import { publish } from './replication.ts';
import {
  type Cluster,
  clusterNamed,
  type GlobalMember,
  type GlobalView,
  globalNamed,
  memberByArn,
  type RdsState,
  writerOf,
} from './state.ts';

type RdsContext = Context<RdsState>;
type Rds = Clients['rds'];

export const globalArn = (account: string, id: string): string => `arn:aws:rds::${account}:global-cluster:${id}`;

/** The newest view that this region can see; a new member's region has none of its own. */
export function findGlobal(context: RdsContext, id: string): GlobalView {
  const reachable = context.cloud.state.regions.filter((region) => context.cloud.reaches(context.region, region));
  const views = reachable.map((region) => context.stateIn(region).globals[id]).filter((view) => view !== undefined);
  const [newest] = views.toSorted((a, b) => b.revision - a.revision);
  return newest ?? globalNamed(context.state, id);
}

/** @throws AwsError GlobalClusterAlreadyExistsFault, DBClusterNotFoundFault, InvalidDBClusterStateFault */
export function createGlobalCluster(
  input: Input<Rds, 'CreateGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'CreateGlobalCluster'> {
  const id = (input.GlobalClusterIdentifier ?? '').toLowerCase();
  const taken = context.cloud.state.regions.some((region) => context.stateIn(region).globals[id] !== undefined);
  if (taken) throw new AwsError('GlobalClusterAlreadyExistsFault', `Global cluster ${id} already exists.`);
  const source = input.SourceDBClusterIdentifier
    ? clusterNamed(context.state, input.SourceDBClusterIdentifier)
    : undefined;
  if (source?.globalClusterId !== undefined) {
    throw new AwsError('InvalidDBClusterStateFault', `Cluster ${source.arn} already belongs to a global cluster.`);
  }
  const view: GlobalView = {
    id,
    resourceId: `cluster-${context.random.hex(16)}`,
    engine: source?.engine ?? input.Engine ?? 'docdb',
    engineVersion: source?.engineVersion ?? input.EngineVersion ?? '5.0.0',
    storageEncrypted: source?.storageEncrypted ?? input.StorageEncrypted ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    tags: {},
    revision: 0,
    status: 'available',
    members: source ? [memberOf(context, source, true)] : [],
    failover: undefined,
  };
  if (source) source.globalClusterId = id;
  publish(context, view);
  return { GlobalCluster: describeGlobal(context, view) };
}

export const memberOf = (context: RdsContext, cluster: Cluster, isWriter: boolean): GlobalMember => ({
  arn: cluster.arn,
  region: context.region,
  clusterId: cluster.id,
  engineVersion: cluster.engineVersion,
  isWriter,
  synchronization: 'connected',
});

/** As this region sees it. @throws AwsError GlobalClusterNotFoundFault */
export function describeGlobalClusters(
  input: Input<Rds, 'DescribeGlobalClusters'>,
  context: RdsContext,
): Output<Rds, 'DescribeGlobalClusters'> {
  const { GlobalClusterIdentifier: id } = input;
  const views = id === undefined ? Object.values(context.state.globals) : [globalNamed(context.state, id)];
  return { GlobalClusters: views.map((view) => describeGlobal(context, view)) };
}

export function describeGlobal(context: RdsContext, view: GlobalView): GlobalCluster {
  const writer = writerOf(view);
  return {
    GlobalClusterIdentifier: view.id,
    GlobalClusterResourceId: view.resourceId,
    GlobalClusterArn: globalArn(context.account, view.id),
    Status: view.status,
    Engine: view.engine,
    EngineVersion: view.engineVersion,
    StorageEncrypted: view.storageEncrypted,
    DeletionProtection: view.deletionProtection,
    GlobalClusterMembers: view.members.map((member) => ({
      DBClusterArn: member.arn,
      Readers: member === writer ? view.members.filter((one) => one !== writer).map((one) => one.arn) : [],
      IsWriter: member.isWriter,
      SynchronizationStatus: member.synchronization,
    })),
    FailoverState: view.failover && {
      Status: view.failover.status,
      FromDbClusterArn: view.failover.from,
      ToDbClusterArn: view.failover.to,
      IsDataLossAllowed: view.failover.dataLossAllowed,
    },
  };
}

const invalidGlobal = (message: string): AwsError => new AwsError('InvalidGlobalClusterStateFault', message);
const invalidCluster = (message: string): AwsError => new AwsError('InvalidDBClusterStateFault', message);

/**
 * With AllowDataLoss a failover, issued in the target's region; without it a switchover, issued in the writer's.
 * @throws AwsError GlobalClusterNotFoundFault, DBClusterNotFoundFault, InvalidGlobalClusterStateFault,
 *   InvalidDBClusterStateFault, InvalidParameterCombination
 */
export function failoverGlobalCluster(
  input: Input<Rds, 'FailoverGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'FailoverGlobalCluster'> {
  if (input.AllowDataLoss && input.Switchover) {
    throw new AwsError('InvalidParameterCombination', 'AllowDataLoss and Switchover cannot be specified together.');
  }
  return start(context, input, input.AllowDataLoss === true);
}

/** Issued in the writer's region; needs it healthy. @throws AwsError as FailoverGlobalCluster */
export function switchoverGlobalCluster(
  input: Input<Rds, 'SwitchoverGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'SwitchoverGlobalCluster'> {
  return start(context, input, false);
}

function start(
  context: RdsContext,
  input: { GlobalClusterIdentifier: string | undefined; TargetDbClusterIdentifier: string | undefined },
  dataLossAllowed: boolean,
): { GlobalCluster: GlobalCluster } {
  const view = globalNamed(context.state, input.GlobalClusterIdentifier);
  const to = memberByArn(view, input.TargetDbClusterIdentifier ?? '');
  if (!to)
    throw new AwsError(
      'DBClusterNotFoundFault',
      `DBCluster ${input.TargetDbClusterIdentifier} not found in ${view.id}.`,
    );
  if (view.failover) throw invalidGlobal(`Global cluster ${view.id} is already ${view.status}.`);
  if (view.status !== 'available') throw invalidGlobal(`Global cluster ${view.id} is ${view.status}, not available.`);
  const from = writerOf(view);
  if (!from) throw invalidGlobal(`Global cluster ${view.id} has no primary cluster.`);
  if (to.isWriter) throw invalidCluster(`${to.arn} is already the primary cluster of ${view.id}.`);
  checkRegion(context, dataLossAllowed ? to : from, dataLossAllowed);
  if (!dataLossAllowed) checkPrimary(context, from);
  checkTarget(context, view, from, to);
  begin(context, view, { from, to, dataLossAllowed });
  return { GlobalCluster: describeGlobal(context, view) };
}

/** Guess: AWS documents which region's endpoint to call, not which error the other one answers. */
function checkRegion(context: RdsContext, wanted: GlobalMember, dataLossAllowed: boolean): void {
  if (context.region === wanted.region) return;
  const what = dataLossAllowed
    ? 'failover must be called in the region of the secondary'
    : 'switchover must be called in the region of the primary';
  throw invalidGlobal(`A ${what}, ${wanted.region}; this is ${context.region}.`);
}

function checkPrimary(context: RdsContext, from: GlobalMember): void {
  const primary = context.cloud.reaches(context.region, from.region)
    ? context.stateIn(from.region).clusters[from.clusterId]
    : undefined;
  if (primary?.status !== 'available') throw invalidCluster(`The primary cluster ${from.arn} is not available.`);
}

function checkTarget(context: RdsContext, view: GlobalView, from: GlobalMember, to: GlobalMember): void {
  if (!context.cloud.reaches(context.region, to.region)) throw invalidCluster(`${to.arn} cannot be reached.`);
  const state = context.stateIn(to.region);
  const target = clusterNamed(state, to.arn);
  if (target.status !== 'available' || to.synchronization !== 'connected') {
    throw invalidCluster(
      `You can't fail over to the cluster with ARN ${to.arn} because it's being modified or because modifications are pending. ` +
        'Try again when the cluster becomes available.',
    );
  }
  if (view.members.some((member) => member.engineVersion !== from.engineVersion)) {
    throw invalidCluster(
      'The target DB cluster specified is running an engine version with a different patch level than the source DB cluster.',
    );
  }
  const instances = Object.values(state.instances).filter((instance) => instance.clusterId === target.id);
  if (instances.length === 0) throw invalidCluster(`The target cluster ${to.arn} has no instances.`);
}

/** Issued in the region of the cluster that leaves. The primary may leave only as the last one. */
export function removeFromGlobalCluster(
  input: Input<Rds, 'RemoveFromGlobalCluster'>,
  context: RdsContext,
): Output<Rds, 'RemoveFromGlobalCluster'> {
  const view = globalNamed(context.state, input.GlobalClusterIdentifier);
  const member = memberByArn(view, input.DbClusterIdentifier ?? '');
  if (!member || member.region !== context.region) {
    throw new AwsError(
      'DBClusterNotFoundFault',
      `DBCluster ${input.DbClusterIdentifier} not found in ${context.region}.`,
    );
  }
  if (view.failover) throw invalidGlobal(`Global cluster ${view.id} is ${view.status}.`);
  if (member.isWriter && view.members.length > 1) {
    throw invalidGlobal(`The primary cluster ${member.arn} cannot be removed while ${view.id} has secondary clusters.`);
  }
  beginDetach(context, view, clusterNamed(context.state, member.arn));
  return { GlobalCluster: describeGlobal(context, view) };
}
