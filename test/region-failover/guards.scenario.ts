/**
 * Each invariant has a guard in Mainstay. Here the guard is removed from what is deployed, nothing else is changed, and
 * the invariant's checker must object; with the guard the same scenario holds.
 */
import { describe, expect, it } from 'vitest';
import { drillRegionFailover, production } from '../drills.ts';
import { deployWithout } from '../without-guard.ts';
import { guards } from './guards.ts';

describe('without its guard', () => {
  it.each(guards)('region-failover/$id is violated in $scenario: without $without', async (row) => {
    const { result } = await drillRegionFailover(row.scenario, 1, deployWithout(row.removals));
    const objections = result.invariants.violated.filter(({ id }) => id === `region-failover/${row.id}`);
    expect(objections.map(({ message }) => message).join('\n')).toMatch(row.saying);
  });
});

describe('with every guard', () => {
  const scenarios = [...new Set(guards.map(({ scenario }) => scenario))];
  it.each(scenarios)('nothing is violated in %s', async (scenario) => {
    const { result } = await drillRegionFailover(scenario, 1, production());
    expect(result.invariants.violated).toEqual([]);
  });
});
