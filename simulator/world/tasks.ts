/**
 * What runs in Fargate tasks: the application in one container, by the address of its network interface. Nothing restarts
 * it; when it ends by itself, ECS is told and starts another task. ECS calls start and stop, load balancers probe.
 */
import type { Cloud } from '../cloud.ts';
import { addedMs } from '../faults/databases.ts';
import { type Caller, type Context, defineService } from '../service.ts';
import { pullImage, type Release } from './image.ts';
import { INTERNET } from './place.ts';
import { killProcess, pauseProcess, resumeProcess, runsOn, startProcess, terminateProcess } from './processes.ts';
import { releaseOf } from './releases.ts';

export interface TaskPlan {
  /** Its address, unique over all regions: what target groups name and processes are known by. */
  readonly address: string;
  readonly taskArn: string;
  readonly region: string;
  readonly repository: string;
  readonly imageDigest?: string;
  readonly imageTag?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number | undefined;
  /** Pulls the image. */
  readonly executionRoleArn: string | undefined;
  /** Is the application's. */
  readonly taskRoleArn: string | undefined;
  /** Fault: health checks of load balancers never pass. */
  readonly sick: boolean;
}

interface Task extends TaskPlan {
  state: 'warming' | 'running' | 'stopping' | 'stopped';
  readonly release: Release;
  starts: number;
}

interface TasksState {
  readonly byAddress: Record<string, Task>;
}

export const tasks = defineService<object, TasksState>({
  name: 'world.tasks',
  homeRegion: INTERNET,
  initialState: () => ({ byAddress: {} }),
  operations: {},
  access: {},
  timers: { warm, endsByItself, graceOver },
});

const tasksIn = (cloud: Cloud): TasksState['byAddress'] => cloud.stateOf<TasksState>(tasks, INTERNET).byAddress;

/** What a task runs; undefined for an address that no task has. */
export const taskAt = (cloud: Cloud, address: string): Task | undefined =>
  cloud.services.has(tasks.name) ? tasksIn(cloud)[address] : undefined;

const roleCaller = (arn: string | undefined, session: string): Caller =>
  arn === undefined ? { kind: 'service', principal: 'ecs-tasks.amazonaws.com' } : { kind: 'role', arn, session };

/**
 * Pulls the image and starts the process; returns the digest that the image's name stood for.
 * @throws AwsError, ImageMissing, Unreachable, AnswerLost when the image cannot be pulled
 */
export async function startTask(cloud: Cloud, plan: TaskPlan): Promise<string> {
  const { region, repository, imageDigest, imageTag, executionRoleArn, taskArn, address } = plan;
  const caller = roleCaller(executionRoleArn, idOf(taskArn));
  const release = await pullImage(cloud, { region, caller, repository, imageDigest, imageTag });
  const task: Task = { ...plan, state: 'warming', release, starts: 0 };
  tasksIn(cloud)[address] = task;
  const warmUpMs = releaseOf(cloud, release.digest)?.behaviour?.warmUpMs;
  if (warmUpMs === undefined) run(cloud, task);
  else schedule(cloud, task, 'warm', warmUpMs);
  return release.digest;
}

const idOf = (taskArn: string): string => taskArn.split('/').at(-1) ?? taskArn;

function schedule(cloud: Cloud, task: Task, name: 'warm' | 'endsByItself' | 'graceOver', afterMs: number): void {
  const data = { address: task.address, start: task.starts };
  cloud.clock.schedule({ at: cloud.now + afterMs, region: task.region, service: tasks.name, name, data });
}

/** Timer: a release that takes long to listen does now. */
function warm({ address }: { address: string }, { cloud, state }: Context<TasksState>): void {
  const task = state.byAddress[address];
  if (task?.state === 'warming') run(cloud, task);
}

