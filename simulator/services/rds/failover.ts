/**
 * Failover and switchover of a global cluster, from the accepted request to the new writer. All steps run as timers in
 * the region that is to become the writer; only giving up on a lost switchover runs in the old writer's region.
 * Durations: documentDb… in world/durations.ts.
 */
import { firstStruck, type StuckPromotionFault, struck } from '../../faults.ts';
import type { Context } from '../../service.ts';
import { promoted } from '../../world/database.ts';
import {
  documentDbDetachSeconds,
  documentDbFailoverSeconds,
  documentDbSwitchoverLimitSeconds,
  documentDbSwitchoverSeconds,
  documentDbVerifySeconds,
} from '../../world/durations.ts';
import { adoptNewer, publish, scheduleRejoin } from './replication.ts';
import { type Cluster, type GlobalMember, type GlobalView, memberByArn, type RdsState } from './state.ts';

type RdsContext = Context<RdsState>;

interface Attempt {
  readonly globalClusterId: string;
  readonly failoverId: string;
}

const stuckLookMs = 15_000;

/** Starts what was validated. The caller answers with the view as it is afterwards. */
export function begin(
  context: RdsContext,
  view: GlobalView,
  plan: { from: GlobalMember; to: GlobalMember; dataLossAllowed: boolean },
): void {
  const { from, to, dataLossAllowed } = plan;
  const failoverId = context.random.hex(8);
  view.failover = { id: failoverId, from: from.arn, to: to.arn, dataLossAllowed, status: 'pending' };
  view.status = dataLossAllowed ? 'failing-over' : 'switching-over';
  publish(context, view);
  const { random } = context;
  const usualMs = seconds(dataLossAllowed ? documentDbFailoverSeconds(random) : documentDbSwitchoverSeconds(random));
  const takesMs = usualMs + slowedByMs(context, view.id, to.region);
  const attempt: Attempt = { globalClusterId: view.id, failoverId };
  scheduleIn(context, to.region, 'beginPromotion', seconds(documentDbVerifySeconds(random)), attempt);
  scheduleIn(context, to.region, 'completePromotion', takesMs, attempt);
  if (!dataLossAllowed) {
    scheduleIn(context, from.region, 'abandonSwitchover', seconds(documentDbSwitchoverLimitSeconds), attempt);
  }
}

/** Faults: a promotion that takes longer, or does not end while the fault is in force. */
const slowedByMs = ({ cloud }: RdsContext, id: string, region: string): number =>
  struck(cloud, 'stuck-promotion', (fault) => fault.addedMs !== undefined && isAbout(fault, id, region)).reduce(
    (sum, { addedMs = 0 }) => sum + addedMs,
    0,
  );

const isStuck = ({ cloud, region }: RdsContext, id: string): boolean =>
  firstStruck(cloud, 'stuck-promotion', (fault) => fault.addedMs === undefined && isAbout(fault, id, region)) !==
  undefined;

const isAbout = (fault: StuckPromotionFault, id: string, region: string): boolean =>
  (fault.globalClusterId === undefined || fault.globalClusterId === id) &&
  (fault.region === undefined || fault.region === region);

const seconds = (amount: number): number => Math.round(amount * 1000);

function scheduleIn(context: RdsContext, region: string, name: string, afterMs: number, data: Attempt): void {
  context.cloud.clock.schedule({ at: context.now + afterMs, region, service: 'rds', name, data });
}

interface Parts {
  readonly view: GlobalView;
  readonly failover: NonNullable<GlobalView['failover']>;
  readonly from: GlobalMember;
  readonly to: GlobalMember;
  /** The old writer's cluster if its region can be reached. */
  readonly oldWriter: Cluster | undefined;
  readonly target: Cluster | undefined;
}

/**
 * The attempt's parts, or nothing when it is over or another one has begun. A region that was away looks first whether
 * the others went on without it: a switchover that its primary has abandoned must not be completed.
 */
function partsOf(attempt: Attempt, context: RdsContext): Parts | undefined {
  const known = context.state.globals[attempt.globalClusterId];
  if (known) adoptNewer(context, known);
  const view = context.state.globals[attempt.globalClusterId];
  const failover = view?.failover;
  if (!view || !failover || failover.id !== attempt.failoverId) return undefined;
  const from = memberByArn(view, failover.from);
  const to = memberByArn(view, failover.to);
  if (!from || !to) return undefined;
  const reachable = context.cloud.reaches(context.region, from.region);
  return {
    view,
    failover,
    from,
    to,
    oldWriter: reachable ? context.stateIn(from.region).clusters[from.clusterId] : undefined,
    target: context.stateIn(to.region).clusters[to.clusterId],
  };
}

