/**
 * Starts the operating system's side of a child process: the toolchain's Node with the child's program, what Lambda gives
 * a function as its environment, and files of its own only. Called by `process-environment.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Cloud } from '../../cloud.ts';
import { containerEnvironment } from '../environment.ts';
import type { FunctionRecord } from '../state.ts';
import type { ClockReading, Settings } from './child/settings.ts';
import type { Workshop } from './workshop.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly output: readonly Readable[];
}

export interface StartOptions {
  readonly cloud: Cloud;
  readonly region: string;
  readonly record: FunctionRecord;
  readonly logStream: string;
  readonly workshop: Workshop;
  readonly port: number;
  readonly token: string;
  readonly clock: ClockReading;
  readonly speed: number;
}

export function startChild(options: StartOptions): Started {
  const { cloud, record, workshop, port, token, clock, speed } = options;
  const { program, compileCache } = workshop;
  const taskRoot = workshop.unpack(cloud, record.code);
  const temporary = workshop.temporary();
  const child = spawn(process.execPath, [...permissions(workshop, taskRoot, temporary), program], {
    env: environment(options, taskRoot),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  workshop.watch(child);
  const { stdin, stdout, stderr } = child as { stdin: Writable; stdout: Readable; stderr: Readable };
  // The simulator may end while this lives; the keeper ends it then.
  for (const each of [child, stdin, stdout, stderr] as unknown as { unref(): void }[]) each.unref();
  // One that ended already is told of by its exit.
  stdin.on('error', () => {});
  const settings: Settings = { port, token, taskRoot, temporary, compileCache, clock, speed };
  stdin.write(`${JSON.stringify(settings)}\n`);
  return { child, output: [stdout, stderr] };
}

/** It reads its package and writes its temporary directory; no other file, no process, no thread, no addon of its own. */
function permissions({ program, compileCache }: Workshop, taskRoot: string, temporary: string): string[] {
  return [
    '--permission',
    `--allow-fs-read=${program}`,
    `--allow-fs-read=${taskRoot}*`,
    ...[temporary, compileCache].flatMap((path) => [`--allow-fs-read=${path}/*`, `--allow-fs-write=${path}/*`]),
    '--disable-warning=SecurityWarning',
  ];
}

/** What Lambda gives, and nothing of this machine's. */
function environment(
  { cloud, region, record, logStream, port }: StartOptions,
  taskRoot: string,
): Record<string, string> {
  const caller = { kind: 'role', arn: record.role, session: record.name } as const;
  const credentials = cloud.issueCredentials(caller, { place: region });
  return {
    ...containerEnvironment(record, region, logStream),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    LAMBDA_TASK_ROOT: taskRoot.slice(0, -1),
  };
}
