/** Where a load balancer sends requests: rules, weights, health, fail-open, fixed answers. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { route } from '../../../simulator/services/elbv2/routing.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import type { ElbState } from '../../../simulator/services/elbv2/state.ts';
import { createBalancer, createGroup, createRule, forwardTo, newCloud, region, register } from './fixture.ts';
import { machines, resetMachines } from './machines.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('./machines.ts')).world);

beforeEach(resetMachines);

/** By then every node goes by a change of rules. */
const PROPAGATED_MS = 10_000;

async function blueAndGreen(weights: [number, number]) {
  const cloud = newCloud(7);
  const blue = await createGroup(cloud, 'blue');
  const green = await createGroup(cloud, 'green');
  const { listenerArn, dnsName } = await createBalancer(cloud);
  const rule = await createRule(cloud, listenerArn, { [blue]: weights[0], [green]: weights[1] });
  machines.answers['*'] = 200;
  await register(cloud, blue, 'i-blue');
  await register(cloud, green, 'i-green');
  await cloud.advance(60_000);
  const request = { path: '/orders', headers: { host: 'orders.example.com' } };
  const shares = (count = 4_000) => {
    const hits: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const to = route(cloud, region, dnsName, request);
      const key = 'instanceId' in to ? to.instanceId : String(to.status);
      hits[key] = (hits[key] ?? 0) + 1;
    }
    return hits;
  };
  return { cloud, blue, green, rule, listenerArn, dnsName, request, shares };
}

