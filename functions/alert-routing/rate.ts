/** A channel's rate as a token bucket whose last tokens only a P0 may take. Pure. */
import type { Bucket } from './ports.ts';
import type { ChannelConfig } from './routing.ts';
import type { Severity } from './signal.ts';
import { compareSeverity } from './table.ts';

export type Limits = Pick<ChannelConfig, 'ratePerMinute' | 'burst' | 'reservedForP0'>;

/** What is in the bucket now. A clock that went back adds nothing. */
export function refill(bucket: Bucket | null, { ratePerMinute, burst }: Limits, now: number): Bucket {
  if (!bucket) return { tokens: burst, at: now };
  const gained = (Math.max(0, now - bucket.at) * ratePerMinute) / 60_000;
  return { tokens: Math.min(burst, bucket.tokens + gained), at: Math.max(now, bucket.at) };
}

/** How many messages of a severity may go now. */
export function allowance({ tokens }: Bucket, { reservedForP0 }: Limits, severity: Severity): number {
  return Math.max(0, Math.floor(tokens - (severity === 'P0' ? 0 : reservedForP0)));
}

/** When one more of that severity may go. */
export function nextAt({ tokens, at }: Bucket, { ratePerMinute, reservedForP0 }: Limits, severity: Severity): number {
  const missing = 1 + (severity === 'P0' ? 0 : reservedForP0) - tokens;
  return at + Math.max(1, Math.ceil((missing * 60_000) / ratePerMinute));
}

/** What asks to be sent. */
export interface Asking {
  readonly severity: Severity;
  /** It stands for many already, and is not folded again. */
  readonly isDigest?: boolean;
}

export interface Plan<T> {
  readonly send: readonly T[];
  /** Folded into one digest, for which a token is left. */
  readonly fold: readonly T[];
  /** Not now, but at `againAt`. */
  readonly wait: readonly T[];
  readonly againAt: number;
  readonly bucket: Bucket;
}

/**
 * Which of one channel's messages go now, the gravest first. Everything is in exactly one of `send`, `fold` and `wait`.
 * A P0 goes as long as there is any token and is never folded.
 */
export function plan<T extends Asking>(
  messages: readonly T[],
  limits: Limits & Pick<ChannelConfig, 'overflow'>,
  bucket: Bucket | null,
  now: number,
): Plan<T> {
  const full = refill(bucket, limits, now);
  const ordered = [...messages].sort(
    (a, b) => compareSeverity(a.severity, b.severity) || Number(b.isDigest ?? false) - Number(a.isDigest ?? false),
  );
  const urgent = ordered.filter(({ severity }) => severity === 'P0');
  const others = ordered.filter(({ severity }) => severity !== 'P0');
  const urgentNow = urgent.slice(0, allowance(full, limits, 'P0'));
  const left = { tokens: full.tokens - urgentNow.length, at: full.at };
  const room = allowance(left, limits, 'P1');
  const tooMany = limits.overflow === 'digest' && others.length > room && room > 0;
  const fold = tooMany ? others.slice(room - 1).filter(({ isDigest }) => !isDigest) : [];
  // Where there is nothing to fold, no token is kept for a digest.
  const othersNow = others.slice(0, fold.length > 0 ? room - 1 : room);
  const rest = others.slice(othersNow.length);
  const spent = { tokens: left.tokens - othersNow.length, at: left.at };
  const urgentLater = urgent.slice(urgentNow.length);
  return {
    send: [...urgentNow, ...othersNow],
    fold,
    wait: [...urgentLater, ...rest.filter((each) => !fold.includes(each))],
    againAt: nextAt(spent, limits, urgentLater.length > 0 ? 'P0' : 'P1'),
    bucket: spent,
  };
}
