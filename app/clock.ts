/** Time as the application sees it, injected everywhere else; the one file of app/ that reads real clocks. */

export interface Clock {
  /** Milliseconds since the epoch, for stamps that people read. Never compared with another machine's. */
  now(): number;
  /**
   * Milliseconds that only grow, also while the process is stopped (CLOCK_MONOTONIC). A suspended virtual machine stops
   * it: such an instance must be replaced, not woken.
   */
  monotonicMs(): number;
  /** Resolves when the promise has settled, either way, or the time is over; leaves no timer behind. */
  atMost(milliseconds: number, promise: Promise<unknown>): Promise<void>;
  /** Runs a task now and again `everyMs` after it finished, until the returned function is called. */
  repeat(everyMs: number, task: () => Promise<void>): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  atMost: (milliseconds, promise) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      promise.then(finish, finish);
    }),
  repeat(everyMs, task) {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async (): Promise<void> => {
      await task();
      if (!stopped) timer = setTimeout(round, everyMs);
    };
    void round();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  },
};
