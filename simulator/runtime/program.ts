/** Compiles the modules of bundles, once per text, and runs them with the free names bound to a sandbox's own. */
import vm from 'node:vm';
import type { Globals } from './globals.ts';

export interface ModuleSource {
  /** Of the text; equal texts are compiled once. */
  readonly hash: string;
  /** As the program sees it, and stack traces show it: '/var/task/index.cjs'. */
  readonly filename: string;
  text(): string;
}

type Require = (name: string) => unknown;

/** Runs the module's top level and returns its exports. */
export type Program = (require: Require) => unknown;

/** Compiled programs by hash and name. They hold no state: each run makes the module anew. */
const scripts = new Map<string, vm.Script>();

/** The program for one process, whose free names are these bindings. Throws SyntaxError. */
export function programOf({ hash, filename, text }: ModuleSource, bindings: Globals['bindings']): Program {
  const key = `${hash} ${filename}`;
  let script = scripts.get(key);
  if (!script) {
    // Two functions, so that a module may declare a name of its own for a global: const crypto = require('crypto').
    const module = `function (module, exports, require, __filename, __dirname) {${text()}\n}`;
    script = new vm.Script(`(function (${Object.keys(bindings).join(', ')}) { return ${module}; })`, { filename });
    scripts.set(key, script);
  }
  const bind = script.runInThisContext() as (...values: unknown[]) => (this: unknown, ...args: unknown[]) => void;
  const run = bind(...Object.values(bindings));
  return (require) => {
    const module = { exports: {}, id: '.', filename, loaded: false, children: [], paths: [] };
    const directory = filename.slice(0, filename.lastIndexOf('/'));
    const full = Object.assign((name: string) => require(name), { main: module, cache: {} });
    run.call(module.exports, module, module.exports, full, filename, directory);
    return module.exports;
  };
}
