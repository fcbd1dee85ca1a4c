/** What is drawn from a seed: always the same, within the profile's ranges, and only what a slug knows. */
import { describe, expect, it } from 'vitest';
import type { Act } from '../../console/drills/region-failover/scenario.ts';
import { scheduleFor } from '../../console/drills/region-failover/soak.ts';
import { kindsFor } from '../../console/drills/region-failover/soak-kinds.ts';
import { PROFILES } from '../../console/drills/region-failover/soak-profiles.ts';
import { drawEntries, type Kind, type Profile } from '../../console/soak/profile.ts';
import { eventsOf, only, type Schedule } from '../../console/soak/schedule.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { checkFault } from '../../simulator/faults/check.ts';
import { Random, seedStream } from '../../simulator/random.ts';

const configuration = loadConfiguration('prod');
const seeds = Array.from({ length: 300 }, (_, index) => index + 1);
const hostile = seeds.map((seed) => scheduleFor('hostile', seed, configuration));

/** What is made of several faults, each with a length of its own; seconds. */
const COMPOSED: Readonly<Record<string, number>> = { flapping: 25, 'lagging-loss': 900 };

describe('the faults of a seed', () => {
  it('are the same each time, and others for another seed', () => {
    for (const [index, schedule] of hostile.slice(0, 20).entries()) {
      expect(scheduleFor('hostile', index + 1, configuration)).toEqual(schedule);
    }
    expect(new Set(hostile.map(({ entries }) => JSON.stringify(entries))).size).toBe(hostile.length);
  });

  it('are plain JSON', () => {
    for (const schedule of hostile.slice(0, 20)) expect(JSON.parse(JSON.stringify(schedule))).toStrictEqual(schedule);
  });

  it('are records that the simulator takes', () => {
    for (const { entries } of hostile) for (const { fault } of entries) if (fault) checkFault(fault as never);
  });

  it.each(['calm', 'rough', 'hostile'] as const)('keep to the windows and lengths of the profile %s', (name) => {
    const { groups }: Profile = PROFILES[name];
    const rows = Object.assign({}, ...groups.map(({ kinds }) => kinds)) as Profile['groups'][number]['kinds'];
    // What belongs together may follow one after the other: flapping, people who change their mind.
    const latest = Math.max(...groups.map(({ begin }) => begin[1])) + 450;
    const outside = seeds
      .flatMap((seed) => scheduleFor(name, seed, configuration).entries)
      .filter(({ kind, at, lasts }) => {
        const most = COMPOSED[kind] ?? rows[kind]?.lasts?.[1] ?? 0;
        return !rows[kind] || at < 0 || at > latest || (lasts ?? 0) > most;
      });
    expect(outside).toEqual([]);
  });

  it('come to every kind that the profiles name, and no profile names another', () => {
    const known = Object.keys(
      kindsFor({ old: 'us-west-2', target: 'us-east-2', witness: 'us-east-1', names: namesOf(configuration) }),
    );
    const named = new Set(
      Object.values(PROFILES).flatMap(({ groups }) => groups.flatMap(({ kinds }) => Object.keys(kinds))),
    );
    expect([...named].filter((kind) => !known.includes(kind))).toEqual([]);
    expect(known.filter((kind) => !named.has(kind))).toEqual([]);
    const drawn = new Set(hostile.flatMap(({ entries }) => entries.map(({ kind }) => kind)));
    expect([...named].filter((kind) => !drawn.has(kind))).toEqual([]);
  });

  it('are as many, and as often, as the weights say', () => {
    const kinds = { often: () => ({}), seldom: () => ({}) } satisfies Record<string, Kind<Act>>;
    const profile: Profile = {
      title: 'two kinds',
      groups: [{ count: [3, 3], begin: [10, 20], kinds: { often: { weight: 9 }, seldom: { weight: 1 } } }],
    };
    const entries = seeds.flatMap((seed) => drawEntries(profile, kinds, new Random(seedStream(seed, 'test'))));
    expect(entries).toHaveLength(900);
    const seldom = entries.filter(({ kind }) => kind === 'seldom').length;
    expect(seldom).toBeGreaterThan(60);
    expect(seldom).toBeLessThan(120);
  });
});

describe('a schedule', () => {
  const schedule: Schedule = {
    slug: 'region-failover',
    profile: 'hostile',
    seed: 1,
    positions: [0, 1, 2],
    entries: [
      {
        kind: 'dark',
        at: 10,
        lasts: 5,
        begins: [{ do: 'goDark', region: 'a' }],
        ends: [{ do: 'comeBack', region: 'a' }],
      },
      { kind: 'throttle', at: 1.5, lasts: null, fault: { kind: 'throttle', service: 'ssm' } },
      {
        kind: 'cut-off',
        at: 3,
        lasts: null,
        begins: [{ do: 'cutOff', region: 'b' }],
        ends: [{ do: 'rejoin', region: 'b' }],
      },
    ],
  };

  it('becomes world events, in which what stays has no end', () => {
    expect(eventsOf(schedule)).toEqual([
      { do: 'goDark', region: 'a', afterMs: 10_000 },
      { do: 'comeBack', region: 'a', afterMs: 15_000 },
      { do: 'fault', fault: { kind: 'throttle', service: 'ssm', id: 'soak-1' }, afterMs: 1_500 },
      { do: 'cutOff', region: 'b', afterMs: 3_000 },
    ]);
  });

  it('without some of its faults leaves the others their names, on which their chance depends', () => {
    const rest = only(schedule, [1]);
    expect(eventsOf(rest)).toEqual([eventsOf(schedule)[2]]);
    expect(() => only(schedule, [3])).toThrow('no fault 3; the schedule has 0 to 2');
  });
});
