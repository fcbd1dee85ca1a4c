/**
 * Time under random faults. A promise with a limit in seconds ("taken back within 120 s") cannot be kept while AWS does
 * not answer; what is promised is then that it is kept in as many seconds without a fault. Without faults all time is calm.
 */
import type { Disturbance, Evidence } from './evidence.ts';

type Disturbed = Pick<Evidence, 'disturbances'>;

/** Seconds of [from, until] in which no fault with a duration was in force. */
export const calmSeconds = ({ disturbances }: Disturbed, from: number, until: number): number =>
  calmParts(disturbances, from).reduce((sum, part) => sum + Math.max(0, Math.min(part.until, until) - part.from), 0);

/** Whether no fault with a duration was in force then. */
export const isCalm = ({ disturbances }: Disturbed, t: number): boolean =>
  !disturbances.some(({ momentary, from, until }) => !momentary && from <= t && t <= until);

/** The moment after `from` by which so many calm seconds have passed; infinity where a fault never ends. */
export function afterCalm({ disturbances }: Disturbed, from: number, seconds: number): number {
  let left = seconds;
  for (const part of calmParts(disturbances, from)) {
    if (part.until - part.from >= left) return part.from + left;
    left -= part.until - part.from;
  }
  return Number.POSITIVE_INFINITY;
}

interface Part {
  readonly from: number;
  readonly until: number;
}

/** What lies between the faults after `from`; the last part ends never. */
function calmParts(disturbances: readonly Disturbance[], from: number): Part[] {
  const parts: Part[] = [];
  let reached = from;
  for (const each of disturbances.filter(({ momentary }) => !momentary).toSorted((a, b) => a.from - b.from)) {
    if (each.from > reached) parts.push({ from: reached, until: each.from });
    reached = Math.max(reached, each.until);
  }
  return Number.isFinite(reached) ? [...parts, { from: reached, until: Number.POSITIVE_INFINITY }] : parts;
}

/** Whether any fault, one that strikes once among them, may have struck within [from, until]. */
export const isDisturbed = ({ disturbances }: Disturbed, from: number, until: number): boolean =>
  disturbances.some((each) => each.from <= until && each.until >= from);
