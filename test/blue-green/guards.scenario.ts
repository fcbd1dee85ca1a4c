/**
 * Each invariant has a guard in Mainstay. Here the guard is removed from what is deployed, nothing else is changed, and
 * the invariant's checker must object; with the guard the same scenario holds (scenarios.scenario.ts).
 */
import { describe, expect, it } from 'vitest';
import { allScenarios } from '../../console/drills/blue-green/all-scenarios.ts';
import { drillBlueGreen } from '../drills.ts';
import { inSuite } from '../every-drill.ts';
import { deployWithout } from '../without-guard.ts';
import { fairness } from './fairness.ts';
import { guards } from './guards.ts';

const SAMPLE = ['1 live-grown', '3 good-release', '5 passes-health', '8 dies-after-intent'];
const asked = inSuite(
  guards.map((guard) => [`${guard.id} ${guard.scenario}`, guard] as const),
  SAMPLE,
);

describe('without its guard', () => {
  it.each(asked.map(([, guard]) => guard))('blue-green/$id is violated in $scenario: without $without', async (row) => {
    const { result } = await drillBlueGreen(row.scenario, 1, deployWithout(row.removals));
    const objections = result.invariants.violated.filter(({ id }) => id === `blue-green/${row.id}`);
    expect(objections.map(({ message }) => message).join('\n')).toMatch(row.saying);
  });

  const unfair = inSuite(
    fairness.map((row) => [row.scenario, row] as const),
    [],
  );
  it.each(unfair.map(([, row]) => row))('a good release is $comesTo in $scenario: without $without', async (row) => {
    const { result } = await drillBlueGreen(row.scenario, 1, deployWithout(row.removals));
    expect(allScenarios[row.scenario]?.expected).toBe('committed');
    expect(result.outcome).toBe(row.comesTo);
  });
});
