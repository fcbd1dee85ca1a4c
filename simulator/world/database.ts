/**
 * What the document clusters hold. A writer logs every change; a secondary applies its writer's log some time later. A
 * promotion goes on from what the target had, and what only the old writer had is lost, which the ledger keeps.
 */
import type { Cloud } from '../cloud.ts';
import { defineService } from '../service.ts';
import { rds } from '../services/rds/service.ts';
import { type RdsState, writerOf } from '../services/rds/state.ts';
import { clusterView } from '../services/rds/view.ts';
import { apply, type Change, type Collections } from './documents.ts';
import { type LedgerWrite, ledgerOf, recordWrite, type WriteKind } from './ledger.ts';
import { elapsed, INTERNET } from './place.ts';
import { replicate, startReplication } from './replication.ts';

export interface ClusterId {
  readonly region: string;
  readonly clusterId: string;
}

export interface LoggedChange extends Change {
  /** Milliseconds since the run began, when the writer took it. */
  readonly t: number;
}

export interface Contents extends ClusterId {
  collections: Collections;
  /** Every change that this cluster has, in order. */
  log: LoggedChange[];
  /** Whose log it applies; null for a writer. */
  follows: ClusterId | null;
  /** How much of that log it has applied. */
  applied: number;
}

export interface DatabaseState {
  /** '<region>/<cluster id>' → contents */
  readonly clusters: Record<string, Contents>;
  /** Global clusters whose replication runs. */
  readonly replicating: Record<string, true>;
}

export const database = defineService<object, DatabaseState>({
  name: 'world.database',
  homeRegion: INTERNET,
  initialState: () => ({ clusters: {}, replicating: {} }),
  operations: {},
  access: {},
  timers: { replicate },
});

export const databaseState = (cloud: Cloud): DatabaseState => cloud.stateOf<DatabaseState>(database, INTERNET);

/**
 * A cluster's contents, made on first use, and with it those of the whole global cluster: whom a secondary follows must
 * be known before a promotion changes it. A secondary starts empty and copies from its writer.
 */
export function contentsOf(cloud: Cloud, { region, clusterId }: ClusterId): Contents {
  const state = databaseState(cloud);
  const key = `${region}/${clusterId}`;
  const known = state.clusters[key];
  if (known) return known;
  const contents: Contents = { region, clusterId, collections: {}, log: [], follows: null, applied: 0 };
  state.clusters[key] = contents;
  const { globalClusterId } = clusterView(cloud, region, clusterId);
  if (globalClusterId !== undefined) {
    const view = cloud.stateOf<RdsState>(rds, region).globals[globalClusterId];
    const writer = view && writerOf(view);
    if (writer && writer.region !== region) contents.follows = { region: writer.region, clusterId: writer.clusterId };
    startReplication(cloud, globalClusterId);
    for (const member of membersOf(cloud, region, globalClusterId)) contentsOf(cloud, member);
  }
  return contents;
}

/** The members of a global cluster as one of its regions sees them. */
export function membersOf(cloud: Cloud, region: string, globalClusterId: string): ClusterId[] {
  const view = cloud.stateOf<RdsState>(rds, region).globals[globalClusterId];
  return (view?.members ?? []).map((member) => ({ region: member.region, clusterId: member.clusterId }));
}

/** Carries out a change on a writer and notes it in the ledger. Whether the cluster is writable was checked before. */
export function write(
  cloud: Cloud,
  cluster: ClusterId,
  change: Change & { readonly epoch: number },
  by: { readonly instance: string; readonly colour: string },
): LedgerWrite {
  const contents = contentsOf(cloud, cluster);
  const logged: LoggedChange = { ...change, t: elapsed(cloud) };
  apply(contents.collections, logged);
  contents.log.push(logged);
  return recordWrite(cloud, {
    region: cluster.region,
    clusterArn: cloud.stateOf<RdsState>(rds, cluster.region).clusters[cluster.clusterId]?.arn ?? cluster.clusterId,
    epoch: Number(change.epoch),
    id: change.id,
    kind: kindOf(change),
    ...by,
  });
}

/** Told by collection and, for orders, by the id: Mainstay's probes begin with 'probe'. */
function kindOf({ collection, id }: Change): WriteKind {
  if (collection === 'heartbeats') return 'heartbeat';
  if (collection === 'jobs') return 'job';
  return id.startsWith('probe') ? 'probe' : 'user';
}

/**
 * The storage's side of a promotion: after a switchover the target has everything and the others follow it; after a
 * failover or a detachment it goes on from what it had.
 */
export async function promoted(
  cloud: Cloud,
  promotion: ClusterId & { readonly globalClusterId: string; readonly dataLossAllowed: boolean },
): Promise<void> {
  const { globalClusterId, dataLossAllowed } = promotion;
  const target = contentsOf(cloud, promotion);
  const old = target.follows ? contentsOf(cloud, target.follows) : null;
  if (old && !dataLossAllowed) catchUp(target, old);
  const lost = old ? old.log.slice(target.applied) : [];
  target.follows = null;
  target.applied = 0;
  if (!dataLossAllowed) {
    for (const member of membersOf(cloud, target.region, globalClusterId)) {
      if (member.region === target.region) continue;
      copy(contentsOf(cloud, member), target);
    }
  }
  ledgerOf(cloud).promotions.push({
    t: elapsed(cloud),
    region: target.region,
    clusterId: target.clusterId,
    globalClusterId,
    newestAppliedAt: target.log.at(-1)?.t ?? null,
    lost: lost.map(({ id }) => id),
  });
}

/** The storage's side of a rejoin: the cluster is rebuilt from the writer; what only it had is gone. */
export async function rejoined(cloud: Cloud, cluster: ClusterId & { readonly globalClusterId: string }): Promise<void> {
  const view = cloud.stateOf<RdsState>(rds, cluster.region).globals[cluster.globalClusterId];
  const writer = view && writerOf(view);
  if (!writer) throw new Error(`${cluster.globalClusterId} has no writer to rejoin`);
  copy(contentsOf(cloud, cluster), contentsOf(cloud, { region: writer.region, clusterId: writer.clusterId }));
}

/** Applies the rest of the followed log. */
export function catchUp(contents: Contents, source: Contents, until = Number.POSITIVE_INFINITY): void {
  for (let next = source.log[contents.applied]; next && next.t <= until; next = source.log[contents.applied]) {
    apply(contents.collections, next);
    contents.log.push(next);
    contents.applied++;
  }
}

function copy(contents: Contents, source: Contents): void {
  contents.collections = structuredClone(source.collections);
  contents.log = [...source.log];
  contents.follows = { region: source.region, clusterId: source.clusterId };
  contents.applied = source.log.length;
}
