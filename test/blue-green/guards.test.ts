/** Every invariant has a guard, and what takes it out still finds what it takes out; guards.scenario.ts runs without it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allScenarios } from '../../console/drills/blue-green/all-scenarios.ts';
import { INVARIANTS } from '../../console/drills/blue-green/invariants.ts';
import { fairness } from './fairness.ts';
import { guards } from './guards.ts';

it('each of the twenty-four invariants has at least one', () => {
  const numbered = INVARIANTS.map(({ id }) => id.replace('blue-green/', '')).filter((id) => id !== 'rights');
  expect([...new Set(guards.map(({ id }) => id))].sort()).toEqual(numbered.sort());
});

const rows = [
  ...guards.map((guard) => [`${guard.id} without ${guard.without}`, guard] as const),
  ...fairness.map((row) => [`${row.scenario} without ${row.without}`, row] as const),
];

it.each(rows)('%s', (_title, guard) => {
  expect(Object.keys(allScenarios)).toContain(guard.scenario);
  const texts = new Map<string, string>();
  for (const removal of guard.removals) {
    if (!('source' in removal)) continue;
    for (const bundle of removal.bundles) {
      const key = `${bundle} ${removal.source}`;
      // Throws when it does not find what it is to change.
      texts.set(key, removal.edit(texts.get(key) ?? readFileSync(removal.source, 'utf8')));
    }
  }
});
