/**
 * M of N with missing data: which state an alarm's datapoints stand for. Pure; used at each evaluation of an alarm.
 * CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
 */

export type TreatMissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface AlarmRule {
  /** N. */
  readonly evaluationPeriods: number;
  /** M. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  readonly breaches: (value: number) => boolean;
}

/** 'retain' keeps the state as it is. */
export type Verdict = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'retain';

/**
 * Guess: how many datapoints beyond N an evaluation looks back. The user guide's tables use N = 3 with a range of 5 and say
 * that the number depends on period and resolution; with 10-second periods the newest come late, so one more (1–5).
 */
export function evaluationRange(evaluationPeriods: number, periodSeconds: number): number {
  return evaluationPeriods + (periodSeconds < 60 ? 3 : 2);
}

/** `values` are the evaluation range's datapoints, oldest first, null where data is missing. */
export function verdictOf(values: readonly (number | null)[], rule: AlarmRule): Verdict {
  const newestFirst = values.toReversed();
  const real = newestFirst.filter((value) => value !== null).slice(0, rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - real.length;
  const breaching = real.filter(rule.breaches).length;
  if (real.length === 0) return withoutData(rule.treatMissingData);
  if (breaching >= rule.datapointsToAlarm) return 'ALARM';
  // Enough real data: what is missing is not filled.
  if (missing === 0) return 'OK';
  if (rule.treatMissingData === 'notBreaching') return 'OK';
  if (rule.treatMissingData === 'breaching') return breaching + missing >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  if (breaching < real.length) return 'OK';
  if (rule.treatMissingData === 'ignore') return 'retain';
  // All that is known breaches, but less than M: alarm only when it began M datapoints ago ("avoiding premature transitions").
  const oldest = newestFirst.findLastIndex((value) => value !== null && rule.breaches(value)) + 1;
  return oldest >= rule.datapointsToAlarm ? 'ALARM' : 'retain';
}

function withoutData(treat: TreatMissingData): Verdict {
  if (treat === 'missing') return 'INSUFFICIENT_DATA';
  if (treat === 'ignore') return 'retain';
  return treat === 'breaching' ? 'ALARM' : 'OK';
}
