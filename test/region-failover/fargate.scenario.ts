/**
 * The same scenarios with both colours as ECS services on Fargate: the same outcomes, effects and invariants, within the
 * same targets. All of them with MAINSTAY_EVERY_DRILL=1.
 */
import { describe, expect, it } from 'vitest';
import { runOf } from '../../console/drill/result.ts';
import type { Scenario } from '../../console/drills/region-failover/scenario.ts';
import { scenarios } from '../../console/drills/region-failover/scenarios.ts';
import { targetsMissed } from '../../console/drills/region-failover/targets.ts';
import { mismatch } from '../../console/drills/region-failover/timeline.ts';
import { drillRegionFailover } from '../drills.ts';
import { inSuite } from '../every-drill.ts';
import { productionOnFargate } from '../fargate.ts';

const SAMPLE = ['dark-primary', 'larger-primary'];
const production = productionOnFargate();

describe('in region failover on Fargate', () => {
  // Not it.each: it cuts a title after forty letters.
  for (const [name, { title, expected, wants, startsIn }] of inSuite(Object.entries<Scenario>(scenarios), SAMPLE)) {
    it(title, async () => {
      const { result } = await drillRegionFailover(name, 1, production());
      const { regions, compute } = (await production()).configuration;
      const [old, target] = startsIn === 'second' ? regions.serving.toReversed() : regions.serving;
      expect(compute.kind).toBe('fargate');
      expect(result.invariants.violated).toEqual([]);
      expect(result.outcome).toBe(expected);
      const wrong = mismatch(result.effects, wants, { old: `${old}`, target: `${target}`, witness: regions.witness });
      expect(wrong, wrong ?? '').toBeNull();
      expect(targetsMissed([runOf(result)])).toEqual([]);
    });
  }
});
