/** An alarm's state from its datapoints, row by row as the user guide's tables on missing data have them. */
import { describe, expect, test } from 'vitest';
import { type TreatMissingData, verdictOf } from '../../../simulator/services/cloudwatch/alarm-verdict.ts';

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
/** '-' missing, 'X' breaching, '0' not; oldest first, as in the user guide's tables. */
const verdict = (points: string, datapointsToAlarm: number, treatMissingData: TreatMissingData): string =>
  verdictOf(
    points.split(' ').map((point) => (point === '-' ? null : point === 'X' ? 1 : 0)),
    { evaluationPeriods: 3, datapointsToAlarm, treatMissingData, breaches: (value) => value > 0.5 },
  );
const each = (points: string, datapointsToAlarm: number): string[] =>
  treatments.map((treatment) => verdict(points, datapointsToAlarm, treatment));

describe('3 of 3, evaluation range 5 (user guide, "Configuring how CloudWatch alarms treat missing data")', () => {
  test.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'retain', 'ALARM', 'OK']],
  ])('%s', (points, wanted) => {
    expect(each(points, 3)).toEqual(wanted);
  });

  test('a first breaching datapoint after silence does not alarm too early', () => {
    expect(verdict('- - - - X', 3, 'missing')).toBe('retain');
    expect(verdict('- - - X -', 3, 'missing')).toBe('retain');
  });
});

describe('2 of 3, evaluation range 5', () => {
  test.each([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'retain', 'ALARM', 'OK']],
  ])('%s', (points, wanted) => {
    expect(each(points, 2)).toEqual(wanted);
  });
});
