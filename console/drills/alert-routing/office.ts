/** Office hours by the runtime's own zone tables, asked another way than the router asks: an oracle for drills. */
import shipped from '../../../infra/config/alert-routing.json' with { type: 'json' };

const { zone, windows, holidays } = shipped.calendars.office;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: zone,
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Milliseconds since the epoch. */
export function isOfficeHour(at: number): boolean {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf(parts.weekday ?? '') + 1;
  const time = `${parts.hour}:${parts.minute}`;
  if (holidays.includes(`${parts.year}-${parts.month}-${parts.day}`)) return false;
  return windows.some(({ days, from, to }) => days.includes(day) && from <= time && time < to);
}
