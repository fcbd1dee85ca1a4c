/**
 * The same scenarios with both colours as ECS services on Fargate: the same machine, the same outcomes, the same effects
 * and invariants. All of them with MAINSTAY_EVERY_DRILL=1.
 */
import { describe, expect, it } from 'vitest';
import { runOf } from '../../console/drill/result.ts';
import { compare } from '../../console/drill/wants.ts';
import type { Scenario } from '../../console/drills/blue-green/scenario.ts';
import { scenarios } from '../../console/drills/blue-green/scenarios/index.ts';
import { targetsMissed } from '../../console/drills/blue-green/targets.ts';
import { drillBlueGreen } from '../drills.ts';
import { inSuite } from '../every-drill.ts';
import { productionOnFargate } from '../fargate.ts';

const SAMPLE = ['good-release'];

const production = productionOnFargate();

describe('in blue/green on Fargate', () => {
  // Not it.each: it cuts a title after forty letters.
  for (const [name, { title, expected, wants }] of inSuite(Object.entries<Scenario>(scenarios), SAMPLE)) {
    it(title, async () => {
      const { result, evidence } = await drillBlueGreen(name, 1, production());
      expect(evidence.policy.kind).toBe('fargate');
      expect(result.invariants.violated).toEqual([]);
      expect(result.outcome).toBe(expected);
      const { fits, table } = compare(result.effects, wants, { here: evidence.policy.region });
      expect(fits, table.join('\n')).toBe(true);
      expect(targetsMissed([runOf(result)])).toEqual([]);
    });
  }
});
