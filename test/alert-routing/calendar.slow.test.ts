/** Business hours against brute force, for every zone that this runtime knows, over the years 2020 to 2035. */
import { expect, it } from 'vitest';
import { checkZone } from './brute-calendar.ts';

it('business hours agree with brute force in every zone, 2020–2035', { timeout: 900_000 }, () => {
  const zones = Intl.supportedValuesOf('timeZone');
  expect(zones.length).toBeGreaterThan(400);
  const faults = zones.flatMap((zone) => checkZone(zone, 2020, 2035));
  expect(faults.slice(0, 20)).toEqual([]);
});
