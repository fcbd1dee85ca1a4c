/**
 * Gives the target what the lost region served with. Started by: the state "Scale up", beside the promotion, repeated
 * until enough targets are healthy, and again when they are not when users are to come. Never scales in.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { awsCapacity } from '../shared/aws/capacity.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Capacity } from '../shared/ports.ts';
import { capacityLeast, capacityWanted } from './decide.ts';
import { CapacityNotReady } from './errors.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';

/** The slowest usual start of a machine, from its launch to its first answer (simulator/world/durations.ts names the source). */
const STARTED_SECONDS_MAX = 300;

export const makeScale =
  ({
    authority,
    capacity,
    config,
    clock,
  }: { authority: Authority; capacity: Capacity } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ healthyTargets: number; wanted: number }> => {
    const { move } = parse(MoveInput, input);
    const { claim } = await requireClaim(authority, move, 'fencing', 'promoting', 'active');
    const wanted = capacityWanted(await authority.observations(), move.from, config.policy);
    const least = capacityLeast(wanted, config.policy);
    const before = await capacity.read();
    const waitedMs = clock.now() - Date.parse(claim?.at ?? '');
    // A machine that never becomes healthy is not replaced by its group, which asks EC2 only (decision 004). None is taken
    // away for that, since what fails may be the database: as many more are asked for as are missing.
    const missing = waitedMs > STARTED_SECONDS_MAX * 1000 ? Math.max(0, least - before.healthyTargets) : 0;
    const desired = Math.min(wanted + missing, before.max);
    const after = await ensure({
      what: 'scaling up',
      describe: capacity.read,
      done: (state) => state.desired >= desired && state.min >= desired,
      // Never fewer than it has now.
      act: () => capacity.raiseTo(before.colour, Math.max(desired, before.desired)),
    });
    if (after.healthyTargets < least) {
      throw new CapacityNotReady(`${after.healthyTargets} healthy targets, needed ${least} of ${wanted}`);
    }
    return { healthyTargets: after.healthyTargets, wanted };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), capacity: awsCapacity(config) }),
  make: makeScale,
});
