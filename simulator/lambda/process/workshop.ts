/**
 * What the child processes of one cloud share: a private temporary directory with their packages, and a keeper, a small
 * shell that ends them and removes the directory when this process is gone, however it went. A frozen process cannot
 * notice that by itself. Made by `index.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import type { Cloud } from '../../cloud.ts';
import type { FunctionCode } from '../state.ts';

/** Reads 'start PID' and 'end PID' until its input closes, then kills who is left and removes the directory $1. */
const KEEPER = `
pids=' '
while read -r change pid; do
  case $change in
    start) pids="$pids$pid " ;;
    end) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
rm -rf -- "$1"`;

/** The program of every process, as plain JavaScript: taking the types off each time would double a cold start. */
const PROGRAM = join(import.meta.dirname, 'child', 'main.ts');

export class Workshop {
  readonly #directory = mkdtempSync(join(tmpdir(), 'simulated-functions-'));
  /** What a process starts with. */
  readonly program = join(this.#directory, 'program.cjs');
  readonly #keeper: ChildProcess;
  readonly #packages = new Map<string, string>();
  #temporaries = 0;

  constructor() {
    // Loaded only here: most runs of the simulator need no bundler.
    const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
    buildSync({ entryPoints: [PROGRAM], outfile: this.program, bundle: true, platform: 'node', target: 'node24' });
    // In a session of its own, so that what interrupts this process does not end the keeper first.
    this.#keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', this.#directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#keeper.unref();
    (this.#keeper.stdin as unknown as { unref(): void }).unref();
  }

  get compileCache(): string {
    return join(this.#directory, 'compiled');
  }

  /** Writes a package, once for all processes: none of them may change it. Returns its directory, with a slash. */
  unpack(cloud: Cloud, { files, sha256 }: FunctionCode): string {
    const known = this.#packages.get(sha256);
    if (known) return known;
    const directory = join(this.#directory, 'packages', String(this.#packages.size));
    for (const [path, hash] of Object.entries(files)) {
      const file = join(directory, path);
      if (!file.startsWith(`${directory}/`))
        throw new Error(`the package's file '${normalize(path)}' is outside of it`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, cloud.blobs.get(hash));
    }
    mkdirSync(directory, { recursive: true });
    this.#packages.set(sha256, `${directory}/`);
    return `${directory}/`;
  }

  /** A new directory that one process may write to: its /tmp. */
  temporary(): string {
    const directory = join(this.#directory, 'tmp', String(this.#temporaries++));
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** Whoever is watched dies with this process. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#keeper.stdin?.write(`start ${pid}\n`);
    child.once('exit', () => this.#keeper.stdin?.write(`end ${pid}\n`));
  }

  /** After all of its processes have ended. */
  close(): void {
    this.#keeper.stdin?.end();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