describe('routing of a load balancer', () => {
  it('sends everything to the group with all the weight', async () => {
    const { shares } = await blueAndGreen([100, 0]);
    expect(shares()).toEqual({ 'i-blue': 4_000 });
  });

  it('splits requests by weight', async () => {
    const { shares } = await blueAndGreen([90, 10]);
    expect((shares()['i-green'] ?? 0) / 4_000).toBeCloseTo(0.1, 1);
  });

  it('does not spill over to another group when the weighted one has no registered target', async () => {
    const { cloud, blue, shares } = await blueAndGreen([100, 0]);
    const { TargetHealthDescriptions } = await cloud.call(
      'elasticloadbalancing',
      'DescribeTargetHealth',
      { TargetGroupArn: blue },
      { region },
    );
    const Targets = TargetHealthDescriptions?.map(({ Target }) => ({ Id: Target?.Id }));
    await cloud.call('elasticloadbalancing', 'DeregisterTargets', { TargetGroupArn: blue, Targets }, { region });
    expect(shares(100)).toEqual({ 503: 100 });
  });

  it('avoids unhealthy targets while one is healthy', async () => {
    const { cloud, blue, shares } = await blueAndGreen([100, 0]);
    await register(cloud, blue, 'i-sick');
    machines.answers['i-sick'] = 500;
    await cloud.advance(120_000);
    expect(shares(200)).toEqual({ 'i-blue': 200 });
  });

  it('fails open: a group with only unhealthy targets gets traffic on all of them', async () => {
    const { cloud, blue, shares } = await blueAndGreen([100, 0]);
    await register(cloud, blue, 'i-other');
    machines.answers['*'] = 500;
    await cloud.advance(120_000);
    expect(Object.keys(shares(200)).sort()).toEqual(['i-blue', 'i-other']);
  });

  it("answers with the listener's default action where no rule matches", async () => {
    const { cloud, rule, dnsName } = await blueAndGreen([100, 0]);
    await cloud.call(
      'elasticloadbalancing',
      'ModifyRule',
      { RuleArn: rule, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }] },
      { region },
    );
    await cloud.advance(PROPAGATED_MS);
    const to = (path: string) => route(cloud, region, dnsName, { path, headers: {} });
    expect(to('/orders')).toMatchObject({ status: 503, body: 'closed' });
    expect(to('/api/orders?id=1')).toMatchObject({ instanceId: 'i-blue' });
  });

  it('replaces the whole list of target groups on ModifyRule and keeps what is left out', async () => {
    const { cloud, green, rule, listenerArn, shares } = await blueAndGreen([100, 0]);
    await cloud.call(
      'elasticloadbalancing',
      'ModifyRule',
      { RuleArn: rule, Actions: forwardTo({ [green]: 1 }) },
      { region },
    );
    const { Rules } = await cloud.call(
      'elasticloadbalancing',
      'DescribeRules',
      { ListenerArn: listenerArn },
      { region },
    );
    expect(Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual([{ TargetGroupArn: green, Weight: 1 }]);
    expect(Rules?.[0]?.Conditions).toEqual([{ Field: 'path-pattern', Values: ['/*'] }]);
    expect(Rules?.at(-1)).toMatchObject({ IsDefault: true, Priority: 'default' });
    await cloud.advance(PROPAGATED_MS);
    expect(shares(100)).toEqual({ 'i-green': 100 });
  });

  it('keeps a client on its group by the cookie when stickiness is on', async () => {
    const { cloud, blue, green, rule, dnsName } = await blueAndGreen([100, 0]);
    const actions = (weights: Record<string, number>): Action[] =>
      forwardTo(weights).map((action) => ({
        ...action,
        ForwardConfig: {
          ...action.ForwardConfig,
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3600 },
        },
      }));
    const modify = (weights: Record<string, number>) =>
      cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn: rule, Actions: actions(weights) }, { region });
    await modify({ [blue]: 100, [green]: 0 });
    await cloud.advance(PROPAGATED_MS);
    const first = route(cloud, region, dnsName, { path: '/', headers: {} });
    const cookie = 'setCookie' in first ? (first.setCookie ?? '') : '';
    await modify({ [blue]: 0, [green]: 100 });
    await cloud.advance(PROPAGATED_MS);
    expect(route(cloud, region, dnsName, { path: '/', headers: { cookie } })).toMatchObject({ instanceId: 'i-blue' });
    expect(route(cloud, region, dnsName, { path: '/', headers: {} })).toMatchObject({ instanceId: 'i-green' });
  });

  it('lets each node learn of a change by itself, and takes changes in their order', async () => {
    const { cloud, blue, green, rule, shares } = await blueAndGreen([100, 0]);
    const modify = (weights: Record<string, number>) =>
      cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn: rule, Actions: forwardTo(weights) }, { region });
    await modify({ [blue]: 0, [green]: 100 });
    expect(shares(200)).toEqual({ 'i-blue': 200 });
    const seen = new Set<string>();
    for (let second = 0; second < 10; second++) {
      await cloud.advance(1_000);
      seen.add(Object.keys(shares(200)).sort().join(' and '));
    }
    expect([...seen]).toEqual(['i-blue', 'i-blue and i-green', 'i-green']);
    await modify({ [blue]: 100, [green]: 0 });
    await modify({ [blue]: 0, [green]: 100 });
    await cloud.advance(PROPAGATED_MS);
    expect(shares(100)).toEqual({ 'i-green': 100 });
    expect(cloud.stateOf<ElbState>(elbv2, region).former).toEqual({});
  });

  it('sends those with the header of a rule of higher priority elsewhere', async () => {
    const { cloud, green, listenerArn, dnsName } = await blueAndGreen([100, 0]);
    const HttpHeaderConfig = { HttpHeaderName: 'X-Preview', Values: ['green'] };
    const Conditions = [{ Field: 'http-header', HttpHeaderConfig }];
    const preview = { ListenerArn: listenerArn, Priority: 1, Conditions, Actions: forwardTo({ [green]: 1 }) };
    await cloud.call('elasticloadbalancing', 'CreateRule', preview, { region });
    await cloud.advance(PROPAGATED_MS);
    const to = (headers: Record<string, string>) => route(cloud, region, dnsName, { path: '/orders', headers });
    expect(to({ 'x-preview': 'green' })).toMatchObject({ instanceId: 'i-green' });
    expect(to({ 'x-preview': 'other' })).toMatchObject({ instanceId: 'i-blue' });
    expect(to({})).toMatchObject({ instanceId: 'i-blue' });
  });

  it('redirects with the documented placeholders', async () => {
    const { cloud, listenerArn, rule, dnsName } = await blueAndGreen([100, 0]);
    await cloud.call('elasticloadbalancing', 'DeleteRule', { RuleArn: rule }, { region });
    await cloud.call(
      'elasticloadbalancing',
      'ModifyListener',
      {
        ListenerArn: listenerArn,
        DefaultActions: [
          { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
        ],
      },
      { region },
    );
    await cloud.advance(PROPAGATED_MS);
    expect(route(cloud, region, dnsName, { path: '/a?b=1', headers: { host: 'orders.example.com' } })).toMatchObject({
      status: 301,
      headers: { location: 'https://orders.example.com:443/a?b=1' },
    });
  });

  it('refuses weights, priorities and target groups that AWS refuses', async () => {
    const { cloud, blue, rule, listenerArn } = await blueAndGreen([100, 0]);
    const modify = (weights: Record<string, number>) =>
      cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn: rule, Actions: forwardTo(weights) }, { region });
    await expect(modify({ [blue]: 1000 })).rejects.toMatchObject({ code: 'ValidationError' });
    await expect(modify({ 'arn:none': 1 })).rejects.toMatchObject({ code: 'TargetGroupNotFoundException' });
    await expect(createRule(cloud, listenerArn, { [blue]: 1 })).rejects.toMatchObject({
      code: 'PriorityInUseException',
    });
    const state = cloud.stateOf<ElbState>(elbv2, region);
    expect(Object.keys(state.rules)).toHaveLength(1);
  });
});