function run(cloud: Cloud, task: Task): void {
  const { address, region, env, release, taskArn } = task;
  const behaviour = releaseOf(cloud, release.digest)?.behaviour;
  const reported = behaviour?.reportsDigest;
  task.state = 'running';
  const started = startProcess(cloud, {
    instanceId: address,
    region,
    codeHash: release.codeHash,
    files: release.files,
    env: { INSTANCE_ID: idOf(taskArn), ...env, ...(reported !== undefined && { RELEASE_DIGEST: reported }) },
    caller: roleCaller(task.taskRoleArn, idOf(taskArn)),
    behaviour,
    checkoutDelayMs: () => addedMs(cloud, 'slow-pool', region),
    onWrite: () => {},
    onOutput: (line) => note(cloud, task, 'log', { line }),
    onExit: (why) => exited(cloud, task, why),
  });
  if (!started) return;
  note(cloud, task, 'app.started', { digest: release.digest });
  task.starts++;
  if (behaviour?.crashesAfterMs !== undefined) schedule(cloud, task, 'endsByItself', behaviour.crashesAfterMs);
}

/** Timer: the process of a release that crashes by itself. */
function endsByItself({ address, start }: { address: string; start: number }, context: Context<TasksState>): void {
  const task = context.state.byAddress[address];
  if (task?.state === 'running' && task.starts === start) exited(context.cloud, task, 'exit 1');
}

/** The essential container has ended: ECS hears of it at once. */
function exited(cloud: Cloud, task: Task, why: string): void {
  killProcess(cloud, task.address);
  if (task.state !== 'running') return;
  task.state = 'stopped';
  note(cloud, task, 'app.crashed', { why });
  const data = { taskArn: task.taskArn, why };
  cloud.clock.schedule({ at: cloud.now, region: task.region, service: 'ecs', name: 'containerExited', data });
}

/** SIGTERM now, SIGKILL after `graceMs` (stopTimeout). */
export function stopTask(cloud: Cloud, address: string, graceMs: number): void {
  const task = tasksIn(cloud)[address];
  if (!task || task.state === 'stopping' || task.state === 'stopped') return;
  if (!runsOn(cloud, address)) {
    task.state = 'stopped';
    return;
  }
  task.state = 'stopping';
  schedule(cloud, task, 'graceOver', graceMs);
  terminateProcess(cloud, address, () => finish(cloud, task));
}

/** Timer. */
function graceOver({ address }: { address: string }, { cloud, state }: Context<TasksState>): void {
  const task = state.byAddress[address];
  if (task) finish(cloud, task);
}

function finish(cloud: Cloud, task: Task): void {
  if (task.state !== 'stopping') return;
  task.state = 'stopped';
  killProcess(cloud, task.address);
  note(cloud, task, 'app.stopped');
}

/** Starts again what ran before the cloud was forked. */
export function resumeTasks(cloud: Cloud): void {
  if (!cloud.services.has(tasks.name)) return;
  for (const task of Object.values(tasksIn(cloud))) {
    if (task.state === 'running' && !runsOn(cloud, task.address)) run(cloud, task);
  }
}

/** Kills the process of a task that runs. Throws when there is none. */
export const crashTask = (cloud: Cloud, address: string): void => exited(cloud, taskNamed(cloud, address), 'killed');

/** Stops a task's process in its tracks (SIGSTOP); its monotonic clock runs on. Throws when none runs. */
export function pauseTask(cloud: Cloud, address: string): void {
  pauseProcess(cloud, address);
  note(cloud, taskNamed(cloud, address), 'app.paused');
}

/** Lets it go on (SIGCONT). Throws when none runs. */
export function wakeTask(cloud: Cloud, address: string): void {
  note(cloud, taskNamed(cloud, address), 'app.woken');
  resumeProcess(cloud, address);
}

function taskNamed(cloud: Cloud, address: string): Task {
  const task = tasksIn(cloud)[address];
  if (!task) throw new Error(`no task has the address '${address}'`);
  return task;
}

/** Addresses of the tasks whose application runs, in the order in which they started. */
export const runningTasks = (cloud: Cloud, region?: string): string[] =>
  Object.values(tasksIn(cloud))
    .filter((task) => task.state === 'running' && (region === undefined || task.region === region))
    .map(({ address }) => address);

function note(cloud: Cloud, task: Task, what: string, detail: Record<string, unknown> = {}): void {
  cloud.note(task.region, tasks.name, what, { address: task.address, task: idOf(task.taskArn), ...detail });
}
