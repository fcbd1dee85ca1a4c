/**
 * Lays the latch objects that a move could not reach: the returned region's own one, and the witness's if it was lost.
 * Started by: the schedule "mend-latch", each minute in both serving regions. While a move is under way it does nothing
 * before the move has begun to turn the traffic.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { s3Latch } from '../shared/aws/s3.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Authority, Latch } from '../shared/ports.ts';
import { belongsToSecond, setLatch } from './latch.ts';

export const makeMendLatch =
  ({ authority, latch, config }: { authority: Authority; latch: Latch } & Surroundings<ServingConfig>) =>
  async (): Promise<{ mended: readonly string[] }> => {
    const { phase, claim, holder } = await authority.read();
    if (phase !== 'active' || (claim && claim.shiftedAt === null)) return { mended: [] };
    const moved = belongsToSecond(holder, config.servingRegions);
    const mine = holder === config.region ? [config.region, config.witnessRegion] : [config.region];
    const mended: string[] = [];
    for (const region of mine) {
      if ((await latch.isMoved(region)) === moved) continue;
      await setLatch(latch, region, moved);
      mended.push(region);
    }
    return { mended };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), latch: s3Latch(config) }),
  make: makeMendLatch,
});
