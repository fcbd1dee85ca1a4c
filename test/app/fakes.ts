/** A hand-moved clock and an authority that misbehaves on order, for the tests of app/. */
import type { Clock } from '../../app/clock.ts';
import { memoryAuthority } from '../../app/memory.ts';

export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** Time that only the test moves. `repeat` runs the task once and then never again. */
export function manualClock(): ManualClock {
  let now = 0;
  return {
    now: () => Date.UTC(2026, 0, 1) + now,
    monotonicMs: () => now,
    atMost: async (_milliseconds, promise) => void (await promise),
    repeat(_everyMs, task) {
      void task();
      return () => {};
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** What happens to one call of the authority: how long each way takes, and whether the answer arrives. */
export interface Fate {
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost: 'no' | 'request' | 'answer';
}

/** The in-memory authority behind a network: every call takes the next fate from the list, then the last one again. */
export function distantAuthority(region: string, clock: ManualClock, fates: Fate[]) {
  const authority = memoryAuthority(region);
  const asked: string[] = [];
  const renewedAt: number[] = [];
  let next = 0;
  const travel = async <T>(endpoint: string, call: () => Promise<T>): Promise<T> => {
    asked.push(endpoint);
    const fate = fates[Math.min(next++, fates.length - 1)] ?? { thereMs: 0, backMs: 0, lost: 'no' };
    clock.advance(fate.thereMs);
    if (fate.lost === 'request') throw new Error('unreachable');
    const answer = await call();
    clock.advance(fate.backMs);
    if (fate.lost === 'answer') throw new Error('answer lost');
    return answer;
  };
  return {
    inner: authority,
    asked,
    renewedAt,
    read: (endpoint: string) => travel(endpoint, () => authority.read(endpoint)),
    renew: (endpoint: string, claim: Parameters<typeof authority.renew>[1]) =>
      travel(endpoint, async () => {
        const result = await authority.renew(endpoint, claim);
        if (result === 'renewed') renewedAt.push(clock.monotonicMs());
        return result;
      }),
  };
}
