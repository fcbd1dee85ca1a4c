/** Expand and contract: which schema the database is brought to, when, and what is refused for it. */
import { describe, expect, it } from 'vitest';
import { makeMigrate } from '../../functions/blue-green/migrate.ts';
import { makeReap } from '../../functions/blue-green/reap.ts';
import { contractedTo, expandedTo, objectionToSchema } from '../../functions/blue-green/schema.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { InvalidMigration } from '../../functions/shared/errors.ts';
import type { Retained, SchemaRange, Served } from '../../functions/shared/release-ports.ts';
import { NEW, OLD, release, START, view, World } from './memory.ts';
import { plan } from './release-steps.ts';

const from = (min: number, max: number): SchemaRange => ({ min, max });
const all = Array.from({ length: 4 }, (_, min) =>
  Array.from({ length: 4 - min }, (_, more) => from(min, min + more)),
).flat();

describe('the schema of the database', () => {
  it.each<[string, SchemaRange | null, SchemaRange | null, number | null, RegExp | null]>([
    ['works with the next one too', from(2, 3), from(1, 2), null, null],
    [
      'needs one that the live release does not know',
      from(3, 3),
      from(1, 2),
      null,
      /3 to 3, the live release with 1 to 2/,
    ],
    ['knows only what was contracted away', from(1, 2), from(2, 3), 3, /and the database is at 3/],
    ['would be let in by the labels alone, but its schema is gone', from(1, 2), null, 3, /and the database is at 3/],
    ['needs more than a database that nobody expands', from(4, 4), null, 3, /4 to 4, and the database is at 3/],
    ['says nothing, where schemas were never told', null, null, null, null],
    ['says nothing, where they were', null, from(1, 2), 2, /does not say which schema/],
  ])('a release that %s', (_, ours, live, now, says) => {
    const objection = objectionToSchema(ours, live, now);
    if (says === null) expect(objection).toBeNull();
    else expect(objection).toMatch(says);
  });

  it('is one of both releases whenever nothing is against it, at every step and back, and never shrinks', () => {
    for (const live of all) {
      for (let now = live.min; now <= live.max; now++) {
        for (const ours of all.filter((each) => objectionToSchema(each, live, now) === null)) {
          const both = expandedTo(ours, live, now) ?? Number.NaN;
          const alone = contractedTo(ours, both) ?? Number.NaN;
          expect(both >= now && alone >= both).toBe(true);
          for (const each of [ours, live]) expect(each.min <= both && both <= each.max).toBe(true);
          expect(ours.min <= alone && alone <= ours.max).toBe(true);
        }
      }
    }
  });

  it('would be one that breaks the live release, if the labels of both were not compared', () => {
    const broken = all.flatMap((live) =>
      all.filter((ours) => (expandedTo(ours, live, null) ?? 0) < ours.min).map(() => live),
    );
    expect(broken.length).toBeGreaterThan(0);
  });
});

const live: Served = { colour: 'blue', digest: OLD, releaseId: 'r0', schema: from(1, 2), committedAt: isoOf(START) };

function releasing(): World {
  const world = new World();
  const lease = { ...release, digest: NEW, takenAt: isoOf(START) };
  world.state.releases = { ...world.state.releases, live, lease, fence: 1 };
  return world;
}

describe('expanding', () => {
  it('asks for a schema that the live release works with too, and notes it before it is asked for', async () => {
    const world = releasing();
    world.silent.add('migration');
    await expect(makeMigrate(world.ports)({ plan, schema: from(2, 4) })).rejects.toThrow();
    expect(world.state.releases.schema).toBe(2);
    world.silent.clear();
    await makeMigrate(world.ports)({ plan, schema: from(2, 4) });
    expect(world.state.migrated).toEqual(['expand to 2']);
    expect(world.kinds()).toContain('migrated');
  });

  it('is asked for by the function’s own sense where labels do not say a schema', async () => {
    const world = releasing();
    await makeMigrate(world.ports)({ plan, schema: null });
    expect([world.state.migrated, world.state.releases.schema]).toEqual([['expand'], null]);
  });

  it('passes a refusal on by a name that no state retries', async () => {
    const world = releasing();
    const migration = { run: () => Promise.reject(new InvalidMigration('the table is too large')) };
    const migrate = makeMigrate({ ...world.ports, migration });
    await expect(migrate({ plan, schema: null })).rejects.toMatchObject({ name: 'InvalidMigration' });
    expect(world.kinds()).not.toContain('migrated');
  });
});

describe('a standby region', () => {
  it('notes where the other one brings the database, and asks for nothing', async () => {
    const world = releasing();
    await makeMigrate(world.ports)({ plan: { ...plan, role: 'standby' }, schema: from(2, 4) });
    expect([world.state.migrated, world.state.releases.schema]).toEqual([[], 2]);
  });
});

describe('contracting', () => {
  const retained: Retained = { ...live, until: isoOf(START + 86_400_000), size: 3 };
  const newer: Served = { ...live, colour: 'green', digest: NEW, releaseId: 'push-1', schema: from(2, 4) };
  const counted = {
    at: isoOf(START + 86_400_000),
    requests: 100,
    errors: 0,
    unanswered: 0,
    gateway: 0,
    p95Seconds: 0.1,
  };
  const kept = (): World => {
    const world = new World({
      colours: { blue: view(3, true), green: view(3) },
      weights: { blue: 0, green: 100, stickySeconds: 0 },
      minutes: { blue: [], green: [counted], balancer: [counted] },
    });
    world.state.releases = { ...world.state.releases, fence: 1, live: newer, retained, schema: 2 };
    return world;
  };
  /** A little after the deadline. */
  const END = START + 86_400_000 + 300_000;
  const reap = (world: World) => makeReap(world.ports)({ scheduledAt: isoOf(world.state.now) });

  it('waits for the end of the retention, and takes the old schema away only then', async () => {
    const world = kept();
    world.state.now = START + 86_000_000;
    await reap(world);
    expect([world.state.migrated, world.state.releases.schema]).toEqual([[], 2]);
    world.state.now = END;
    await reap(world);
    expect([world.state.migrated, world.state.releases.schema]).toEqual([['contract to 4'], 4]);
  });

  it('is asked for by the region that writes, and waits while that is not known', async () => {
    const world = kept();
    world.state.now = END;
    world.silent.add('authority');
    await expect(reap(world)).rejects.toThrow();
    expect(world.state.releases).toMatchObject({ retained: { releaseId: 'r0' }, schema: 2 });
    world.silent.clear();
    world.state.holder = 'elsewhere';
    expect(await reap(world)).toMatchObject({ action: 'reaped' });
    expect([world.state.migrated, world.state.releases.schema]).toEqual([[], 4]);
  });

  it('keeps the old colour while the function does not succeed', async () => {
    const world = kept();
    world.state.now = END;
    world.silent.add('migration');
    await expect(reap(world)).rejects.toThrow();
    expect(world.state.releases.retained).not.toBeNull();
    expect(world.state.colours.blue.machines).toBe(3);
  });
});
