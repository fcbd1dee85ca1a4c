/**
 * The service scheduler: keeps the wanted number of tasks of the PRIMARY deployment running, replaces those that are unfit,
 * and rolls a changed task definition out within the limits of the deployment configuration (ECS developer guide, "Rolling
 * update"). Started by every change of a service or a task, and by one timer per service that has tasks.
 */
import { ecsServiceIntervalSeconds } from '../../world/durations.ts';
import { measureCpu } from '../cloudwatch/cpu.ts';
import { publishDeployment, tell } from './events.ts';
import { activeTasks, type EcsContext, type ServiceRecord, type Task } from './state.ts';
import { beginStop, healthOf, isHealthy, launch } from './tasks.ts';

export function reconcile(context: EcsContext, service: ServiceRecord): void {
  const [primary] = service.deployments;
  const tasks = activeTasks(context, service);
  if (!primary) return;
  const current = tasks.filter((task) => task.deploymentId === primary.id);
  const former = tasks.filter((task) => task.deploymentId !== primary.id);
  const wanted = service.status === 'ACTIVE' ? service.desiredCount : 0;
  stopMany(context, surplus(current, wanted));
  stopFormer(context, service, { current, former, wanted });
  startMissing(context, service, wanted);
  settle(context, service, wanted);
  keepTicking(context, service);
}

/** The newest go first, those that do not run yet before those that do. */
function surplus(current: readonly Task[], wanted: number): Task[] {
  const rank = (task: Task): number => (task.status === 'RUNNING' ? 1 : 0);
  return current
    .toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt)
    .slice(0, Math.max(0, current.length - wanted));
}

function stopMany(context: EcsContext, tasks: readonly Task[]): void {
  for (const task of tasks) {
    beginStop(
      context,
      task,
      'ServiceSchedulerInitiated',
      `Scaling activity initiated by (deployment ${task.deploymentId})`,
    );
  }
}

interface Counted {
  readonly current: readonly Task[];
  readonly former: readonly Task[];
  readonly wanted: number;
}

/** Tasks of earlier deployments go as far as enough healthy ones are left; unfit ones go at once. */
function stopFormer(context: EcsContext, service: ServiceRecord, { current, former, wanted }: Counted): void {
  const isFit = (task: Task): boolean => isHealthy(context, service, task);
  const floor = Math.ceil((wanted * service.minimumHealthyPercent) / 100);
  let spare = [...current, ...former].filter(isFit).length - floor;
  for (const task of former.toSorted((a, b) => Number(isFit(a)) - Number(isFit(b)))) {
    if (isFit(task) && spare-- <= 0) return;
    stopMany(context, [task]);
  }
}

function startMissing(context: EcsContext, service: ServiceRecord, wanted: number): void {
  const [primary] = service.deployments;
  if (!primary || context.now < service.notBefore) return;
  const tasks = activeTasks(context, service);
  const ceiling = Math.max(wanted, Math.floor((wanted * service.maximumPercent) / 100));
  let missing = wanted - tasks.filter((task) => task.deploymentId === primary.id).length;
  let room = ceiling - tasks.length;
  while (missing-- > 0 && room-- > 0) {
    if (launch(context, service, primary)) continue;
    tell(context, service, 'was unable to place a task. Reason: Capacity is unavailable at this time.');
    backOff(context, service);
    return;
  }
}

/** A task that never ran, or ended by itself. */
export function failed(context: EcsContext, service: ServiceRecord, task: Task): void {
  const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
  if (deployment) deployment.failedTasks++;
  service.steady = false;
  if (task.stopCode === 'TaskFailedToStart' || context.now - (task.startedAt ?? 0) < SOON_MS) {
    if (service.failures >= 2) tell(context, service, 'is unable to consistently start tasks successfully.');
    backOff(context, service);
  }
}

/** A task that ends within this time counts as one that could not be started. */
const SOON_MS = 60_000;

/** Guess: AWS documents that starts of failing tasks are throttled, up to 27 minutes apart, not how: 5 s, doubling. */
function backOff(context: EcsContext, service: ServiceRecord): void {
  const pauseMs = Math.min(5_000 * 2 ** service.failures, 27 * 60_000);
  service.failures++;
  service.notBefore = context.now + pauseMs;
  context.schedule('serviceDue', pauseMs, { serviceArn: service.arn });
}

/** Timer: the pause after failures is over. */
export function serviceDue({ serviceArn }: { serviceArn: string }, context: EcsContext): void {
  const service = context.state.services[serviceArn];
  if (service) reconcile(context, service);
}

/** A deployment is complete when all its tasks are fit and no others are left. */
function settle(context: EcsContext, service: ServiceRecord, wanted: number): void {
  const [primary] = service.deployments;
  const tasks = activeTasks(context, service);
  const fit = tasks.filter((task) => task.deploymentId === primary?.id && isHealthy(context, service, task)).length;
  if (!primary || fit !== wanted || tasks.length !== wanted) {
    service.steady = false;
    return;
  }
  service.deployments = [primary];
  if (primary.rolloutState !== 'COMPLETED') {
    Object.assign(primary, { rolloutState: 'COMPLETED', updatedAt: context.now });
    publishDeployment(context, service, primary);
    tell(context, service, `(deployment ${primary.id}) deployment completed.`);
  }
  if (!service.steady) tell(context, service, 'has reached a steady state.');
  service.steady = true;
}

function keepTicking(context: EcsContext, service: ServiceRecord): void {
  if (service.ticking || activeTasks(context, service).length === 0) return;
  service.ticking = true;
  context.schedule('serviceTick', ecsServiceIntervalSeconds * 1_000, { serviceArn: service.arn });
}

function measure(context: EcsContext, service: ServiceRecord): void {
  const ClusterName = service.clusterArn.split('/').at(-1) ?? '';
  const running = activeTasks(context, service).filter(({ status }) => status === 'RUNNING');
  const machines = running.map(({ address }) => address);
  const fleet = { namespace: 'AWS/ECS', dimensions: { ClusterName, ServiceName: service.name }, machines } as const;
  service.measuredAt = measureCpu(context, fleet, service.measuredAt);
}

/** Timer: replaces tasks that load balancers hold for unfit, and goes on with a deployment. */
export function serviceTick({ serviceArn }: { serviceArn: string }, context: EcsContext): void {
  const service = context.state.services[serviceArn];
  if (!service) return;
  service.ticking = false;
  measure(context, service);
  for (const task of activeTasks(context, service)) {
    const graceMs = service.healthCheckGraceSeconds * 1_000;
    if (task.startedAt === undefined || context.now < task.startedAt + graceMs) continue;
    if (!healthOf(context, service, task).includes('unhealthy')) continue;
    const { loadBalancers } = service;
    const reason = `Task failed ELB health checks in (target-group ${loadBalancers[0]?.targetGroupArn})`;
    beginStop(context, task, 'ServiceSchedulerInitiated', reason);
  }
  reconcile(context, service);
}
