/**
 * What is known of one alert, as a function of the set of its signals: whatever the order, however often they come, the
 * same signals give the same alert. Pure; kept by the store, one record per identity.
 */
import type { Severity, Signal } from './signal.ts';

/** Transitions remembered per direction. Top k of a set does not depend on order; it must hold a flap window's worth. */
export const TRANSITIONS_MAX = 16;

export interface Alert {
  /** hash(source, account, region, resource). */
  readonly key: string;
  /** The newest firing signal, or the newest of all when it never fired: names, labels and links are taken from it. */
  readonly signal: Signal;
  /** When it began to fire, newest first, distinct, at most TRANSITIONS_MAX. Milliseconds of the source's clock. */
  readonly fired: readonly number[];
  /** When it was over, the same way. */
  readonly cleared: readonly number[];
  /** When the source last could not tell; null when it always could. */
  readonly unknownAt: number | null;
  /** When it first arrived here since it was last quiet, by our clock: waiting counts from then. */
  readonly seenAt: number;
  /** By the severity table. */
  readonly severity: Severity;
  /** By the routing table: the route's id. */
  readonly route: string;
  /** The group it belongs to; null while only its end is known. */
  readonly group: string | null;
  /** Whether an inhibition rule may take it as a source, so that the store can list those. */
  readonly inhibits: boolean;
  /** Whether a remediation may take it as one of its two signals, so that the store can list those. */
  readonly evidence: boolean;
}

/** What the tables say about a signal. */
export interface Placement {
  readonly severity: Severity;
  readonly route: string;
  readonly group: string;
  readonly inhibits: boolean;
  readonly evidence: boolean;
  /** A pause shorter than this is no end: who waited goes on waiting from when it first came. */
  readonly quietSeconds: number;
}

/**
 * The alert with the signal in it, or the same object when it says nothing new. Commutative, associative and idempotent
 * but for `seenAt`, which is when we learned of it.
 */
export function absorb(
  alert: Alert | null,
  signal: Signal,
  { key, now, place }: { readonly key: string; readonly now: number; readonly place: (signal: Signal) => Placement },
): Alert {
  if (!alert) return fresh(signal, key, now, place);
  const fired = signal.state === 'firing' ? withTime(alert.fired, signal.at) : alert.fired;
  const cleared = signal.state === 'resolved' ? withTime(alert.cleared, signal.at) : alert.cleared;
  const unknownAt = signal.state === 'unknown' ? Math.max(alert.unknownAt ?? signal.at, signal.at) : alert.unknownAt;
  const spoken = speaks(signal, alert.signal) ? signal : alert.signal;
  if (fired === alert.fired && cleared === alert.cleared && unknownAt === alert.unknownAt && spoken === alert.signal) {
    return alert;
  }
  if (spoken === alert.signal) return { ...alert, fired, cleared, unknownAt };
  const { quietSeconds } = place(spoken);
  const began = fired[0] as number;
  const ended = Math.max(alert.cleared[0] ?? 0, alert.signal.until ?? 0);
  const goesOn = began === alert.fired[0] || (alert.fired.length > 0 && began - ended < quietSeconds * 1000);
  const seenAt = goesOn ? alert.seenAt : now;
  return { key, signal: spoken, fired, cleared, unknownAt, seenAt, ...settled(spoken, place) };
}

function fresh(signal: Signal, key: string, now: number, place: (signal: Signal) => Placement): Alert {
  return {
    key,
    signal,
    fired: signal.state === 'firing' ? [signal.at] : [],
    cleared: signal.state === 'resolved' ? [signal.at] : [],
    unknownAt: signal.state === 'unknown' ? signal.at : null,
    seenAt: now,
    ...settled(signal, place),
  };
}

/** An end alone has no group: what ends carries too little to route by (a deleted alarm has no tags). */
function settled(
  signal: Signal,
  place: (signal: Signal) => Placement,
): Pick<Alert, 'severity' | 'route' | 'group' | 'inhibits' | 'evidence'> {
  const { severity, route, group, inhibits, evidence } = place(signal);
  return { severity, route, group: signal.state === 'firing' ? group : null, inhibits, evidence };
}

const RANK: Readonly<Record<Signal['state'], number>> = { firing: 2, unknown: 1, resolved: 0 };

/** Whether `a` rather than `b` speaks for the alert. A total order of what is said, so that arrival plays no part. */
function speaks(a: Signal, b: Signal): boolean {
  const firing = Number(a.state === 'firing') - Number(b.state === 'firing');
  if (firing !== 0) return firing > 0;
  if (a.at !== b.at) return a.at > b.at;
  const until = (a.until ?? Number.POSITIVE_INFINITY) - (b.until ?? Number.POSITIVE_INFINITY);
  if (until !== 0 && !Number.isNaN(until)) return until > 0;
  if (a.state !== b.state) return RANK[a.state] > RANK[b.state];
  return a !== b && JSON.stringify(a) > JSON.stringify(b);
}

/** The times with one more, newest first; the same array when it is there already or too old to be kept. */
function withTime(times: readonly number[], at: number): readonly number[] {
  const place = times.findIndex((time) => time <= at);
  if (place >= 0 && times[place] === at) return times;
  if (place < 0) return times.length < TRANSITIONS_MAX ? [...times, at] : times;
  return [...times.slice(0, place), at, ...times.slice(place)].slice(0, TRANSITIONS_MAX);
}

/** When its last firing was over: said, or run out without being said again. Null while it fires, or never fired. */
export function endedAt(alert: Alert, now: number): number | null {
  const began = alert.fired[0];
  if (began === undefined) return null;
  const said = alert.cleared[0];
  // At the same moment the end wins: a source that says both in one millisecond means the later one.
  if (said !== undefined && said >= began) return said;
  const { until, state } = alert.signal;
  return state === 'firing' && until !== null && until <= now ? Math.max(until, began) : null;
}

export const isFiring = (alert: Alert, now: number): boolean => alert.fired.length > 0 && endedAt(alert, now) === null;
