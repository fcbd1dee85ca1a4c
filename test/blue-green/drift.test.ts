/** Weights that somebody else sets between releases: people hear of them once, and nothing is written back. */
import { describe, expect, it } from 'vitest';
import { decideDrift } from '../../functions/blue-green/decide-between.ts';
import { makeReconcile } from '../../functions/blue-green/reconcile.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Served } from '../../functions/shared/release-ports.ts';
import { EXECUTION, NEW, OLD, START, view, World } from './memory.ts';

const live: Served = { colour: 'green', digest: NEW, releaseId: 'push-1', schema: null, committedAt: isoOf(START) };

function at(blue: number, green: number): World {
  const world = new World({
    colours: { blue: view(3, true), green: view(3) },
    weights: { blue, green, stickySeconds: 0 },
    digests: { blue: OLD, green: NEW },
    running: { blue: OLD, green: NEW },
  });
  world.state.releases = { ...world.state.releases, fence: 4, live };
  return world;
}
const minute = (index: number) => ({ scheduledAt: isoOf(START + index * 60_000) });
const subjects = (world: World) => world.state.told.map(({ subject }) => subject.replace(/^[^:]*: | \(.*/g, ''));

describe('who the listener sends users to', () => {
  it('is as it was committed, is somebody else’s, or is not known', () => {
    expect(decideDrift(live, { blue: 0, green: 100, stickySeconds: 0 })).toEqual({ says: null });
    expect(decideDrift(live, { blue: 100, green: 0, stickySeconds: 0 })).toEqual({ says: 'blue 100, green 0' });
    expect(decideDrift(live, { blue: 50, green: 50, stickySeconds: 0 })).toEqual({ says: 'blue 50, green 50' });
    expect(decideDrift(live, { blue: 0, green: 0, stickySeconds: 0 })).toEqual({ says: 'blue 0, green 0' });
    expect(decideDrift(live, null)).toBeNull();
  });

  it('is one colour or the other before the first release, and both together is somebody’s doing', () => {
    expect(decideDrift(null, { blue: 0, green: 100, stickySeconds: 0 })).toEqual({ says: null });
    expect(decideDrift(null, { blue: 100, green: 0, stickySeconds: 0 })).toEqual({ says: null });
    expect(decideDrift(null, { blue: 50, green: 50, stickySeconds: 0 })).toEqual({ says: 'blue 50, green 50' });
    expect(decideDrift(null, null)).toBeNull();
  });
});

describe('each minute between releases', () => {
  it('foreign weights are told and recorded once, other ones again, and their end is recorded', async () => {
    const world = at(100, 0);
    await makeReconcile(world.ports)(minute(1));
    await makeReconcile(world.ports)(minute(2));
    expect(subjects(world)).toEqual(['WEIGHTS CHANGED']);
    world.state.weights = { blue: 50, green: 50, stickySeconds: 0 };
    await makeReconcile(world.ports)(minute(3));
    expect(subjects(world)).toEqual(['WEIGHTS CHANGED', 'WEIGHTS CHANGED']);
    world.state.weights = { blue: 0, green: 100, stickySeconds: 0 };
    await makeReconcile(world.ports)(minute(4));
    expect(world.kinds()).toEqual(['drifted', 'drifted', 'drift-over']);
    expect(world.state.releases.drift).toBeNull();
  });

  it('users who are split before the first release are told of, too', async () => {
    const world = at(50, 50);
    world.state.releases = { ...world.state.releases, live: null };
    await makeReconcile(world.ports)(minute(1));
    await makeReconcile(world.ports)(minute(2));
    expect(subjects(world)).toEqual(['WEIGHTS CHANGED']);
    world.state.weights = { blue: 100, green: 0, stickySeconds: 0 };
    await makeReconcile(world.ports)(minute(3));
    expect(world.kinds()).toEqual(['drifted', 'drift-over']);
  });

  it('nothing is written back: somebody may have done it in need', async () => {
    const world = at(100, 0);
    await makeReconcile(world.ports)(minute(1));
    expect(world.state.weights).toMatchObject({ blue: 100, green: 0 });
  });

  it('weights as they were committed are told to nobody', async () => {
    const world = at(0, 100);
    await makeReconcile(world.ports)(minute(1));
    expect(world.changes).toEqual([]);
  });

  it('a release that runs looks by itself', async () => {
    const world = at(90, 10);
    const lease = { releaseId: 'push-2', digest: OLD, executionArn: EXECUTION, fence: 4, takenAt: isoOf(START) };
    world.state.releases = { ...world.state.releases, lease };
    await makeReconcile(world.ports)(minute(1));
    expect(subjects(world)).toEqual([]);
  });
});
