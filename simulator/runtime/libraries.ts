/**
 * Library code of a package: what lies under its node_modules. It is loaded once on this machine and shared by every
 * process that requires it, in all seeds, so that it is compiled and warm; whatever it reads at run time — clock,
 * environment, randomness, network — is that of the process that runs. Loading is refused all of these, so nothing of
 * one process can stay in it; objects that libraries make for a program (SDK clients, loggers) live and die with that
 * program. Used by sandbox.ts.
 */
import { NotModelled } from '../errors.ts';
import { addDecodedDoor } from './decoded.ts';
import { createFetch } from './fetch.ts';
import { createGlobals, type Globals } from './globals.ts';
import type { Machine } from './machine.ts';
import { createRequireFunction, currentMachine } from './modules.ts';
import { type ModuleSource, programOf } from './program.ts';

/** Whether a module of a package is library code, by its path in the package. */
export const isLibrary = (path: string): boolean => path.startsWith('node_modules/');

/** The process that runs now, whichever that is. */
const whoeverRuns: Machine = {
  self: () => running(),
  get cloud() {
    return running().cloud;
  },
  get owner() {
    return running().owner;
  },
  get random() {
    return running().random;
  },
  get env() {
    return running().env;
  },
  wallNow: () => running().wallNow(),
  monotonicNow: () => running().monotonicNow(),
  enter: (run) => running().enter(run),
  write: (text, stream) => running().write(text, stream),
  exit: (code, error) => running().exit(code, error),
};

function running(): Machine {
  const machine = currentMachine.getStore();
  if (!machine) throw new Error('library code runs outside of every process');
  return machine;
}

const refuse = (): never => {
  throw new NotModelled(
    'a library under node_modules reads the clock, randomness or the network while it is loaded, which the simulator ' +
      'does once for all processes; do it in a function that is called later',
  );
};

/** Stands for the process while a library is loaded. Its environment is empty, as what it says would stay. */
const nobody: Machine = {
  self: refuse,
  get cloud(): never {
    return refuse();
  },
  get owner(): never {
    return refuse();
  },
  get random(): never {
    return refuse();
  },
  env: Object.freeze({}),
  wallNow: refuse,
  monotonicNow: refuse,
  enter: refuse,
  write: refuse,
  exit: refuse,
};

const loaded = new Map<string, unknown>();
let globals: Globals | undefined;

/** What the library exports. Throws what its top level throws, and NotModelled when that reads what is a process's own. */
export function requireLibrary(source: ModuleSource): unknown {
  const known = loaded.get(source.hash);
  if (known !== undefined) return known;
  globals ??= createGlobals(whoeverRuns, 'node_modules', createFetch(whoeverRuns));
  const { bindings, modules } = globals;
  const require = createRequireFunction(modules, {});
  const exports = currentMachine.run(nobody, () => programOf(source, bindings)(require));
  addDecodedDoor(exports as object, running);
  loaded.set(source.hash, exports);
  return exports;
}
