/** Changes of a load balancer's rules that reach its nodes late. */
import { expect, it } from 'vitest';
import { addFault } from '../../../simulator/faults.ts';
import { route } from '../../../simulator/services/elbv2/routing.ts';
import { createBalancer, createGroup, createRule, forwardTo, newCloud, region, register } from '../elbv2/fixture.ts';

it('a slow change of rules reaches no node before its time, and all of them after it', async () => {
  const cloud = newCloud();
  const [blue, green] = [await createGroup(cloud, 'blue'), await createGroup(cloud, 'green')];
  const { listenerArn, dnsName } = await createBalancer(cloud);
  const RuleArn = await createRule(cloud, listenerArn, { [blue]: 100, [green]: 0 });
  await register(cloud, blue, 'i-blue');
  await register(cloud, green, 'i-green');
  await cloud.advance(60_000);
  const id = addFault(cloud, { kind: 'slow-rules', region, addedMs: 50_000, times: 1 });
  const Actions = forwardTo({ [blue]: 0, [green]: 100 });
  await cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn, Actions }, { region });
  const seen = () =>
    new Set(
      Array.from({ length: 50 }, () => Object(route(cloud, region, dnsName, { path: '/', headers: {} })).instanceId),
    );
  await cloud.advance(50_000);
  expect(seen()).toEqual(new Set(['i-blue']));
  await cloud.advance(10_000);
  expect(seen()).toEqual(new Set(['i-green']));
  expect(cloud.state.faults.hits[id]).toBe(1);
});
