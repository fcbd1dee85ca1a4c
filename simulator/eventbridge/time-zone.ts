/** Wall clocks of IANA time zones, from Intl. Used by cron expressions, which are written in local time. */

/** A date and time as a wall clock shows it; month is 1–12. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    // Throws RangeError for an unknown zone.
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the zone's clocks show at an instant. */
export function wallTimeAt(instantMs: number, zone: string): WallTime {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instantMs)) part[type] = Number(value);
  return { year: part.year!, month: part.month!, day: part.day!, hour: part.hour!, minute: part.minute! };
}

const asUtc = (time: WallTime): number => Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute);

/**
 * The first instant at which the zone's clocks show this time; undefined when they never do (spring forward). When they
 * show it twice (autumn), the first: EventBridge Scheduler runs such a schedule once ("Daylight savings time").
 */
export function instantOf(time: WallTime, zone: string): number | undefined {
  const utc = asUtc(time);
  if (zone === 'UTC') return utc;
  const offsets = new Set<number>();
  for (const probe of [utc - 86_400_000, utc, utc + 86_400_000]) {
    offsets.add(asUtc(wallTimeAt(probe, zone)) - Math.floor(probe / 60_000) * 60_000);
  }
  const instants = [...offsets].map((offset) => utc - offset).sort((a, b) => a - b);
  return instants.find((instant) => asUtc(wallTimeAt(instant, zone)) === utc);
}
