/** Each step of a move as the machine calls it: what it does, waits for and refuses. */
import { describe, expect, it } from 'vitest';
import { makeClaim } from '../../functions/region-failover/claim.ts';
import { makeCleanUp } from '../../functions/region-failover/clean-up.ts';
import { makeFence } from '../../functions/region-failover/fence.ts';
import { makeFreeze } from '../../functions/region-failover/freeze.ts';
import { makeOpenWrites } from '../../functions/region-failover/open-writes.ts';
import { makeRecord } from '../../functions/region-failover/record.ts';
import { makeScale } from '../../functions/region-failover/scale.ts';
import { makeShiftTraffic } from '../../functions/region-failover/shift-traffic.ts';
import { makeVerify, type Verified } from '../../functions/region-failover/verify.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { A, B, CLUSTER, EXECUTION, outage, START, W, type World } from './memory.ts';
import { claim, IMPAIRED, move, newWorld, promote, REQUEST, record, runTo } from './steps.ts';

describe('claim', () => {
  it('is had by one of two executions; the other stops quietly', async () => {
    const world = newWorld();
    await claim(world);
    await expect(claim(world, `${EXECUTION}-other`)).rejects.toMatchObject({ name: 'ClaimConflict' });
  });

  it('refuses an epoch that moved on since the assessment', async () => {
    const world = newWorld();
    world.state.item = { ...world.state.item, epoch: 2 };
    await expect(claim(world)).rejects.toMatchObject({ name: 'ClaimConflict' });
  });

  it('is not taken on a decision that is too old: the lost region may be back', async () => {
    const world = newWorld();
    const input = { executionArn: EXECUTION, request: REQUEST, epoch: 1, assessedAt: isoOf(START - 16_000) };
    await expect(makeClaim(world.ports)(input)).rejects.toMatchObject({ name: 'AssessmentNotReady' });
    expect(world.changes).toEqual([]);
    // Once taken it stays taken, however late the repetition that only reads it back.
    await claim(world);
    await expect(makeClaim(world.ports)(input)).resolves.toMatchObject({ move });
  });

  it('is taken over by a successor after the one-way step, with what was known', async () => {
    const world = newWorld();
    await runTo(world, 'promote');
    const successor = `${EXECUTION}-resume`;
    const taken = await makeClaim(world.ports)({ executionArn: successor, request: { ...REQUEST, resume: EXECUTION } });
    expect(taken).toEqual({
      move: { ...move, executionArn: successor },
      impaired: IMPAIRED,
      claimedAt: isoOf(START),
    });
  });

  it('is not taken over before the one-way step', async () => {
    const world = newWorld();
    await claim(world);
    const request = { ...REQUEST, resume: EXECUTION };
    await expect(makeClaim(world.ports)({ executionArn: 'other', request })).rejects.toMatchObject({
      name: 'ClaimConflict',
    });
  });
});

describe('freeze', () => {
  it("leaves somebody else's freeze, which then outlives the move", async () => {
    const world = newWorld();
    world.state.settings.deployments = { epoch: 1, frozen: true, by: 'ada' };
    await runTo(world, 'record');
    expect(world.state.settings.deployments).toEqual({ epoch: 1, frozen: true, by: 'ada' });
  });
});

describe('the freeze of a dead predecessor', () => {
  const frozen = { epoch: 1, frozen: true, by: EXECUTION.replace(/[^:]+$/, 'dead') };

  it('is taken over, so that its clean-up does not end it in the middle of the move', async () => {
    const world = newWorld();
    world.state.settings.deployments = frozen;
    await runTo(world, 'freeze');
    await makeCleanUp(world.ports)({ executionArn: frozen.by });
    expect(world.state.settings.deployments).toMatchObject({ frozen: true, by: EXECUTION });
  });

  it('ends with the move of the successor that rolled it forward', async () => {
    const world = newWorld();
    await runTo(world, 'shift-traffic');
    world.state.settings.deployments = frozen;
    await record(world);
    expect(world.state.settings.deployments).toMatchObject({ frozen: false });
  });
});

describe('fence', () => {
  it('costs nothing when the counter stood still long before the claim', async () => {
    const world = newWorld();
    await claim(world);
    expect(await makeFence(world.ports)({ move })).toMatchObject({ fenced: true, waitSeconds: 0 });
  });

  it('waits lease, drift and longest write from the first sight of the last renewal', async () => {
    const world = newWorld();
    world.state.item = { ...world.state.item, counter: 41 };
    await claim(world);
    const first = await makeFence(world.ports)({ move });
    expect(first).toMatchObject({ fenced: false, waitSeconds: 36 });
    world.state.now += 35_000;
    expect(await makeFence(world.ports)({ move, watched: first.watched })).toMatchObject({
      fenced: false,
      waitSeconds: 1,
    });
    world.state.now += 1_000;
    expect(await makeFence(world.ports)({ move, watched: first.watched })).toMatchObject({ fenced: true });
  });

  it('objects when the lease is renewed although it is claimed', async () => {
    const world = newWorld();
    await claim(world);
    const { watched } = await makeFence(world.ports)({ move });
    world.state.item = { ...world.state.item, counter: 42 };
    await expect(makeFence(world.ports)({ move, watched })).rejects.toMatchObject({ name: 'FenceUnsafe' });
  });

  it("ignores what other regions' observers saw, whose clocks differ", async () => {
    const world = newWorld();
    world.state.observations = world.state.observations.filter(({ region }) => region === W);
    await claim(world);
    expect(await makeFence(world.ports)({ move })).toMatchObject({ fenced: false, waitSeconds: 36 });
  });
});

