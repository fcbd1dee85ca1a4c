/** What the rest of the simulated world asks of DocumentDB's control plane: whose endpoint is this, may it write. */
import type { Cloud } from '../../cloud.ts';
import { believesToWrite } from './clusters.ts';
import { rds } from './service.ts';
import type { RdsState } from './state.ts';

export interface ClusterView {
  readonly status: string;
  /** Whether its storage takes writes: the region believes it is the writer, and nothing has fenced it. */
  readonly writable: boolean;
  /** False while it has no instance or is being rebuilt on a new volume. */
  readonly readable: boolean;
  readonly globalClusterId: string | undefined;
}

/**
 * A cluster as its own region sees it. Whether anybody can reach that region is the caller's question.
 * @throws Error when the region has no such cluster
 */
export function clusterView(cloud: Cloud, region: string, clusterId: string): ClusterView {
  const state = cloud.stateOf<RdsState>(rds, region);
  const cluster = state.clusters[clusterId];
  if (!cluster) throw new Error(`${region} has no database cluster '${clusterId}'`);
  const hasInstance = Object.values(state.instances).some(
    (instance) => instance.clusterId === clusterId && instance.status === 'available',
  );
  const view = cluster.globalClusterId === undefined ? undefined : state.globals[cluster.globalClusterId];
  const member = view?.members.find((candidate) => candidate.arn === cluster.arn);
  return {
    status: cluster.status,
    writable: hasInstance && !cluster.fenced && cluster.status !== 'promoting' && believesToWrite(state, cluster),
    readable: hasInstance && member?.synchronization !== 'pending-resync',
    globalClusterId: cluster.globalClusterId,
  };
}

/** Whose endpoint a host name is; null for a name that is none. */
export function clusterOfEndpoint(
  cloud: Cloud,
  host: string,
): { region: string; clusterId: string; reader: boolean } | null {
  const name = host.toLowerCase().split(':')[0] ?? '';
  const region = /\.([a-z0-9-]+)\.docdb\.amazonaws\.com$/.exec(name)?.[1];
  if (region === undefined || !cloud.state.regions.includes(region)) return null;
  for (const cluster of Object.values(cloud.stateOf<RdsState>(rds, region).clusters)) {
    if (cluster.endpoint === name) return { region, clusterId: cluster.id, reader: false };
    if (cluster.readerEndpoint === name) return { region, clusterId: cluster.id, reader: true };
  }
  return null;
}
