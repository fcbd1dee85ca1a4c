/** A release as the machine's steps make it in memory, up to any of them. Used by the tests of the steps. */
import { makeCheckHealth } from '../../functions/blue-green/check-health.ts';
import { makeCommit } from '../../functions/blue-green/commit.ts';
import { makeEmpty } from '../../functions/blue-green/empty.ts';
import { makeFinish } from '../../functions/blue-green/finish.ts';
import { makeMigrate } from '../../functions/blue-green/migrate.ts';
import { makePin } from '../../functions/blue-green/pin.ts';
import type { Plan } from '../../functions/blue-green/plan.ts';
import { makePrepare } from '../../functions/blue-green/prepare.ts';
import { makeProve } from '../../functions/blue-green/prove.ts';
import { makeShift } from '../../functions/blue-green/shift.ts';
import { makeSnapshot } from '../../functions/blue-green/snapshot.ts';
import { makeTakeLease } from '../../functions/blue-green/take-lease.ts';
import { makeValidate } from '../../functions/blue-green/validate.ts';
import { makeWatch } from '../../functions/blue-green/watch.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { EXECUTION, NEW, OLD, release, START, World } from './memory.ts';

export const request = { releaseId: 'push-1', kind: 'push', digest: NEW, fence: 0 } as const;
export const plan: Plan = {
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
export const commitRequest = {
  requestedAt: isoOf(START),
  schema: null,
  revision: 'abc',
  revisedAt: isoOf(START - 600_000),
};
export const ending = { release, digest: NEW, reasons: ['because'] };

/** In the machine's order. */
export const STEPS: readonly [name: string, run: (world: World) => Promise<unknown>][] = [
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

export async function worldAfter(last: string, change: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = new World(change);
  await runTo(world, last);
  return world;
}

export async function runTo(world: World, last: string): Promise<void> {
  for (const [name, run] of STEPS) {
    await run(world);
    if (name === last) return;
  }
}

/** After 20 minutes of good traffic at 100 %. */
export async function watch(world: World, percent = 100) {
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
