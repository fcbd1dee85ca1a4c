/** Which way the traffic latch must lie, and laying it there. Used by `shift-traffic` and `mend-latch`. */
import type { Latch } from '../shared/ports.ts';
import { ensure } from './move.ts';

/** The object is present while the second serving region has the traffic (DESIGN decision 4). */
export const belongsToSecond = (holder: string, servingRegions: readonly string[]): boolean =>
  holder === servingRegions[1];

export async function setLatch(latch: Latch, region: string, moved: boolean): Promise<void> {
  await ensure({
    what: `setting the latch in ${region}`,
    describe: () => latch.isMoved(region),
    done: (state) => state === moved,
    act: () => latch.set(region, moved),
  });
}
