/** Slow and lagging databases. Asked by the world's database servers and by replication. */
import type { Cloud } from '../cloud.ts';
import { countHit, isInForce, struck } from './book.ts';

/** What a region's servers, or its pools of connections, take longer for one operation. */
export const addedMs = (cloud: Cloud, kind: 'slow-database' | 'slow-pool', region: string): number =>
  struck(cloud, kind, (fault) => fault.region === region).reduce((sum, fault) => sum + fault.addedMs, 0);

/** How much further behind a secondary is, in milliseconds; Infinity while it gets nothing. */
export function addedLagMs(cloud: Cloud, globalClusterId: string, region: string): number {
  const { others } = cloud.state.faults;
  let lagMs = 0;
  for (const fault of others['replication-lag'] ?? []) {
    if (fault.globalClusterId !== globalClusterId || !isInForce(fault, cloud.now)) continue;
    const inForceMs = cloud.now - (fault.from ?? cloud.state.startedAt);
    lagMs += fault.addedMs + ((fault.growsBySecondMs ?? 0) * inForceMs) / 1_000;
  }
  const stopped = others['replication-stop']?.some(
    (fault) =>
      fault.globalClusterId === globalClusterId &&
      (fault.region === undefined || fault.region === region) &&
      isInForce(fault, cloud.now),
  );
  return stopped ? Number.POSITIVE_INFINITY : lagMs;
}

/** To be told when a change was held back from a secondary. */
export function countLag(cloud: Cloud, globalClusterId: string, region: string): void {
  const { others } = cloud.state.faults;
  for (const fault of [...(others['replication-lag'] ?? []), ...(others['replication-stop'] ?? [])]) {
    if (fault.globalClusterId !== globalClusterId || !isInForce(fault, cloud.now)) continue;
    if (fault.kind === 'replication-stop' && fault.region !== undefined && fault.region !== region) continue;
    countHit(cloud, fault);
  }
}