describe('promote', () => {
  it('writes the epoch before it asks the database, and says not ready until it writes', async () => {
    const world = newWorld();
    await claim(world);
    await expect(promote(world)).rejects.toMatchObject({ name: 'PromotionNotReady' });
    expect(world.changes.slice(-2)).toEqual(['moves.advance', 'database.failOver']);
    expect(world.state.item).toMatchObject({ epoch: 2, holder: B, phase: 'promoting' });
  });

  it('asks the database once, however often it is repeated', async () => {
    const world = newWorld();
    await claim(world);
    for (let time = 0; time < 3; time++) await promote(world).catch(() => undefined);
    expect(world.changes.filter((name) => name === 'database.failOver')).toHaveLength(1);
  });

  it('goes one way only on a confirmation that is new, and from there on needs none', async () => {
    const world = newWorld();
    await runTo(world, 'fence');
    for (const confirmedAt of [isoOf(START - 16_000), null]) {
      await expect(promote(world, confirmedAt)).rejects.toMatchObject({ name: 'AssessmentNotReady' });
    }
    expect(world.state.item).toMatchObject({ epoch: 1, phase: 'fencing' });
    await expect(promote(world)).rejects.toMatchObject({ name: 'PromotionNotReady' });
    world.promoted();
    await expect(promote(world, null)).resolves.toMatchObject({ endpoint: 'writer.b' });
  });

  it('objects when the database goes to another cluster', async () => {
    const world = newWorld();
    await claim(world);
    world.state.database = { ...world.state.database, moving: { to: CLUSTER(A), status: 'switching-over' } };
    await expect(promote(world)).rejects.toMatchObject({ name: 'PromotionUnsafe' });
  });
});

describe('scale', () => {
  it('asks for what the lost region served with, and waits until it is healthy', async () => {
    const world = newWorld();
    world.state.observations = [
      ...world.state.observations,
      { ...outage(START)[0], region: A, self: { capacity: 5, at: '' } } as never,
    ];
    await claim(world);
    await expect(makeScale(world.ports)({ move })).rejects.toMatchObject({ name: 'CapacityNotReady' });
    expect(world.state.capacity.desired).toBe(5);
    world.state.capacity = { ...world.state.capacity, healthyTargets: 5 };
    expect(await makeScale(world.ports)({ move })).toEqual({ healthyTargets: 5, wanted: 5 });
  });

  it('asks for as many more as are missing once the slowest machine has started, and for no more than that', async () => {
    const world = newWorld();
    await claim(world);
    world.state.capacity = { ...world.state.capacity, healthyTargets: 1 };
    const waiting = () => expect(makeScale(world.ports)({ move })).rejects.toMatchObject({ name: 'CapacityNotReady' });
    world.state.now += 300_000;
    await waiting();
    expect(world.state.capacity.desired).toBe(2);
    world.state.now += 1;
    await waiting();
    await waiting();
    expect(world.state.capacity).toMatchObject({ desired: 3, min: 3 });
    world.state.capacity = { ...world.state.capacity, healthyTargets: 2 };
    expect(await makeScale(world.ports)({ move })).toEqual({ healthyTargets: 2, wanted: 2 });
    expect(world.state.capacity.desired).toBe(3);
  });

  it('never asks for more than the group allows', async () => {
    const world = newWorld();
    await claim(world);
    world.state.capacity = { ...world.state.capacity, healthyTargets: 0, max: 3 };
    world.state.now += 301_000;
    await expect(makeScale(world.ports)({ move })).rejects.toMatchObject({ name: 'CapacityNotReady' });
    expect(world.state.capacity.desired).toBe(3);
  });

  it('never scales in', async () => {
    const world = newWorld();
    world.state.capacity = { ...world.state.capacity, desired: 6, healthyTargets: 6 };
    await runTo(world, 'scale');
    expect(world.changes).not.toContain('capacity.raiseTo');
  });

  it('holds what is there already, so that a policy which sees no users yet takes nothing back', async () => {
    const world = newWorld();
    world.state.observations = [{ ...outage(START)[0], region: A, self: { capacity: 3, at: '' } } as never];
    world.state.capacity = { ...world.state.capacity, desired: 5, min: 2, healthyTargets: 5 };
    await claim(world);
    await makeScale(world.ports)({ move });
    expect(world.state.capacity).toMatchObject({ desired: 5, min: 5 });
  });
});

