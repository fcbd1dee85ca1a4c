/**
 * Two regions that hear of the same episode may believe different things of it: one missed the end, or a new beginning. Each
 * would mend what the provider shows by its own belief, and the page would be opened and ended by turns, with a call each
 * time. Whoever says that it fires is believed: the other leaves the page open. Pure.
 * docs/decisions/012-one-of-two-regions-speaks.md
 */

/** What a sweep makes of an incident at a provider. */
export type Mend = 'reopened' | 'ended';

export interface Mended {
  readonly region: string;
  readonly as: Mend;
}

/** What the regions told each other. */
export interface Views {
  /** The last of each region. */
  readonly mends: readonly Mended[];
  /** When each region last swept. Milliseconds since the epoch, by its own clock. */
  readonly sweeps: ReadonlyMap<string, number>;
}

/** Three sweeps: one that missed so many is away, and what it believed counts no more. */
const AWAY_MS = 900_000;

/** The other region for which it fires, so that this one must not end it; null when it may do as it wants. */
export function heldBy(as: Mend, { mends, sweeps }: Views, own: string, now: number): string | null {
  if (as === 'reopened') return null;
  const isThere = (region: string): boolean => now - (sweeps.get(region) ?? Number.NEGATIVE_INFINITY) <= AWAY_MS;
  const other = mends.find((each) => each.region !== own && each.as === 'reopened' && isThere(each.region));
  return other?.region ?? null;
}
