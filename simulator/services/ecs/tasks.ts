/**
 * The life of one task: PROVISIONING → PENDING → RUNNING, into its target groups; out of them and drained before it stops.
 * Started and stopped by the scheduler; the world runs the container.
 */
import type { Clients } from '../../clients.ts';
import { AnswerLost, AwsError, Unreachable } from '../../errors.ts';
import { firstStruck, struck } from '../../faults.ts';
import type { Context, Operations } from '../../service.ts';
import { fargateStartSeconds, taskStopSeconds } from '../../world/durations.ts';
import { ImageMissing } from '../../world/image.ts';
import { startTask, stopTask } from '../../world/tasks.ts';
import { zonesOf } from '../ec2/state.ts';
import { elbv2 } from '../elbv2/service.ts';
import type { ElbState } from '../elbv2/state.ts';
import { deregisterTarget, registerTarget, targetHealth } from '../elbv2/targets.ts';
import { publishTask } from './events.ts';
import { failed, reconcile } from './scheduler.ts';
import { valuesOf } from './secrets.ts';
import {
  activeTasks,
  clusterNamed,
  type Deployment,
  definitionNamed,
  type EcsContext,
  type EcsState,
  prefixOf,
  type ServiceRecord,
  type Task,
} from './state.ts';
import { describeTask } from './task-view.ts';

const elbContext = (context: EcsContext): Context<ElbState> =>
  context.cloud.context(elbv2, context.region, { kind: 'service', principal: 'ecs.amazonaws.com' });

/** Starts one task in the emptiest zone that has room; false when none has. */
export function launch(context: EcsContext, service: ServiceRecord, deployment: Deployment): boolean {
  const { cloud, region, state, random } = context;
  const others = activeTasks(context, service);
  const load = (zone: string): number => others.filter((task) => task.zone === zone).length;
  const zones = zonesOf(region).toSorted((a, b) => load(a) - load(b) || (a < b ? -1 : 1));
  const full = (zone: string) =>
    firstStruck(cloud, 'shortage', (fault) => fault.region === region && (fault.zone ?? zone) === zone) !== undefined;
  const zone = zones.find((candidate) => !full(candidate));
  if (zone === undefined) return false;
  const sick = firstStruck(cloud, 'sick-instance', (fault) => fault.region === region && (fault.zone ?? zone) === zone);
  const slow = struck(cloud, 'slow-boot', (fault) => fault.region === region);
  const factor = slow.reduce((product, fault) => product * fault.factor, 1);
  const cluster = service.clusterArn.split('/').at(-1);
  const task: Task = {
    arn: `${prefixOf(context)}:task/${cluster}/${random.hex(32)}`,
    clusterArn: service.clusterArn,
    serviceName: service.name,
    taskDefinitionArn: deployment.taskDefinitionArn,
    deploymentId: deployment.id,
    zone,
    address: addressOf(context),
    createdAt: context.now,
    sick: sick !== undefined,
    status: 'PROVISIONING',
    version: 0,
  };
  state.tasks[task.arn] = task;
  publishTask(context, task);
  const startMs = Math.round(fargateStartSeconds(random) * factor * 1_000);
  context.schedule('pending', Math.round(startMs / 3), { taskArn: task.arn });
  context.schedule('starting', startMs, { taskArn: task.arn });
  return true;
}

/** Unique over all regions, as the world knows processes by it. */
function addressOf({ cloud, region, state }: EcsContext): string {
  const number = state.nextAddress++;
  return `10.${100 + cloud.state.regions.indexOf(region)}.${(number >> 8) & 0xff}.${number & 0xff}`;
}

/** Timer: its network interface is there. */
export function pending({ taskArn }: { taskArn: string }, context: EcsContext): void {
  const task = context.state.tasks[taskArn];
  if (task?.status !== 'PROVISIONING') return;
  task.status = 'PENDING';
  publishTask(context, task);
}

