/**
 * Every scenario of blue/green, whole: production's templates in the simulator, the push, the outcome that was stated
 * beforehand, no invariant violated, no effect but those wanted, the targets met.
 */
import { describe, expect, it } from 'vitest';
import { runOf } from '../../console/drill/result.ts';
import { compare } from '../../console/drill/wants.ts';
import type { Scenario } from '../../console/drills/blue-green/scenario.ts';
import { scenarios } from '../../console/drills/blue-green/scenarios/index.ts';
import { targetsMissed } from '../../console/drills/blue-green/targets.ts';
import { drillBlueGreen } from '../drills.ts';
import { inSuite } from '../every-drill.ts';

/** One of each sort. A release is half an hour of many users: all of them take longer than a suite may. */
const SAMPLE = [
  'good-release',
  'two-percent-errors',
  'crash-loop',
  'unsigned',
  'two-pushes',
  'weights-reset',
  'frozen-in-mid-shift',
];

describe('in blue/green', () => {
  // Not it.each: it cuts a title after forty letters.
  for (const [name, { title, expected, wants }] of inSuite(Object.entries<Scenario>(scenarios), SAMPLE)) {
    it(title, async () => {
      const { result, evidence } = await drillBlueGreen(name);
      expect(result.invariants.violated).toEqual([]);
      expect(result.outcome).toBe(expected);
      const { fits, table } = compare(result.effects, wants, { here: evidence.policy.region });
      expect(fits, table.join('\n')).toBe(true);
      expect(targetsMissed([runOf(result)])).toEqual([]);
    });
  }
});
