/**
 * DocumentDB's control plane in one region as plain data. A region keeps its own view of each global cluster: one that is
 * dark or cut off does not learn of a failover and still believes what it last knew.
 */
import type { FailoverStatus, GlobalClusterMemberSynchronizationStatus } from '@aws-sdk/client-docdb';
import { AwsError } from '../../errors.ts';

export interface GlobalMember {
  readonly arn: string;
  readonly region: string;
  readonly clusterId: string;
  readonly engineVersion: string;
  isWriter: boolean;
  synchronization: GlobalClusterMemberSynchronizationStatus;
}

export interface GlobalFailover {
  /** Of this attempt, so that timers of another one do nothing. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly dataLossAllowed: boolean;
  status: FailoverStatus;
}

/** One region's view of a global cluster; the one with the higher revision is newer. */
export interface GlobalView {
  readonly id: string;
  readonly resourceId: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly storageEncrypted: boolean;
  deletionProtection: boolean;
  readonly tags: Record<string, string>;
  revision: number;
  status: string;
  members: GlobalMember[];
  failover: GlobalFailover | undefined;
}

export interface Cluster {
  readonly id: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly createdAt: number;
  readonly engine: string;
  readonly engineVersion: string;
  readonly endpoint: string;
  readonly readerEndpoint: string;
  port: number;
  readonly masterUsername: string | undefined;
  readonly subnetGroup: string | undefined;
  parameterGroup: string | undefined;
  backupRetentionDays: number;
  readonly storageEncrypted: boolean;
  readonly kmsKeyId: string | undefined;
  deletionProtection: boolean;
  securityGroupIds: string[];
  logExports: string[];
  readonly tags: Record<string, string>;
  globalClusterId: string | undefined;
  /** 'available', 'failing-over', 'switching-over', 'modifying', 'promoting'. */
  status: string;
  /** Storage takes no writes although this region's view calls it the writer: quiesced or fenced. */
  fenced: boolean;
}

export interface DbInstance {
  readonly id: string;
  readonly arn: string;
  readonly clusterId: string;
  instanceClass: string;
  readonly zone: string;
  promotionTier: number;
  readonly createdAt: number;
  readonly tags: Record<string, string>;
  status: string;
}

export interface RdsState {
  /** Part of every endpoint's name in this account and region. */
  readonly endpointId: string;
  readonly globals: Record<string, GlobalView>;
  readonly clusters: Record<string, Cluster>;
  readonly instances: Record<string, DbInstance>;
  readonly subnetGroups: Record<string, { readonly description: string; readonly subnetIds: string[] }>;
  readonly parameterGroups: Record<string, { readonly family: string; readonly parameters: Record<string, string> }>;
}

export function clusterNamed(state: RdsState, idOrArn: string | undefined): Cluster {
  const id = idOrArn?.startsWith('arn:') ? idOrArn.split(':').at(-1) : idOrArn;
  const cluster = state.clusters[(id ?? '').toLowerCase()];
  if (cluster) return cluster;
  throw new AwsError('DBClusterNotFoundFault', `DBCluster ${idOrArn} not found.`);
}

export function globalNamed(state: RdsState, id: string | undefined): GlobalView {
  const view = state.globals[(id ?? '').toLowerCase()];
  if (view) return view;
  throw new AwsError('GlobalClusterNotFoundFault', `Global cluster ${id} not found.`);
}

export const writerOf = (view: GlobalView): GlobalMember | undefined => view.members.find((member) => member.isWriter);

export const memberByArn = (view: GlobalView, arn: string): GlobalMember | undefined =>
  view.members.find((member) => member.arn === arn);
