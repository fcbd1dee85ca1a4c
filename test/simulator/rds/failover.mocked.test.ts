/** Managed failover of a global cluster: duration, one region's view against another's, rejoining. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addFault, cutOff, rejoin, removeFault } from '../../../simulator/faults.ts';
import { clusterView } from '../../../simulator/services/rds/view.ts';
import { resetTold, told } from './contents.ts';
import { arn, east, failover, globalIn, id, newCluster, west, writable, writerSeenIn } from './fixture.ts';

vi.mock('../../../simulator/world/database.ts', async () => (await import('./contents.ts')).contents);

beforeEach(resetTold);

describe('FailoverGlobalCluster with AllowDataLoss', () => {
  it('shows pending, then failing-over with both clusters, then nothing', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    const { GlobalCluster } = await failover(cloud, east, east);
    expect(GlobalCluster).toMatchObject({ Status: 'failing-over', FailoverState: { Status: 'pending' } });
    await cloud.advance(7_000);
    expect((await globalIn(cloud, east))?.FailoverState).toEqual({
      Status: 'failing-over',
      FromDbClusterArn: arn(west),
      ToDbClusterArn: arn(east),
      IsDataLossAllowed: true,
    });
    await cloud.advance(180_000);
    expect(await globalIn(cloud, east)).toMatchObject({ Status: 'available', FailoverState: undefined });
    expect(await writerSeenIn(cloud, east)).toBe(east);
    expect(told).toEqual([{ what: 'promoted', region: east, dataLossAllowed: true }]);
  });

  it('takes 40 to 180 s, about a minute at the mode', async () => {
    const took: number[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const cloud = await newCluster({ seed });
      cloud.goDark(west);
      await failover(cloud, east, east);
      resetTold();
      const startedAt = cloud.now;
      await cloud.clock.run(cloud.now + 300_000, () => told.length > 0);
      took.push((cloud.now - startedAt) / 1_000);
    }
    expect(Math.min(...took)).toBeGreaterThanOrEqual(40);
    expect(Math.max(...took)).toBeLessThanOrEqual(180);
    expect(took.toSorted((a, b) => a - b)[30]).toBeLessThan(110);
  });

  it('lets the target take writes only at the end, and answer reads throughout', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    await failover(cloud, east, east);
    await cloud.advance(39_000);
    expect(clusterView(cloud, east, id(east))).toMatchObject({
      writable: false,
      readable: true,
      status: 'failing-over',
    });
    await cloud.advance(141_000);
    expect(clusterView(cloud, east, id(east))).toMatchObject({ writable: true, status: 'available' });
  });

  it('leaves a cut-off old writer believing that it writes: two writers, until its region is reached again', async () => {
    const cloud = await newCluster();
    cutOff(cloud.state.faults, west);
    await failover(cloud, east, east);
    await cloud.advance(300_000);
    expect(writable(cloud)).toEqual([west, east]);
    expect(await writerSeenIn(cloud, west)).toBe(west);
    expect(await writerSeenIn(cloud, east)).toBe(east);
    rejoin(cloud.state.faults, west);
    await cloud.advance(10_000);
    expect(writable(cloud)).toEqual([east]);
    expect(await writerSeenIn(cloud, west)).toBe(east);
  });

  it('does not fence a dark old writer before it is told, some seconds after its return', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    await failover(cloud, east, east);
    await cloud.advance(300_000);
    cloud.comeBack(west);
    expect(writable(cloud)).toEqual([west, east]);
    await cloud.advance(10_000);
    expect(writable(cloud)).toEqual([east]);
  });

  it('rebuilds the old writer on a new volume: pending-resync and unreadable, then a connected secondary', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    await failover(cloud, east, east);
    await cloud.advance(300_000);
    cloud.comeBack(west);
    await cloud.advance(60_000);
    const memberOf = async () =>
      (await globalIn(cloud, east))?.GlobalClusterMembers?.find((member) => member.DBClusterArn === arn(west));
    expect(await memberOf()).toMatchObject({ IsWriter: false, SynchronizationStatus: 'pending-resync' });
    expect(clusterView(cloud, west, id(west))).toMatchObject({ readable: false, writable: false });
    await cloud.advance(3_600_000);
    expect(await memberOf()).toMatchObject({ IsWriter: false, SynchronizationStatus: 'connected' });
    expect(clusterView(cloud, west, id(west))).toMatchObject({ readable: true, writable: false, status: 'available' });
    expect(told).toEqual([
      { what: 'promoted', region: east, dataLossAllowed: true },
      { what: 'rejoined', region: west },
    ]);
  });

  it('fences a writer that can be reached as soon as the promotion starts', async () => {
    const cloud = await newCluster();
    await failover(cloud, east, east);
    expect(writable(cloud)).toEqual([west]);
    await cloud.advance(7_000);
    expect(writable(cloud)).toEqual([]);
    await cloud.advance(200_000);
    expect(writable(cloud)).toEqual([east]);
  });

  it('hangs in failing-over while the fault says so, and ends when it is taken away', async () => {
    const cloud = await newCluster();
    cloud.goDark(west);
    const fault = addFault(cloud, { kind: 'stuck-promotion', region: east, globalClusterId: 'orders-prod' });
    await failover(cloud, east, east);
    await cloud.advance(900_000);
    expect((await globalIn(cloud, east))?.FailoverState?.Status).toBe('failing-over');
    await expect(failover(cloud, east, east)).rejects.toMatchObject({ code: 'InvalidGlobalClusterStateFault' });
    removeFault(cloud, fault);
    expect(clusterView(cloud, east, id(east)).writable).toBe(false);
    await cloud.advance(20_000);
    expect(clusterView(cloud, east, id(east)).writable).toBe(true);
  });
});
