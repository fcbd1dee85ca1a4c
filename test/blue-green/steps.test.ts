/** The steps of a release as the machine calls them: to the end, twice, with lost answers, and by one who no longer may. */
import { describe, expect, it } from 'vitest';
import { makeAsk } from '../../functions/blue-green/ask.ts';
import { makeCheckHealth } from '../../functions/blue-green/check-health.ts';
import { makeCommit } from '../../functions/blue-green/commit.ts';
import { makeEmpty } from '../../functions/blue-green/empty.ts';
import type { Plan } from '../../functions/blue-green/plan.ts';
import { makePrepare } from '../../functions/blue-green/prepare.ts';
import { makeProve } from '../../functions/blue-green/prove.ts';
import { makeShift } from '../../functions/blue-green/shift.ts';
import { makeTakeLease } from '../../functions/blue-green/take-lease.ts';
import { makeValidate } from '../../functions/blue-green/validate.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { candidate, config, EXECUTION, NEW, OLD, START, view, World } from './memory.ts';
import { commitRequest, plan, request, runTo, STEPS, worldAfter } from './release-steps.ts';

describe('a release to the end', () => {
  it('serves everybody, keeps the old colour whole, and gives everything back', async () => {
    const world = await worldAfter('finish');
    const { releases, weights, colours } = world.state;
    expect(weights).toMatchObject({ blue: 0, green: 100 });
    expect(releases).toMatchObject({
      lease: null,
      live: { colour: 'green', digest: NEW },
      retained: { colour: 'blue', digest: OLD, size: 3 },
    });
    expect(releases.retained?.until).toBe(isoOf(Date.parse(releases.live?.committedAt ?? '') + 24 * 3_600_000));
    expect(colours.blue).toMatchObject({ desired: 3, min: 3, pinned: true });
    expect(colours.green).toMatchObject({ desired: 3, pinned: false });
    expect(world.kinds()).toEqual([
      'prepared',
      'validated',
      'migrated',
      'shifting',
      'shifted',
      'shifting',
      'shifted',
      'shifting',
      'shifted',
      'judged',
      'committed',
      'ended',
    ]);
  });

  it('changes nothing the second time, whatever step is repeated', async () => {
    // The customer's migration may be asked twice, and bears it.
    for (const [name, run] of STEPS.slice(0, -1).filter(([step]) => step !== 'migrate')) {
      const world = await worldAfter(name);
      const before = structuredClone({ ...world.state, now: 0 });
      const changes = world.changes.filter((change) => !/^note|notePin|adopt/.test(change)).length;
      if (!name.startsWith('watch')) await run(world);
      expect([name, { ...world.state, now: 0 }]).toEqual([name, before]);
      expect([name, world.changes.filter((change) => !/^note|notePin|adopt/.test(change)).length]).toEqual([
        name,
        changes,
      ]);
    }
  });

  it('comes to the same end when any one answer is lost', async () => {
    const whole = await worldAfter('finish');
    for (const name of new Set(whole.changes)) {
      const world = new World();
      world.losing = name;
      for (const [, run] of STEPS) await run(world).catch(() => run(world));
      expect([name, world.state.releases]).toEqual([
        name,
        expect.objectContaining({ ...whole.state.releases, live: expect.anything(), retained: expect.anything() }),
      ]);
      expect([name, world.state.weights]).toEqual([name, whole.state.weights]);
    }
  });

  it('is refused to whoever lost the lease, at every step that changes something', async () => {
    for (const [name, run] of STEPS.slice(1, -1)) {
      const world = await worldAfter(STEPS[STEPS.findIndex(([step]) => step === name) - 1]?.[0] ?? '');
      world.state.releases = {
        ...world.state.releases,
        lease: { releaseId: 'x', digest: NEW, executionArn: 'x', fence: 2, takenAt: '' },
      };
      const changes = world.changes.length;
      await expect(run(world), name).rejects.toMatchObject({ name: 'LeaseConflict' });
      expect(world.changes.length).toBe(changes);
    }
  });
});

describe('the lease', () => {
  it('is given once; a second execution is in conflict', async () => {
    const world = await worldAfter('take-lease');
    const other = makeTakeLease(world.ports)({ executionArn: `${EXECUTION}2`, request });
    await expect(other).rejects.toMatchObject({ name: 'LeaseConflict' });
  });
});

