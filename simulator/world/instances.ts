/**
 * What runs on EC2 instances: the application, started as the user data says, restarted as its systemd unit would, and
 * stopped gracefully. EC2 calls boot and stop, load balancers probe.
 *
 * A pause stops the process as SIGSTOP does: its monotonic clock runs on. A *suspended machine*, whose monotonic clock
 * stands still, is not modelled, and the application's lease does not cover it either.
 */
import type { Cloud } from '../cloud.ts';
import { AnswerLost, AwsError, Unreachable } from '../errors.ts';
import { addedMs } from '../faults/databases.ts';
import { type Caller, type Context, defineService } from '../service.ts';
import { applicationStartSeconds } from './durations.ts';
import { ImageMissing, pullRelease, type Release } from './image.ts';
import { INTERNET } from './place.ts';
import {
  instanceRequest,
  killAllProcesses,
  killProcess,
  pauseProcess,
  resumeProcess,
  runsOn,
  startProcess,
  terminateProcess,
} from './processes.ts';
import { releaseOf } from './releases.ts';
import { resumeTasks, taskAt } from './tasks.ts';
import { environmentIn } from './user-data.ts';

export interface Booted {
  readonly instanceId: string;
  readonly region: string;
  readonly zone: string;
  /** Decoded. */
  readonly userData: string;
  readonly roleArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Faults: health checks of load balancers never pass; starting takes so many times as long. */
  readonly sick?: boolean;
  readonly bootFactor?: number;
}

interface Machine extends Booted {
  readonly env: Record<string, string>;
  /** 'starting' until the application runs, and again after a crash. */
  state: 'starting' | 'running' | 'stopping' | 'stopped';
  release: Release | null;
  /** Why the last attempt to start failed, so that the trace tells each reason once. */
  trouble: string | null;
  /** How often its application has been started; only for releases that end by themselves. */
  starts?: number;
}

interface InstancesState {
  readonly machines: Record<string, Machine>;
  /** Fault: instances that stop as soon as a write of theirs waits for a connection. */
  readonly pausedByNextWrite: Record<string, true>;
}

export const instances = defineService<object, InstancesState>({
  name: 'world.instances',
  homeRegion: INTERNET,
  initialState: () => ({ machines: {}, pausedByNextWrite: {} }),
  operations: {},
  access: {},
  timers: { startApplication, warm, endsByItself, graceOver },
});

/** The unit's RestartSec in the launch template. */
const RESTART_MS = 5_000;

export const instancesState = (cloud: Cloud): InstancesState => cloud.stateOf<InstancesState>(instances, INTERNET);

/**
 * An instance whose operating system is up: the application starts some time later (packages, image, process).
 * @throws Error when the user data holds no environment
 */
export async function bootInstance(cloud: Cloud, booted: Booted): Promise<void> {
  const env = environmentIn(booted.userData);
  const machine: Machine = { ...booted, env, state: 'starting', release: null, trouble: null };
  instancesState(cloud).machines[booted.instanceId] = machine;
  const seconds = applicationStartSeconds(cloud.random(`${instances.name}@${booted.region}`));
  schedule(cloud, machine, 'startApplication', Math.round(seconds * (booted.bootFactor ?? 1) * 1_000));
}

/** In the instance's own region, so that it waits while that is dark. */
function schedule(cloud: Cloud, machine: Machine, name: TimerName, afterMs: number, more: object = {}): void {
  const { region, instanceId } = machine;
  const at = cloud.now + afterMs;
  cloud.clock.schedule({ at, region, service: instances.name, name, data: { instanceId, ...more } });
}

type TimerName = 'startApplication' | 'warm' | 'endsByItself' | 'graceOver';

