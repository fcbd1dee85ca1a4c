/** Which retrier or catcher of a state takes a failure, and how long a retry waits. */
import type { Random } from '../random.ts';
import type { Catcher, Retrier } from './definition.ts';
import { matchesError, type StateFailure } from './failure.ts';

// Source of the defaults: Developer Guide, "Handling errors", "Retrying after an error".
const INTERVAL_SECONDS_DEFAULT = 1;
const MAX_ATTEMPTS_DEFAULT = 3;
const BACKOFF_RATE_DEFAULT = 2;

/**
 * The first retrier that matches, if it has attempts left: its position and the delay. Once the first match is used up
 * no later retrier is asked.
 */
export function nextRetry(
  retriers: readonly Retrier[] | undefined,
  done: Readonly<Record<number, number>>,
  failure: StateFailure,
  random: Random,
): { position: number; delayMs: number } | undefined {
  const position = (retriers ?? []).findIndex(({ ErrorEquals }) =>
    ErrorEquals.some((name) => matchesError(name, failure)),
  );
  const retrier = retriers?.[position];
  const attempts = done[position] ?? 0;
  if (!retrier || attempts >= (retrier.MaxAttempts ?? MAX_ATTEMPTS_DEFAULT)) return undefined;
  const interval = retrier.IntervalSeconds ?? INTERVAL_SECONDS_DEFAULT;
  const grown = interval * (retrier.BackoffRate ?? BACKOFF_RATE_DEFAULT) ** attempts;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const drawn = retrier.JitterStrategy === 'FULL' ? random.uniform(0, seconds) : seconds;
  return { position, delayMs: Math.round(drawn * 1_000) };
}

/** The first catcher that matches. */
export function findCatcher(catchers: readonly Catcher[] | undefined, failure: StateFailure): Catcher | undefined {
  return catchers?.find(({ ErrorEquals }) => ErrorEquals.some((name) => matchesError(name, failure)));
}

/**
 * `$states.errorOutput`. As recorded on AWS, a failure without error or cause shows null, but a timeout's cause is ''.
 */
export function errorOutputOf(failure: StateFailure): { Error: string | null; Cause: string | null } {
  return {
    Error: failure.error ?? null,
    Cause: failure.reason ?? (failure.error === 'States.Timeout' ? '' : null),
  };
}
