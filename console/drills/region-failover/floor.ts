/**
 * The shortest time in which this path can serve writes again, by policy and by physics: the critical path with every
 * part at its least. Sources are those of simulator/world/durations.ts.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { aliasTtlSeconds } from '../../../simulator/services/route53/answer.ts';
import {
  documentDbFailoverSecondsMin,
  healthAggregationSecondsMin,
  healthPropagationSecondsMin,
} from '../../../simulator/world/durations.ts';
import type { FloorPart } from '../../report/model.ts';

/**
 * From the alarm until the promotion is asked for: six Lambda calls and two conditional writes. Measured in the simulator:
 * 2.2 s in the quickest of seeds 1 to 6.
 */
const DECIDE_SECONDS = 2;
/**
 * Three steps that write, read back and ask the application. Measured in the simulator: 0.6 to 0.7 s each where the
 * application had just looked at its parameters, which it does every 10 s; 4.9 s in the quickest of seeds 1 to 6.
 */
const CONFIGURE_SECONDS = 2;

export function floorParts({ recovery }: Configuration): FloorPart[] {
  return [
    { what: 'dwell', seconds: recovery.dwellSeconds, why: 'policy: two observers must agree for this long' },
    { what: 'alarm', seconds: 5, why: 'CloudWatch evaluates a 10 s metric 5 to 20 s after its data' },
    {
      what: 'decide',
      seconds: DECIDE_SECONDS,
      why: 'event, start, assessment and claim; the lease lapsed during the dwell',
    },
    {
      what: 'promote',
      seconds: documentDbFailoverSecondsMin,
      why: `a managed DocumentDB failover takes ${documentDbFailoverSecondsMin} s at the least`,
    },
    { what: 'configure', seconds: CONFIGURE_SECONDS, why: 'endpoint, epoch, writes and consumers, each read back' },
    {
      what: 'latch',
      seconds: healthAggregationSecondsMin + healthPropagationSecondsMin,
      why: `a health check’s report (${healthAggregationSecondsMin} s) and its way into DNS (${healthPropagationSecondsMin} s)`,
    },
    { what: 'resolvers', seconds: aliasTtlSeconds, why: 'the last resolver that obeys the TTL asks again' },
  ];
}

export const floorSeconds = (configuration: Configuration): number =>
  floorParts(configuration).reduce((sum, part) => sum + part.seconds, 0);
