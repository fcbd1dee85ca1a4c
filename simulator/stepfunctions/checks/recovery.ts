/** Checks Retry and Catch. Source: Developer Guide, "Handling errors". */

import type { JsonObject, Report } from './diagnostic.ts';
import { CATCHER_FIELDS, checkFields, checkInteger, objectsIn, RETRIER_FIELDS } from './fields.ts';

const SECONDS_MAX = 99_999_999;
/** Source: as above, MaxDelaySeconds: less than 31,622,400. */
const MAX_DELAY_SECONDS_MAX = 31_622_399;

export function checkRetry(state: JsonObject, location: string, report: Report): void {
  const retriers = objectsIn(state.Retry, `${location}/Retry`, report, { mayBeEmpty: true });
  checkErrorEquals(retriers, report);
  for (const [retrier, at] of retriers) {
    checkFields(retrier, RETRIER_FIELDS, ['ErrorEquals'], at, report);
    checkInteger(retrier, 'IntervalSeconds', { min: 1, max: SECONDS_MAX }, at, report);
    checkInteger(retrier, 'MaxAttempts', { min: 0, max: SECONDS_MAX }, at, report);
    checkInteger(retrier, 'MaxDelaySeconds', { min: 1, max: MAX_DELAY_SECONDS_MAX }, at, report);
    const { BackoffRate: rate, JitterStrategy: jitter } = retrier;
    if (rate !== undefined && !(typeof rate === 'number' && rate >= 1)) {
      report.schema('Value must be at least 1.0', `${at}/BackoffRate`);
    }
    if (jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE') {
      report.schema('Value must be one of [FULL, NONE]', `${at}/JitterStrategy`);
    }
  }
}

/** Returns the catchers, whose transitions and expressions are checked with the state's own. */
export function checkCatch(state: JsonObject, location: string, report: Report): [JsonObject, string][] {
  const catchers = objectsIn(state.Catch, `${location}/Catch`, report, { mayBeEmpty: true });
  checkErrorEquals(catchers, report);
  for (const [catcher, at] of catchers) checkFields(catcher, CATCHER_FIELDS, ['ErrorEquals', 'Next'], at, report);
  return catchers;
}

function checkErrorEquals(entries: readonly [JsonObject, string][], report: Report): void {
  for (const [i, [entry, at]] of entries.entries()) {
    const names = entry.ErrorEquals;
    if (names === undefined) continue;
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
      report.schema('Expected a non-empty array of strings', `${at}/ErrorEquals`);
      continue;
    }
    if (!names.includes('States.ALL')) continue;
    if (names.length > 1) report.schema('States.ALL must appear alone', `${at}/ErrorEquals`);
    if (i < entries.length - 1) report.schema('States.ALL must be in the last entry', `${at}/ErrorEquals`);
  }
}
