/**
 * Drops the older part of what a cloud only ever adds to for somebody to look at: the trace and the world's ledger, which
 * judge a drill and would fill the memory of a process that runs for weeks. Started by `mainstay local`.
 */
import type { Cloud } from '../cloud.ts';
import { ledgerOf } from '../world/ledger.ts';

/** At least this many of the newest are kept of each. */
const ENTRIES_MIN = 20_000;

/** To be called once, and `forget` of what it returns now and then. Nothing inside the cloud reads what is dropped. */
export function boundRecords(cloud: Cloud): { forget(): void } {
  cloud.trace.entriesMax = ENTRIES_MIN;
  return {
    forget() {
      const { writes, requests, jobs, dns, lease } = ledgerOf(cloud);
      for (const entries of [writes, requests, jobs, dns, lease] as unknown[][]) {
        if (entries.length > ENTRIES_MIN * 2) entries.splice(0, entries.length - ENTRIES_MIN);
      }
    },
  };
}
