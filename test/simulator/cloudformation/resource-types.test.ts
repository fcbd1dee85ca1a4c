/** What the engine needs of each type: without it an update, a deletion or the detection of drift is refused by name. */
import { describe, expect, test } from 'vitest';
import type { Modelled } from '../../../simulator/cloudformation/resource.ts';
import { resources } from '../../../simulator/cloudformation/resources/index.ts';

const types = Object.entries(resources).filter(([type]) => !type.startsWith('AWS::CloudFormation::'));

/** Types whose every property needs another resource when it changes. */
const ONLY_REPLACED = ['AWS::Lambda::Permission', 'AWS::SNS::Subscription'];

describe('the tables of resource types', () => {
  test('say for every type what an update of its properties needs', () => {
    expect(types.filter(([, { updates }]) => updates === undefined).map(([type]) => type)).toEqual([]);
  });

  test('give every modelled type a deletion and a reading, and an update where there is anything to change in place', () => {
    const modelled = types.filter((row): row is [string, Modelled] => !('inert' in row[1]));
    expect(modelled.length).toBeGreaterThan(35);
    expect(modelled.filter(([, model]) => !model.delete || !model.read).map(([type]) => type)).toEqual([]);
    expect(modelled.filter(([, model]) => !model.update).map(([type]) => type)).toEqual(ONLY_REPLACED);
    for (const type of ONLY_REPLACED) expect(resources[type]?.updates?.inPlace).toEqual([]);
  });

  test('name no property in two lists, and only replacing ones as names', () => {
    for (const [type, { updates }] of types) {
      const { replacement = [], inPlace = [], conditional = {}, name, tags } = updates ?? {};
      if (inPlace === 'others') continue;
      const all = [...replacement, ...inPlace, ...Object.keys(conditional)];
      expect([type, all.length]).toEqual([type, new Set(all).size]);
      if (name !== undefined) expect([type, replacement.includes(name)]).toEqual([type, true]);
      if (tags !== undefined) expect([type, inPlace.includes(tags)]).toEqual([type, true]);
    }
  });
});
