/**
 * Keeps a cloud over a restart of the process: its state in one file that is replaced as a whole, its blobs beside it.
 * Started by `mainstay local --data DIR`.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { type Blobs, createBlobs } from '../blobs.ts';
import type { TimerRecord } from '../clock.ts';
import type { Cloud, CloudState } from '../cloud.ts';

/** To be counted up with every change of a service's state that older files do not have. */
const STATE_VERSION = 1;
const MAGIC = 'mainstay local state';

/** The directory cannot be used. The message names it and says what to do. */
export class DataDirectoryProblem extends Error {
  override readonly name = 'DataDirectoryProblem';
}

/** What a file holds. */
export interface Kept {
  readonly state: CloudState;
  /** Records that were being carried out; see `resumeAfterRestart`. */
  readonly unfinished: readonly TimerRecord[];
  readonly blobs: Blobs;
}

export class DataDirectory {
  readonly #path: string;
  readonly #written = new Set<string>();
  /** What the last saved file was made from. */
  #saved = '';

  /**
   * Makes the directory where it is missing and claims it for this process. Throws DataDirectoryProblem when another
   * process uses it or it holds other things.
   */
  constructor(path: string) {
    this.#path = path;
    try {
      mkdirSync(this.#blobs, { recursive: true });
    } catch (cause) {
      throw new DataDirectoryProblem(`${path} cannot be made: ${(cause as Error).message}`, { cause });
    }
    const foreign = readdirSync(path).filter((name) => !/^(?:state|blobs|lock|.*\.new)$/.test(name));
    if (foreign.length > 0) {
      throw new DataDirectoryProblem(`${path} holds other files (${foreign[0]}); name a directory of its own`);
    }
    this.#lock();
  }

  get #file(): string {
    return join(this.#path, 'state');
  }

  get #blobs(): string {
    return join(this.#path, 'blobs');
  }

  /** What was kept; undefined in a new directory. Throws DataDirectoryProblem for a file that cannot be used. */
  read(): Kept | undefined {
    if (!existsSync(this.#file)) return undefined;
    const file = readFileSync(this.#file);
    const end = file.indexOf(0x0a);
    const header = file.subarray(0, Math.max(end, 0)).toString('latin1');
    const [, version = '', hash] = /^mainstay local state (\d+) ([0-9a-f]{64})$/.exec(header) ?? [];
    if (hash === undefined) throw this.#unusable('is not a state of mainstay local');
    if (Number(version) !== STATE_VERSION) {
      throw this.#unusable(`has version ${version}, and this program reads version ${STATE_VERSION}`);
    }
    const payload = file.subarray(end + 1);
    if (sha256(payload) !== hash) throw this.#unusable('is damaged: its checksum does not match');
    const { state, unfinished } = deserialize(payload) as Omit<Kept, 'blobs'>;
    return { state, unfinished, blobs: this.#readBlobs(referencedIn(payload)) };
  }

  /** Writes the state unless nothing happened since the last time. Whoever reads sees the old file or the new one. */
  save(cloud: Cloud): void {
    const made = `${cloud.trace.total} ${cloud.state.clock.nextId} ${Object.keys(cloud.state.keys).length}`;
    if (made === this.#saved) return;
    // Blobs first: a state never names one that is missing.
    for (const hash of cloud.blobs.hashes()) this.#writeBlob(hash, cloud.blobs);
    const payload = serialize({ state: cloud.state, unfinished: cloud.clock.unfinished });
    replace(this.#file, [Buffer.from(`${MAGIC} ${STATE_VERSION} ${sha256(payload)}\n`), payload]);
    this.#saved = made;
  }

  /** Lets other processes use the directory. */
  close(): void {
    rmSync(join(this.#path, 'lock'), { force: true });
  }

  #unusable(what: string): DataDirectoryProblem {
    return new DataDirectoryProblem(`${this.#file} ${what}; delete ${this.#path} or name another directory`);
  }

  #lock(): void {
    const file = join(this.#path, 'lock');
    if (existsSync(file)) {
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid !== process.pid && isAlive(pid)) {
        const remedy = `stop it, or delete ${file} if process ${pid} is another program`;
        throw new DataDirectoryProblem(`${this.#path} is used by process ${pid}; ${remedy}`);
      }
    }
    writeFileSync(file, String(process.pid));
  }

  #writeBlob(hash: string, blobs: Blobs): void {
    if (this.#written.has(hash)) return;
    const file = join(this.#blobs, hash);
    if (!existsSync(file)) replace(file, [blobs.get(hash)]);
    this.#written.add(hash);
  }

  /** Those that the state does not name any more are removed. */
  #readBlobs(referenced: ReadonlySet<string>): Blobs {
    const blobs = createBlobs();
    for (const name of readdirSync(this.#blobs)) {
      const file = join(this.#blobs, name);
      if (!referenced.has(name)) {
        rmSync(file);
        continue;
      }
      if (blobs.put(readFileSync(file)) !== name) throw this.#unusable(`names ${file}, which is damaged`);
      this.#written.add(name);
    }
    return blobs;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Everything in a serialized state that could be a blob's hash. */
const referencedIn = (payload: Buffer): Set<string> => new Set(payload.toString('latin1').match(/[0-9a-f]{64}/g) ?? []);

/** Puts a file in place of another so that no reader, and no crash, finds a half of it. */
function replace(file: string, parts: readonly Uint8Array[]): void {
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    for (const part of parts) for (let at = 0; at < part.byteLength; ) at += writeSync(descriptor, part, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
