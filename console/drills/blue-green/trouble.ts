/** Which random faults were in force when, by the world's own trace: also those that waited for a state of a release. */
import type { Cloud } from '../../../simulator/cloud.ts';
import type { PlannedFault } from '../../../simulator/faults.ts';
import type { Disturbance } from './evidence.ts';

/** Machines are slow or none can be had: nothing that Mainstay does takes longer by it, but to be ready. */
const OF_MACHINES: readonly string[] = ['shortage', 'slow-boot', 'sick-instance'];
const BEGINS: Readonly<Record<string, string>> = { cutOff: 'rejoin', 'region.dark': 'region.back' };

export function disturbancesIn(cloud: Cloud): Disturbance[] {
  const { entries } = cloud.trace;
  return entries.flatMap(({ t, region, what, source, detail }, index): Disturbance[] => {
    if (source !== 'world.events' && source !== 'world') return [];
    const from = t / 1000;
    const ends = BEGINS[what];
    if (ends !== undefined) {
      const end = entries.slice(index).find((later) => later.what === ends && later.region === region);
      return [{ kind: what, from, until: end ? end.t / 1000 : Number.POSITIVE_INFINITY, momentary: false }];
    }
    if (what !== 'fault') return [];
    const { fault, forMs } = detail as { fault: PlannedFault; forMs?: number };
    if (OF_MACHINES.includes(fault.kind)) return [];
    const until = forMs === undefined ? Number.POSITIVE_INFINITY : from + forMs / 1000;
    return [{ kind: fault.kind, from, until, momentary: isMomentary(fault) }];
  });
}

/** They break something off, which is repeated at once; their window only says where that moment may lie. */
const isMomentary = (fault: PlannedFault): boolean =>
  fault.kind === 'at-state' ||
  fault.kind === 'execution-abort' ||
  (fault.kind === 'function-crash' && (fault.nth !== undefined || fault.times !== undefined));
