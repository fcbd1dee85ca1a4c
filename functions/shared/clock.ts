/** Time as a port: the one file that reads the machine's clock or waits on it. */

export interface Clock {
  /** Milliseconds since the epoch, by this region's own clock. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Runs `work` with a signal that aborts after `ms`. */
  within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  async within(ms, work) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ms);
    try {
      return await work(abort.signal);
    } finally {
      clearTimeout(timer);
    }
  },
};

export const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Also reads CloudWatch's offset without a colon. Null when there is no time. */
export const msOf = (iso: string | null | undefined): number | null => {
  if (!iso) return null;
  const ms = Date.parse(iso.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? null : ms;
};
