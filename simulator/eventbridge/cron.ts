/**
 * Cron expressions of EventBridge rules and EventBridge Scheduler: six fields (minutes hours day-of-month month day-of-week
 * year) with , - * ? / L W #. EventBridge user guide, "Cron expressions"; Scheduler user guide, "Schedule types".
 */
import { instantOf, wallTimeAt } from './time-zone.ts';

/** Days of a month on which the expression may fire. */
type DayRule = (year: number, month: number) => ReadonlySet<number>;

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DayRule;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const YEAR_MIN = 1970;
const YEAR_MAX = 2199;

/** Reads the inside of `cron(…)`. Throws RangeError naming the field. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new RangeError('a cron expression has six fields');
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError("exactly one of day-of-month and day-of-week must be '?'");
  }
  return {
    minutes: [...numbers(minutes, 0, 59, 'minutes')].sort((a, b) => a - b),
    hours: [...numbers(hours, 0, 23, 'hours')].sort((a, b) => a - b),
    days: dayOfWeek === '?' ? daysOfMonth(dayOfMonth.toUpperCase()) : daysOfWeek(dayOfWeek.toUpperCase()),
    months: numbers(named(month, MONTHS, 1), 1, 12, 'month'),
    years: numbers(year, YEAR_MIN, YEAR_MAX, 'year'),
  };
}

/** The first instant strictly after `afterMs` at which the cron fires in the zone; undefined when never again. */
export function nextCron(cron: Cron, afterMs: number, zone: string): number | undefined {
  const start = wallTimeAt(afterMs, zone);
  for (
    let { year, month } = start;
    year <= YEAR_MAX;
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]
  ) {
    if (!cron.years.has(year)) {
      month = 12;
      continue;
    }
    if (!cron.months.has(month)) continue;
    const isFirstMonth = year === start.year && month === start.month;
    for (const day of [...cron.days(year, month)].sort((a, b) => a - b)) {
      if (isFirstMonth && day < start.day) continue;
      const instant = firstOfDay(cron, { year, month, day }, afterMs, zone);
      if (instant !== undefined) return instant;
    }
  }
  return undefined;
}

function firstOfDay(
  cron: Cron,
  date: { year: number; month: number; day: number },
  afterMs: number,
  zone: string,
): number | undefined {
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const instant = instantOf({ ...date, hour, minute }, zone);
      if (instant !== undefined && instant > afterMs) return instant;
    }
  }
  return undefined;
}

function named(field: string, names: readonly string[], first: number): string {
  return field.toUpperCase().replace(/[A-Z]{3}/g, (name) => {
    const index = names.indexOf(name);
    return index < 0 ? name : String(index + first);
  });
}

/** Numbers of a list of `*`, `a`, `a-b`, each with an optional `/step`. A range may wrap (FRI-MON, 22-2). */
function numbers(field: string, min: number, max: number, label: string): Set<number> {
  const result = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new RangeError(`'${field}' is not valid in the ${label} field`);
    const from = match[1] ? min : Number(match[2]);
    const to = match[3] ? Number(match[3]) : match[1] || match[4] ? max : from;
    const step = match[4] ? Number(match[4]) : 1;
    if (from < min || to > max || from > max || step < 1) {
      throw new RangeError(`'${field}' is out of range in the ${label} field`);
    }
    const span = to >= from ? to - from : to + (max - min + 1) - from;
    for (let i = 0; i <= span; i += step) result.add(min + ((from - min + i) % (max - min + 1)));
  }
  return result;
}

const lastDayOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
/** 1 (Sunday) to 7. */
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

function daysOfMonth(field: string): DayRule {
  if (field === 'L') return (year, month) => new Set([lastDayOf(year, month)]);
  if (field === 'LW') return (year, month) => new Set([nearestWeekday(year, month, lastDayOf(year, month))]);
  const weekday = /^(\d+)W$/.exec(field);
  if (weekday) {
    const day = Number(weekday[1]);
    if (day < 1 || day > 31) throw new RangeError(`'${field}' is out of range in the day-of-month field`);
    return (year, month) => (day > lastDayOf(year, month) ? new Set() : new Set([nearestWeekday(year, month, day)]));
  }
  const days = numbers(field, 1, 31, 'day-of-month');
  return (year, month) => new Set([...days].filter((day) => day <= lastDayOf(year, month)));
}

/** The weekday nearest to a day, without leaving the month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === lastDayOf(year, month) ? day - 2 : day + 1;
  return day;
}

function daysOfWeek(field: string): DayRule {
  const text = named(field, WEEKDAYS, 1);
  const last = /^([1-7])?L$/.exec(text);
  // 'L' alone is the last day of the week, Saturday; '6L' the month's last Friday.
  if (last && !last[1]) return matchingDays((weekday) => weekday === 7);
  if (last) return matchingDays((weekday, day, end) => weekday === Number(last[1]) && day + 7 > end);
  const nth = /^([1-7])#([1-5])$/.exec(text);
  if (nth) return matchingDays((weekday, day) => weekday === Number(nth[1]) && Math.ceil(day / 7) === Number(nth[2]));
  const weekdays = numbers(text, 1, 7, 'day-of-week');
  return matchingDays((weekday) => weekdays.has(weekday));
}

function matchingDays(test: (weekday: number, day: number, end: number) => boolean): DayRule {
  return (year, month) => {
    const end = lastDayOf(year, month);
    const days = new Set<number>();
    for (let day = 1; day <= end; day++) if (test(weekdayOf(year, month, day), day, end)) days.add(day);
    return days;
  };
}
