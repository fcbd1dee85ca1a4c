/** The effects that the scenarios of region failover want, and by when. Times are seconds after the fault began. */
import type { Want } from './scenario.ts';

export const now = 0;
export const s = (seconds: number): number => seconds * 1000;

export const inTarget = (what: string, from: number, by: number, times?: readonly [number, number]): Want =>
  times ? { what, where: 'target', from, by, times } : { what, where: 'target', from, by };
export const inOld = (what: string, from: number, by: number, times?: readonly [number, number]): Want => ({
  ...inTarget(what, from, by, times),
  where: 'old',
});

/** A database failover takes up to three minutes (durations.ts), and the machine looks every 10 s whether it is done. */
const PROMOTION_SECONDS = 220;

/** Machines boot, pull, start and pass their checks; those of the old region are told of by its next observation. */
export const STARTED_SECONDS = 360;
export const GROWN_SECONDS = STARTED_SECONDS + 60;

/** From the promotion on: five minutes in which a machine may still start, as many until one more has, and its checks. */
export const SICK_SECONDS = 900;

/** The effects of one move from its claim on, for one that begins between two moments and waits for machines so long. */
export const move = (from: number, by: number, machines = 0): Want[] => {
  const promoted = by + Math.max(PROMOTION_SECONDS, machines);
  const verified = promoted + 240;
  return [
    inTarget('claim', from, by),
    inTarget('freeze', from, by + 10),
    // Until here the lease is waited out, which in a region that is really gone has long lapsed.
    inTarget('commit', from, by + 60),
    inTarget('promote', from, by + 60),
    inTarget('configure', from + 40, promoted),
    inTarget('open writes', from + 40, promoted + 10),
    inTarget('consumers', from + 40, promoted + 40),
    inTarget('latch', from + 40, promoted + 40),
    { ...inTarget('latch', from + 40, promoted + 40), where: 'witness' },
    inTarget('thaw', from + 60, verified),
    inTarget('finish', from + 60, verified),
    inTarget('tell moved', from + 60, verified),
  ];
};

/** The alarm rings after the dwell and its own delays; reconcile may see the same at its minute. */
const ALARM_SECONDS: readonly [number, number] = [60, 130];

/** The effects of a failover that the alarm declares, for a fault that begins at `at`. */
export const automatic = (at = 0, machines = 0): Want[] => {
  const [from, by] = ALARM_SECONDS.map((seconds) => at + seconds) as [number, number];
  return [inTarget('alarm mail', from, by), inTarget('start', from, by + 60, [1, 2]), ...move(from, by + 60, machines)];
};

/** The alarm rang for a fault at `at`, the machine looked for 90 s, and people were told why nothing was done. */
export const heldOnce = (at: number, until: number): Want[] => {
  const [from, by] = ALARM_SECONDS.map((seconds) => at + seconds) as [number, number];
  return [
    inTarget('alarm mail', from, by),
    // Reconcile looks again each minute, quietly.
    inTarget('start', from, until, [1, 1 + Math.ceil((until - from) / 60)]),
    inTarget('tell held', from + 60, by + 130),
  ];
};

/** The one time that a cut-off region's own alarm about the other region ends in a failed execution, and says so. */
export const cutOffRegionLooks: Want[] = [
  inOld('alarm mail', 60, 1200, [1, 3]),
  inOld('start', 60, 300),
  inOld('tell held', 60, 1200, [0, 1]),
];