describe('the idle colour', () => {
  it.each(['empty', 'prepare'])('is not touched by %s when it has weight', async (name) => {
    const world = await worldAfter('pin');
    world.state.weights = { blue: 90, green: 10, stickySeconds: 0 };
    const step = STEPS.find(([step]) => step === name)?.[1];
    await expect(step?.(world)).rejects.toMatchObject({ name: 'ListenerUnsafe' });
    expect(world.changes).not.toContain('size green 0');
    expect(world.state.digests.green).toBe(OLD);
  });

  it('is emptied of the release before, whose retention ends on the record', async () => {
    const retained = {
      colour: 'green',
      digest: OLD,
      releaseId: 'r0',
      schema: null,
      committedAt: isoOf(START),
      until: isoOf(START + 9e6),
      size: 2,
    } as const;
    const world = new World({ colours: { blue: view(3), green: view(2, true) } });
    world.state.releases = { ...world.state.releases, retained };
    await runTo(world, 'empty');
    expect(world.state.releases.retained).toBeNull();
    expect(world.state.entries[0]).toMatchObject({
      kind: 'retention-ended',
      releaseId: 'r0',
      facts: { cause: 'superseded' },
    });
    expect(world.state.colours.green.machines).toBe(0);
  });

  it('goes no further with partial capacity', async () => {
    const world = await worldAfter('empty');
    const { sizeTo } = world.ports.compute;
    const compute = {
      ...world.ports.compute,
      sizeTo: async (colour: 'blue' | 'green', size: number) => {
        await sizeTo(colour, size);
        world.state.colours.green = { ...world.state.colours.green, inService: 2 };
      },
    };
    await expect(makePrepare({ ...world.ports, compute })({ plan })).rejects.toMatchObject({
      name: 'CapacityNotReady',
    });
    expect(world.kinds()).not.toContain('prepared');
  });

  it('is not healthy while one machine is not, or answers with another digest', async () => {
    const world = await worldAfter('prepare');
    world.state.colours.green = { ...world.state.colours.green, healthyTargets: 2 };
    await expect(makeCheckHealth(world.ports)({ plan })).rejects.toThrow(/2 healthy of 3/);
    world.state.colours.green = view(3, true);
    world.state.running.green = OLD;
    await expect(makeCheckHealth(world.ports)({ plan })).rejects.toMatchObject({ name: 'HealthNotReady' });
    await expect(makeValidate(world.ports)({ plan })).rejects.toMatchObject({ name: 'ValidationNotReady' });
  });

  it('empties nothing that still answers users, whatever the rule says, except for a fix', async () => {
    const world = await worldAfter('pin', {
      colours: { blue: view(3), green: view(3) },
      digests: { blue: OLD, green: NEW },
      running: { blue: OLD, green: NEW },
    });
    const answer = { status: 200, headers: { 'x-release-digest': NEW }, body: '' };
    const late = { ...world.ports, web: { send: async () => answer } };
    await expect(makeEmpty(late)({ plan })).rejects.toMatchObject({ name: 'ProofNotReady' });
    expect(world.state.colours.green.desired).toBe(3);
    await makeEmpty(late)({ plan: { ...plan, kind: 'hotfix' } }).catch(() => {});
    expect(world.state.colours.green.desired).toBe(0);
  });

  it('is prepared without ending a machine that somebody started there', async () => {
    const world = await worldAfter('empty');
    await makePrepare(world.ports)({ plan });
    world.state.colours.green = view(5, true);
    await makePrepare(world.ports)({ plan });
    expect(world.state.colours.green.desired).toBe(5);
  });

  it('ends when somebody sends users to the new colour while it is waited for', async () => {
    const world = await worldAfter('prepare');
    world.state.weights = { blue: 50, green: 50, stickySeconds: 0 };
    await expect(makeCheckHealth(world.ports)({ plan })).rejects.toMatchObject({ name: 'ListenerUnsafe' });
    const asked = { plan, askedAt: isoOf(world.state.now) };
    await expect(makeAsk(world.ports)(asked)).rejects.toMatchObject({ name: 'ListenerUnsafe' });
  });
});

