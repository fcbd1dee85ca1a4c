/** The steps of a move in the machine's order, on a world in memory, for tests of single ones and of the whole. */
import { makeClaim } from '../../functions/region-failover/claim.ts';
import { makeConfigure } from '../../functions/region-failover/configure.ts';
import { makeFence } from '../../functions/region-failover/fence.ts';
import { makeFreeze } from '../../functions/region-failover/freeze.ts';
import { makeOpenWrites } from '../../functions/region-failover/open-writes.ts';
import { makePromote } from '../../functions/region-failover/promote.ts';
import { makeRecord } from '../../functions/region-failover/record.ts';
import { makeScale } from '../../functions/region-failover/scale.ts';
import { makeShiftTraffic } from '../../functions/region-failover/shift-traffic.ts';
import { makeStartConsumers } from '../../functions/region-failover/start-consumers.ts';
import { makeVerify } from '../../functions/region-failover/verify.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { A, B, EXECUTION, outage, START, World } from './memory.ts';

export const REQUEST = { target: B, from: A, by: 'alarm', reason: 'lost', declaredAt: isoOf(START) };
export const IMPAIRED = { byTarget: isoOf(START - 70_000), byWitness: isoOf(START - 70_000) };
export const move = { executionArn: EXECUTION, target: B, from: A, epoch: 2 };
export const newWorld = () => new World({ observations: outage(START) });

export const claim = (world: World, executionArn = EXECUTION) =>
  makeClaim(world.ports)({
    executionArn,
    request: REQUEST,
    epoch: 1,
    assessedAt: isoOf(world.clock.now()),
    impaired: IMPAIRED,
  });
export const promote = (world: World, confirmedAt: string | null = isoOf(world.clock.now())) =>
  makePromote(world.ports)({ move, confirmedAt });

/** In the machine's order. The database and the witness do their part in between. */
export const STEPS: readonly [name: string, run: (world: World) => Promise<unknown>][] = [
  ['claim', (world) => claim(world)],
  ['freeze', ({ ports }) => makeFreeze(ports)({ move })],
  ['fence', ({ ports }) => makeFence(ports)({ move, watched: null })],
  [
    'promote',
    async (world) => {
      try {
        return await promote(world);
      } catch (error) {
        if (!world.state.database.moving) throw error;
      }
      // What the machine's Retry does: again until the cluster writes.
      world.promoted();
      return promote(world);
    },
  ],
  ['scale', ({ ports }) => makeScale(ports)({ move })],
  ['configure', ({ ports }) => makeConfigure(ports)({ move })],
  ['open-writes', ({ ports }) => makeOpenWrites(ports)({ move })],
  ['start-consumers', ({ ports }) => makeStartConsumers(ports)({ move })],
  ['shift-traffic', ({ ports }) => makeShiftTraffic(ports)({ move })],
  ['verify', ({ ports }) => makeVerify(ports)({ move, consecutive: 2 })],
  ['record', (world) => record(world)],
];

export const record = ({ ports }: World) =>
  makeRecord(ports)({
    executionName: 'one',
    outcome: 'moved',
    request: REQUEST,
    findings: [],
    approvals: [],
    move,
    impaired: IMPAIRED,
    steps: [{ step: 'Decide', at: isoOf(START + 1000) }],
    verification: {
      verifiedAt: isoOf(START + 200_000),
      witness: { at: isoOf(START + 200_000), localAt: isoOf(START + 200_000) },
    },
  });

export async function runTo(world: World, last: string): Promise<void> {
  for (const [name, run] of STEPS) {
    await run(world);
    if (name === last) return;
  }
}
