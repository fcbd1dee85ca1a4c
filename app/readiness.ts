/** What GET /ready tells: this instance, its right to write, and how fresh its copy of the database is. */
import type { Clock } from './clock.ts';
import type { FencedWrites } from './fenced-writes.ts';
import type { Acknowledged, Lease } from './lease.ts';
import type { Store } from './store.ts';

/** Health checks and observers ask often; the database is asked at most this often. */
const FRESH_MS = 2_000;

export interface Identity {
  readonly region: string;
  readonly colour: string;
  readonly digest: string;
  readonly instance: string;
}

export interface Readiness extends Identity {
  /** 'degraded' when the database cannot be read; then the status is 503. */
  readonly status: 'healthy' | 'degraded';
  readonly epoch: number | null;
  readonly phase: string | null;
  readonly holder: string | null;
  readonly writes: 'admitted' | 'refused';
  readonly database: { readonly reachable: boolean; readonly newestHeartbeat: Acknowledged | null };
}

export function createReadiness(options: {
  identity: Identity;
  clock: Clock;
  lease: Lease;
  writes: FencedWrites;
  store: Store;
}): () => Promise<Readiness> {
  const { clock, lease, writes, store } = options;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asked: Promise<Readiness['database']> | undefined;

  async function askDatabase(): Promise<Readiness['database']> {
    try {
      const newest = await store.newest('heartbeats', writes.admitted() ? 'writer' : 'reader');
      const newestHeartbeat = newest && { at: String(newest.at), sequence: Number(newest.sequence) };
      return { reachable: true, newestHeartbeat };
    } catch {
      return { reachable: false, newestHeartbeat: null };
    }
  }

  return async () => {
    if (!asked || clock.monotonicMs() - askedAt >= FRESH_MS) {
      askedAt = clock.monotonicMs();
      asked = askDatabase();
    }
    const database = await asked;
    const authority = lease.seen();
    return {
      status: database.reachable ? 'healthy' : 'degraded',
      ...options.identity,
      epoch: authority?.epoch ?? null,
      phase: authority?.phase ?? null,
      holder: authority?.holder ?? null,
      writes: writes.admitted() ? 'admitted' : 'refused',
      database,
    };
  };
}
