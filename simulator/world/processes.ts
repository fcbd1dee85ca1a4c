/**
 * The running applications of instances: code, so not part of the cloud's data. Started and ended by instances.ts;
 * requests and the load balancer's checks come in here.
 */
import type { Cloud } from '../cloud.ts';
import { createSandbox, type Sandbox } from '../runtime/sandbox.ts';
import type { Caller } from '../service.ts';
import { type ReleaseBehaviour, temper } from './behaviour.ts';
import { toldToApplication } from './environment.ts';
import { countRequest } from './load.ts';
import { createMongoDriver } from './mongodb.ts';
import { REFUSED, RESET } from './no-answer.ts';

export interface InstanceRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface InstanceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the application's bundle exports as `start`. */
interface App {
  handle(request: InstanceRequest): Promise<InstanceResponse>;
  stop(): Promise<void>;
}

interface Process {
  readonly sandbox: Sandbox;
  readonly app: App;
  /** Requests without an answer yet; the end of the process resets their connections. */
  readonly waiting: Set<(response: InstanceResponse) => void>;
  readonly temper: Tempered | undefined;
}

/** How a release answers, around what its code does. */
type Tempered = NonNullable<ReturnType<typeof temper>>;

export interface ProcessOptions {
  readonly instanceId: string;
  readonly region: string;
  readonly codeHash: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly behaviour?: ReleaseBehaviour | undefined;
  checkoutDelayMs(): number;
  onWrite(): void;
  onOutput(line: string): void;
  /** The process ended by itself. */
  onExit(why: string): void;
}

function processesOf(cloud: Cloud): Map<string, Process> {
  const known = cloud.running.get('processes') as Map<string, Process> | undefined;
  if (known) return known;
  const processes = new Map<string, Process>();
  cloud.running.set('processes', processes);
  return processes;
}

export const runsOn = (cloud: Cloud, instanceId: string): boolean => processesOf(cloud).has(instanceId);

/** Starts the bundle; false when it ended while starting, which `onExit` has been told. */
export function startProcess(cloud: Cloud, options: ProcessOptions): boolean {
  const { instanceId, region, codeHash, files, env, caller } = options;
  const { checkoutDelayMs, onWrite } = options;
  const by = { instance: instanceId, colour: env.COLOUR ?? '' };
  const driver = createMongoDriver({ cloud, region, by, checkoutDelayMs, onWrite, owner: () => sandbox.owner });
  const sandbox: Sandbox = createSandbox(cloud, {
    region,
    label: instanceId,
    codeHash,
    files,
    filename: '/app/index.cjs',
    env: { ...env, ...toldToApplication(cloud) },
    caller,
    modules: { mongodb: driver },
    onOutput: options.onOutput,
    onExit: ({ code, error }) => options.onExit(`exit ${code}${error === undefined ? '' : `: ${String(error)}`}`),
  });
  let app: App | undefined;
  sandbox.enter(() => {
    app = (sandbox.exports.start as () => App)();
  });
  if (!app || sandbox.owner.killed) return false;
  const tempered = options.behaviour && temperIn(cloud, options, options.behaviour, sandbox);
  processesOf(cloud).set(instanceId, { sandbox, app, waiting: new Set(), temper: tempered });
  return true;
}

function temperIn(cloud: Cloud, options: ProcessOptions, behaviour: ReleaseBehaviour, { owner }: Sandbox) {
  const { env, region, onExit } = options;
  return temper(behaviour, {
    random: cloud.random(`world.releases@${region}`),
    identity: { 'x-release-digest': env.RELEASE_DIGEST ?? '', 'x-region': env.AWS_REGION ?? region },
    pause: (milliseconds) => new Promise((resolve) => void cloud.clock.after(milliseconds, owner, resolve)),
    kill: onExit,
  });
}

/** SIGTERM: calls back when the application has stopped. One that is held by SIGSTOP sees it when it goes on. */
export function terminateProcess(cloud: Cloud, instanceId: string, stopped: () => void): void {
  const { sandbox, app } = processNamed(cloud, instanceId);
  cloud.clock.after(0, sandbox.owner, () => {
    sandbox.enter(() => void app.stop().then(stopped));
  });
}

/** SIGKILL: whoever waits for an answer gets the load balancer's 502. Does nothing when none runs. */
export function killProcess(cloud: Cloud, instanceId: string): void {
  const process = processesOf(cloud).get(instanceId);
  if (!process) return;
  processesOf(cloud).delete(instanceId);
  process.sandbox.kill();
  for (const answer of process.waiting) answer(RESET);
}

export function killAllProcesses(cloud: Cloud): void {
  for (const instanceId of [...processesOf(cloud).keys()]) killProcess(cloud, instanceId);
}

/** Asks the application; 502 when none runs, and no answer for as long as it is stopped. */
export function instanceRequest(cloud: Cloud, instanceId: string, request: InstanceRequest): Promise<InstanceResponse> {
  const process = processesOf(cloud).get(instanceId);
  if (!process) return Promise.resolve(REFUSED);
  countRequest(cloud, instanceId);
  const { sandbox, app, waiting } = process;
  const path = request.path.split('?')[0] ?? '/';
  return new Promise((resolve, reject) => {
    const answer = (response: InstanceResponse): void => {
      waiting.delete(answer);
      resolve(response);
    };
    waiting.add(answer);
    const handle = (then: typeof answer): void =>
      sandbox.enter(() => void app.handle({ ...request, path }).then(then, reject));
    const ask = (): void => {
      if (process.temper) process.temper(request, () => new Promise(handle)).then(answer, reject);
      else handle(answer);
    };
    if (sandbox.owner.paused) cloud.clock.after(0, sandbox.owner, ask);
    else ask();
  });
}

/** Throws when none runs. */
export function pauseProcess(cloud: Cloud, instanceId: string): void {
  processNamed(cloud, instanceId).sandbox.pause();
}

/** Throws when none runs. */
export function resumeProcess(cloud: Cloud, instanceId: string): void {
  processNamed(cloud, instanceId).sandbox.resume();
}

function processNamed(cloud: Cloud, instanceId: string): Process {
  const process = processesOf(cloud).get(instanceId);
  if (!process) throw new Error(`no application runs on '${instanceId}'`);
  return process;
}
