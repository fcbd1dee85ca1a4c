/** The global `process` of a sandbox and its standard streams. */
import { EventEmitter } from 'node:events';
import type { Machine } from './machine.ts';
import { inNextTurn } from './next-turn.ts';
import { refused } from './refusal.ts';

/** Guess: what Lambda's nodejs24.x and an instance's image report; nothing may depend on the patch level. */
const version = 'v24.11.0';

/** Guess: 80 MB resident, as a small function with SDK clients; it never changes. */
const memory = { rss: 80e6, heapTotal: 40e6, heapUsed: 30e6, external: 3e6, arrayBuffers: 1e6 };

/** A writable that knows what consoles and loggers ask of process.stdout. */
function standardStream(machine: Machine, name: 'stdout' | 'stderr', fd: number) {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    machine.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString(), name);
    const callback = rest.findLast((each) => typeof each === 'function') as ((error?: null) => void) | undefined;
    if (callback) inNextTurn(machine, () => callback(null));
    return true;
  };
  return Object.assign(new EventEmitter(), { fd, isTTY: false, writable: true, write, end: write });
}

/** Lambda hands a function's process its environment; nothing of this machine's process shows through. */
export function createProcess(machine: Machine, filename: string) {
  const hrtime = (previous?: [number, number]): [number, number] => {
    const nanoseconds = Math.floor(machine.monotonicNow() * 1e6);
    const [s, ns] = previous ?? [0, 0];
    const passed = nanoseconds - s * 1e9 - ns;
    return [Math.floor(passed / 1e9), passed % 1e9];
  };
  const bigint = () => BigInt(Math.floor(machine.monotonicNow() * 1e6));
  const emitter = new EventEmitter();
  const process_ = Object.assign(emitter, {
    argv: ['/usr/bin/node', filename],
    argv0: 'node',
    execArgv: [] as string[],
    execPath: '/usr/bin/node',
    title: 'node',
    pid: 8,
    ppid: 1,
    platform: 'linux',
    arch: 'x64',
    version,
    versions: { node: version.slice(1), v8: '13.6.233.10-node.28', uv: '1.51.0', modules: '137' },
    release: { name: 'node', lts: 'Krypton' },
    features: { inspector: false },
    exitCode: undefined as number | undefined,
    stdout: standardStream(machine, 'stdout', 1),
    stderr: standardStream(machine, 'stderr', 2),
    cwd: () => '/var/task',
    chdir: refused('process.chdir'),
    umask: () => 0o22,
    uptime: () => machine.monotonicNow() / 1000,
    hrtime: Object.assign(hrtime, { bigint }),
    memoryUsage: Object.assign(() => ({ ...memory }), { rss: () => memory.rss }),
    cpuUsage: () => ({ user: 0, system: 0 }),
    nextTick: (run: (...args: unknown[]) => void, ...args: unknown[]) => inNextTurn(machine, () => run(...args)),
    emitWarning: (warning: string | Error) => {
      const text = warning instanceof Error ? `${warning.name}: ${warning.message}` : `Warning: ${warning}`;
      machine.write(`(node:8) ${text}\n`, 'stderr');
    },
    exit: (code?: number) => {
      machine.exit(code ?? process_.exitCode ?? 0);
      // A dead process must not run on to the end of this turn.
      throw new ProcessExit();
    },
    abort: () => process_.exit(134),
    kill: refused('process.kill'),
    binding: refused('process.binding'),
    dlopen: refused('process.dlopen'),
  });
  return Object.defineProperty(process_, 'env', { get: () => machine.env, enumerable: true });
}

/** Thrown by process.exit to unwind the program's own stack. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit';
}
