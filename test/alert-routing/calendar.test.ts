/** Business hours against brute force: around each change of the clocks, in zones of every kind. */
import { describe, expect, it } from 'vitest';
import { isOpen, nextBusinessDay, nextOpening } from '../../functions/alert-routing/calendar.ts';
import type { Calendar } from '../../functions/alert-routing/routing.ts';
import { bruteOpening, bruteWall, checkZone, hoursIn } from './brute-calendar.ts';

const office = (zone: string, change: Partial<Calendar> = {}): Calendar => ({
  ...hoursIn(zone),
  windows: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
  ...change,
});
const at = (iso: string) => Date.parse(iso);

describe('business hours', () => {
  it('are half-open', () => {
    const berlin = office('Europe/Berlin');
    expect(isOpen(berlin, at('2026-11-18T08:00:00Z'))).toBe(true);
    expect(isOpen(berlin, at('2026-11-18T07:59:59.999Z'))).toBe(false);
    expect(isOpen(berlin, at('2026-11-18T15:59:59.999Z'))).toBe(true);
    expect(isOpen(berlin, at('2026-11-18T16:00:00Z'))).toBe(false);
  });

  it('follow the wall through a hour that is skipped and one that comes twice', () => {
    const night = office('Europe/Berlin', { windows: [{ days: [7], from: '02:15', to: '02:45' }] });
    // 29 March 2026, 02:00 becomes 03:00: that Sunday has no 02:15.
    expect(nextOpening(night, at('2026-03-28T12:00:00Z'))).toBe(at('2026-04-05T00:15:00Z'));
    // 25 October 2026, 03:00 becomes 02:00: it has two.
    expect(nextOpening(night, at('2026-10-24T12:00:00Z'))).toBe(at('2026-10-25T00:15:00Z'));
    expect(nextOpening(night, at('2026-10-25T00:45:00Z'))).toBe(at('2026-10-25T01:15:00Z'));
  });

  it('that begin in the skipped hour begin where the wall goes on', () => {
    const early = office('Europe/Berlin', { windows: [{ days: [7], from: '02:30', to: '05:00' }] });
    expect(nextOpening(early, at('2026-03-29T00:00:00Z'))).toBe(at('2026-03-29T01:00:00Z'));
  });

  it('know holidays and leap days by the local date', () => {
    const tokyo = office('Asia/Tokyo', { holidays: ['2028-02-29'] });
    expect(isOpen(tokyo, at('2028-02-29T03:00:00Z'))).toBe(false);
    expect(isOpen(tokyo, at('2028-02-28T23:59:00Z'))).toBe(false);
    expect(nextOpening(tokyo, at('2028-02-28T09:00:00Z'))).toBe(at('2028-03-01T00:00:00Z'));
  });

  it('of the next business day are strictly later, also when it is open now', () => {
    const berlin = office('Europe/Berlin', { holidays: ['2026-11-19'] });
    expect(nextBusinessDay(berlin, at('2026-11-18T09:00:00Z'))).toBe(at('2026-11-20T08:00:00Z'));
    expect(nextBusinessDay(berlin, at('2026-11-20T20:00:00Z'))).toBe(at('2026-11-23T08:00:00Z'));
    // Shortly before midnight there, the day after is the next.
    expect(nextBusinessDay(berlin, at('2026-11-23T22:59:00Z'))).toBe(at('2026-11-24T08:00:00Z'));
  });

  it('that nobody knows are always', () => {
    const now = at('2026-11-22T03:00:00Z');
    for (const unknown of [undefined, office('Mars/Olympus')]) {
      expect(isOpen(unknown, now)).toBe(true);
      expect(nextOpening(unknown, now)).toBe(now);
      expect(nextBusinessDay(unknown, now)).toBe(now);
    }
    const never = office('UTC', { windows: [{ days: [1], from: '00:00', to: '00:00' }] });
    expect(nextOpening(never, now)).toBe(now);
  });

  it('agree with brute force in zones with half hours, quarters, a skipped day, and none of it', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Casablanca',
    ];
    for (const zone of zones) expect(checkZone(zone, 2026, 2026)).toEqual([]);
  });

  it('which is seen to disagree where days have twenty-four hours', () => {
    const berlin = hoursIn('Europe/Berlin');
    const friday = at('2026-03-27T17:00:00Z');
    // Monday at nine by Friday's offset, an hour late after the clocks have gone forward.
    const naive = at('2026-03-30T08:00:00Z');
    expect(bruteOpening(berlin, friday)).not.toBe(naive);
    expect(nextOpening(berlin, friday)).toBe(bruteOpening(berlin, friday));
    expect(bruteWall('Europe/Berlin', friday)).toMatchObject({ weekday: 5, minute: 18 * 60 });
  });
});
