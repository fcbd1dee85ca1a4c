/** The steps that end a release: watching it, the commit, the way back, a person who is asked, and the clean-up. */
import { describe, expect, it } from 'vitest';
import { makeAsk } from '../../functions/blue-green/ask.ts';
import { makeCleanUp } from '../../functions/blue-green/clean-up.ts';
import { makeCommit } from '../../functions/blue-green/commit.ts';
import { makeFinish } from '../../functions/blue-green/finish.ts';
import { makeNotify } from '../../functions/blue-green/notify.ts';
import type { Plan } from '../../functions/blue-green/plan.ts';
import { makeRollBack } from '../../functions/blue-green/roll-back.ts';
import { makeSnapshot } from '../../functions/blue-green/snapshot.ts';
import { makeTakeLease } from '../../functions/blue-green/take-lease.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { candidate, config, EXECUTION, NEW, OLD, START, view, World } from './memory.ts';
import { commitRequest, ending, plan, runTo, STEPS, watch, worldAfter } from './release-steps.ts';

describe('going back', () => {
  const rollBack = (world: World) => makeRollBack(world.ports)({ plan });

  it('is one write, also when table, rule and machines cannot be asked', async () => {
    const world = await worldAfter('shift 50');
    world.silent.add('releases').add('compute');
    const writes = world.changes.filter((change) => change === 'weights.write').length;
    await rollBack(world);
    expect(world.state.weights).toEqual({ blue: 100, green: 0, stickySeconds: 0 });
    expect(world.changes.filter((change) => change === 'weights.write').length).toBe(writes + 1);
    expect(world.changes.at(-1)).toBe('weights.write');
  });

  it('takes at most 120 s by its own clock, and the second time writes nothing', async () => {
    const world = await worldAfter('shift 50');
    const before = world.state.now;
    await rollBack(world);
    expect(world.state.now - before).toBeLessThan(120_000);
    const { length } = world.changes;
    await rollBack(world);
    expect(world.changes.length).toBe(length);
  });

  it('is refused to an empty colour, and to whoever lost the lease', async () => {
    const world = await worldAfter('shift 50');
    world.state.colours.blue = view(0);
    await expect(rollBack(world)).rejects.toMatchObject({ name: 'RetreatUnsafe' });
    world.state.releases = { ...world.state.releases, lease: null };
    await expect(rollBack(world)).rejects.toMatchObject({ name: 'LeaseConflict' });
  });

  it('is refused to a colour without a healthy machine as long as the new one has some, and only then', async () => {
    const world = await worldAfter('shift 50');
    world.state.colours.blue = { ...view(3, true), healthyTargets: 0 };
    await expect(rollBack(world)).rejects.toMatchObject({ name: 'RetreatUnsafe', message: /green has 3/ });
    expect(world.state.weights).toMatchObject({ blue: 50, green: 50 });
    world.state.colours.green = { ...view(3, true), healthyTargets: 0 };
    await rollBack(world);
    expect(world.state.weights).toMatchObject({ blue: 100, green: 0 });
    world.state.colours.green = view(3, true);
    await rollBack(world);
  });

  it('ends with the digest in quarantine and the retreat on the record', async () => {
    const world = await worldAfter('shift 50');
    const retreat = await rollBack(world);
    const end = { ...ending, outcome: 'rolled-back', cause: 'verdict', decidedAt: isoOf(START), retreat };
    await makeFinish(world.ports)(end);
    expect(world.state.quarantine[NEW]).toMatchObject({ releaseId: 'push-1' });
    expect(world.kinds()).toContain('rolled-back');
    expect(world.state.releases).toMatchObject({ lease: null, live: { colour: 'blue', digest: OLD } });
    expect(world.state.colours.blue.pinned).toBe(false);
    expect(world.state.colours.green.pinned).toBe(true);
  });

  it('for a freeze keeps the candidate, which begins again', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, candidate };
    await runTo(world, 'shift 10');
    await rollBack(world);
    await makeFinish(world.ports)({ ...ending, outcome: 'yielded', cause: 'freeze' });
    expect(world.state.releases).toMatchObject({ lease: null, candidate: { id: 'push-1' } });
    expect(world.state.quarantine).toEqual({});
  });
});