/** Timer: the image is pulled and the container starts, or cannot. */
export async function starting({ taskArn }: { taskArn: string }, context: EcsContext): Promise<void> {
  const task = context.state.tasks[taskArn];
  const service = task && serviceOf(context, task);
  if (task?.status !== 'PENDING' || !service) return;
  try {
    task.imageDigest = await startTask(context.cloud, await planOf(context, service, task));
  } catch (error) {
    if (!isTrouble(error)) throw error;
    const what =
      'code' in error && error.code === 'ResourceInitializationError' ? error.code : 'CannotPullContainerError';
    stopped(context, task, 'TaskFailedToStart', `${what}: ${error.message}`);
    return;
  }
  // It may have been stopped while the image was on its way.
  if (task.stoppingAt !== undefined) {
    stopTask(context.cloud, task.address, STOP_TIMEOUT_MS);
    return;
  }
  task.status = 'RUNNING';
  task.startedAt = context.now;
  service.failures = 0;
  publishTask(context, task);
  for (const { targetGroupArn, containerPort } of service.loadBalancers) {
    registerTarget(elbContext(context), targetGroupArn, { Id: task.address, Port: containerPort });
  }
  reconcile(context, service);
}

const isTrouble = (error: unknown): error is Error =>
  error instanceof AwsError ||
  error instanceof Unreachable ||
  error instanceof AnswerLost ||
  error instanceof ImageMissing;

async function planOf(context: EcsContext, service: ServiceRecord, task: Task) {
  const { definition } = definitionNamed(context, task.taskDefinitionArn);
  const [container] = definition.containerDefinitions ?? [];
  const [, repository = '', imageTag, imageDigest] =
    /^[^/]+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(container?.image ?? '') ?? [];
  const env = Object.fromEntries((container?.environment ?? []).map(({ name = '', value = '' }) => [name, value]));
  const role = { arn: definition.executionRoleArn, session: task.arn.split('/').at(-1) ?? '' };
  const secrets = await valuesOf(context, container?.secrets ?? [], role);
  return {
    address: task.address,
    taskArn: task.arn,
    region: context.region,
    repository,
    ...(imageDigest === undefined ? { imageTag: imageTag ?? 'latest' } : { imageDigest }),
    env: { ...env, ...secrets },
    port: service.loadBalancers[0]?.containerPort ?? container?.portMappings?.[0]?.containerPort,
    executionRoleArn: definition.executionRoleArn,
    taskRoleArn: definition.taskRoleArn,
    sick: task.sick,
  };
}

export const serviceOf = ({ state }: EcsContext, task: Task): ServiceRecord | undefined =>
  Object.values(state.services).find(
    ({ clusterArn, name }) => clusterArn === task.clusterArn && name === task.serviceName,
  );

/** SIGKILL comes so long after SIGTERM (stopTimeout). */
const STOP_TIMEOUT_MS = 30_000;

/** Out of its target groups first; SIGTERM when it has drained. */
export function beginStop(context: EcsContext, task: Task, code: Task['stopCode'], reason: string): void {
  if (task.stoppingAt !== undefined || task.status === 'STOPPED') return;
  const wasRunning = task.status === 'RUNNING';
  Object.assign(task, { stoppingAt: context.now, stopCode: code, stoppedReason: reason });
  if (!wasRunning) {
    stopped(context, task, code, reason);
    return;
  }
  task.status = 'DEACTIVATING';
  publishTask(context, task);
  const groups = serviceOf(context, task)?.loadBalancers ?? [];
  const drainMs = groups.map(({ targetGroupArn, containerPort }) =>
    deregister(context, targetGroupArn, task.address, containerPort),
  );
  const afterMs = Math.max(Math.round(taskStopSeconds(context.random) * 1_000), ...drainMs);
  context.schedule('terminating', afterMs, { taskArn: task.arn });
}

function deregister(context: EcsContext, groupArn: string, Id: string, Port: number): number {
  const own = elbContext(context);
  return own.state.targetGroups[groupArn] === undefined ? 0 : deregisterTarget(own, groupArn, { Id, Port });
}

/** Timer: nothing is sent to it any more. */
export function terminating({ taskArn }: { taskArn: string }, context: EcsContext): void {
  const task = context.state.tasks[taskArn];
  if (!task || task.status === 'STOPPED') return;
  stopTask(context.cloud, task.address, STOP_TIMEOUT_MS);
  context.schedule('gone', Math.round(taskStopSeconds(context.random) * 1_000), { taskArn });
}

