/** What FailoverGlobalCluster, SwitchoverGlobalCluster and RemoveFromGlobalCluster refuse, and switchover's course. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cutOff, rejoin } from '../../../simulator/faults.ts';
import { clusterOfEndpoint, clusterView } from '../../../simulator/services/rds/view.ts';
import { resetTold, told } from './contents.ts';
import { arn, east, failover, globalIn, id, newCluster, switchover, west, writable, writerSeenIn } from './fixture.ts';

vi.mock('../../../simulator/world/database.ts', async () => (await import('./contents.ts')).contents);

beforeEach(resetTold);

describe('preconditions', () => {
  it('without AllowDataLoss a failover is a switchover, which refuses a dead primary', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    await expect(failover(cloud, east, east, {})).rejects.toMatchObject({
      code: 'InvalidGlobalClusterStateFault',
    });
    await cloud.advance(600_000);
    expect(await writerSeenIn(cloud, east)).toBe(west);
    cloud.comeBack(west);
    await failover(cloud, west, east, {});
    expect((await globalIn(cloud, west))?.FailoverState?.IsDataLossAllowed).toBe(false);
  });

  it('issues a failover in the region of the target only', async () => {
    const cloud = await newCluster();
    await expect(failover(cloud, west, east)).rejects.toMatchObject({ code: 'InvalidGlobalClusterStateFault' });
  });

  it('issues a switchover in the region of the primary only', async () => {
    const cloud = await newCluster();
    await expect(switchover(cloud, east, east)).rejects.toMatchObject({ code: 'InvalidGlobalClusterStateFault' });
  });

  it('refuses both when engine versions differ, in the documented words', async () => {
    const cloud = await newCluster({ eastVersion: '5.0.1' });
    const words =
      'The target DB cluster specified is running an engine version with a different patch level than the source DB cluster.';
    await expect(failover(cloud, east, east)).rejects.toMatchObject({
      code: 'InvalidDBClusterStateFault',
      message: words,
    });
    await expect(switchover(cloud, west, east)).rejects.toMatchObject({
      code: 'InvalidDBClusterStateFault',
      message: words,
    });
  });

  it('refuses a headless target', async () => {
    const cloud = await newCluster({ instances: false });
    await expect(failover(cloud, east, east)).rejects.toMatchObject({ code: 'InvalidDBClusterStateFault' });
  });

  it('refuses a target that is the writer already, is unknown, or whose global cluster is unknown', async () => {
    const cloud = await newCluster();
    await expect(failover(cloud, west, west)).rejects.toMatchObject({ code: 'InvalidDBClusterStateFault' });
    await expect(failover(cloud, east, 'eu-west-1')).rejects.toMatchObject({ code: 'DBClusterNotFoundFault' });
    const input = { GlobalClusterIdentifier: 'other', TargetDbClusterIdentifier: arn(east), AllowDataLoss: true };
    await expect(cloud.call('rds', 'FailoverGlobalCluster', input, { region: east })).rejects.toMatchObject({
      code: 'GlobalClusterNotFoundFault',
    });
  });

  it('refuses AllowDataLoss together with Switchover', async () => {
    const cloud = await newCluster();
    const input = {
      GlobalClusterIdentifier: 'orders-prod',
      TargetDbClusterIdentifier: arn(east),
      AllowDataLoss: true,
      Switchover: true,
    };
    await expect(cloud.call('rds', 'FailoverGlobalCluster', input, { region: east })).rejects.toMatchObject({
      code: 'InvalidParameterCombination',
    });
  });

  it('refuses a second attempt while one is under way', async () => {
    const cloud = await newCluster();
    await switchover(cloud, west, east);
    await expect(switchover(cloud, west, east)).rejects.toMatchObject({ code: 'InvalidGlobalClusterStateFault' });
    await expect(failover(cloud, east, east)).rejects.toMatchObject({ code: 'InvalidGlobalClusterStateFault' });
  });

  it('refuses to switch back to a cluster that is still being rebuilt', async () => {
    const cloud = await newCluster();
    await failover(cloud, east, east);
    await cloud.advance(200_000);
    await expect(switchover(cloud, east, west)).rejects.toMatchObject({ code: 'InvalidDBClusterStateFault' });
  });

  it('refuses to remove the primary while there are secondaries', async () => {
    const cloud = await newCluster();
    const input = { GlobalClusterIdentifier: 'orders-prod', DbClusterIdentifier: arn(west) };
    await expect(cloud.call('rds', 'RemoveFromGlobalCluster', input, { region: west })).rejects.toMatchObject({
      code: 'InvalidGlobalClusterStateFault',
    });
  });
});

describe('switchover', () => {
  it('quiesces the primary, then makes the target the writer and the old primary a connected secondary', async () => {
    const cloud = await newCluster();
    await switchover(cloud, west, east);
    await cloud.advance(60_000);
    expect(writable(cloud)).toEqual([]);
    expect(clusterView(cloud, west, id(west)).status).toBe('switching-over');
    await cloud.advance(360_000);
    expect(writable(cloud)).toEqual([east]);
    for (const region of [west, east]) expect(await writerSeenIn(cloud, region)).toBe(east);
    expect(clusterView(cloud, west, id(west))).toMatchObject({ status: 'available', readable: true });
    const members = (await globalIn(cloud, west))?.GlobalClusterMembers ?? [];
    expect(members.map((member) => member.SynchronizationStatus)).toEqual(['connected', 'connected']);
    expect(told).toEqual([{ what: 'promoted', region: east, dataLossAllowed: false }]);
  });

  it('never has two writers, and is cancelled when the primary is cut off on the way', async () => {
    const cloud = await newCluster();
    await switchover(cloud, west, east);
    await cloud.advance(30_000);
    cutOff(cloud.state.faults, west);
    for (let second = 0; second < 420; second += 10) {
      await cloud.advance(10_000);
      expect(writable(cloud).length).toBeLessThanOrEqual(1);
    }
    expect(await writerSeenIn(cloud, east)).toBe(west);
    rejoin(cloud.state.faults, west);
    await cloud.advance(20_000);
    expect(writable(cloud)).toEqual([west]);
    expect(await globalIn(cloud, west)).toMatchObject({ Status: 'available', FailoverState: undefined });
    expect(told).toEqual([]);
  });

  it('is abandoned by the primary when the target is lost for good', async () => {
    const cloud = await newCluster();
    await switchover(cloud, west, east);
    await cloud.advance(30_000);
    cloud.goDark(east);
    await cloud.advance(500_000);
    expect(writable(cloud)).toEqual([]);
    await cloud.advance(100_000);
    expect(writable(cloud)).toEqual([west]);
    cloud.comeBack(east);
    await cloud.advance(600_000);
    expect(writable(cloud)).toEqual([west]);
    expect(await writerSeenIn(cloud, east)).toBe(west);
  });
});

describe('RemoveFromGlobalCluster', () => {
  it('makes the secondary a cluster of its own that takes writes, with no fence on the primary', async () => {
    const cloud = await newCluster();
    const input = { GlobalClusterIdentifier: 'orders-prod', DbClusterIdentifier: arn(east) };
    await cloud.call('rds', 'RemoveFromGlobalCluster', input, { region: east });
    expect(clusterView(cloud, east, id(east))).toMatchObject({ writable: false, status: 'promoting' });
    await cloud.advance(60_000);
    expect(writable(cloud)).toEqual([west, east]);
    expect((await globalIn(cloud, west))?.GlobalClusterMembers).toHaveLength(1);
    expect(told).toEqual([{ what: 'promoted', region: east, dataLossAllowed: true }]);
  });
});

describe('endpoints', () => {
  it('name their cluster and region, and are the same for every seed', async () => {
    const hosts = [];
    for (const seed of [1, 2]) {
      const cloud = await newCluster({ seed });
      const { DBClusters } = await cloud.call('rds', 'DescribeDBClusters', {}, { region: west });
      const host = DBClusters?.[0]?.Endpoint ?? '';
      hosts.push(host);
      expect(host).toMatch(/^orders-prod-us-west-2\.cluster-c[0-9a-f]{11}\.us-west-2\.docdb\.amazonaws\.com$/);
      expect(clusterOfEndpoint(cloud, `${host}:27017`)).toEqual({ region: west, clusterId: id(west), reader: false });
      const reader = host.replace('.cluster-', '.cluster-ro-');
      expect(clusterOfEndpoint(cloud, reader)).toEqual({ region: west, clusterId: id(west), reader: true });
      expect(clusterOfEndpoint(cloud, 'orders.example.com')).toBeNull();
    }
    expect(hosts[0]).toBe(hosts[1]);
  });
});
