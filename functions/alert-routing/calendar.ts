/**
 * Business hours by the wall clocks of an IANA zone. An instant is open when the wall shows a time inside a window of
 * that weekday and the date is no holiday: so an hour that comes twice is open twice, one that is skipped never.
 * What cannot be known (no such zone, never open within a year) counts as open: nobody must miss an alert for it.
 */
import type { Calendar } from './routing.ts';

interface Wall {
  /** Days since 1970-01-01 of the local date. */
  readonly day: number;
  /** Minutes since local midnight, with seconds as a fraction. */
  readonly minute: number;
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 400;

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'iso8601',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

export const isZone = (zone: string): boolean => formatOf(zone) !== null;

/** What the wall shows, as if it were UTC, in milliseconds. */
function wallMs(format: Intl.DateTimeFormat, at: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!) + (at % 1000);
}

const wallOf = (shown: number): Wall => {
  const day = Math.floor(shown / DAY_MS);
  return { day, minute: (shown - day * DAY_MS) / 60_000 };
};

/** 1 Monday … 7 Sunday; day 0 was a Thursday. */
const weekdayOf = (day: number): number => ((day + 3) % 7) + 1;

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

interface Window {
  readonly from: number;
  readonly to: number;
}

function windowsOn(calendar: Calendar, day: number): Window[] {
  if (calendar.holidays.includes(dateOf(day))) return [];
  const weekday = weekdayOf(day);
  return calendar.windows
    .filter(({ days }) => days.includes(weekday))
    .map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }));
}

const isIn = (calendar: Calendar, { day, minute }: Wall): boolean =>
  windowsOn(calendar, day).some(({ from, to }) => from <= minute && minute < to);

/** Whether business hours hold at an instant. No calendar: always. */
export function isOpen(calendar: Calendar | undefined, at: number): boolean {
  const format = calendar && formatOf(calendar.zone);
  return !format || isIn(calendar as Calendar, wallOf(wallMs(format, at)));
}

/** The first instant from `at` on at which business hours hold; `at` itself when they do. */
export function nextOpening(calendar: Calendar | undefined, at: number): number {
  const known = calendar && closures.get(calendar);
  if (known && known.from <= at && at < known.opensAt) return known.opensAt;
  if (isOpen(calendar, at)) return at;
  const opensAt = firstOpening(calendar as Calendar, at, 0);
  if (opensAt === undefined) return at;
  closures.set(calendar as Calendar, { from: at, opensAt });
  return opensAt;
}

/** The closed time asked for last: what waits for the morning is asked about all night. */
const closures = new WeakMap<Calendar, { readonly from: number; readonly opensAt: number }>();

/** The first business instant on a local date strictly later than that of `at`. No calendar: `at`. */
export function nextBusinessDay(calendar: Calendar | undefined, at: number): number {
  if (!calendar || !formatOf(calendar.zone)) return at;
  return firstOpening(calendar, at, 1) ?? at;
}

/** Hours can only begin where the wall shows the start of a window, or jumps. */
function firstOpening(calendar: Calendar, at: number, daysLater: number): number | undefined {
  const format = formatOf(calendar.zone) as Intl.DateTimeFormat;
  const today = wallOf(wallMs(format, at)).day;
  for (let day = today + daysLater; day <= today + DAYS_MAX; day += 1) {
    const windows = windowsOn(calendar, day);
    if (windows.length === 0) continue;
    const candidates = beginnings(format, day, windows).filter((instant) => instant >= at);
    for (const instant of candidates.sort((a, b) => a - b)) {
      const wall = wallOf(wallMs(format, instant));
      if (wall.day === day && isIn(calendar, wall)) return instant;
    }
  }
  return undefined;
}

/** Where windows of a local day may begin: their wall times by each offset of that day, and the day's clock changes. */
function beginnings(format: Intl.DateTimeFormat, day: number, windows: readonly Window[]): number[] {
  const noon = day * DAY_MS;
  // Offsets lie between -12 and +14 hours; a day and its changes are within these bounds.
  const [early, late] = [noon - DAY_MS, noon + 2 * DAY_MS];
  const changes = changesBetween(format, early, late);
  const offsets = new Set([early, late, ...changes].map((instant) => wallMs(format, instant) - instant));
  const starts = windows.flatMap(({ from }) => [...offsets].map((offset) => day * DAY_MS + from * 60_000 - offset));
  return [...starts, ...changes];
}

/** Instants at which the wall's offset changes, each half day looked at: two changes that close are not known. */
function changesBetween(format: Intl.DateTimeFormat, from: number, to: number): number[] {
  const offset = (instant: number): number => wallMs(format, instant) - instant;
  const changes: number[] = [];
  for (let left = from; left < to; left += DAY_MS / 2) {
    let [low, high] = [left, Math.min(left + DAY_MS / 2, to)];
    if (offset(low) === offset(high)) continue;
    const before = offset(low);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}
