/** What the application needs of its database: a port of six calls, so that tests and local runs need no server. */
import type { Admission } from './lease.ts';
import type { DatabaseParameter } from './parameters.ts';

export type Collection = 'orders' | 'heartbeats' | 'jobs';

/** Every document carries the epoch of the lease under which it was written. */
export interface StoredDocument {
  readonly _id: string;
  readonly epoch: number;
  readonly [field: string]: unknown;
}

export interface Store {
  /** Uses these hosts from now on; the same ones again do nothing. */
  use(hosts: Pick<DatabaseParameter, 'endpoint' | 'reader'>): void;
  /** 'exists' when the id is taken: inserting is idempotent. Writes throw WriteTooLateUnsafe after `sendBy`. */
  insert(collection: Collection, document: StoredDocument, admission: Admission): Promise<'inserted' | 'exists'>;
  /** Replaces or creates; rejects when what is there carries a higher epoch. */
  put(collection: Collection, document: StoredDocument, admission: Admission): Promise<void>;
  /** 'missing' also when what is there carries a higher epoch. */
  remove(collection: Collection, id: string, admission: Admission): Promise<'removed' | 'missing'>;
  /** From the cluster that is written to ('writer'), or the one nearby. */
  get(collection: Collection, id: string, from: ReadFrom): Promise<StoredDocument | null>;
  /** The document with the greatest `at`. */
  newest(collection: Collection, from: ReadFrom): Promise<StoredDocument | null>;
  close(): Promise<void>;
}

export type ReadFrom = 'writer' | 'reader';