describe('watching', () => {
  it('judges what it can read, and waits for what it cannot', async () => {
    const world = await worldAfter('prove 100');
    world.silent.add('metrics');
    expect(await watch(world)).toMatchObject({ action: 'wait' });
    world.silent.clear();
    expect(await watch(world)).toMatchObject({ action: 'advance' });
    const judged = world.state.entries.find(({ kind }) => kind === 'judged');
    expect(judged?.facts).toMatchObject({ verdict: { verdict: 'pass' }, seen: { ours: expect.any(Array) } });
  });

  it('looks at the colour that has the release, not at the other one', async () => {
    const world = await worldAfter('prove 100');
    world.state.minutes.blue = [
      { at: isoOf(START + 120_000), requests: 1000, errors: 500, unanswered: 0, p95Seconds: 9 },
    ];
    expect(await watch(world)).toMatchObject({ action: 'advance' });
  });
});

describe('a commit', () => {
  it('looks once more, and is refused when weights or health are not as they should be', async () => {
    const commit = (world: World) => makeCommit(world.ports)({ plan, request: commitRequest });
    const world = await worldAfter('prove 100');
    world.state.colours.green = { ...world.state.colours.green, healthyTargets: 2 };
    await expect(commit(world)).rejects.toMatchObject({ name: 'CapacityNotReady' });
    world.state.weights = { blue: 50, green: 50, stickySeconds: 0 };
    await expect(commit(world)).rejects.toMatchObject({ name: 'ListenerUnsafe' });
    expect(world.state.releases.live?.colour).toBe('blue');
  });
});

describe('asking a person', () => {
  const ask = (world: World, waitedSeconds: number) =>
    makeAsk(world.ports)({ plan, askedAt: isoOf(world.state.now - waitedSeconds * 1000) });

  it('tells once, waits, takes an approval, and declines at the deadline', async () => {
    const world = await worldAfter('validate');
    expect(await ask(world, 0)).toMatchObject({ action: 'wait' });
    expect(await ask(world, 60)).toMatchObject({ action: 'wait' });
    expect(world.state.told).toHaveLength(1);
    expect(await ask(world, config.policy.approvalSecondsMax)).toMatchObject({ action: 'decline' });
    await world.ports.releases.steer(
      { id: 'd', decision: 'approve', by: 'ana', reason: 'ok', at: isoOf(START) },
      'push-1',
    );
    expect(await ask(world, 60)).toMatchObject({ action: 'go', reasons: ['ana: ok'] });
    world.state.deployments = { epoch: 1, frozen: true, by: 'x' };
    await expect(ask(world, 60)).rejects.toMatchObject({ name: 'FrozenUnsafe' });
  });
});

