/** What is drawn from a seed for blue/green, which time counts as calm, and what lets region failover rest. */
import { describe, expect, it } from 'vitest';
import { taskStates } from '../../console/drill/moments.ts';
import { afterCalm, calmSeconds, isDisturbed } from '../../console/drills/blue-green/disturbances.ts';
import type { Disturbance } from '../../console/drills/blue-green/evidence.ts';
import { isAboutRegions, scenarioOf, scheduleFor } from '../../console/drills/blue-green/soak.ts';
import { FUNCTIONS, kindsFor, type SoakEntry } from '../../console/drills/blue-green/soak-kinds.ts';
import { PROFILES } from '../../console/drills/blue-green/soak-profiles.ts';
import { STEPS } from '../../console/drills/blue-green/soak-steps.ts';
import { AS_DEPLOYED, tempoOf } from '../../console/drills/blue-green/soak-tempo.ts';
import type { Profile } from '../../console/soak/profile.ts';
import { packages } from '../../infra/bundle.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import { checkFault } from '../../simulator/faults/check.ts';
import { checkBehaviour } from '../../simulator/world/behaviour.ts';
import machine from '../../statemachines/blue-green.asl.json' with { type: 'json' };

const configuration = loadConfiguration('prod');
const seeds = Array.from({ length: 300 }, (_, index) => index + 1);
const hostile = seeds.map((seed) => scheduleFor('hostile', seed, configuration));
/** What is asked for once what was pushed is there, or when a pause or a freeze ends. */
const FOLLOWS_SECONDS = 3000;

describe('what befalls releases in a seed', () => {
  it('is the same each time, and other for another seed', () => {
    for (const [index, schedule] of hostile.slice(0, 20).entries()) {
      expect(scheduleFor('hostile', index + 1, configuration)).toEqual(schedule);
    }
    expect(new Set(hostile.map(({ entries }) => JSON.stringify(entries))).size).toBe(hostile.length);
  });

  it('is plain JSON, which the simulator takes', () => {
    for (const { entries } of hostile) {
      expect(JSON.parse(JSON.stringify(entries))).toStrictEqual(entries);
      for (const { fault } of entries) if (fault) checkFault(fault as never);
    }
  });

  it.each(['calm', 'rough', 'hostile'] as const)('keeps to the windows and lengths of the profile %s', (name) => {
    const { groups }: Profile = PROFILES[name];
    const outside = seeds
      .flatMap((seed) => scheduleFor(name, seed, configuration).entries)
      .filter(({ kind, at, lasts }) => {
        const group = groups.filter(({ kinds }) => kinds[kind]);
        const latest = Math.max(...group.map(({ begin }) => begin[1])) + FOLLOWS_SECONDS;
        return group.length === 0 || at < 0 || at > latest || (lasts ?? 0) > 2400;
      });
    expect(outside).toEqual([]);
  });

  it('comes to every kind that the profiles name, and no profile names another', () => {
    const known = Object.keys(kindsFor({ region: 'us-west-2', second: 'us-east-2', witness: 'us-east-1' }));
    const named = new Set(
      Object.values(PROFILES).flatMap(({ groups }) => groups.flatMap(({ kinds }) => Object.keys(kinds))),
    );
    expect([...named].sort()).toEqual(known.sort());
    const drawn = new Set(hostile.flatMap(({ entries }) => entries.map(({ kind }) => kind)));
    expect([...named].filter((kind) => !drawn.has(kind))).toEqual([]);
  });

  it('pushes something in each seed, no tag twice, and behaves as a release can', () => {
    for (const { entries } of hostile) {
      const releases = entries.flatMap(({ act }) => {
        const of = act?.act === 'try' ? act.of : undefined;
        return of?.act === 'push' ? [of.release] : [];
      });
      for (const { behaviour } of releases) if (behaviour) checkBehaviour(behaviour);
      const versions = releases.flatMap(({ tags = [] }) => tags.filter((tag) => /^\d+\.\d+\.\d+$/.test(tag)));
      expect(new Set(versions).size).toBe(versions.length);
    }
    const without = hostile.filter(({ entries }) => !entries.some(({ act }) => act?.act === 'try'));
    expect(without).toEqual([]);
  });

  it('names the alarm that is not to be OK for a while, and lets it be OK again', () => {
    const seen = hostile.map(({ entries }) => entries.filter(({ kind }) => kind === 'alarm-not-ok'));
    for (const entries of seen.filter(({ length }) => length > 0)) {
      const text = JSON.stringify(entries.map(({ act }) => act));
      expect(text).toContain('"policy":{"alarms":["order-rate"]}');
      expect(text).toMatch(/"act":"alarm","name":"order-rate","value":"(ALARM|INSUFFICIENT_DATA)".*"value":"OK"/);
    }
    // Not in every run: what else is drawn is to be seen without it too.
    expect(seen.filter(({ length }) => length === 0).length).toBeGreaterThan(100);
  });

  it('is out of order in time for every step that a good release takes', () => {
    const missed = taskStates(machine.States).filter((state) => !STEPS[state]);
    // The approval is off in production; a rollback that failed is told in a run of its own.
    expect(missed).toEqual(['Ask a person', 'Tell of the failed rollback']);
  });

  it('may strike every function of the capability', () => {
    const handlers = packages().flatMap(({ name }) => (name.startsWith('blue-green/') ? [name.slice(11)] : []));
    // The approval is off in production; the idle colour is held by a deployment, and none befalls a run.
    expect([...FUNCTIONS, 'ask', 'hold-idle'].sort()).toEqual(handlers.sort());
  });
});

