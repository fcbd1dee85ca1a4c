/** Small clouds and processes for tests of the runtime. */
import { Cloud } from '../../../simulator/cloud.ts';
import { createSandbox, type Exit, type Sandbox, type SandboxOptions } from '../../../simulator/runtime/sandbox.ts';
import type { AnyService } from '../../../simulator/service.ts';

export const startAt = Date.UTC(2026, 10, 21, 8);

export function testCloud(services: readonly AnyService[] = [], seed = 1): Cloud {
  const regions = ['us-east-1', 'us-east-2', 'us-west-2'];
  return Cloud.create({ seed, account: '111111111111', regions, services, startAt });
}

/** A service whose operations are these functions. */
export function fakeService(name: string, operations: Readonly<Record<string, unknown>>): AnyService {
  return { name, initialState: () => ({}), operations: operations as AnyService['operations'], access: {} };
}

export interface Started {
  readonly sandbox: Sandbox;
  readonly lines: string[];
  readonly exits: Exit[];
  /** Calls an export and runs the clock until its promise is settled. */
  call<T>(name: string, ...args: unknown[]): Promise<T>;
  /** Calls an export and does not wait. */
  start<T>(name: string, ...args: unknown[]): Promise<T>;
}

export function startProcess(cloud: Cloud, source: string, options: Partial<SandboxOptions> = {}): Started {
  const lines: string[] = [];
  const exits: Exit[] = [];
  const sandbox = createSandbox(cloud, {
    region: 'us-east-1',
    label: 'test',
    codeHash: cloud.blobs.put(source),
    filename: '/var/task/index.cjs',
    env: { AWS_REGION: options.region ?? 'us-east-1' },
    caller: { kind: 'account' },
    onOutput: (line) => lines.push(line),
    onExit: (exit) => exits.push(exit),
    ...options,
  });
  const start = <T>(name: string, ...args: unknown[]): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = sandbox.exports[name] as (...args: unknown[]) => Promise<T>;
    sandbox.enter(() => {
      Promise.resolve(run(...args)).then(resolve, reject);
    });
    return promise;
  };
  const call = <T>(name: string, ...args: unknown[]): Promise<T> => cloud.resolve(start<T>(name, ...args));
  return { sandbox, lines, exits, call, start };
}
