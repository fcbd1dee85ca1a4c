/**
 * Each invariant has a guard in Mainstay. Here the guard is removed from what is deployed, nothing else is changed, and
 * the invariant's checker must object; with the guard the same scenario holds.
 */
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../console/drills/region-failover/scenarios.ts';
import { drillRegionFailover, production } from '../drills.ts';
import { deployWithout } from '../without-guard.ts';
import { type Guard, guards } from './guards.ts';

describe('without its guard', () => {
  it.each(guards)('region-failover/$id is violated in $scenario: without $without', async (row) => {
    const { result } = await drillRegionFailover(row.scenario, row.seed ?? 1, deployWithout(row.removals));
    const objections = result.invariants.violated.filter(({ id }) => id === `region-failover/${row.id}`);
    expect(objections.map(({ message }) => message).join('\n')).toMatch(row.saying);
  });
});

/** Every scenario is run with its first seed in scenarios.scenario.ts. */
const isRun = ({ scenario, seed = 1 }: Guard): boolean => seed === 1 && scenario in scenarios;

describe('with every guard', () => {
  const others = guards.filter((guard) => !isRun(guard));
  const runs = new Map(others.map(({ scenario, seed = 1 }) => [`${scenario}, seed ${seed}`, { scenario, seed }]));
  it.each([...runs])('nothing is violated in %s', async (_, { scenario, seed }) => {
    const { result } = await drillRegionFailover(scenario, seed, production());
    expect(result.invariants.violated).toEqual([]);
  });
});