describe('a run', () => {
  /** One whose releases wait as long as production's. */
  const slow = seeds.find((seed) => tempoOf(seed) === AS_DEPLOYED) ?? 0;
  const runOf = (...entries: SoakEntry[]) =>
    scenarioOf(
      { slug: 'blue-green', profile: 'file', seed: slow, entries, positions: entries.map((_, index) => index) },
      configuration,
      undefined,
    );
  const throttle: SoakEntry = { kind: 'throttle', at: 100, lasts: 50, fault: { kind: 'throttle', service: 'ssm' } };

  const darkAt = (at: number): SoakEntry => {
    return { kind: 'dark', at, lasts: 60, begins: [{ do: 'goDark', region: 'us-west-2' }] };
  };
  const moved: SoakEntry = { kind: 'region-moved', at: 5, lasts: null, act: { act: 'move', reason: 'works' } };

  it('stands on the whole of production when a region is lost or moved in it, else on what rests', () => {
    expect(isAboutRegions([throttle])).toBe(false);
    expect(isAboutRegions([throttle, darkAt(10)])).toBe(true);
    expect(isAboutRegions([throttle, moved])).toBe(true);
  });

  it('wakes region failover two minutes before the first region is lost', () => {
    const { resting, acts } = runOf(throttle, darkAt(900), darkAt(500));
    expect(resting).toBe('region-failover');
    expect(acts).toContainEqual({ act: 'wake', slug: 'region-failover', afterSeconds: 380 });
  });

  it.each([
    ['a region is lost soon', [darkAt(100)]],
    ['a person moves it, at whatever moment', [darkAt(900), moved]],
    ['no region is lost: it rests in what the run stands on', [throttle]],
  ])('wakes nobody when %s', (_, entries) => {
    const { resting, acts } = runOf(...entries);
    expect(resting).toBeUndefined();
    expect(acts.filter(({ act }) => act === 'wake')).toEqual([]);
  });

  it('is deployed with the policy that its schedule says, and its users keep their colour where that says so', () => {
    const sticky: SoakEntry = {
      kind: 'sticky-rule',
      at: 9,
      lasts: null,
      act: { act: 'policy', policy: { stickySeconds: 60 } },
    };
    expect(runOf(throttle, sticky)).toMatchObject({ policy: { stickySeconds: 60 }, returningUsers: true });
    expect(runOf(throttle).policy).toBeUndefined();
  });

  it('is quiet when the last fault with a duration has ended, and does not wait for what only lies in wait', () => {
    const abort: SoakEntry = {
      kind: 'execution-abort',
      at: 20,
      lasts: 2000,
      fault: { kind: 'execution-abort', nth: 1 },
    };
    expect(runOf(throttle, abort).disturbedSeconds).toBe(250);
    expect(runOf({ ...throttle, lasts: 900 }, abort).disturbedSeconds).toBe(1000);
  });
});

describe('calm time', () => {
  const fault = (from: number, until: number, momentary = false): Disturbance => {
    return { kind: 'error', from, until, momentary };
  };
  const disturbances = [fault(50, 80), fault(10, 20), fault(60, 100), fault(0, 500, true)];

  it('is what no fault with a duration covers', () => {
    expect(calmSeconds({ disturbances: [] }, 5, 65)).toBe(60);
    expect(calmSeconds({ disturbances }, 0, 200)).toBe(140);
    expect(calmSeconds({ disturbances }, 12, 18)).toBe(0);
    expect(calmSeconds({ disturbances }, 15, 55)).toBe(30);
  });

  it('has passed later where faults come between', () => {
    expect(afterCalm({ disturbances: [] }, 5, 60)).toBe(65);
    expect(afterCalm({ disturbances }, 0, 60)).toBe(120);
    expect(calmSeconds({ disturbances }, 0, 120)).toBe(60);
  });

  it('is not known to be undisturbed while one moment may be struck', () => {
    expect(isDisturbed({ disturbances }, 200, 300)).toBe(true);
    expect(isDisturbed({ disturbances }, 501, 600)).toBe(false);
  });
});
