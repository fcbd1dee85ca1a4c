/** A handful of hostile seeds against production as it is, and that a replay is exactly what the soak saw. */
import { describe, expect, it } from 'vitest';
import { drills } from '../../console/drills/index.ts';
import { runSoakSeed, runUnderFaults, type SoakOf } from '../../console/soak/seed.ts';
import { production } from '../drills.ts';

const drill = drills['region-failover'];
const hostile = async (): Promise<SoakOf> => {
  const { configuration } = await production();
  return { drill, configuration, faults: { profile: 'hostile' } };
};

describe('under hostile faults', () => {
  it.each([1, 2, 3, 4])('every invariant holds and the world settles: seed %i', async (seed) => {
    const { cloud } = await production();
    const { invariants, coverage } = await runSoakSeed(cloud, await hostile(), seed);
    expect(invariants.violated).toEqual([]);
    expect(invariants.checked).toContain('region-failover/settles');
    expect(Object.keys(coverage.states).length).toBeGreaterThan(0);
  });

  it('a replay is the run that the soak saw, event by event, and without its faults another one', async () => {
    const { cloud } = await production();
    const soak = await hostile();
    const [first, again, calm] = [
      await runUnderFaults(cloud, soak, 2),
      await runUnderFaults(cloud, soak, 2),
      await runUnderFaults(cloud, { ...soak, faults: { ...soak.faults, only: [] } }, 2),
    ];
    expect(again.cloud.trace.toJsonLines() === first.cloud.trace.toJsonLines()).toBe(true);
    expect(again.result).toEqual(first.result);
    expect(calm.result.outcome).toBe('undisturbed');
  });
});
