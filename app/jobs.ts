/** The consumer: does one job every 15 seconds or as it is told, in the writing region only. Stands for queues and schedules. */
import type { Clock } from './clock.ts';
import type { FencedWrites } from './fenced-writes.ts';
import type { Parameters } from './parameters.ts';
import type { Store } from './store.ts';

export interface Consumer {
  work(): Promise<void>;
}

export function createConsumer(options: {
  instance: string;
  clock: Clock;
  store: Store;
  writes: FencedWrites;
  parameters: Parameters;
}): Consumer {
  const { instance, clock, store, writes, parameters } = options;
  let count = 0;
  return {
    async work() {
      const consumers = parameters.consumers();
      if (!consumers?.enabled) return;
      try {
        // Guard (e): the switch alone starts nothing. A job is a fenced write, in the epoch the switch was set for.
        await writes.run(async (admission) => {
          const { epoch } = admission;
          if (epoch !== consumers.epoch) return;
          const _id = `${instance}-${epoch}-${++count}-${clock.now()}`;
          await store.insert('jobs', { _id, at: new Date(clock.now()).toISOString(), instance, epoch }, admission);
        });
      } catch {
        // The next round tries again; a job that was not done is not lost, it is still due.
      }
    },
  };
}
