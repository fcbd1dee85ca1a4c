/** Decisions between releases: is the one that is kept ready, and does the listener say what was committed? Pure. */
import type { ColourView, Retained, Served, Weights } from '../shared/release-ports.ts';
import { liveColour } from './decide.ts';

/**
 * What somebody else made of the listener between releases; `says` is null when it is as it was committed. Before the first
 * release (`live` is null) nobody knows which colour should have the users, but one should have them all. Null when the
 * rule cannot be read, or is none of two colours: that says nothing of who changed it.
 */
export function decideDrift(
  live: Pick<Served, 'colour'> | null,
  rule: Weights | null,
): { readonly says: string | null } | null {
  if (rule === null) return null;
  const colour = liveColour(rule);
  const asLeft = live === null ? colour !== null : colour === live.colour;
  return { says: asLeft ? null : `blue ${rule.blue}, green ${rule.green}` };
}

/** Whether users could be sent back to the release that is kept, this moment (blue-green/I19). */
export interface KeptFacts {
  readonly retained: Pick<Retained, 'colour' | 'digest' | 'size'>;
  readonly view: Pick<ColourView, 'desired' | 'healthyTargets'>;
  /** What a machine that starts there now would run. */
  readonly declared: string;
}

export interface Kept {
  /** short: a machine fails and is replaced by its group. lost: it will not be whole by itself. */
  readonly is: 'ready' | 'short' | 'lost';
  /** Its size is all that is missing. */
  readonly mendable: boolean;
  readonly reasons: readonly string[];
}

export function decideKept({ retained, view, declared }: KeptFacts): Kept {
  const { colour, digest, size } = retained;
  const other = declared !== digest ? [`a machine of ${colour} would start ${declared}, not ${digest}`] : [];
  const smaller = view.desired < size ? [`${colour} is to have ${view.desired} machines, not ${size}`] : [];
  if (other.length + smaller.length > 0) {
    return { is: 'lost', mendable: other.length === 0, reasons: [...other, ...smaller] };
  }
  if (view.healthyTargets >= size) return { is: 'ready', mendable: false, reasons: [] };
  return { is: 'short', mendable: false, reasons: [`${colour} has ${view.healthyTargets} healthy of ${size}`] };
}
