/** Rules of a listener as its owner changes them: priorities, tags, and the lists that are replaced as a whole. */
import { beforeEach, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { createBalancer, createGroup, forwardTo, newCloud, region } from './fixture.ts';

let cloud: Cloud;
let listenerArn: string;
let group: string;

beforeEach(async () => {
  cloud = newCloud();
  ({ listenerArn } = await createBalancer(cloud));
  group = await createGroup(cloud, 'blue');
});

const rule = async (Priority: number, more: object = {}): Promise<string> => {
  const Conditions = [{ Field: 'path-pattern', Values: ['/*'] }];
  const input = { ListenerArn: listenerArn, Priority, Conditions, Actions: forwardTo({ [group]: 1 }), ...more };
  const { Rules } = await cloud.call('elasticloadbalancing', 'CreateRule', input, { region });
  return Rules?.[0]?.RuleArn ?? '';
};

const prioritise = (priorities: Record<string, number>) => {
  const RulePriorities = Object.entries(priorities).map(([RuleArn, Priority]) => ({ RuleArn, Priority }));
  return cloud.call('elasticloadbalancing', 'SetRulePriorities', { RulePriorities }, { region });
};

const order = async (): Promise<unknown[]> => {
  const { Rules } = await cloud.call('elasticloadbalancing', 'DescribeRules', { ListenerArn: listenerArn }, { region });
  return (Rules ?? []).map(({ RuleArn, Priority }) => (Priority === 'default' ? Priority : `${Priority} ${RuleArn}`));
};

test('two rules change places at once, and nobody else gets a priority that is taken', async () => {
  const [one, two] = [await rule(1), await rule(2)];
  await prioritise({ [one]: 2, [two]: 1 });
  expect(await order()).toEqual([`1 ${two}`, `2 ${one}`, 'default']);
  await expect(prioritise({ [one]: 1 })).rejects.toMatchObject({ code: 'PriorityInUseException' });
  await expect(prioritise({ [one]: 3, [two]: 3 })).rejects.toMatchObject({ code: 'PriorityInUseException' });
  expect(await order()).toEqual([`1 ${two}`, `2 ${one}`, 'default']);
});

test('a rule has the tags that it was made with, and shows them only when asked for tags', async () => {
  const arn = await rule(1, { Tags: [{ Key: 'made-by', Value: 'me' }] });
  const input = { ResourceArns: [arn, group] };
  const { TagDescriptions } = await cloud.call('elasticloadbalancing', 'DescribeTags', input, { region });
  expect(TagDescriptions).toEqual([
    { ResourceArn: arn, Tags: [{ Key: 'made-by', Value: 'me' }] },
    { ResourceArn: group, Tags: [] },
  ]);
  const { Rules } = await cloud.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [arn] }, { region });
  expect(Rules?.[0]).not.toHaveProperty('tags');
});

test('a change of conditions leaves the actions, and the other way round', async () => {
  const arn = await rule(1);
  const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }];
  await cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn: arn, Conditions }, { region });
  await cloud.call(
    'elasticloadbalancing',
    'ModifyRule',
    { RuleArn: arn, Actions: forwardTo({ [group]: 7 }) },
    { region },
  );
  const { Rules } = await cloud.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [arn] }, { region });
  expect(Rules).toMatchObject([{ Conditions, Actions: forwardTo({ [group]: 7 }) }]);
});