describe('cleaning up after a dead execution', () => {
  const cleanUp = (world: World, kind = 'push') =>
    makeCleanUp(world.ports)({ executionArn: EXECUTION, status: 'ABORTED', kind });

  it.each(STEPS.slice(0, -2).map(([name]) => name))(
    'after %s leaves users with the old release, and no lease',
    async (name) => {
      const world = await worldAfter(name);
      await cleanUp(world);
      expect(world.state.weights).toMatchObject({ blue: 100, green: 0 });
      expect(world.state.releases.lease).toBeNull();
      expect(world.state.colours.blue.pinned).toBe(false);
      expect(await cleanUp(world)).toMatchObject({ outcome: 'nothing' });
    },
  );

  it('records that users were taken back although the rule was right already when it looked', async () => {
    const world = await worldAfter('shift 50');
    // A clean-up before this one wrote the rule and died.
    world.state.weights = { blue: 100, green: 0, stickySeconds: 0 };
    expect(await cleanUp(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.kinds()).toContain('rolled-back');
  });

  it('records it too when the release died before it could note that users had come', async () => {
    const world = await worldAfter('shift 10');
    world.state.entries = world.state.entries.filter(({ kind }) => kind !== 'shifted');
    world.state.weights = { blue: 100, green: 0, stickySeconds: 0 };
    expect(await cleanUp(world)).toMatchObject({ outcome: 'rolled-back' });
  });

  it('records nothing of that for a release that sent nobody', async () => {
    expect(await cleanUp(await worldAfter('validate'))).toMatchObject({ outcome: 'aborted' });
  });

  it('after the commit leaves users with the new one', async () => {
    const world = await worldAfter('commit');
    expect(await cleanUp(world)).toMatchObject({ outcome: 'committed' });
    expect(world.state.weights).toMatchObject({ blue: 0, green: 100 });
    expect(world.state.releases.lease).toBeNull();
  });
});

describe('a return from a committed release', () => {
  const back = { releaseId: 'return-1', executionArn: `${EXECUTION}2`, fence: 2 };
  const asked = { releaseId: 'return-1', kind: 'roll-back', digest: NEW, fence: 1 } as const;

  async function returning(): Promise<{ world: World; way: Plan }> {
    const world = await worldAfter('finish');
    await makeTakeLease(world.ports)({ executionArn: back.executionArn, request: asked });
    const looked = await makeSnapshot(world.ports)({ release: back, request: asked });
    expect(looked).toMatchObject({
      action: 'return',
      plan: { from: 'blue', to: 'green', oldDigest: OLD, digest: NEW },
    });
    return { world, way: looked.plan as Plan };
  }

  it('needs no new machine, and counts against the release that was live', async () => {
    const { world, way } = await returning();
    const sized = world.changes.filter((change) => change.startsWith('size')).length;
    const retreat = await makeRollBack(world.ports)({ plan: way });
    await makeFinish(world.ports)({
      release: back,
      digest: NEW,
      outcome: 'returned',
      cause: 'person',
      reasons: ['x'],
      retreat,
    });
    expect(world.state.weights).toMatchObject({ blue: 100, green: 0 });
    expect(world.state.releases).toMatchObject({ live: { colour: 'blue', digest: OLD }, retained: null, lease: null });
    expect(world.state.quarantine[NEW]).toBeDefined();
    expect(world.state.entries.find(({ kind }) => kind === 'rolled-back')?.releaseId).toBe('push-1');
    expect(world.changes.filter((change) => change.startsWith('size')).length).toBe(sized);
  });

  it('that died half-way is carried through by the clean-up', async () => {
    const { world } = await returning();
    const input = { executionArn: back.executionArn, status: 'ABORTED', kind: 'roll-back' };
    expect(await makeCleanUp(world.ports)(input)).toMatchObject({ outcome: 'returned' });
    expect(world.state.weights).toMatchObject({ blue: 100, green: 0 });
    expect(world.state.releases).toMatchObject({ live: { colour: 'blue' }, lease: null });
  });

  it('is held when nothing is kept any more', async () => {
    const world = await worldAfter('finish');
    world.state.releases = { ...world.state.releases, retained: null };
    await makeTakeLease(world.ports)({ executionArn: back.executionArn, request: asked });
    expect(await makeSnapshot(world.ports)({ release: back, request: asked })).toMatchObject({ action: 'hold' });
  });
});

it('tells people what it means for them', async () => {
  const world = new World();
  await makeNotify(world.ports)({ outcome: 'rollback-failed', releaseId: 'push-1', digest: NEW, reasons: ['x'] });
  expect(world.state.told[0]).toMatchObject({ subject: expect.stringContaining('ROLLBACK FAILED') });
  expect(world.state.told[0]?.message).toContain('docs/runbooks/blue-green.md');
});
