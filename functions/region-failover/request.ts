/** What one execution of the failover machine is asked to do; statemachines/region-failover.io.ts is its schema. */
import { isoOf, msOf } from '../shared/clock.ts';

export interface Request {
  readonly trigger: 'alarm' | 'reconcile' | 'person';
  readonly application: string;
  readonly target: string;
  readonly from: string;
  readonly by: string;
  readonly reason: string;
  /** When the event says it was declared; never the moment of handling. */
  readonly declaredAt: string;
  readonly acceptLossSeconds?: number | undefined;
  /** The dead execution whose claim this one takes over. */
  readonly resume?: string | undefined;
}

/** Step Functions allows 80 characters of these (StartExecution, "name"). */
const NAME_LENGTH_MAX = 80;

/** A name made of the event's identity only, so that the same event twice is one execution. */
export const executionName = (...parts: readonly (string | number)[]): string =>
  parts
    .join('-')
    .replaceAll(/[^\w-]/g, '')
    .slice(0, NAME_LENGTH_MAX);

/** One spelling for all of AWS's timestamps. */
export function canonicalTime(timestamp: string): string {
  const ms = msOf(timestamp);
  return ms === null ? timestamp : isoOf(ms);
}