/** Timer. */
export function gone({ taskArn }: { taskArn: string }, context: EcsContext): void {
  const task = context.state.tasks[taskArn];
  if (task) stopped(context, task, task.stopCode, task.stoppedReason);
}

/** Timer, set by the world: the essential container ended by itself. */
export function containerExited({ taskArn, why }: { taskArn: string; why: string }, context: EcsContext): void {
  const task = context.state.tasks[taskArn];
  if (!task || task.status === 'STOPPED' || task.stoppingAt !== undefined) return;
  for (const { targetGroupArn, containerPort } of serviceOf(context, task)?.loadBalancers ?? []) {
    deregister(context, targetGroupArn, task.address, containerPort);
  }
  stopped(context, task, 'EssentialContainerExited', `Essential container in task exited (${why})`);
}

/** "Stopped tasks appear in the returned results for at least one hour" (DescribeTasks API reference). */
const REMEMBERED_MS = 3_600_000;

function stopped(context: EcsContext, task: Task, stopCode: Task['stopCode'], stoppedReason: string | undefined): void {
  if (task.status === 'STOPPED') return;
  Object.assign(task, { status: 'STOPPED', stoppedAt: context.now, stopCode, stoppedReason });
  publishTask(context, task);
  context.schedule('forget', REMEMBERED_MS, { taskArn: task.arn });
  const service = serviceOf(context, task);
  if (!service) return;
  if (stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited') failed(context, service, task);
  reconcile(context, service);
}

/** Timer. */
export function forget({ taskArn }: { taskArn: string }, context: EcsContext): void {
  delete context.state.tasks[taskArn];
}

/** Whether load balancers see a running task as fit; without one, running is enough. */
export function isHealthy(context: EcsContext, service: ServiceRecord, task: Task): boolean {
  if (task.status !== 'RUNNING') return false;
  return healthOf(context, service, task).every((state) => state === 'healthy');
}

/** Of a task's targets. */
export function healthOf(context: EcsContext, service: ServiceRecord, task: Task): (string | undefined)[] {
  const { targetGroups } = elbContext(context).state;
  return service.loadBalancers.map(({ targetGroupArn, containerPort }) => {
    const group = targetGroups[targetGroupArn];
    return group && targetHealth(group, task.address, containerPort)?.State;
  });
}

export const taskOperations: Operations<Clients['ecs'], EcsState> = {
  ListTasks(input, context) {
    const { arn } = clusterNamed(context, input.cluster);
    const wanted = input.desiredStatus ?? 'RUNNING';
    const name = input.serviceName?.split('/').at(-1);
    const chosen = Object.values(context.state.tasks).filter(
      (task) =>
        task.clusterArn === arn &&
        (name === undefined || task.serviceName === name) &&
        (input.family === undefined || task.taskDefinitionArn.includes(`task-definition/${input.family}:`)) &&
        describeTask(task).desiredStatus === wanted,
    );
    return { taskArns: chosen.map((task) => task.arn) };
  },

  DescribeTasks(input, context) {
    const { name } = clusterNamed(context, input.cluster);
    const arns = (input.tasks ?? []).map((given) =>
      given.startsWith('arn:') ? given : `${prefixOf(context)}:task/${name}/${given}`,
    );
    return {
      tasks: arns.flatMap((arn) => (context.state.tasks[arn] ? [describeTask(context.state.tasks[arn])] : [])),
      failures: arns.filter((arn) => !context.state.tasks[arn]).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  },

  /** @throws AwsError InvalidParameterException */
  StopTask(input, context) {
    const { name } = clusterNamed(context, input.cluster);
    const given = input.task ?? '';
    const task = context.state.tasks[given.startsWith('arn:') ? given : `${prefixOf(context)}:task/${name}/${given}`];
    if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
    beginStop(context, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
    const service = serviceOf(context, task);
    if (service) reconcile(context, service);
    return { task: describeTask(task) };
  },
};
