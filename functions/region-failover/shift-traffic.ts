/**
 * Turns the traffic latch: two of the three objects, in the target's own bucket and in the witness's. Started by: the
 * state "Shift traffic". No control plane is used, and nothing is written in the region being left.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { s3Latch } from '../shared/aws/s3.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Latch } from '../shared/ports.ts';
import { belongsToSecond, setLatch } from './latch.ts';
import { MoveInput, requireClaim } from './move.ts';

export const makeShiftTraffic =
  ({ authority, latch, config }: { authority: Authority; latch: Latch } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ moved: boolean }> => {
    const { move } = parse(MoveInput, input);
    await requireClaim(authority, move, 'active');
    const moved = belongsToSecond(move.target, config.servingRegions);
    await Promise.all([config.region, config.witnessRegion].map((region) => setLatch(latch, region, moved)));
    return { moved };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), latch: s3Latch(config) }),
  make: makeShiftTraffic,
});
