/**
 * How regions learn what a global cluster looks like: whoever changes it tells every member region it can reach, and
 * keeps trying the others. Until told, a region acts on its old view; that is the split brain Mainstay must survive.
 */
import type { Context } from '../../service.ts';
import { rejoined } from '../../world/database.ts';
import { documentDbNoticeSeconds, documentDbRejoinSeconds } from '../../world/durations.ts';
import type { GlobalView, RdsState } from './state.ts';
import { writerOf } from './state.ts';

type RdsContext = Context<RdsState>;

/** Stores a changed view here and wherever it can be delivered now. */
export function publish(context: RdsContext, view: GlobalView): void {
  view.revision++;
  context.state.globals[view.id] = view;
  const unreached = deliverAll(context, view);
  if (unreached.length > 0) scheduleNotice(context, view.id);
}

function deliverAll(context: RdsContext, view: GlobalView): string[] {
  const regions = new Set(view.members.map((member) => member.region));
  const known = context.cloud.state.regions.filter(
    (region) => regions.has(region) || hasView(context, region, view.id),
  );
  const unreached: string[] = [];
  for (const region of known) {
    if (region === context.region) continue;
    if (!context.cloud.reaches(context.region, region)) unreached.push(region);
    else deliver(context, region, view);
  }
  return unreached;
}

const hasView = (context: RdsContext, region: string, id: string): boolean =>
  context.stateIn(region).globals[id] !== undefined;

function deliver(context: RdsContext, region: string, view: GlobalView): void {
  const state = context.stateIn(region);
  const before = state.globals[view.id];
  if (before && before.revision >= view.revision) return;
  state.globals[view.id] = structuredClone(view);
  const member = view.members.find((candidate) => candidate.region === region);
  const cluster = member && state.clusters[member.clusterId];
  if (!before || !member || !cluster) return;
  const demoted = writerOf(before)?.region === region && !member.isWriter;
  if (demoted && member.synchronization === 'pending-resync') {
    Object.assign(cluster, { fenced: true, status: 'modifying' });
    scheduleRejoin(context, region, view.id);
  } else if (before.failover && !view.failover) {
    Object.assign(cluster, { fenced: false, status: 'available' });
  }
  if (demoted)
    context.cloud.note(region, 'rds', 'cluster.demoted', { globalClusterId: view.id, clusterId: cluster.id });
}

/** The old primary is rebuilt as a secondary on a new volume; what only it had is gone. Runs in its own region. */
export function scheduleRejoin(context: RdsContext, region: string, globalClusterId: string): void {
  const afterMs = Math.round(documentDbRejoinSeconds(context.random) * 1000);
  const at = context.now + afterMs;
  context.cloud.clock.schedule({ at, region, service: 'rds', name: 'rejoin', data: { globalClusterId } });
}

/** Timer, in the region of the old primary. */
export async function rejoin(data: { globalClusterId: string }, context: RdsContext): Promise<void> {
  const view = context.state.globals[data.globalClusterId];
  const member = view?.members.find((candidate) => candidate.region === context.region);
  const writer = view && writerOf(view);
  if (!view || member?.synchronization !== 'pending-resync' || !writer) return;
  // Its data comes from the writer: without a way there, nothing can be copied.
  if (!context.cloud.reaches(context.region, writer.region)) {
    scheduleRejoin(context, context.region, view.id);
    return;
  }
  member.synchronization = 'connected';
  const cluster = context.state.clusters[member.clusterId];
  if (cluster) Object.assign(cluster, { fenced: false, status: 'available' });
  publish(context, view);
  context.trace('cluster.rejoined', { globalClusterId: view.id, clusterId: member.clusterId });
  await rejoined(context.cloud, { globalClusterId: view.id, region: context.region, clusterId: member.clusterId });
}

function scheduleNotice(context: RdsContext, globalClusterId: string): void {
  context.schedule('notify', Math.round(documentDbNoticeSeconds(context.random) * 1000), { globalClusterId });
}

/** Timer: tells the regions that could not be reached before. */
export function notify(data: { globalClusterId: string }, context: RdsContext): void {
  const view = context.state.globals[data.globalClusterId];
  if (!view) return;
  if (adoptNewer(context, view)) return;
  if (deliverAll(context, view).length > 0) scheduleNotice(context, data.globalClusterId);
}

/** Takes over a newer view that another reachable region holds; false when there is none. */
export function adoptNewer(context: RdsContext, view: GlobalView): boolean {
  const [newest] = context.cloud.state.regions
    .filter((region) => region !== context.region && context.cloud.reaches(context.region, region))
    .map((region) => context.stateIn(region).globals[view.id])
    .filter((other) => other !== undefined && other.revision > view.revision)
    .toSorted((a, b) => (b?.revision ?? 0) - (a?.revision ?? 0));
  if (!newest) return false;
  deliver(context, context.region, newest);
  return true;
}