describe('open-writes', () => {
  it('waits for one kept write before anybody is sent there', async () => {
    const world = newWorld();
    await runTo(world, 'configure');
    world.http = () => ({ status: 503, headers: {}, body: '' });
    await expect(makeOpenWrites(world.ports)({ move })).rejects.toMatchObject({ name: 'WritesNotReady' });
    expect(world.state.item.phase).toBe('active');
  });
});

describe('shift-traffic', () => {
  it('sends nobody to a target that has lost machines since the promotion began', async () => {
    const world = newWorld();
    await runTo(world, 'start-consumers');
    world.state.capacity = { ...world.state.capacity, healthyTargets: 1 };
    await expect(makeShiftTraffic(world.ports)({ move })).rejects.toMatchObject({ name: 'CapacityNotReady' });
    expect(world.state.latch).toEqual({ [A]: false, [B]: false, [W]: false });
    world.state.capacity = { ...world.state.capacity, healthyTargets: 2 };
    await expect(makeShiftTraffic(world.ports)({ move })).resolves.toEqual({ moved: true });
  });

  it('needs its own object and not the witness, which may be lost', async () => {
    const world = newWorld();
    await runTo(world, 'start-consumers');
    const losing = (lost: string) => ({
      ...world.ports.latch,
      set: (region: string, moved: boolean) =>
        region === lost ? Promise.reject(new Error(`${lost} is lost`)) : world.ports.latch.set(region, moved),
    });
    await expect(makeShiftTraffic({ ...world.ports, latch: losing(B) })({ move })).rejects.toThrow(`${B} is lost`);
    await expect(makeShiftTraffic({ ...world.ports, latch: losing(W) })({ move })).resolves.toEqual({ moved: true });
    expect(world.state.latch).toMatchObject({ [A]: false, [B]: true });
    expect(world.state.item.claim?.shiftedAt).toBe(isoOf(START));
  });
});

describe('verify', () => {
  const verify = async (world: World, consecutive: number): Promise<Verified> =>
    makeVerify(world.ports)({ move, consecutive });

  it('needs as many good probes in a row as the policy says, then stamps the witness', async () => {
    const world = newWorld();
    await runTo(world, 'shift-traffic');
    world.state.witnessAt = '2026-11-20T03:04:00.000Z';
    expect(await verify(world, 0)).toMatchObject({ passed: false, consecutive: 1, witness: null });
    expect(await verify(world, 1)).toMatchObject({ passed: false, consecutive: 2 });
    expect(await verify(world, 2)).toMatchObject({
      passed: true,
      witness: { at: '2026-11-20T03:04:00.000Z', localAt: isoOf(START) },
    });
  });

  it('keeps the first proof when a successor verifies again', async () => {
    const world = newWorld();
    await runTo(world, 'shift-traffic');
    const first = await verify(world, 2);
    world.state.now += 60_000;
    expect(await verify(world, 2)).toEqual(first);
  });

  it.each([
    ['nobody answers', () => null],
    ['the old region answers', () => ({ status: 201, headers: { 'x-region': A, 'x-epoch': '2' }, body: '' })],
    ['an older epoch answers', () => ({ status: 201, headers: { 'x-region': B, 'x-epoch': '1' }, body: '' })],
    ['the write is refused', () => ({ status: 503, headers: { 'x-region': B, 'x-epoch': '2' }, body: '' })],
  ])('begins anew when %s', async (_why, http) => {
    const world = newWorld();
    await runTo(world, 'shift-traffic');
    world.http = http;
    expect(await verify(world, 2)).toMatchObject({ passed: false, consecutive: 0 });
  });
});

describe('record', () => {
  it('notes who declined, so that no alarm asks again at once', async () => {
    const world = newWorld();
    const entry = {
      executionName: 'one',
      request: REQUEST,
      findings: [],
      approvals: [],
      impaired: IMPAIRED,
      steps: [],
    };
    await makeRecord(world.ports)({ ...entry, outcome: 'declined', declinedBy: 'ada' });
    expect(world.state.decline).toEqual({ at: isoOf(START), by: 'ada' });
    expect(world.state.records.one).toMatchObject({ outcome: 'declined', measures: null });
  });
});

describe('input', () => {
  it('that does not fit is refused with the field and the value', async () => {
    const world = newWorld();
    const wrong = { move: { ...move, epoch: 'two' } };
    await expect(makeFreeze(world.ports)(wrong)).rejects.toThrow(/move\.epoch: .*got "two"/);
    await expect(makeFreeze(world.ports)(wrong)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
