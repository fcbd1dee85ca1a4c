/**
 * Every scenario of region failover, whole: production's templates in the simulator, the fault, the outcome that was stated
 * beforehand, no invariant violated, no effect but those wanted, and proof that the run was what its title says.
 */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../console/drills/region-failover/scenario.ts';
import { scenarios } from '../../console/drills/region-failover/scenarios.ts';
import { mismatch } from '../../console/drills/region-failover/timeline.ts';
import { drillRegionFailover, production } from '../drills.ts';
import { prove } from './proofs.ts';

describe('in region failover', () => {
  // Not it.each: it cuts a title after forty letters.
  for (const [name, { title, expected, wants, startsIn }] of Object.entries<Scenario>(scenarios)) {
    it(title, async () => {
      const run = await drillRegionFailover(name);
      const { regions } = (await production()).configuration;
      const [old, target] = startsIn === 'second' ? regions.serving.toReversed() : regions.serving;
      const { result } = run;
      expect(result.invariants.violated).toEqual([]);
      expect(result.outcome).toBe(expected);
      const wrong = mismatch(result.effects, wants, { old: `${old}`, target: `${target}`, witness: regions.witness });
      expect(wrong, wrong ?? '').toBeNull();
      prove(name, run);
    });
  }
});
