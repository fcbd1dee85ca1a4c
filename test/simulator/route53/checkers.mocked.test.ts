/** The health checkers at work: thresholds, silence, propagation, the traffic latch, life without us-east-1. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { cutOff } from '../../../simulator/faults.ts';
import { checkerRegions } from '../../../simulator/services/route53/checker-ranges.ts';
import {
  alias,
  create,
  createCheck,
  createZone,
  latchCheck,
  newCloud,
  published,
  regionAnswered,
  settledMs,
  stateOf,
} from './fixture.ts';
import { outside, resetOutside } from './outside.ts';

vi.mock('../../../simulator/services/s3/anonymous.ts', async () => (await import('./outside.ts')).anonymous);
vi.mock('../../../simulator/runtime/network.ts', async () => (await import('./outside.ts')).network);

beforeEach(resetOutside);

const home = { region: 'us-east-1' };

describe('a health check of an endpoint', () => {
  it('starts healthy, or unhealthy when it is inverted, until there is data', async () => {
    const cloud = newCloud();
    const plain = await latchCheck(cloud, 'us-west-2', { Inverted: false });
    const inverted = await latchCheck(cloud, 'us-west-2');
    expect([published(cloud, plain), published(cloud, inverted)]).toEqual([true, false]);
  });

  it('is asked by every checker region once an interval, each at its own phase and from its published range', async () => {
    const cloud = newCloud();
    await latchCheck(cloud, 'us-west-2');
    await cloud.advance(60_000);
    const times = checkerRegions.map((from) => outside.asked.filter((one) => one.from === from).map((one) => one.at));
    for (const at of times) {
      expect(at).toHaveLength(6);
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(10_000);
    }
    expect(new Set(times.map((at) => at[0])).size).toBe(8);
    expect(outside.asked.find((one) => one.from === 'us-east-1')?.sourceIp).toBe('54.243.31.193');
  });

  it('is asked at other phases in a fork with another seed', async () => {
    const cloud = newCloud();
    await latchCheck(cloud, 'us-west-2');
    await cloud.advance(30_000);
    const phases = async (seed: number): Promise<number[]> => {
      outside.asked.length = 0;
      await cloud.fork(seed).advance(30_000);
      return checkerRegions.map((from) => (outside.asked.findLast((one) => one.from === from)?.at ?? 0) % 10_000);
    };
    const first = await phases(2);
    expect(await phases(3)).not.toEqual(first);
    expect(await phases(2)).toEqual(first);
  });

  it('turns unhealthy after as many failures in a row as its threshold', async () => {
    const cloud = newCloud();
    outside.objects['latch-us-west-2'] = true;
    const id = await latchCheck(cloud, 'us-west-2', { Inverted: false, FailureThreshold: 3 });
    await cloud.advance(settledMs);
    outside.objects['latch-us-west-2'] = false;
    const failsSince = cloud.now;
    await cloud.clock.run(cloud.now + 120_000, () => stateOf(cloud).dataPlane.checks[id]?.healthy === false);
    const took = (cloud.now - failsSince) / 1_000;
    expect(took).toBeGreaterThan(20);
    expect(took).toBeLessThan(46);
  });

  it('tells by GetHealthCheckStatus what each checker saw last', async () => {
    const cloud = newCloud();
    const id = await latchCheck(cloud, 'us-west-2');
    await cloud.advance(10_000);
    const { HealthCheckObservations } = await cloud.call(
      'route53',
      'GetHealthCheckStatus',
      { HealthCheckId: id },
      home,
    );
    expect(HealthCheckObservations).toHaveLength(8);
    expect(HealthCheckObservations?.[0]?.StatusReport?.Status).toBe('Failure: HTTP Status Code 403');
  });

  it('fails when the endpoint cannot be reached or does not answer in time', async () => {
    const cloud = newCloud();
    const unreachable = await latchCheck(cloud, 'us-east-2', { Inverted: false });
    const silent = await createCheck(cloud, {
      FullyQualifiedDomainName: 'a.example.com',
      FailureThreshold: 1,
      RequestInterval: 10,
    });
    const answering = await createCheck(cloud, {
      FullyQualifiedDomainName: 'b.example.com',
      FailureThreshold: 1,
      RequestInterval: 10,
    });
    outside.objects['latch-us-east-2'] = true;
    outside.hosts['b.example.com'] = 302;
    cloud.goDark('us-east-2');
    await cloud.advance(settledMs);
    expect([unreachable, silent, answering].map((id) => published(cloud, id))).toEqual([false, false, true]);
  });

  it('is healthy while more than 18 % of the checkers reach it, and a silent checker does not count', async () => {
    const cloud = newCloud();
    outside.objects['latch-us-west-2'] = true;
    const id = await latchCheck(cloud, 'us-west-2', { Inverted: false });
    const block = (...regions: string[]) => {
      cloud.state.faults.cuts = regions.map((from) => ({ from, to: 'us-west-2' }));
    };
    block(...checkerRegions.slice(0, 2), ...checkerRegions.slice(3, 7));
    await cloud.advance(settledMs);
    expect(published(cloud, id)).toBe(true);
    block(...checkerRegions.slice(0, 2), ...checkerRegions.slice(3));
    await cloud.advance(settledMs);
    // us-west-2's own checker is the only one of eight that gets through: 12.5 %.
    expect(published(cloud, id)).toBe(false);
    for (const region of ['eu-west-1', 'sa-east-1', 'ap-southeast-1']) cloud.goDark(region);
    await cloud.advance(settledMs);
    // One of five that still report: 20 %.
    expect(published(cloud, id)).toBe(true);
  });

  it('goes on being checked, and DNS goes on following, while us-east-1 is dark', async () => {
    const cloud = newCloud();
    const id = await latchCheck(cloud, 'us-west-2');
    await cloud.advance(settledMs);
    expect(published(cloud, id)).toBe(true);
    cloud.goDark('us-east-1');
    outside.objects['latch-us-west-2'] = true;
    await cloud.advance(settledMs);
    expect(published(cloud, id)).toBe(false);
    await expect(cloud.call('route53', 'GetHealthCheck', { HealthCheckId: id }, home)).rejects.toThrow(
      'cannot be reached',
    );
  });

  it('is not asked any more once it is disabled', async () => {
    const cloud = newCloud();
    const id = await latchCheck(cloud, 'us-west-2');
    await cloud.advance(settledMs);
    await cloud.call('route53', 'UpdateHealthCheck', { HealthCheckId: id, Disabled: true }, home);
    outside.asked.length = 0;
    await cloud.advance(120_000);
    expect(outside.asked).toEqual([]);
    expect(published(cloud, id)).toBe(false);
    expect(cloud.clock.nextAt).toBeUndefined();
  });
});

describe('the traffic latch', () => {
  const regions = ['us-west-2', 'us-east-2', 'us-east-1'];

  async function latched(): Promise<{ cloud: Cloud; primaryCheck: string }> {
    const cloud = newCloud(3);
    const ChildHealthChecks = [];
    for (const region of regions) ChildHealthChecks.push(await latchCheck(cloud, region));
    const primaryCheck = await createCheck(cloud, { Type: 'CALCULATED', ChildHealthChecks, HealthThreshold: 2 });
    const zone = await createZone(cloud);
    await create(
      cloud,
      zone,
      alias('us-west-2', { SetIdentifier: 'first', Failover: 'PRIMARY', HealthCheckId: primaryCheck }),
      alias('us-east-2', { SetIdentifier: 'second', Failover: 'SECONDARY' }),
    );
    await cloud.advance(120_000);
    return { cloud, primaryCheck };
  }

  it('sends traffic to the first region while no object is there', async () => {
    const { cloud } = await latched();
    expect(regionAnswered(cloud)).toBe('us-west-2');
  });

  it('does not move for one object, moves for two, and stays for three', async () => {
    const { cloud } = await latched();
    outside.objects['latch-us-east-2'] = true;
    await cloud.advance(settledMs);
    expect(regionAnswered(cloud)).toBe('us-west-2');
    outside.objects['latch-us-east-1'] = true;
    await cloud.advance(settledMs);
    expect(regionAnswered(cloud)).toBe('us-east-2');
    outside.objects['latch-us-west-2'] = true;
    await cloud.advance(settledMs);
    expect(regionAnswered(cloud)).toBe('us-east-2');
  });

  it('does not move by itself when a region goes dark or is cut off', async () => {
    const { cloud } = await latched();
    cloud.goDark('us-west-2');
    await cloud.advance(300_000);
    expect(regionAnswered(cloud)).toBe('us-west-2');
    cutOff(cloud.state.faults, 'us-east-1');
    await cloud.advance(300_000);
    expect(regionAnswered(cloud)).toBe('us-west-2');
  });

  it('moves with the first region dark, by the other two objects, and does not fall back when it returns', async () => {
    const { cloud } = await latched();
    cloud.goDark('us-west-2');
    outside.objects['latch-us-east-2'] = true;
    outside.objects['latch-us-east-1'] = true;
    const since = cloud.now;
    await cloud.clock.run(cloud.now + 120_000, () => regionAnswered(cloud) === 'us-east-2');
    expect((cloud.now - since) / 1_000).toBeGreaterThan(2);
    expect((cloud.now - since) / 1_000).toBeLessThan(50);
    cloud.comeBack('us-west-2');
    await cloud.advance(300_000);
    expect(regionAnswered(cloud)).toBe('us-east-2');
  });

  it('costs a few microseconds a check: an hour of three checks from eight regions in well under a second', async () => {
    const { cloud } = await latched();
    outside.asked.length = 0;
    const traced = cloud.trace.entries.length;
    const startedAt = performance.now();
    await cloud.advance(3_600_000);
    expect(outside.asked).toHaveLength(3 * 8 * 360);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(cloud.trace.entries).toHaveLength(traced);
  });
});