/** Timer: what the systemd unit runs. Tried again until it works. */
async function startApplication(
  { instanceId }: { instanceId: string },
  { cloud, state }: Context<InstancesState>,
): Promise<void> {
  const machine = state.machines[instanceId];
  if (machine?.state !== 'starting') return;
  try {
    const { region, env } = machine;
    const caller = callerOf(machine);
    const digestParameter = env.DIGEST_PARAMETER ?? '';
    const release = await pullRelease(cloud, {
      region,
      caller,
      digestParameter,
      repository: env.IMAGE_REPOSITORY ?? '',
    });
    const warmUpMs = releaseOf(cloud, release.digest)?.behaviour?.warmUpMs;
    if (warmUpMs === undefined) run(cloud, machine, release);
    else schedule(cloud, machine, 'warm', warmUpMs, { release });
  } catch (error) {
    if (!isTrouble(error)) throw error;
    if (error.message !== machine.trouble) note(cloud, machine, 'app.notStarted', { message: error.message });
    machine.trouble = error.message;
    schedule(cloud, machine, 'startApplication', RESTART_MS);
  }
}

/** Timer: a release that takes long to listen does now. */
function warm(
  { instanceId, release }: { instanceId: string; release: Release },
  { cloud, state }: Context<InstancesState>,
): void {
  const machine = state.machines[instanceId];
  if (machine?.state === 'starting') run(cloud, machine, release);
}

/** Timer: the process of a release that crashes by itself. A start since then has a time of its own. */
function endsByItself(
  { instanceId, start }: { instanceId: string; start: number },
  { cloud, state }: Context<InstancesState>,
): void {
  const machine = state.machines[instanceId];
  if (machine?.state === 'running' && machine.starts === start) crashed(cloud, machine, 'exit 1');
}

const isTrouble = (error: unknown): error is Error =>
  error instanceof AwsError ||
  error instanceof Unreachable ||
  error instanceof AnswerLost ||
  error instanceof ImageMissing;

const callerOf = ({ roleArn, instanceId }: Machine): Caller =>
  roleArn === undefined
    ? { kind: 'service', principal: 'ec2.amazonaws.com' }
    : { kind: 'role', arn: roleArn, session: instanceId };

function run(cloud: Cloud, machine: Machine, release: Release): void {
  // It may have been told to stop while the image was on its way.
  if (machine.state !== 'starting' && machine.state !== 'running') return;
  const { instanceId, region, env } = machine;
  const behaviour = releaseOf(cloud, release.digest)?.behaviour;
  const started = startProcess(cloud, {
    instanceId,
    region,
    codeHash: release.codeHash,
    files: release.files,
    env: { ...env, RELEASE_DIGEST: behaviour?.reportsDigest ?? release.digest, INSTANCE_ID: instanceId },
    caller: callerOf(machine),
    behaviour,
    checkoutDelayMs: () => addedMs(cloud, 'slow-pool', region),
    onWrite: () => writeBegins(cloud, instanceId),
    onOutput: (line) => note(cloud, machine, 'log', { line }),
    onExit: (why) => crashed(cloud, machine, why),
  });
  if (!started) return;
  Object.assign(machine, { state: 'running', release, trouble: null });
  note(cloud, machine, 'app.started', { digest: release.digest });
  if (behaviour?.crashesAfterMs === undefined) return;
  machine.starts = (machine.starts ?? 0) + 1;
  schedule(cloud, machine, 'endsByItself', behaviour.crashesAfterMs, { start: machine.starts });
}

function crashed(cloud: Cloud, machine: Machine, why: string): void {
  killProcess(cloud, machine.instanceId);
  if (machine.state === 'stopping' || machine.state === 'stopped') return;
  note(cloud, machine, 'app.crashed', { why });
  machine.state = 'starting';
  schedule(cloud, machine, 'startApplication', RESTART_MS);
}

/** Begins to stop an instance: SIGTERM now, the end at the latest after `graceMs`. Does not wait for it. */
export async function stopInstance(cloud: Cloud, instanceId: string, { graceMs }: { graceMs: number }): Promise<void> {
  const machine = instancesState(cloud).machines[instanceId];
  if (!machine || machine.state === 'stopping' || machine.state === 'stopped') return;
  machine.state = runsOn(cloud, instanceId) ? 'stopping' : 'stopped';
  if (machine.state === 'stopped') return;
  schedule(cloud, machine, 'graceOver', graceMs);
  terminateProcess(cloud, instanceId, () => finish(cloud, machine));
}

/** Timer. */
function graceOver({ instanceId }: { instanceId: string }, { cloud, state }: Context<InstancesState>): void {
  const machine = state.machines[instanceId];
  if (machine) finish(cloud, machine);
}

