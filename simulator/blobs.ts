/** Immutable contents by hash: function code, images, objects. Kept out of the cloud's state so that forks share them. */
import { createHash } from 'node:crypto';

export interface Blobs {
  /** Stores contents and returns their hash (sha256, hex). */
  put(contents: Uint8Array | string): string;
  /** Throws when there is no such blob. */
  get(hash: string): Uint8Array;
  text(hash: string): string;
  /** All of them, for who keeps them elsewhere. */
  hashes(): Iterable<string>;
}

export function createBlobs(): Blobs {
  const byHash = new Map<string, Uint8Array>();
  const get = (hash: string): Uint8Array => {
    const contents = byHash.get(hash);
    if (!contents) throw new Error(`no blob ${hash}`);
    return contents;
  };
  return {
    put(contents) {
      const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
      const hash = createHash('sha256').update(bytes).digest('hex');
      byHash.set(hash, bytes);
      return hash;
    },
    get,
    text: (hash) => new TextDecoder().decode(get(hash)),
    hashes: () => byHash.keys(),
  };
}
