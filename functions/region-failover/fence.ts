/**
 * Waits until nobody can hold the write lease any more. Started by: the state "Fence", again and again until it says
 * fenced. The writer fences itself: nothing is asked of the region being left.
 */
import * as z from 'zod';
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority } from '../shared/ports.ts';
import { FenceUnsafe } from './errors.ts';
import { MoveSchema, requireClaim } from './move.ts';

const Watched = z.object({ counter: z.number(), seenAt: z.string() });
const FenceInput = z.object({ move: MoveSchema, watched: Watched.nullish() });

export interface Fenced {
  readonly fenced: boolean;
  readonly waitSeconds: number;
  /** To be handed back on the next look. */
  readonly watched: z.infer<typeof Watched>;
}

export const makeFence =
  ({ authority, config, clock }: { authority: Authority } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<Fenced> => {
    const { move, watched } = parse(FenceInput, input);
    const { counter } = await requireClaim(authority, move, 'fencing');
    if (watched && watched.counter !== counter) {
      throw new FenceUnsafe(`the lease counter went from ${watched.counter} to ${counter} after the claim`);
    }
    const observed = (await authority.observations()).find(({ region }) => region === config.region)?.counter;
    // The local observer may have seen this value long ago: in a true outage the wait costs nothing.
    const known = observed?.value === counter ? observed.seenAt : isoOf(clock.now());
    const seenAt = watched?.seenAt ?? known;
    const { leaseSeconds, driftSeconds, longestWriteSeconds } = config.policy;
    const stillSeconds = (clock.now() - Date.parse(seenAt)) / 1000;
    const waitSeconds = Math.ceil(leaseSeconds + driftSeconds + longestWriteSeconds - stillSeconds);
    return { fenced: waitSeconds <= 0, waitSeconds: Math.max(0, waitSeconds), watched: { counter, seenAt } };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config) }),
  make: makeFence,
});
