/**
 * Sequential tests: they may be looked at after every minute without adding up false alarms. Pure; used by `judge`.
 *
 * Both are likelihood ratios of two simple hypotheses, multiplied up over time. Under the first hypothesis the ratio
 * reaches 100 in at most 1 of 100 releases, however often it is looked at (Ville's inequality; Wald 1945).
 *
 * They remember a good past as far as 1/100 and no further, or a release that turns bad late would first have to use
 * that past up (Page 1954, with his barrier lowered from 1, where a service at half the limit would be taken back four
 * times as often). By the same inequality each minute spent there adds at most 1 in 10,000 to the false alarms.
 */

export interface Counted {
  readonly requests: number;
  readonly errors: number;
}

/** log of the ratio at which a test objects. */
export const OBJECTS_AT = Math.log(100);

const remembered = (ratio: number): number => Math.max(-OBJECTS_AT, ratio);

/**
 * Log likelihood ratio of "the rate is twice the limit" to "the rate is half the limit" (Wald's SPRT for a proportion).
 * Of a service that really runs at 0.8 times the limit it objects in about 7 % of the bakes at 100 requests a minute:
 * the limit has to leave the service room.
 */
export function ratioAgainstLimit(counts: readonly Counted[], limit: number): number {
  const [good, bad] = [limit / 2, Math.min(limit * 2, 0.99)];
  const perError = Math.log(bad / good);
  const perSuccess = Math.log((1 - bad) / (1 - good));
  return counts.reduce(
    (sum, { requests, errors }) => remembered(sum + errors * perError + (requests - errors) * perSuccess),
    0,
  );
}

/** How many times worse than the old release a new one must be for the comparison to be built for it. */
const TIMES_WORSE = 3;

/**
 * Log likelihood ratio of "the new release fails three times as often as the old one" to "both fail alike", from
 * what both did in the same minutes. Conditional on the errors of both together, so that the common rate, which moves
 * with the hour and with what is behind the service, does not matter. Minutes in which one had no requests tell nothing.
 */
export function ratioAgainstOther(minutes: readonly { readonly ours: Counted; readonly other: Counted }[]): number {
  return minutes.reduce((sum, { ours, other }) => {
    if (ours.requests === 0 || other.requests === 0) return sum;
    const alike = ours.requests / (ours.requests + other.requests);
    const worse = (TIMES_WORSE * ours.requests) / (TIMES_WORSE * ours.requests + other.requests);
    const perOurs = Math.log(worse / alike);
    const perOther = Math.log((1 - worse) / (1 - alike));
    return remembered(sum + ours.errors * perOurs + other.errors * perOther);
  }, 0);
}
