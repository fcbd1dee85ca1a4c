/** When an asynchronous delivery is tried again. Shared by rule targets, schedules and SNS. */
import { AnswerLost, AwsError, Unreachable } from '../errors.ts';
import type { Random } from '../random.ts';

export interface RetryLimits {
  readonly attemptsMax: number;
  readonly ageMsMax: number;
}

/** EventBridge and Scheduler, defaults: 185 retries within 24 hours ("Event retry policy"). */
export const DEFAULT_LIMITS: RetryLimits = { attemptsMax: 185, ageMsMax: 24 * 3_600_000 };

/** Limits of a RetryPolicy, with the defaults for what it leaves out. */
export function retryLimits(
  policy: { MaximumRetryAttempts?: number | undefined; MaximumEventAgeInSeconds?: number | undefined } | undefined,
): RetryLimits {
  return {
    attemptsMax: policy?.MaximumRetryAttempts ?? DEFAULT_LIMITS.attemptsMax,
    ageMsMax: (policy?.MaximumEventAgeInSeconds ?? DEFAULT_LIMITS.ageMsMax / 1000) * 1000,
  };
}

const TEMPORARY =
  /Throttl|TooManyRequests|Unavailable|Internal|ServiceException|LimitExceeded|Timeout|NotReady|RateExceeded/;

/** Errors that a later attempt may not meet; a missing target or permission ends the delivery at once. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof Unreachable || error instanceof AnswerLost) return true;
  return error instanceof AwsError && (TEMPORARY.test(error.code) || (error.status ?? 0) >= 500);
}

/**
 * Pause before a retry, exponential with jitter. Guess: AWS says "exponential back off and jitter" and no numbers; 1 s
 * doubling to 10 min spends 185 retries over about a day (range of the cap 5–15 min).
 */
export function backoffMs(attempt: number, random: Random): number {
  const cap = Math.min(1000 * 2 ** Math.min(attempt, 20), 600_000);
  return random.uniform(cap / 2, cap);
}
