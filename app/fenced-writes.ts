/** The only door to writing: asks the lease, checks that the configuration is of the same epoch, passes the admission on. */
import { WritesNotReady } from './errors.ts';
import type { Admission, Lease } from './lease.ts';
import type { Parameters } from './parameters.ts';

export interface FencedWrites {
  /** Whether a write would be admitted now. */
  admitted(): boolean;
  /**
   * Runs one write under the lease. Throws WritesNotReady without calling it when the lease or the configuration
   * does not allow it.
   */
  run<T>(write: (admission: Admission) => Promise<T>): Promise<T>;
}

export function createFencedWrites(lease: Lease, parameters: Parameters): FencedWrites {
  /** A configuration of an older epoch names the cluster of the old writer. */
  const configured = (epoch: number): boolean => parameters.database()?.epoch === epoch;
  return {
    admitted() {
      const admission = lease.admit();
      return admission !== null && configured(admission.epoch);
    },
    async run(write) {
      const admission = lease.admit();
      if (!admission)
        throw new WritesNotReady('this region does not hold the write lease, or too little of it is left');
      if (!configured(admission.epoch)) {
        throw new WritesNotReady(`no database is configured for epoch ${admission.epoch} yet`);
      }
      return write(admission);
    },
  };
}
