/**
 * Every scenario of alert routing, whole: its templates in the simulator, the providers around it, exactly the
 * notifications that were stated beforehand, and no invariant broken.
 */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import { noteUse } from '../drills.ts';
import { inSuite } from '../every-drill.ts';
import { scene } from './scene.ts';

const SEEDS = inSuite(
  [
    ['first', 1],
    ['second', 2],
  ],
  ['first'],
);

describe('in alert routing', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`${name}: ${scenario.says}`, async () => {
      const on = await scene(scenario.startAt);
      for (const [, seed] of SEEDS) {
        const { cloud, faults, broken } = await play(on, scenario, seed);
        noteUse(cloud, `alert-routing/${name}`);
        expect([seed, faults, broken]).toEqual([seed, [], []]);
      }
    });
  }
});
