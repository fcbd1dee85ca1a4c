/**
 * When a group's alerts fire, are quiet for a while, and are over: its episodes, by the source's clock alone. Pure.
 *
 * Each firing lasts until its end and then `quietSeconds` more; an alert that flaps needs longer. What overlaps is one
 * episode. So a flapping alert is one incident, and the same signals in any order have the same episodes.
 */
import { type Alert, endedAt, TRANSITIONS_MAX } from './alert.ts';
import type { Routing } from './routing.ts';

export interface Episode {
  /** When the episode before it ended; 0 when none is known. */
  readonly after: number;
  readonly startedAt: number;
  /** When the last firing ended; null while any fires. */
  readonly endedAt: number | null;
  /** From when on it counts as over, if nothing fires till then; null while any fires. */
  readonly overAt: number | null;
  /** Whether some alert's quiet time is the longer one of a flapping alert. */
  readonly flapping: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number | null;
  readonly quietMs: number;
  readonly flapping: boolean;
}

export interface Quiet {
  readonly quietSeconds: number;
  readonly flap: Routing['flap'];
}

/** The newest episode; null when nothing ever fired. */
export function episodeOf(alerts: readonly Alert[], quiet: Quiet, now: number): Episode | null {
  const spans = alerts.flatMap((alert) => spansOf(alert, quiet, now)).sort((a, b) => a.start - b.start);
  return spans.reduce<Episode | null>((episode, span) => joined(episode, span) ?? begun(episode, span), null);
}

const overAtOf = ({ end, quietMs }: Span): number | null => (end === null ? null : end + quietMs);

const begun = (before: Episode | null, span: Span): Episode => ({
  after: before?.endedAt ?? 0,
  startedAt: span.start,
  endedAt: span.end,
  overAt: overAtOf(span),
  flapping: span.flapping,
});

/** The episode with the firing in it; null when that begins after it is over. */
function joined(episode: Episode | null, span: Span): Episode | null {
  if (!episode) return null;
  const isOver = episode.overAt !== null && span.start >= episode.overAt && span.start !== episode.endedAt;
  if (isOver) return null;
  return {
    after: episode.after,
    startedAt: episode.startedAt,
    endedAt: later(episode.endedAt, span.end),
    overAt: later(episode.overAt, overAtOf(span)),
    flapping: episode.flapping || span.flapping,
  };
}

/** Null is never. */
const later = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.max(a, b));

/** One alert's firings in order. Its own times are distinct per direction; an end at a beginning's moment ends it. */
function spansOf(alert: Alert, { quietSeconds, flap }: Quiet, now: number): Span[] {
  const { fired, cleared } = alert;
  if (fired.length === 0) return [];
  if (fired.length === 1 && cleared.length === 0) {
    const end = endedAt(alert, now);
    return [{ start: fired[0] as number, end, quietMs: quietSeconds * 1000, flapping: false }];
  }
  const spans: Span[] = [];
  const begins = [...fired].reverse();
  const ends = [...cleared].reverse();
  for (let index = 0; index < begins.length; ) {
    const start = begins[index] as number;
    const said = ends.find((time) => time >= start) ?? null;
    const end = said ?? endedAt(alert, now);
    const flapping = end !== null && flapsAt(end, fired, flap);
    spans.push({ start, end, quietMs: (flapping ? flap.quietSeconds : quietSeconds) * 1000, flapping });
    if (said === null) break;
    index += 1;
    // What began before that end is the same firing said again.
    while (index < begins.length && (begins[index] as number) <= said) index += 1;
  }
  return spans;
}

/** Enough firings within the window up to then. Where older ones were dropped from the list, they count as within. */
function flapsAt(end: number, fired: readonly number[], flap: Quiet['flap']): boolean {
  const from = end - flap.windowSeconds * 1000;
  if (fired.filter((time) => time <= end && time > from).length >= flap.firings) return true;
  return fired.length >= TRANSITIONS_MAX && (fired.at(-1) as number) > from;
}

/** Whether the alert fires or is within the quiet time after: then it counts as part of what is going on. */
export function isHeld(alert: Alert, quiet: Quiet, now: number): boolean {
  const last = spansOf(alert, quiet, now).at(-1);
  return last !== undefined && (last.end === null || last.end + last.quietMs > now);
}
