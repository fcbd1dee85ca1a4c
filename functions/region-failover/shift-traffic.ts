/**
 * Turns the traffic latch: two of the three objects, in the target's own bucket and in the witness's. Started by: the
 * state "Shift traffic", repeated until the target has the capacity. No control plane is used, and nothing is written in
 * the region being left. With the witness lost the second object is whoever's returns first: `mend-latch` lays it.
 */
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { awsCapacity } from '../shared/aws/capacity.ts';
import { s3Latch } from '../shared/aws/s3.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Capacity, Latch, Moves } from '../shared/ports.ts';
import { capacityLeast, capacityWanted } from './decide.ts';
import { CapacityNotReady } from './errors.ts';
import { belongsToSecond, setLatch } from './latch.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';

interface ShiftPorts {
  readonly authority: Authority;
  readonly moves: Pick<Moves, 'shift'>;
  readonly capacity: Pick<Capacity, 'read'>;
  readonly latch: Latch;
}

export const makeShiftTraffic =
  ({ authority, moves, capacity, latch, config, clock, log }: ShiftPorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ moved: boolean }> => {
    const { move } = parse(MoveInput, input);
    await requireClaim(authority, move, 'active');
    // Looked at before the promotion too; but that may take minutes, and machines are lost meanwhile.
    const wanted = capacityWanted(await authority.observations(), move.from, config.policy);
    const least = capacityLeast(wanted, config.policy);
    const { healthyTargets } = await capacity.read();
    if (healthyTargets < least) {
      throw new CapacityNotReady(`${healthyTargets} healthy targets, needed ${least} of ${wanted}`);
    }
    await ensure({
      what: 'turning the traffic',
      describe: authority.read,
      done: ({ claim }) => claim?.executionArn === move.executionArn && claim.shiftedAt !== null,
      act: () => moves.shift(move, isoOf(clock.now())),
    });
    const moved = belongsToSecond(move.target, config.servingRegions);
    const objects = [config.region, config.witnessRegion];
    const [own, witness] = await Promise.allSettled(objects.map((region) => setLatch(latch, region, moved)));
    if (own?.status === 'rejected') throw own.reason;
    if (witness?.status === 'rejected') log.warn('the witness’s latch is not laid', { error: String(witness.reason) });
    return { moved };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    capacity: awsCapacity(config),
    latch: s3Latch(config),
  }),
  make: makeShiftTraffic,
});
