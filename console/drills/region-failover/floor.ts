/**
 * The shortest time in which this path can serve writes again, by policy and by physics: the critical path with every
 * part at its least. Sources are those of simulator/world/durations.ts.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import type { FloorPart } from '../../report/model.ts';

/** The alias record's time to live towards a load balancer (Route 53 developer guide, "Alias records"). */
const ALIAS_TTL_SECONDS = 60;

export function floorParts({ recovery }: Configuration): FloorPart[] {
  return [
    { what: 'dwell', seconds: recovery.dwellSeconds, why: 'policy: two observers must agree for this long' },
    { what: 'alarm', seconds: 5, why: 'CloudWatch evaluates a 10 s metric 5 to 20 s after its data' },
    { what: 'decide', seconds: 2, why: 'event, start, assessment and claim; the lease lapsed during the dwell' },
    { what: 'promote', seconds: 40, why: 'a managed DocumentDB failover takes 40 s at the least' },
    { what: 'configure', seconds: 2, why: 'endpoint, epoch, writes and consumers, each read back' },
    { what: 'latch', seconds: 3, why: 'a health check’s report (1 s) and its way into DNS (2 s)' },
    { what: 'resolvers', seconds: ALIAS_TTL_SECONDS, why: 'the last resolver that obeys the TTL asks again' },
  ];
}

export const floorSeconds = (configuration: Configuration): number =>
  floorParts(configuration).reduce((sum, part) => sum + part.seconds, 0);
