/** A handful of hostile seeds of blue/green against production as it is, and that a replay is exactly what the soak saw. */
import { describe, expect, it } from 'vitest';
import { SETTLES } from '../../console/drills/blue-green/soak.ts';
import { drills } from '../../console/drills/index.ts';
import { runSoakSeed, runUnderFaults, type SoakOf } from '../../console/soak/seed.ts';
import { guards } from '../blue-green/guards.ts';
import { production } from '../drills.ts';
import { deployWithout } from '../without-guard.ts';

const drill = drills['blue-green'];
const hostile = async (): Promise<SoakOf> => {
  const { configuration } = await production();
  return { drill, configuration, faults: { profile: 'hostile' } };
};

describe('releases under hostile faults', () => {
  it.each([1, 3])('every invariant holds and the world settles: seed %i', async (seed) => {
    const { cloud } = await production();
    const { invariants, coverage } = await runSoakSeed(cloud, await hostile(), seed);
    expect(invariants.violated).toEqual([]);
    expect(invariants.checked).toContain(SETTLES);
    expect(Object.keys(coverage.states).length).toBeGreaterThan(0);
  });

  it('a replay is the run that the soak saw, event by event, and without its faults nothing is released', async () => {
    const { cloud } = await production();
    const soak = await hostile();
    const [first, again, calm] = [
      await runUnderFaults(cloud, soak, 5),
      await runUnderFaults(cloud, soak, 5),
      await runUnderFaults(cloud, { ...soak, faults: { ...soak.faults, only: [] } }, 5),
    ];
    expect(again.cloud.trace.toJsonLines() === first.cloud.trace.toJsonLines()).toBe(true);
    expect(again.result).toEqual(first.result);
    expect(calm.result.outcome).toBe('undisturbed');
  });
});

describe('a soak of releases that lack a guard', () => {
  it('finds within five seeds that nothing is proved before it is relied on', async () => {
    const guard = guards.find(({ id }) => id === '4');
    const { cloud, configuration } = await deployWithout(guard?.removals ?? []);
    const found: string[] = [];
    for (let seed = 1; seed <= 5 && found.length === 0; seed++) {
      const { invariants } = await runSoakSeed(cloud, { drill, configuration, faults: { profile: 'hostile' } }, seed);
      found.push(...invariants.violated.map(({ id }) => id));
    }
    expect(found).toContain('blue-green/4');
  });
});
