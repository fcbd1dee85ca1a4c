/** The globals of a sandbox: what the bundle's free names mean. They reach it as parameters of its wrapper. */
import { createHttp } from './http.ts';
import type { Machine } from './machine.ts';
import { createFs, createOs, createZlib, SandboxConsole, type SimulatedModules } from './modules.ts';
import { createProcess } from './process.ts';
import { createMath, createNodeCrypto, createWebCrypto } from './randomness.ts';
import { refused } from './refusal.ts';
import { createAbortSignal, createDate, createIntl, createPerformance, createTimers } from './time.ts';

export interface Globals {
  /** Name → value, always the same names in the same order. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly modules: SimulatedModules;
}

/** Web APIs with clocks, threads or sockets of their own. */
const refusedGlobals = ['BroadcastChannel', 'EventSource', 'MessageChannel', 'MessagePort', 'WebSocket'];

export function createGlobals(machine: Machine, filename: string, fetch: unknown): Globals {
  const timers = createTimers(machine);
  const processObject = createProcess(machine, filename);
  const { stdout, stderr } = processObject;
  const console = new SandboxConsole({ stdout: stdout as never, stderr: stderr as never });
  const performance = createPerformance(machine);
  const crypto = createWebCrypto(machine);
  const own = {
    process: processObject,
    console,
    performance,
    crypto,
    fetch,
    ...timers.functions,
    Date: createDate(machine),
    Intl: createIntl(machine),
    Math: createMath(machine),
    AbortSignal: createAbortSignal(timers.functions),
    navigator: { hardwareConcurrency: 2, language: 'en-US', userAgent: 'Node.js/24', platform: 'linux' },
    ...Object.fromEntries(refusedGlobals.map((name) => [name, refused(name)])),
  };
  // Names that are not simulated fall through to the realm's own.
  const globalObject = Object.create(globalThis, Object.getOwnPropertyDescriptors(own)) as Record<string, unknown>;
  globalObject.globalThis = globalObject;
  globalObject.global = globalObject;
  const bindings = { ...own, globalThis: globalObject, global: globalObject };
  return { bindings, modules: modulesOf(machine, { ...own, timers }) };
}

interface Parts {
  readonly process: unknown;
  readonly console: object;
  readonly performance: object;
  readonly crypto: object;
  readonly timers: ReturnType<typeof createTimers>;
}

function modulesOf(machine: Machine, parts: Parts): SimulatedModules {
  const lazy = new Map<string, unknown>();
  const make: Record<string, () => unknown> = {
    console: () => Object.assign(parts.console, { Console: SandboxConsole }),
    crypto: () => createNodeCrypto(machine, parts.crypto),
    fs: () => createFs(machine),
    'fs/promises': () => createFs(machine).promises,
    http: () => createHttp(machine, 'http:'),
    https: () => createHttp(machine, 'https:'),
    os: () => createOs(machine),
    perf_hooks: () => ({ performance: parts.performance }),
    process: () => parts.process,
    timers: () => ({ ...parts.timers.functions, promises: parts.timers.promises }),
    'timers/promises': () => parts.timers.promises,
    zlib: () => createZlib(machine),
  };
  return new Proxy(make, {
    get: (target, name: string) => {
      if (!lazy.has(name)) lazy.set(name, target[name]?.());
      return lazy.get(name);
    },
  });
}
