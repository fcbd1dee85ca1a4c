/** A few hostile seeds of alert routing's soak, that a replay is exactly what the soak saw, and that a missing guard shows. */
import { describe, expect, it } from 'vitest';
import { drills } from '../../console/drills/index.ts';
import { runSoakSeed, runUnderFaults, type SoakOf } from '../../console/soak/seed.ts';
import { scene, sceneWithout } from './scene.ts';

const drill = drills['alert-routing'];
const hostile = async (): Promise<SoakOf> => {
  const { configuration } = await scene();
  return { drill, configuration, faults: { profile: 'hostile' } };
};

describe('under hostile faults alert routing', () => {
  it('holds every invariant and settles', async () => {
    const { cloud } = await scene();
    const { invariants, coverage } = await runSoakSeed(cloud, await hostile(), 7);
    expect(invariants.violated).toEqual([]);
    expect(invariants.checked).toContain('alert-routing/settles');
    expect(Object.keys(coverage.hit).length).toBeGreaterThan(2);
  });

  it('is replayed event by event', async () => {
    const { cloud } = await scene();
    const soak = await hostile();
    const [first, again] = [await runUnderFaults(cloud, soak, 1), await runUnderFaults(cloud, soak, 1)];
    expect(again.cloud.trace.toJsonLines() === first.cloud.trace.toJsonLines()).toBe(true);
    expect(again.result).toEqual(first.result);
  });

  it('is objected to where an end goes out under another key than its beginning', async () => {
    const { cloud } = await sceneWithout({
      source: 'functions/alert-routing/render/pagerduty.ts',
      functions: ['dispatch'],
      from: 'dedup_key: cut(incident, KEY_MAX)',
      to: 'dedup_key: cut(intent.key, KEY_MAX)',
    });
    const { invariants } = await runSoakSeed(cloud, await hostile(), 7);
    expect(invariants.violated.map(({ id }) => id)).toContain('alert-routing/settles');
  });
});
