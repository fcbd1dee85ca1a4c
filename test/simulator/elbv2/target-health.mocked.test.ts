/** Target health: thresholds, timeouts, use by rules, draining. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createBalancer, createGroup, createRule, forwardTo, health, newCloud, region, register } from './fixture.ts';
import { machines, resetMachines } from './machines.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('./machines.ts')).world);

beforeEach(resetMachines);

const quick = {
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 4,
  UnhealthyThresholdCount: 3,
  HealthyThresholdCount: 2,
};

async function groupInUse(settings = quick) {
  const cloud = newCloud();
  const group = await createGroup(cloud, 'blue', settings);
  const { listenerArn, dnsName } = await createBalancer(cloud);
  const rule = await createRule(cloud, listenerArn, { [group]: 100 });
  return { cloud, group, listenerArn, dnsName, rule };
}

describe('target health', () => {
  it('is unused with Target.NotInUse and never checked while the group is in no rule', async () => {
    const cloud = newCloud();
    const group = await createGroup(cloud, 'blue');
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    await cloud.advance(600_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unused Target.NotInUse' });
    expect(machines.probes).toBe(0);
  });

  it('is initial with Elb.RegistrationInProgress after registration, and healthy after one passed check', async () => {
    const { cloud, group } = await groupInUse({ ...quick, HealthyThresholdCount: 10 });
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    expect(await health(cloud, group)).toEqual({ 'i-1': 'initial Elb.RegistrationInProgress' });
    await cloud.advance(10_000);
    expect(machines.probes).toBe(1);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'healthy' });
  });

  it('becomes unhealthy only after as many failures in a row as the unhealthy threshold', async () => {
    const { cloud, group } = await groupInUse();
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    await cloud.advance(10_000);
    machines.answers['i-1'] = 503;
    await cloud.advance(20_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'healthy' });
    await cloud.advance(10_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unhealthy Target.ResponseCodeMismatch' });
  });

  it('starts the count of failures again after one success', async () => {
    const { cloud, group } = await groupInUse();
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    await cloud.advance(10_000);
    for (const answer of [503, 503, 200, 503, 503]) {
      machines.answers['i-1'] = answer;
      await cloud.advance(10_000);
    }
    expect(await health(cloud, group)).toEqual({ 'i-1': 'healthy' });
  });

  it('needs the healthy threshold, not one check, to come back from unhealthy', async () => {
    const { cloud, group } = await groupInUse();
    machines.answers['i-1'] = null;
    await register(cloud, group, 'i-1');
    await cloud.advance(30_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unhealthy Target.FailedHealthChecks' });
    machines.answers['i-1'] = 200;
    await cloud.advance(10_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unhealthy Target.FailedHealthChecks' });
    await cloud.advance(10_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'healthy' });
  });

  it('counts a check that is not answered within the timeout as failed with Target.Timeout', async () => {
    const { cloud, group } = await groupInUse({ ...quick, UnhealthyThresholdCount: 2 });
    machines.answers['i-1'] = 'never';
    await register(cloud, group, 'i-1');
    await cloud.advance(30_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unhealthy Target.Timeout' });
  });

  it('takes every code of the matcher for a success', async () => {
    const { cloud, group } = await groupInUse({ ...quick, Matcher: { HttpCode: '200-204,301' } } as typeof quick);
    Object.assign(machines.answers, { 'i-1': 204, 'i-2': 301, 'i-3': 302 });
    await register(cloud, group, 'i-1', 'i-2', 'i-3');
    await cloud.advance(30_000);
    expect(await health(cloud, group)).toEqual({
      'i-1': 'healthy',
      'i-2': 'healthy',
      'i-3': 'unhealthy Target.ResponseCodeMismatch',
    });
  });

  it('starts from initial again when its group comes back into a rule', async () => {
    const { cloud, group, rule } = await groupInUse();
    const other = await createGroup(cloud, 'green', quick);
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    await cloud.advance(10_000);
    const modify = (weights: Record<string, number>) =>
      cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn: rule, Actions: forwardTo(weights) }, { region });
    await modify({ [other]: 100 });
    expect(await health(cloud, group)).toEqual({ 'i-1': 'unused Target.NotInUse' });
    await modify({ [other]: 100, [group]: 0 });
    expect(await health(cloud, group)).toEqual({ 'i-1': 'initial Elb.InitialHealthChecking' });
    await cloud.advance(10_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'healthy' });
  });

  it('is draining for the deregistration delay and gone afterwards', async () => {
    const { cloud, group } = await groupInUse();
    machines.answers['i-1'] = 200;
    await register(cloud, group, 'i-1');
    await cloud.call(
      'elasticloadbalancing',
      'ModifyTargetGroupAttributes',
      { TargetGroupArn: group, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }] },
      { region },
    );
    await cloud.advance(10_000);
    await cloud.call(
      'elasticloadbalancing',
      'DeregisterTargets',
      { TargetGroupArn: group, Targets: [{ Id: 'i-1' }] },
      { region },
    );
    await cloud.advance(59_000);
    expect(await health(cloud, group)).toEqual({ 'i-1': 'draining Target.DeregistrationInProgress' });
    await cloud.advance(1_000);
    expect(await health(cloud, group)).toEqual({});
  });

  it('leaves no timers behind when nothing is left to check', async () => {
    const { cloud, group } = await groupInUse();
    await register(cloud, group, 'i-1');
    await cloud.advance(60_000);
    await cloud.call(
      'elasticloadbalancing',
      'DeregisterTargets',
      { TargetGroupArn: group, Targets: [{ Id: 'i-1' }] },
      { region },
    );
    await cloud.advance(400_000);
    expect(cloud.clock.nextAt).toBeUndefined();
  });
});