describe('a shift', () => {
  const shift = (world: World, percent = 10, before = 0) => makeShift(world.ports)({ plan, percent, before });

  it('is refused while the old colour could not take everything back', async () => {
    const world = await worldAfter('validate');
    world.state.colours.blue = { ...world.state.colours.blue, healthyTargets: 2 };
    await expect(shift(world)).rejects.toMatchObject({ name: 'CapacityNotReady' });
    expect(world.changes).not.toContain('weights.write');
  });

  it('gives the new colour as many machines as somebody gave the old one meanwhile, and waits for them', async () => {
    const world = await worldAfter('validate');
    world.state.colours.blue = view(4, true);
    await expect(shift(world)).rejects.toMatchObject({ name: 'CapacityNotReady' });
    expect(world.state.colours.green.desired).toBe(4);
    world.state.colours.green = { ...view(4, true), healthyTargets: 3 };
    await expect(shift(world)).rejects.toThrow(/healthy of 4/);
    world.state.colours.green = view(4, true);
    expect(await shift(world)).toMatchObject({ action: 'shifted' });
  });

  it('stops at an alarm that rings, as the commit does, and for none that was red before a hotfix', async () => {
    const world = await worldAfter('validate');
    const named = { ...config, policy: { ...config.policy, alarms: ['orders-down'] } };
    const ports = { ...world.ports, config: named };
    const step = (percent: number, before: number) => makeShift(ports)({ plan, percent, before });
    world.state.alarms = [{ name: 'orders-down', state: 'ALARM' }];
    await expect(step(10, 0)).rejects.toMatchObject({ name: 'AlarmUnsafe', message: /in ALARM: orders-down/ });
    world.state.alarms = [{ name: 'orders-down', state: 'INSUFFICIENT_DATA' }];
    expect(await step(10, 0)).toMatchObject({ action: 'shifted' });
    world.silent.add('alarms');
    expect(await step(100, 10)).toMatchObject({ action: 'shifted' });
    world.silent.delete('alarms');
    world.state.alarms = [{ name: 'orders-down', state: 'ALARM' }];
    const commit = (of: Plan) => makeCommit(ports)({ plan: of, request: commitRequest });
    await expect(commit(plan)).rejects.toMatchObject({ name: 'AlarmUnsafe' });
    const committed = { committedAt: expect.any(String) };
    expect(await commit({ ...plan, redAlarms: ['orders-down'] })).toMatchObject(committed);
    // Committed is committed: a repetition takes nothing back.
    expect(await commit(plan)).toMatchObject(committed);
  });

  it('stops at a freeze, and at weights that somebody else wrote', async () => {
    const world = await worldAfter('shift 10');
    world.state.weights = { blue: 100, green: 0, stickySeconds: 0 };
    await expect(shift(world, 50, 10)).rejects.toMatchObject({ name: 'ListenerUnsafe' });
    world.state.deployments = { epoch: 1, frozen: true, by: 'ana' };
    await expect(shift(world, 50, 10)).rejects.toMatchObject({ name: 'FrozenUnsafe' });
  });

  it('goes no further once a person took the release back, whatever it waited for', async () => {
    const steering = {
      id: 's',
      decision: 'roll-back',
      by: 'ana',
      reason: 'the logo is gone',
      at: isoOf(START),
    } as const;
    const world = await worldAfter('validate');
    world.state.releases = { ...world.state.releases, steering };
    await expect(shift(world)).rejects.toMatchObject({ name: 'WithdrawnUnsafe', message: 'ana: the logo is gone' });
    expect(world.changes).not.toContain('weights.write');
    const proved = await worldAfter('prove 100');
    proved.state.releases = { ...proved.state.releases, steering };
    await expect(makeCommit(proved.ports)({ plan, request: commitRequest })).rejects.toMatchObject({
      name: 'WithdrawnUnsafe',
    });
    expect(proved.state.releases.live?.colour).toBe('blue');
  });

  it('makes way for a newer candidate that is admitted, but only before anybody was sent', async () => {
    const newer = { ...candidate, id: 'push-2', digest: `sha256:${'c'.repeat(64)}`, ready: true };
    const world = await worldAfter('validate');
    world.state.releases = { ...world.state.releases, candidate: newer };
    expect(await shift(world)).toMatchObject({ action: 'superseded' });
    expect(world.state.weights?.green).toBe(0);
    const later = await worldAfter('shift 10');
    later.state.releases = { ...later.state.releases, candidate: newer };
    expect(await shift(later, 50, 10)).toMatchObject({ action: 'shifted' });
  });

  it('does not count before the answers show it', async () => {
    const world = await worldAfter('shift 100');
    world.state.running.green = OLD;
    await expect(makeProve(world.ports)({ plan, percent: 100 })).rejects.toMatchObject({ name: 'ProofNotReady' });
    await expect(makeProve(world.ports)({ plan, percent: 10 })).rejects.toMatchObject({ name: 'ProofNotReady' });
  });
});
