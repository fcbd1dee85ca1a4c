/** What every SDK client of Mainstay has in common: short limits, few attempts, and AWS's errors told apart. */
import { DependencyNotReady } from '../errors.ts';

/** Region is always said: some adapters speak to another region than their own. */
export const clientOptions = (region: string) => ({
  region,
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});

/** AWS's client faults that a repetition may cure; every other one is a bug or a missing right and keeps AWS's name. */
const PASSING = /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughput|SlowDown|ReplicatedWriteConflict/;

/**
 * Awaits one call. @throws NotReady (or the given error) when AWS failed, was throttled or did not answer; AWS's own
 * error, by AWS's name, when the call itself was refused (AccessDenied, ValidationException).
 */
export async function call<T>(
  what: string,
  answer: Promise<T>,
  NotReady: new (message: string, options: ErrorOptions) => Error = DependencyNotReady,
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { name, message, $fault } = error as Error & { $fault?: 'client' | 'server' };
    if ($fault === 'client' && !PASSING.test(name)) throw error;
    throw new NotReady(`${what} did not succeed: ${name}: ${message}`, { cause: error });
  }
}

/** True for AWS's error of one of these names. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);
