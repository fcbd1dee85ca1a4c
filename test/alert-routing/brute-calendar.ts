/** Business hours the slow and certain way: quarter by quarter of an hour, by another way of asking the runtime for the time. */
import { isOpen, nextOpening } from '../../functions/alert-routing/calendar.ts';
import type { Calendar } from '../../functions/alert-routing/routing.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

export const hoursIn = (zone: string): Calendar => ({
  zone,
  windows: [
    { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
    // Where clocks change: at night, on weekends.
    { days: [6, 7], from: '00:00', to: '03:30' },
  ],
  holidays: ['2020-12-25', '2024-02-29', '2026-12-25', '2035-01-01'],
  holidaysUntil: '2035-12-31',
});

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** From the text of a date, not from its parts. */
export function bruteWall(zone: string, at: number): { date: string; weekday: number; minute: number } {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  const text = format.format(at);
  const [date = '', time = ''] = text.split(' ');
  const name = new Date(`${date}T00:00:00Z`).toUTCString().slice(0, 3);
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return { date, weekday: WEEKDAYS.indexOf(name) + 1, minute: hours * 60 + minutes };
}

export function bruteOpen(calendar: Calendar, at: number): boolean {
  const { date, weekday, minute } = bruteWall(calendar.zone, at);
  const text = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  if (calendar.holidays.includes(date)) return false;
  return calendar.windows.some(({ days, from, to }) => days.includes(weekday) && from <= text && text < to);
}

/** `at`, or the first whole quarter of an hour after it: since 2020 every zone's offset and change is one of those. */
export function bruteOpening(calendar: Calendar, at: number): number {
  if (bruteOpen(calendar, at)) return at;
  const quarter = 15 * MINUTE;
  for (let next = Math.ceil(at / quarter) * quarter; ; next += quarter) if (bruteOpen(calendar, next)) return next;
}

/** Moments at which the zone's offset changes, found hour by hour. */
export function changesOf(zone: string, fromYear: number, toYear: number): number[] {
  const offset = (at: number): number => {
    const { date, minute } = bruteWall(zone, at);
    return Date.parse(`${date}T00:00:00Z`) + minute * MINUTE - Math.floor(at / MINUTE) * MINUTE;
  };
  const changes: number[] = [];
  for (let day = Date.UTC(fromYear, 0, 1); day < Date.UTC(toYear + 1, 0, 1); day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    for (let at = day; at < day + DAY; at += 15 * MINUTE)
      if (offset(at) !== offset(at + 15 * MINUTE)) changes.push(at + 15 * MINUTE);
  }
  return changes;
}

/** Where the two disagree: around each change of the clocks by the quarter of an hour, and on some other days. */
export function checkZone(zone: string, fromYear: number, toYear: number): string[] {
  const calendar = hoursIn(zone);
  const faults: string[] = [];
  const check = (at: number) => {
    if (isOpen(calendar, at) !== bruteOpen(calendar, at)) faults.push(`${zone} ${new Date(at).toISOString()} open`);
  };
  const checkNext = (at: number) => {
    if (nextOpening(calendar, at) !== bruteOpening(calendar, at))
      faults.push(`${zone} ${new Date(at).toISOString()} next`);
  };
  for (const change of changesOf(zone, fromYear, toYear)) {
    for (let at = change - 3 * 3_600_000; at <= change + 3 * 3_600_000; at += 15 * MINUTE) check(at);
    for (const hours of [-60, -30, -5, -1, 0, 1, 5]) checkNext(change + hours * 3_600_000);
  }
  for (let year = fromYear; year <= toYear; year += 1) {
    for (const [month, day] of [
      [0, 1],
      [1, 28],
      [1, 29],
      [6, 4],
      [11, 24],
    ] as const) {
      for (let hour = 0; hour < 24; hour += 5) check(Date.UTC(year, month, day, hour, 7));
      checkNext(Date.UTC(year, month, day, 18, 7));
    }
  }
  return faults;
}
