/**
 * The soak finds what is missing without being told where to look: a sample of `npm run soak:guards`, which takes every
 * guard out and searches up to a thousand seeds.
 */
import { describe, expect, it } from 'vitest';
import { drills } from '../../console/drills/index.ts';
import { runSoakSeed, type SoakOf, shrinkSeed } from '../../console/soak/seed.ts';
import { guards } from '../region-failover/guards.ts';
import { deployWithout } from '../without-guard.ts';
import { moreGuards, type SearchedGuard } from './more-guards.ts';

const SEEDS_MAX = 10;

const all: readonly SearchedGuard[] = [...guards.map(({ id, ...rest }) => ({ name: id, ...rest })), ...moreGuards];
const drill = drills['region-failover'];

describe('a soak of what lacks a guard', () => {
  it.each([
    ['I1', 'region-failover/I1'],
    ['I4', 'region-failover/I4'],
  ])('finds within ten seeds that %s is missing', async (name, id) => {
    const { cloud, configuration } = await deployWithout(all.find((guard) => guard.name === name)?.removals ?? []);
    const soak: SoakOf = { drill, configuration, faults: { profile: 'hostile' } };
    const found: string[] = [];
    for (let seed = 1; seed <= SEEDS_MAX && found.length === 0; seed++) {
      const { invariants } = await runSoakSeed(cloud, soak, seed);
      found.push(...invariants.violated.map((violation) => violation.id));
    }
    expect(found).toContain(id);
  });

  it('shrinks what it found to the one fault that it takes', async () => {
    const guard = all.find(({ name }) => name === 'I3');
    const { cloud, configuration } = await deployWithout(guard?.removals ?? []);
    const entries = [
      { kind: 'crash', at: 5, lasts: null, begins: [{ do: 'crash', instance: { region: 'us-west-2', nth: 1 } }] },
      { kind: 'person-asks', at: 10, lasts: null, act: { act: 'request', where: 'target', reason: 'r', id: 'p' } },
    ] as const;
    const soak: SoakOf = { drill, configuration, faults: { profile: 'file', entries } };
    const { shrunk } = await shrinkSeed(cloud, soak, 1, 'region-failover/I3');
    expect(shrunk).toMatchObject({ id: 'region-failover/I3', only: [1], entries: [entries[1]], minimal: true });
  });
});
