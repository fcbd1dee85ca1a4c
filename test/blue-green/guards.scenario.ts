/**
 * Each invariant has a guard in Mainstay. Here the guard is removed from what is deployed, nothing else is changed, and
 * the invariant's checker must object; with the guard the same scenario holds (scenarios.scenario.ts).
 */
import { describe, expect, it } from 'vitest';
import { drillBlueGreen } from '../drills.ts';
import { deployWithout } from '../without-guard.ts';
import { guards } from './guards.ts';

describe('without its guard', () => {
  it.each(guards)('blue-green/$id is violated in $scenario: without $without', async (row) => {
    const { result } = await drillBlueGreen(row.scenario, 1, deployWithout(row.removals));
    const objections = result.invariants.violated.filter(({ id }) => id === `blue-green/${row.id}`);
    expect(objections.map(({ message }) => message).join('\n')).toMatch(row.saying);
  });
});
