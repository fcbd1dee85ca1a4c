/** The steps of a release as the machine calls them: to the end, twice, with lost answers, and by one who no longer may. */
import { describe, expect, it } from 'vitest';
import { makeAsk } from '../../functions/blue-green/ask.ts';
import { makeCheckHealth } from '../../functions/blue-green/check-health.ts';
import { makeCleanUp } from '../../functions/blue-green/clean-up.ts';
import { makeCommit } from '../../functions/blue-green/commit.ts';
import { makeEmpty } from '../../functions/blue-green/empty.ts';
import { makeFinish } from '../../functions/blue-green/finish.ts';
import { makeMigrate } from '../../functions/blue-green/migrate.ts';
import { makeNotify } from '../../functions/blue-green/notify.ts';
import { makePin } from '../../functions/blue-green/pin.ts';
import type { Plan } from '../../functions/blue-green/plan.ts';
import { makePrepare } from '../../functions/blue-green/prepare.ts';
import { makeProve } from '../../functions/blue-green/prove.ts';
import { makeRollBack } from '../../functions/blue-green/roll-back.ts';
import { makeShift } from '../../functions/blue-green/shift.ts';
import { makeSnapshot } from '../../functions/blue-green/snapshot.ts';
import { makeTakeLease } from '../../functions/blue-green/take-lease.ts';
import { makeValidate } from '../../functions/blue-green/validate.ts';
import { makeWatch } from '../../functions/blue-green/watch.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { candidate, config, EXECUTION, NEW, OLD, release, START, view, World } from './memory.ts';

const request = { releaseId: 'push-1', kind: 'push', digest: NEW, fence: 0 } as const;
const plan: Plan = {
  release,
  kind: 'push',
  digest: NEW,
  from: 'blue',
  to: 'green',
  oldDigest: OLD,
  size: 3,
  lastGood: { blue: 100, green: 0, stickySeconds: 0 },
  role: 'active',
  startedAt: isoOf(START),
  redAlarms: [],
};
const commitRequest = { requestedAt: isoOf(START), schema: null, revision: 'abc', revisedAt: isoOf(START - 600_000) };
const ending = { release, digest: NEW, reasons: ['because'] };

/** In the machine's order. */
const STEPS: readonly [name: string, run: (world: World) => Promise<unknown>][] = [
  ['take-lease', ({ ports }) => makeTakeLease(ports)({ executionArn: EXECUTION, request })],
  ['snapshot', ({ ports }) => makeSnapshot(ports)({ release, request })],
  ['pin', ({ ports }) => makePin(ports)({ plan })],
  ['empty', ({ ports }) => makeEmpty(ports)({ plan })],
  ['prepare', ({ ports }) => makePrepare(ports)({ plan })],
  ['check-health', ({ ports }) => makeCheckHealth(ports)({ plan })],
  ['validate', ({ ports }) => makeValidate(ports)({ plan })],
  ['migrate', ({ ports }) => makeMigrate(ports)({ plan, schema: null })],
  ['shift 10', ({ ports }) => makeShift(ports)({ plan, percent: 10, before: 0 })],
  ['prove 10', ({ ports }) => makeProve(ports)({ plan, percent: 10 })],
  ['shift 50', ({ ports }) => makeShift(ports)({ plan, percent: 50, before: 10 })],
  ['shift 100', ({ ports }) => makeShift(ports)({ plan, percent: 100, before: 50 })],
  ['prove 100', ({ ports }) => makeProve(ports)({ plan, percent: 100 })],
  ['watch', (world) => watch(world)],
  ['commit', ({ ports }) => makeCommit(ports)({ plan, request: commitRequest })],
  ['finish', ({ ports }) => makeFinish(ports)({ ...ending, outcome: 'committed' })],
];

async function worldAfter(last: string, change: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = new World(change);
  await runTo(world, last);
  return world;
}

async function runTo(world: World, last: string): Promise<void> {
  for (const [name, run] of STEPS) {
    await run(world);
    if (name === last) return;
  }
}

/** After 20 minutes of good traffic at 100 %. */
async function watch(world: World, percent = 100) {
  const shiftedAt = isoOf(START);
  world.state.now = Math.max(world.state.now, START) + 20 * 60_000;
  const minutes = Array.from({ length: 30 }, (_, index) => ({
    at: isoOf(START + index * 60_000),
    requests: 100,
    errors: 0,
    unanswered: 0,
    gateway: 0,
    p95Seconds: 0.1,
  }));
  world.state.minutes = { ...world.state.minutes, green: minutes, balancer: minutes };
  return makeWatch(world.ports)({ plan, percent, shiftedAt, stageAt: shiftedAt });
}

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
