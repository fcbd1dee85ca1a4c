/** When cron(), rate() and at() expressions are due, by the clock and the zone. */
import { describe, expect, test } from 'vitest';
import { nextDue, parseScheduleExpression } from '../../../simulator/eventbridge/schedule-expression.ts';

const strict = { strictUnits: true, at: false };

/** The next `count` due times after an instant. */
function dueTimes(expression: string, after: string, count: number, zone = 'UTC'): string[] {
  const parsed = parseScheduleExpression(expression, { strictUnits: false, at: true });
  const times: string[] = [];
  let afterMs = Date.parse(after);
  for (let i = 0; i < count; i++) {
    const next = nextDue(parsed, { afterMs, anchorMs: Date.parse(after), zone });
    if (next === undefined) break;
    times.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    afterMs = next;
  }
  return times;
}

describe('cron expressions', () => {
  test.each([
    ['cron(0 10 * * ? *)', ['2026-11-20T10:00Z', '2026-11-21T10:00Z']],
    ['cron(15 12 * * ? *)', ['2026-11-20T12:15Z', '2026-11-21T12:15Z']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-20T18:00Z', '2026-11-23T18:00Z']],
    ['cron(0 8 1 * ? *)', ['2026-12-01T08:00Z', '2027-01-01T08:00Z']],
    ['cron(0/15 * * * ? *)', ['2026-11-20T09:15Z', '2026-11-20T09:30Z']],
    ['cron(0/10 * ? * MON-FRI *)', ['2026-11-20T09:10Z', '2026-11-20T09:20Z']],
    ['cron(0/5 8-17 ? * MON-FRI *)', ['2026-11-20T09:05Z', '2026-11-20T09:10Z']],
    ['cron(0 12 L * ? *)', ['2026-11-30T12:00Z', '2026-12-31T12:00Z']],
    ['cron(0 12 15W * ? *)', ['2026-12-15T12:00Z', '2027-01-15T12:00Z']],
    [
      'cron(0 12 1W * ? *)',
      [
        '2026-12-01T12:00Z',
        '2027-01-01T12:00Z',
        '2027-02-01T12:00Z',
        '2027-03-01T12:00Z',
        '2027-04-01T12:00Z',
        '2027-05-03T12:00Z',
      ],
    ],
    ['cron(0 12 LW * ? *)', ['2026-11-30T12:00Z', '2026-12-31T12:00Z', '2027-01-29T12:00Z']],
    ['cron(0 9 ? * 2#1 *)', ['2026-12-07T09:00Z', '2027-01-04T09:00Z']],
    ['cron(0 9 ? * 6L *)', ['2026-11-27T09:00Z', '2026-12-25T09:00Z']],
    ['cron(0 10 ? * 6L 2027-2028)', ['2027-01-29T10:00Z', '2027-02-26T10:00Z']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['cron(0 0 ? * SAT-SUN *)', ['2026-11-21T00:00Z', '2026-11-22T00:00Z', '2026-11-28T00:00Z']],
    ['cron(0 0 1 JAN,JUL ? 2027)', ['2027-01-01T00:00Z', '2027-07-01T00:00Z']],
  ])('%s comes due as the calendar says', (expression, wanted) => {
    expect(dueTimes(expression, '2026-11-20T09:00:00Z', wanted.length)).toEqual(wanted);
  });

  test('an expression whose years are over is never due again', () => {
    expect(dueTimes('cron(0 0 1 1 ? 2020)', '2026-11-20T09:00:00Z', 1)).toEqual([]);
  });

  test('a time zone shifts with its daylight saving time', () => {
    expect(dueTimes('cron(0 9 * * ? *)', '2026-03-27T12:00:00Z', 3, 'Europe/Berlin')).toEqual([
      '2026-03-28T08:00Z',
      '2026-03-29T07:00Z',
      '2026-03-30T07:00Z',
    ]);
  });

  test('a local time that is left out in spring is skipped, one that comes twice in autumn runs once', () => {
    expect(dueTimes('cron(30 2 * * ? *)', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ]);
    expect(dueTimes('cron(30 1 * * ? *)', '2026-10-31T12:00:00Z', 2, 'America/New_York')).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ]);
  });

  test.each([
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(60 10 * * ? *)',
    'cron(0 10 * *)',
    'cron(0 10 32 * ? *)',
    'cron(0 10 * FOO ? *)',
    'cron(0 10 ? * 8 *)',
    'cron(0 10 ? * 2#6 *)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'at(2026-11-20T10:00:00)',
    'every day',
  ])('%s is refused for a rule', (expression) => {
    expect(() => parseScheduleExpression(expression, strict)).toThrow(RangeError);
  });
});

test('a rate counts from its anchor, whatever was missed', () => {
  const rate = parseScheduleExpression('rate(5 minutes)', strict);
  const anchorMs = Date.parse('2026-11-20T09:01:00Z');
  const next = (after: string) =>
    new Date(nextDue(rate, { afterMs: Date.parse(after), anchorMs, zone: 'UTC' })!).toISOString();
  expect(next('2026-11-20T09:01:00Z')).toBe('2026-11-20T09:06:00.000Z');
  expect(next('2026-11-20T09:06:00Z')).toBe('2026-11-20T09:11:00.000Z');
  expect(next('2026-11-20T10:00:30Z')).toBe('2026-11-20T10:01:00.000Z');
});

test('at() is due once, in its zone', () => {
  expect(dueTimes('at(2026-12-01T08:00:00)', '2026-11-20T09:00:00Z', 2, 'America/Los_Angeles')).toEqual([
    '2026-12-01T16:00Z',
  ]);
});
