/** Wrong wall clocks and starved processes. Asked at every look at a clock and every timer of running code. */
import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { countHit, isInForce } from './book.ts';

/** How far a region's wall clocks are off now, in milliseconds. */
export function clockSkewMs(cloud: Cloud, region: string): number {
  const skews = cloud.state.faults.others['clock-skew'];
  if (skews === undefined) return 0;
  let offMs = 0;
  for (const fault of skews) {
    if (fault.region !== region || !isInForce(fault, cloud.now)) continue;
    countHit(cloud, fault);
    offMs += fault.byMs;
  }
  return offMs;
}

/** How much later than it should a process gets to run: its timers, and answers to it. */
export function starvedMs(cloud: Cloud, owner: Owner): number {
  const faults = cloud.state.faults.others['slow-process'];
  if (faults === undefined || owner.process === undefined) return 0;
  let lateMs = 0;
  for (const fault of faults) {
    const { region, process } = fault;
    if (region !== owner.region || (process !== undefined && process !== owner.process)) continue;
    if (!isInForce(fault, cloud.now)) continue;
    countHit(cloud, fault);
    lateMs += fault.addedMs;
  }
  return lateMs;
}
