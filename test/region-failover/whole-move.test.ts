/** A move as the machine makes it: to the end, twice, with lost answers, by one who no longer may, and cleaned up after. */
import { describe, expect, it } from 'vitest';
import { makeCleanUp } from '../../functions/region-failover/clean-up.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { A, B, EXECUTION, START, W, type World } from './memory.ts';
import { claim, newWorld, runTo, STEPS } from './steps.ts';

describe('a whole move', () => {
  it('ends with the target holding the next epoch, open, configured, consuming, with the traffic, unclaimed', async () => {
    const world = newWorld();
    await runTo(world, 'record');
    const { item, settings, latch, records } = world.state;
    expect(item).toMatchObject({ epoch: 2, holder: B, phase: 'active', claim: null, movedAt: isoOf(START) });
    expect(settings.database).toEqual({ epoch: 2, endpoint: 'writer.b', reader: 'reader.b' });
    expect(settings.consumers).toEqual({ epoch: 2, enabled: true });
    expect(settings.deployments).toEqual({ epoch: 2, frozen: false, by: null });
    expect(latch).toEqual({ [A]: false, [B]: true, [W]: true });
    expect(records.one).toMatchObject({ outcome: 'moved', measures: { rtoSeconds: 270, rpoSeconds: 2 } });
  });

  it('does the same when every step is delivered twice', async () => {
    const [once, twice] = [newWorld(), newWorld()];
    for (const [, run] of STEPS) {
      await run(once);
      await run(twice);
      await run(twice);
    }
    expect(twice.state).toEqual(once.state);
    // Only the record, whose key is the execution's name, is written again; nothing else is done a second time.
    const again = (changes: readonly string[]) =>
      changes.filter((name) => !['records.put', 'records.noteLoss', 'records.noteProof'].includes(name));
    expect(again(twice.changes)).toEqual(again(once.changes));
  });

  it('reaches the same end when the answer to any one change is lost and the step is repeated', async () => {
    const reference = newWorld();
    await runTo(reference, 'record');
    for (const losing of new Set(reference.changes)) {
      const world = newWorld();
      world.losing = losing;
      for (const [, run] of STEPS) await run(world).catch(() => run(world));
      expect([losing, world.losing]).toEqual([losing, null]);
      expect(world.state).toEqual(reference.state);
      expect(world.changes.filter((name) => name === 'database.failOver')).toHaveLength(1);
    }
  });
});

describe('an execution whose move is no longer its own', () => {
  const CHANGING = STEPS.filter(([name]) => name !== 'claim');
  it.each(CHANGING)('%s changes nothing and stops quietly', async (_name, run) => {
    const world = newWorld();
    // Another execution moved the application on, twice, while this one slept in a lost region.
    world.state.item = { ...world.state.item, epoch: 3, holder: A, phase: 'active', movedAt: isoOf(START - 1) };
    world.promoted();
    const before = structuredClone(world.state);
    await expect(run(world)).rejects.toMatchObject({ name: 'ClaimConflict' });
    expect(world.state).toEqual(before);
  });
});

describe('clean-up', () => {
  const cleanUp = (world: World) => makeCleanUp(world.ports)({ executionArn: EXECUTION });

  it("ends a freeze that was left in the authority's epoch, not in the freeze's", async () => {
    const world = newWorld();
    world.state.item = { ...world.state.item, epoch: 2 };
    world.state.settings.deployments = { epoch: 1, frozen: true, by: EXECUTION };
    await cleanUp(world);
    expect(world.state.settings.deployments).toEqual({ epoch: 2, frozen: false, by: null });
  });

  it.each(['claim', 'freeze', 'fence'])('after %s restores exactly what was there', async (last) => {
    const world = newWorld();
    const before = structuredClone(world.state);
    await runTo(world, last);
    expect(await cleanUp(world)).toMatchObject({ outcome: 'aborted', request: { target: B } });
    expect(world.state).toEqual(before);
    expect(await cleanUp(world)).toEqual({ outcome: 'nothing', request: null, measures: null });
  });

  it('says how an execution ended that only had to tell it', async () => {
    const world = newWorld();
    await runTo(world, 'record');
    expect(await cleanUp(world)).toMatchObject({
      outcome: 'moved',
      request: { target: B },
      measures: { rtoSeconds: 270 },
    });
  });

  it.each(['promote', 'configure', 'open-writes', 'shift-traffic'])('after %s touches nothing', async (last) => {
    const world = newWorld();
    await runTo(world, last);
    const before = structuredClone(world.state);
    expect(await cleanUp(world)).toMatchObject({ outcome: 'incomplete' });
    expect(world.state).toEqual(before);
  });

  it("leaves another execution's claim alone", async () => {
    const world = newWorld();
    await claim(world, `${EXECUTION}-other`);
    expect(await cleanUp(world)).toMatchObject({ outcome: 'superseded' });
    expect(world.state.item.phase).toBe('fencing');
  });
});
