/**
 * How a secondary gets its writer's changes: in small steps, some time later, and not at all while the way between them
 * is cut. Started by a global cluster's first use.
 */
import type { Cloud } from '../cloud.ts';
import { addedLagMs, countLag } from '../faults/databases.ts';
import type { Context } from '../service.ts';
import {
  type ClusterId,
  catchUp,
  contentsOf,
  type DatabaseState,
  database,
  databaseState,
  membersOf,
} from './database.ts';
import { elapsed, INTERNET } from './place.ts';

/** How often changes arrive. The lag that is drawn comes on top. */
const STEP_MS = 250;

/** Usual lag in milliseconds. AWS documents "typically less than one second"; Guess: the shape. */
const usualLagMs = [60, 200, 700] as const;

/** Lets a global cluster's replication run; again does nothing. */
export function startReplication(cloud: Cloud, globalClusterId: string): void {
  const { replicating } = databaseState(cloud);
  if (replicating[globalClusterId]) return;
  replicating[globalClusterId] = true;
  schedule(cloud, globalClusterId);
}

function schedule(cloud: Cloud, globalClusterId: string): void {
  // Outside the regions, so that neither end's darkness stops the other clusters' replication.
  const at = cloud.now + STEP_MS;
  cloud.clock.schedule({ at, region: INTERNET, service: database.name, name: 'replicate', data: { globalClusterId } });
}

/** Timer: every cluster that follows another applies what has reached it. */
export function replicate(data: { globalClusterId: string }, { cloud, state }: Context<DatabaseState>): void {
  schedule(cloud, data.globalClusterId);
  // A secondary that was added meanwhile begins to follow.
  for (const { region } of Object.values(state.clusters)) {
    for (const member of membersOf(cloud, region, data.globalClusterId)) contentsOf(cloud, member);
  }
  for (const contents of Object.values(state.clusters)) {
    if (!contents.follows || !cloud.delivers(contents.follows.region, contents.region)) continue;
    const usualMs = cloud.random('world.replication').triangular(...usualLagMs);
    const source = contentsOf(cloud, contents.follows);
    const addedMs = addedLagMs(cloud, data.globalClusterId, contents.region);
    catchUp(contents, source, elapsed(cloud) - usualMs - addedMs);
    const next = addedMs > 0 ? source.log[contents.applied] : undefined;
    if (next && next.t <= elapsed(cloud) - usualMs) countLag(cloud, data.globalClusterId, contents.region);
  }
}

/**
 * How far behind its writer a cluster is, in milliseconds: 0 for a writer, null while the writer cannot be reached,
 * because then nobody knows.
 */
export function replicationLagMs(cloud: Cloud, cluster: ClusterId): number | null {
  const contents = contentsOf(cloud, cluster);
  if (!contents.follows) return 0;
  if (!cloud.delivers(contents.follows.region, contents.region)) return null;
  const oldestMissing = contentsOf(cloud, contents.follows).log[contents.applied];
  return oldestMissing ? elapsed(cloud) - oldestMissing.t : 0;
}
