/** The release that is kept for a rollback: whether it could be gone back to is measured, told, and put right. */
import { describe, expect, it } from 'vitest';
import { decideKept } from '../../functions/blue-green/decide-between.ts';
import { makeReconcile } from '../../functions/blue-green/reconcile.ts';
import { makeTakeLease } from '../../functions/blue-green/take-lease.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Lease, Retained, Served } from '../../functions/shared/release-ports.ts';
import { EXECUTION, NEW, OLD, START, view, World } from './memory.ts';

const live: Served = { colour: 'green', digest: NEW, releaseId: 'push-1', schema: null, committedAt: isoOf(START) };
const until = isoOf(START + 86_400_000);
const retained: Retained = { ...live, colour: 'blue', digest: OLD, releaseId: 'push-0', until, size: 3 };

function keeping(size: number, change: Partial<Retained> = {}): World {
  const world = new World({
    colours: { blue: view(size, true), green: view(3) },
    weights: { blue: 0, green: 100, stickySeconds: 0 },
    digests: { blue: OLD, green: NEW },
    running: { blue: OLD, green: NEW },
  });
  world.state.releases = { ...world.state.releases, fence: 4, live, retained: { ...retained, ...change } };
  return world;
}
const minute = (index: number) => ({ scheduledAt: isoOf(START + index * 60_000) });
const subjects = (world: World) => world.state.told.map(({ subject }) => subject.replace(/^[^:]*: | \(.*/g, ''));
const jobs: Lease = { releaseId: 'reap', digest: 'none', executionArn: 'reap/x', fence: 4, takenAt: isoOf(START) };

describe('whether it could be gone back to', () => {
  const facts = { retained, view: view(3), declared: OLD };

  it.each([
    ['is ready when it is whole', {}, { is: 'ready', mendable: false }],
    ['is short while a machine is replaced', { view: { ...view(3), healthyTargets: 2 } }, { is: 'short' }],
    ['is lost, and can be mended, when somebody made it smaller', { view: view(2) }, { is: 'lost', mendable: true }],
    ['is lost, and cannot, when another release would start', { declared: NEW }, { is: 'lost', mendable: false }],
  ])('%s', (_what, change, expected) => {
    expect(decideKept({ ...facts, ...change })).toMatchObject(expected);
  });
});

describe('each minute', () => {
  it('it is measured, and nothing else is done while it is ready', async () => {
    const world = keeping(3);
    await makeReconcile(world.ports)(minute(1));
    expect(world.measured).toEqual([['RollbackReady', 1]]);
    expect(world.changes).toEqual([]);
  });

  it('what was emptied by hand is told and recorded once, and its machines are started again', async () => {
    const world = keeping(0);
    await makeReconcile(world.ports)(minute(1));
    expect(world.measured).toEqual([['RollbackReady', 0]]);
    expect(world.state.colours.blue).toMatchObject({ desired: 3, min: 3 });
    expect(world.state.releases).toMatchObject({
      lease: null,
      fence: 5,
      retained: { unreadySince: expect.any(String) },
    });
    world.state.colours.blue = view(0, true);
    await makeReconcile(world.ports)(minute(2));
    expect(world.kinds()).toEqual(['rollback-unready']);
    expect(subjects(world)).toEqual(['ROLLBACK NOT READY']);
    await makeReconcile(world.ports)(minute(3));
    expect(subjects(world)).toEqual(['ROLLBACK NOT READY', 'rollback ready again']);
    expect(world.kinds()).toEqual(['rollback-unready', 'rollback-ready']);
    expect(world.state.releases.retained?.unreadySince).toBeNull();
  });

  it('a message that could not be sent is sent with the next look', async () => {
    const world = keeping(0);
    world.silent.add('pager');
    await expect(makeReconcile(world.ports)(minute(1))).rejects.toThrow(/pager/);
    world.silent.delete('pager');
    await makeReconcile(world.ports)(minute(2));
    expect(subjects(world)).toEqual(['ROLLBACK NOT READY']);
  });

  it('what cannot be read is not ready, and nothing is done about it', async () => {
    const world = keeping(3);
    world.silent.add('compute');
    await makeReconcile(world.ports)(minute(1));
    expect(world.measured).toEqual([['RollbackReady', 0]]);
    expect(world.changes).toEqual([]);
  });

  it('what served before the first release is ready although nobody had named its digest', async () => {
    const world = keeping(3, { digest: 'unknown' });
    world.state.digests = { ...world.state.digests, blue: null };
    await makeReconcile(world.ports)(minute(1));
    expect(world.measured).toEqual([['RollbackReady', 1]]);
  });

  it('nothing is looked at after its deadline, nor while a release works', async () => {
    const over = keeping(0, { until: isoOf(START - 1) });
    await makeReconcile(over.ports)(minute(1));
    const busy = keeping(0);
    busy.state.executions.one = { status: 'RUNNING', input: {}, stoppedAt: null };
    const lease = { ...jobs, releaseId: 'push-2', executionArn: EXECUTION };
    busy.state.releases = { ...busy.state.releases, lease };
    await makeReconcile(busy.ports)(minute(1));
    expect([over.measured, busy.measured, busy.changes]).toEqual([[], [], []]);
  });
});

describe('a return', () => {
  const take = (world: World, kind: string) =>
    makeTakeLease(world.ports)({
      executionArn: EXECUTION,
      request: { releaseId: 'return-1', kind, digest: NEW, fence: 3 },
    });

  it('waits for a job that has the lease, and begins although the fence has moved on', async () => {
    const world = keeping(3);
    world.state.releases = { ...world.state.releases, lease: jobs };
    await expect(take(world, 'roll-back')).rejects.toMatchObject({ name: 'LeaseNotReady' });
    world.state.releases = { ...world.state.releases, lease: null };
    expect(await take(world, 'roll-back')).toMatchObject({ fence: 5 });
  });

  it('does not push a release aside', async () => {
    const world = keeping(3);
    const lease = { ...jobs, releaseId: 'push-2', executionArn: `${EXECUTION}2` };
    world.state.releases = { ...world.state.releases, lease };
    await expect(take(world, 'roll-back')).rejects.toMatchObject({ name: 'LeaseConflict' });
  });

  it('has a right that a push has not: who comes with an old fence begins nothing', async () => {
    await expect(take(keeping(3), 'push')).rejects.toMatchObject({ name: 'LeaseConflict' });
  });
});
