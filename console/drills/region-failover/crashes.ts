/** Which of a scenario's acts must hit one exact moment of a move, and the fault that hits it. */
import type { Cloud } from '../../../simulator/cloud.ts';
import * as moments from '../../drill/moments.ts';
import type { Act, Places } from './scenario.ts';

export type Crash = Extract<Act, { act: 'abortAt' | 'dieAfter' | 'eventsAt' }>;

const CRASHES: ReadonlySet<string> = new Set<Crash['act']>(['abortAt', 'dieAfter', 'eventsAt']);

export const isCrash = <A extends Act>(act: A): act is A & Crash => CRASHES.has(act.act);

/** Puts it in force if it is not yet. Returns whether it has hit; what else is to be done then must be done at once. */
export const hasHit = (cloud: Cloud, act: Crash, places: Places): boolean =>
  moments.hasHit(cloud, momentOf(act, places));

function momentOf(act: Crash, places: Places): moments.Moment {
  const { target: region, old, names } = places;
  const machine = names.workflow;
  if (act.act === 'dieAfter') return moments.diesAfter(region, `region-failover/${act.function}`, act.call);
  if (act.act === 'abortAt') return moments.abortAt({ region, machine }, act.state);
  return moments.eventsAt({ region: act.where === 'old' ? old : region, machine }, act.state, act.events(places));
}