function finish(cloud: Cloud, machine: Machine): void {
  if (machine.state !== 'stopping') return;
  machine.state = 'stopped';
  killProcess(cloud, machine.instanceId);
  note(cloud, machine, 'app.stopped');
}

/** One health check of a load balancer, of an instance by its id or a task by its address: null when nothing listens there; never settles while the process is stopped. */
export async function probeInstance(
  cloud: Cloud,
  { instanceId, port, path }: { readonly instanceId: string; readonly port: number; readonly path: string },
): Promise<{ status: number } | null> {
  const machine = instancesState(cloud).machines[instanceId];
  const task = machine ? undefined : taskAt(cloud, instanceId);
  if (Number(machine?.env.PORT ?? task?.port) !== port || !runsOn(cloud, instanceId)) return null;
  if (machine?.sick || task?.sick) return { status: 503 };
  const headers = { 'user-agent': 'ELB-HealthChecker/2.0' };
  const { status } = await instanceRequest(cloud, instanceId, { method: 'GET', path, headers, body: '' });
  return { status };
}

/** Stops an instance's process in its tracks (SIGSTOP); its monotonic clock runs on. Throws when none runs. */
export function pauseInstance(cloud: Cloud, instanceId: string): void {
  pauseProcess(cloud, instanceId);
  note(cloud, machineNamed(cloud, instanceId), 'app.paused');
}

/** Told by the driver, at each write that was allowed and is not yet on the wire. */
function writeBegins(cloud: Cloud, instanceId: string): void {
  const { pausedByNextWrite } = instancesState(cloud);
  if (!pausedByNextWrite[instanceId]) return;
  delete pausedByNextWrite[instanceId];
  pauseInstance(cloud, instanceId);
}

/** Lets it go on (SIGCONT). Throws when none runs. */
export function wakeInstance(cloud: Cloud, instanceId: string): void {
  note(cloud, machineNamed(cloud, instanceId), 'app.woken');
  resumeProcess(cloud, instanceId);
}

/** Kills an instance's process (SIGKILL); its unit starts it again. Throws when there is no such instance. */
export function crashInstance(cloud: Cloud, instanceId: string): void {
  crashed(cloud, machineNamed(cloud, instanceId), 'killed');
}

/** What an instance or a task (by its address) runs and for which colour, as the world knows it; nulls for one that never ran anything. */
export function runningOn(cloud: Cloud, instanceId: string): { release: string | null; colour: string | null } {
  const runs = instancesState(cloud).machines[instanceId] ?? taskAt(cloud, instanceId);
  return { release: runs?.release?.digest ?? null, colour: runs?.env.COLOUR ?? null };
}

/** Throws when there is no such instance. */
export const regionOf = (cloud: Cloud, instanceId: string): string => machineNamed(cloud, instanceId).region;

/** Ids of the instances whose application runs, in the order in which they booted. */
export const runningInstances = (cloud: Cloud, region?: string): string[] =>
  Object.values(instancesState(cloud).machines)
    .filter((machine) => machine.state === 'running' && (region === undefined || machine.region === region))
    .map(({ instanceId }) => instanceId);

/**
 * Takes the running code away and keeps the records, so that the cloud can be forked; requests under way are answered
 * with 502. `resumeInstances` starts it again, here or in the fork.
 */
export const haltInstances = (cloud: Cloud): void => killAllProcesses(cloud);

/** Starts the application at once on every instance, and in every task, that ran it. */
export function resumeInstances(cloud: Cloud): void {
  for (const machine of Object.values(instancesState(cloud).machines)) {
    const { state, release, instanceId } = machine;
    if (state === 'running' && release && !runsOn(cloud, instanceId)) run(cloud, machine, release);
  }
  resumeTasks(cloud);
}

function machineNamed(cloud: Cloud, instanceId: string): Machine {
  const machine = instancesState(cloud).machines[instanceId];
  if (!machine) throw new Error(`no instance '${instanceId}'`);
  return machine;
}

function note(cloud: Cloud, { region, instanceId }: Machine, what: string, detail: Record<string, unknown> = {}): void {
  cloud.note(region, instances.name, what, { instanceId, ...detail });
}