/**
 * Timer, in the target's region: verified, the promotion starts. A switchover quiesces the writer. A failover fences it
 * as well as it can: not at all when it cannot be reached. (Guess: the target still answers reads meanwhile.)
 */
export function beginPromotion(attempt: Attempt, context: RdsContext): void {
  const parts = partsOf(attempt, context);
  if (!parts) return;
  const { view, failover, target, oldWriter } = parts;
  if (!failover.dataLossAllowed && !oldWriter) {
    cancel(context, parts, 'the primary cannot be reached');
    return;
  }
  failover.status = 'failing-over';
  if (target) target.status = failover.dataLossAllowed ? 'failing-over' : 'modifying';
  if (oldWriter) {
    oldWriter.fenced = true;
    oldWriter.status = failover.dataLossAllowed ? 'modifying' : 'switching-over';
  }
  publish(context, view);
  context.trace('cluster.promoting', {
    globalClusterId: view.id,
    to: parts.to.region,
    oldWriterFenced: oldWriter !== undefined,
  });
}

/** Timer, in the target's region: the target takes writes from here on. */
export async function completePromotion(attempt: Attempt, context: RdsContext): Promise<void> {
  const parts = partsOf(attempt, context);
  if (!parts) return;
  const { view, failover, from, to, target, oldWriter } = parts;
  if (isStuck(context, view.id)) {
    scheduleIn(context, context.region, 'completePromotion', stuckLookMs, attempt);
    return;
  }
  if (!failover.dataLossAllowed && !oldWriter) {
    cancel(context, parts, 'the primary was lost');
    return;
  }
  for (const member of view.members) {
    member.isWriter = member.arn === to.arn;
    // After a failover every other cluster is rebuilt from the new writer; after a switchover none is.
    if (!member.isWriter && failover.dataLossAllowed) member.synchronization = 'pending-resync';
  }
  to.synchronization = 'connected';
  view.failover = undefined;
  view.status = 'available';
  if (target) Object.assign(target, { fenced: false, status: 'available' });
  publish(context, view);
  if (failover.dataLossAllowed) rebuildOthers(context, view, from);
  context.trace('cluster.promoted', {
    globalClusterId: view.id,
    region: to.region,
    dataLossAllowed: failover.dataLossAllowed,
  });
  await promoted(context.cloud, {
    globalClusterId: view.id,
    region: to.region,
    clusterId: to.clusterId,
    dataLossAllowed: failover.dataLossAllowed,
  });
}

/** The old writer rejoins when it learns of its demotion; further secondaries are rebuilt now. */
function rebuildOthers(context: RdsContext, view: GlobalView, from: GlobalMember): void {
  for (const member of view.members) {
    if (!member.isWriter && member.arn !== from.arn) scheduleRejoin(context, member.region, view.id);
  }
}

/** Everything as it was before the attempt. */
function cancel(context: RdsContext, parts: Parts, why: string): void {
  const { view, oldWriter, target } = parts;
  view.failover = undefined;
  view.status = 'available';
  for (const cluster of [oldWriter, target])
    if (cluster) Object.assign(cluster, { fenced: false, status: 'available' });
  publish(context, view);
  context.trace('switchover.cancelled', { globalClusterId: view.id, why });
}

/** Timer, in the old writer's region: it does not stay quiesced for ever for a target that never comes. */
export function abandonSwitchover(attempt: Attempt, context: RdsContext): void {
  const parts = partsOf(attempt, context);
  if (!parts) return;
  cancel(context, parts, 'the switchover took too long');
}

/** Detaches a secondary: it becomes a cluster of its own that takes writes. Nothing fences the global cluster's writer. */
export function beginDetach(context: RdsContext, view: GlobalView, cluster: Cluster): void {
  cluster.status = 'promoting';
  const afterMs = seconds(documentDbDetachSeconds(context.random));
  context.schedule('detached', afterMs, { globalClusterId: view.id, clusterId: cluster.id });
}

/** Timer, in the detached cluster's region. */
export async function detached(
  data: { globalClusterId: string; clusterId: string },
  context: RdsContext,
): Promise<void> {
  const view = context.state.globals[data.globalClusterId];
  const cluster = context.state.clusters[data.clusterId];
  if (!cluster) return;
  Object.assign(cluster, { globalClusterId: undefined, status: 'available', fenced: false });
  if (view) {
    view.members = view.members.filter((member) => member.arn !== cluster.arn);
    publish(context, view);
  }
  context.trace('cluster.detached', data);
  await promoted(context.cloud, { ...data, region: context.region, dataLossAllowed: true });
}
