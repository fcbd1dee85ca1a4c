/** A document that every admitted instance replaces every two seconds or as it is told: how far behind a copy is, is read from it. */
import type { Clock } from './clock.ts';
import type { FencedWrites } from './fenced-writes.ts';
import type { Acknowledged } from './lease.ts';
import type { Store } from './store.ts';

export interface Heartbeats {
  beat(): Promise<void>;
  /** The last one that the database confirmed to this instance. */
  acknowledged(): Acknowledged | null;
}

export function createHeartbeats(options: {
  instance: string;
  clock: Clock;
  store: Store;
  writes: FencedWrites;
}): Heartbeats {
  const { instance, clock, store, writes } = options;
  let sequence = 0;
  let acknowledged: Acknowledged | null = null;
  return {
    async beat() {
      try {
        await writes.run(async (admission) => {
          const beat = { at: new Date(clock.now()).toISOString(), sequence: ++sequence };
          await store.put('heartbeats', { _id: instance, ...beat, epoch: admission.epoch }, admission);
          acknowledged = beat;
        });
      } catch {
        // A missed beat is itself the signal: its age is what /ready and the observers see.
      }
    },
    acknowledged: () => acknowledged,
  };
}
