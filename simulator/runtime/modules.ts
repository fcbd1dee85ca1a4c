/**
 * What `require` answers in a sandbox. Three kinds of Node's own modules: pure ones as they are, those that touch time,
 * chance or the world in their simulated form, and the rest, which load but refuse every use by name.
 */
import async_hooks from 'node:async_hooks';
import { Console } from 'node:console';
import { builtinModules, createRequire } from 'node:module';
import zlib from 'node:zlib';
import type { Machine } from './machine.ts';
import { inNextTurn } from './next-turn.ts';
import { refused, refusedModule } from './refusal.ts';

const real = createRequire(import.meta.url);

const pure: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
  'async_hooks',
  'buffer',
  'constants',
  'diagnostics_channel',
  'events',
  'path',
  'path/posix',
  'punycode',
  'querystring',
  'stream',
  'stream/consumers',
  'stream/promises',
  'stream/web',
  'string_decoder',
  'url',
  'util',
  'util/types',
]);

/** Modules in their simulated form, by name without 'node:'. */
export type SimulatedModules = Readonly<Record<string, unknown>>;

/**
 * Answers `require(name)`. `own` are the sandbox's simulated modules, `extra` what its creator adds, and `file` answers
 * relative paths.
 */
export function createRequireFunction(
  own: SimulatedModules,
  extra: SimulatedModules,
  file: (path: string) => unknown = (path) => {
    throw moduleNotFound(path);
  },
): (name: string) => unknown {
  return (name) => {
    if (name.startsWith('.')) return file(name);
    if (Object.hasOwn(extra, name)) return extra[name];
    const builtin = name.replace(/^node:/, '');
    if (Object.hasOwn(own, builtin)) return own[builtin];
    if (pure.has(builtin)) return real(`node:${builtin}`);
    if (builtinModules.includes(builtin)) return refusedBuiltin(builtin);
    throw moduleNotFound(name);
  };
}

export const moduleNotFound = (name: string): Error =>
  Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });

const refusedBuiltins = new Map<string, unknown>();

function refusedBuiltin(name: string): unknown {
  if (!refusedBuiltins.has(name)) refusedBuiltins.set(name, refusedModule(name, real(`node:${name}`) as object));
  return refusedBuiltins.get(name);
}

const missing = (path: unknown): Error =>
  Object.assign(new Error(`ENOENT: no such file or directory, open '${String(path)}'`), {
    code: 'ENOENT',
    errno: -2,
    syscall: 'open',
    path,
  });

/** A file system in which nothing exists; every other use is refused. */
export function createFs(machine: Machine): Record<string, unknown> {
  const lookups = ['access', 'lstat', 'open', 'readFile', 'readdir', 'realpath', 'stat'];
  const fail = (path: unknown): never => {
    throw missing(path);
  };
  const failLater = (path: unknown, ...rest: unknown[]): void => {
    const callback = rest.findLast((each) => typeof each === 'function') as (error: Error) => void;
    inNextTurn(machine, () => callback(missing(path)));
  };
  const promises = {
    ...(refusedBuiltin('fs/promises') as object),
    ...Object.fromEntries(lookups.map((name) => [name, async (path: unknown) => fail(path)])),
  };
  return {
    ...(refusedBuiltin('fs') as object),
    ...Object.fromEntries(
      lookups.flatMap((name) => [
        [name, failLater],
        [`${name}Sync`, fail],
      ]),
    ),
    existsSync: () => false,
    promises,
  };
}

/** node:zlib on the caller's own thread: the real one answers from a thread pool, outside virtual time. */
export function createZlib(machine: Machine): Record<string, unknown> {
  const names = ['deflate', 'deflateRaw', 'gunzip', 'gzip', 'inflate', 'inflateRaw', 'unzip'] as const;
  const later = (name: (typeof names)[number]) => {
    return (input: Uint8Array, ...rest: unknown[]): void => {
      const callback = rest.pop() as (error: Error | null, result?: Buffer) => void;
      const answer = (): void => {
        try {
          callback(null, zlib[`${name}Sync`](input, rest[0] as zlib.ZlibOptions));
        } catch (error) {
          callback(error as Error);
        }
      };
      inNextTurn(machine, answer);
    };
  };
  return {
    ...(refusedBuiltin('zlib') as object),
    ...Object.fromEntries(
      names.flatMap((name) => [
        [name, later(name)],
        [`${name}Sync`, zlib[`${name}Sync`]],
      ]),
    ),
    crc32: zlib.crc32,
    constants: zlib.constants,
  };
}

/** Guess: a small machine; memory as Lambda's default. Nothing of the real one shows. */
export function createOs(machine: Machine): Record<string, unknown> {
  return {
    ...(refusedBuiltin('os') as object),
    EOL: '\n',
    arch: () => 'x64',
    availableParallelism: () => 2,
    cpus: () => Array.from({ length: 2 }, () => ({ model: 'virtual', speed: 2500, times: {} })),
    endianness: () => 'LE',
    freemem: () => 64e6,
    homedir: () => '/home/sbx_user1051',
    hostname: () => machine.owner.label.replace(/[^a-z0-9-]/gi, '-'),
    loadavg: () => [0, 0, 0],
    machine: () => 'x86_64',
    networkInterfaces: () => ({}),
    platform: () => 'linux',
    release: () => '5.10.244',
    tmpdir: () => '/tmp',
    totalmem: () => 128e6,
    type: () => 'Linux',
    uptime: () => machine.monotonicNow() / 1000,
    userInfo: () => ({ username: 'sbx_user1051', uid: 993, gid: 990, homedir: '/home/sbx_user1051', shell: null }),
    version: () => '#1 SMP',
  };
}

/** A console on the given streams. Its stop-watches read the real clock and are refused. */
export class SandboxConsole extends Console {
  constructor(...args: ConstructorParameters<typeof Console>) {
    super(...args);
    for (const name of ['time', 'timeEnd', 'timeLog'] as const) this[name] = refused(`console.${name}`);
  }
}

/** Which sandbox the code that runs now belongs to; follows promises, so unhandled rejections can be attributed. */
export const currentMachine = new async_hooks.AsyncLocalStorage<Machine>();
