/** The core's invariants as properties: what holds for every history, in whatever order, however often. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, absorb, isFiring } from '../../functions/alert-routing/alert.ts';
import { factsOf } from '../../functions/alert-routing/facts.ts';
import { emptyGroup } from '../../functions/alert-routing/incident.ts';
import { alertKey } from '../../functions/alert-routing/keys.ts';
import { plan } from '../../functions/alert-routing/rate.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { HOUR, MINUTE, routing, START, signal, World } from './world.ts';

const table = tableOf(routing());
const PLAIN = routing({
  policies: Object.fromEntries(
    Object.entries(routing().policies).map(([severity, policy]) => [
      severity,
      { ...policy, hours: 'always', starts: 'opening' },
    ]),
  ),
});

/** A few alerts that come and go within an hour; at times the same moment, at times the same state twice. */
const history = (change: Partial<Record<'severity' | 'state', fc.Arbitrary<never>>> = {}) =>
  fc.array(
    fc.record({
      resource: fc.constantFrom('a', 'b', 'c'),
      state: change.state ?? fc.constantFrom('firing' as const, 'resolved' as const, 'unknown' as const),
      at: fc.integer({ min: 0, max: 60 }).map((minute) => START + minute * MINUTE),
      severity: change.severity ?? fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const),
      until: fc.option(fc.integer({ min: 61, max: 120 }).map((minute) => START + minute * MINUTE)),
    }),
    { maxLength: 24 },
  );
const signalsOf = (rows: readonly Partial<Signal>[]): Signal[] => rows.map((row) => signal(row));

type Absorb = typeof absorb;

function stateOf(signals: readonly Signal[], how: Absorb = absorb): Map<string, Alert> {
  const alerts = new Map<string, Alert>();
  for (const each of signals) {
    const key = alertKey(each);
    alerts.set(key, how(alerts.get(key) ?? null, each, { key, now: START, place: table.place }));
  }
  return alerts;
}

/** Everything but when we learned of it. */
const essence = (alerts: Map<string, Alert>) =>
  [...alerts.values()].map(({ seenAt: _, ...rest }) => rest).sort((a, b) => (a.key < b.key ? -1 : 1));

/** A shuffled copy with some signals twice. */
const shuffled = (rows: readonly Signal[], seed: number): Signal[] => {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const twice = rows.flatMap((row) => (random() < 0.4 ? [row, row] : [row]));
  return twice
    .map((row) => [random(), row] as const)
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row);
};

const holds = (property: fc.IPropertyWithHooks<never> | ReturnType<typeof fc.property>, numRuns = 300) =>
  fc.check(property as ReturnType<typeof fc.property>, { numRuns, seed: 7 }).failed === false;

describe('alert-routing/3: the state is a function of the set of signals', () => {
  const permuted = (how: Absorb) =>
    fc.property(history(), fc.nat(), (rows, seed) => {
      const signals = signalsOf(rows);
      expect(essence(stateOf(shuffled(signals, seed), how))).toEqual(essence(stateOf(signals, how)));
    });

  it('whatever the order and however often they come', () => expect(holds(permuted(absorb))).toBe(true));

  it('which is seen to break where the last to arrive wins', () => {
    const lastWins: Absorb = (alert, one, context) => ({ ...absorb(alert, one, context), signal: one });
    expect(holds(permuted(lastWins))).toBe(false);
  });

  it('which is seen to break where a stale firing counts', () => {
    const noMemory: Absorb = (alert, one, context) =>
      one.state === 'resolved' && !alert ? absorb(null, { ...one, at: 0 }, context) : absorb(alert, one, context);
    expect(holds(permuted(noMemory))).toBe(false);
  });

  it('and says what the newest statement of each says', () => {
    fc.assert(
      fc.property(history(), (rows) => {
        const signals = signalsOf(rows.map((row) => ({ ...row, until: null })));
        for (const alert of stateOf(signals).values()) {
          const own = signals.filter((one) => alertKey(one) === alert.key && one.state !== 'unknown');
          const newest = Math.max(...own.map(({ at }) => at));
          const last = own.filter(({ at }) => at === newest);
          const firing = last.length > 0 && last.every(({ state }) => state === 'firing');
          expect(isFiring(alert, START + 2 * HOUR)).toBe(firing);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('so that the facts about a group are the same too, with the key of its incident', () => {
    fc.assert(
      fc.property(history(), fc.nat(), fc.integer({ min: 0, max: 120 }), (rows, seed, minute) => {
        const signals = signalsOf(rows);
        const factsFor = (list: Signal[]) => {
          const alerts = [...stateOf(list).values()]
            .filter(({ group }) => group !== null)
            .sort((a, b) => (a.key < b.key ? -1 : 1));
          const group = emptyGroup(alerts[0]?.group ?? 'none');
          const snapshot = { group, version: 0, alerts: alerts.map((alert) => ({ ...alert, seenAt: START })) };
          return factsOf(snapshot, { silences: [], inhibitors: [] }, table, START + minute * MINUTE);
        };
        const { episode, nextKey, severity, saying } = factsFor(signals);
        expect(factsFor(shuffled(signals, seed))).toMatchObject({
          nextKey,
          severity,
          saying,
          ...(episode && { episode }),
        });
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

/** Runs a history at its own times, every signal as late as `lateMs` says. */
async function run(rows: readonly Partial<Signal>[], config = PLAIN, lateMs: (index: number) => number = () => 0) {
  const world = new World(config);
  const arriving = signalsOf(rows).map((one, index) => ({ one, at: one.at + lateMs(index) }));
  for (const { one, at } of arriving.sort((a, b) => a.at - b.at)) {
    await world.until(at);
    await world.take(one);
  }
  await world.until(START + 5 * HOUR);
  return world;
}

/** For each incident and channel: what it was told, in order. */
const talesOf = (world: World) =>
  Map.groupBy(
    world.sent.filter(({ action }) => action !== 'notice'),
    ({ incident, channel }) => `${incident}/${channel}`,
  );

describe('alert-routing/2 and 4: one beginning and one end', () => {
  const complete = history({ severity: fc.constantFrom('P0', 'P1', 'P2') as never });

  it('of each episode for each channel that was told, under keys that never come twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        complete,
        fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 24, maxLength: 24 }),
        async (rows, late) => {
          const world = await run(rows, PLAIN, (index) => late[index] as number);
          const keys = world.sent.map(({ key }) => key);
          expect(new Set(keys).size).toBe(keys.length);
          const open = new Set([...world.store.groupRows.values()].flatMap(({ group }) => group.incident?.key ?? []));
          for (const [name, tale] of talesOf(world)) {
            const ends = tale.filter(({ action }) => action === 'resolve').length;
            expect([name, ends]).toEqual([name, open.has(name.split('/')[0] as string) ? 0 : 1]);
            if (ends > 0) expect(tale.at(-1)?.action).toBe('resolve');
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it('and nothing is open at the end unless something fires, nor the other way round', async () => {
    await fc.assert(
      fc.asyncProperty(complete, async (rows) => {
        const world = await run(rows);
        const firing = [...world.store.alertRows.values()].filter(({ value }) => isFiring(value, world.now));
        const open = [...world.store.groupRows.values()].filter(({ group }) => group.incident);
        expect(open.length > 0).toBe(firing.length > 0);
      }),
      { numRuns: 60, seed: 8 },
    );
  });

  it('the same in two regions that hear the same in another order', async () => {
    await fc.assert(
      fc.asyncProperty(complete, fc.nat(20_000), async (rows, late) => {
        const [here, there] = [await run(rows), await run(rows, PLAIN, (index) => (index * 7919) % (late + 1))];
        const openIn = (world: World) =>
          [...world.store.groupRows.values()].flatMap(({ group }) => (group.incident ? [group.incident.severity] : []));
        expect(openIn(there)).toEqual(openIn(here));
      }),
      { numRuns: 40, seed: 9 },
    );
  });
});

describe('alert-routing/5: what is suppressed is not forgotten', () => {
  const silence = (minutes: number) => ({
    id: 's',
    matchers: { name: 'Slow' },
    startsAt: START,
    endsAt: START + minutes * MINUTE,
    by: 'ada',
    reason: 'known',
    at: START,
  });
  const toldAfterSilence = fc.asyncProperty(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 0, max: 100 }),
    async (minutes, begins) => {
      const world = new World(PLAIN);
      await world.store.putSilence(silence(minutes));
      await world.until(START + begins * MINUTE);
      await world.take(signal({ at: world.now, severity: 'P0' }));
      await world.until(START + 6 * HOUR);
      const open = world.sent.find(({ action }) => action === 'open');
      const due = Math.max(START + minutes * MINUTE, START + begins * MINUTE);
      expect(open?.at).toBeGreaterThanOrEqual(due);
      expect(open?.at).toBeLessThanOrEqual(due + 30_000);
      expect(world.sent.filter(({ action, at }) => action === 'escalate' && at < due)).toEqual([]);
    },
  );

  it('at the end of a silence it is told within a tick, and nobody was asked before', async () => {
    await fc.assert(toldAfterSilence, { numRuns: 60, seed: 7 });
  });

  it('which is seen to break where nothing looks again', async () => {
    const world = new World(PLAIN);
    const { commit } = world.store;
    world.store.commit = (one) => commit.call(world.store, { ...one, wakeAt: null });
    await world.store.putSilence(silence(30));
    await world.take(signal({ severity: 'P0' }));
    await world.until(START + 6 * HOUR);
    expect(world.sent).toEqual([]);
  });
});

describe('alert-routing/6 and 7: bounded output, and a P0 first', () => {
  const messages = fc.array(
    fc.record({
      severity: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, 'P3' as const),
      isDigest: fc.boolean(),
    }),
    {
      maxLength: 60,
    },
  );
  const limits = fc
    .record({
      burst: fc.integer({ min: 2, max: 30 }),
      ratePerMinute: fc.integer({ min: 1, max: 600 }),
      overflow: fc.constantFrom('digest' as const, 'queue' as const),
    })
    .chain((own) => fc.integer({ min: 0, max: own.burst - 1 }).map((reservedForP0) => ({ ...own, reservedForP0 })));

  it('every message is sent, folded or waiting, exactly once, and no more go than the rate allows', () => {
    fc.assert(
      fc.property(messages, limits, fc.integer({ min: 0, max: 30 }), (wanted, own, tokens) => {
        const bucket = { tokens: Math.min(tokens, own.burst), at: START };
        const { send, fold, wait, againAt } = plan(wanted, own, bucket, START);
        expect([...send, ...fold, ...wait]).toHaveLength(wanted.length);
        expect(new Set([...send, ...fold, ...wait]).size).toBe(wanted.length);
        expect(send.length + (fold.length > 0 ? 1 : 0)).toBeLessThanOrEqual(bucket.tokens);
        expect(fold.some(({ severity, isDigest }) => severity === 'P0' || isDigest)).toBe(false);
        // Nothing waits beside a token that it may use, but for the one that a digest will take.
        const others = wait.some(({ severity }) => severity !== 'P0');
        const unused = Math.floor(bucket.tokens) - send.length - own.reservedForP0;
        if (others && fold.length === 0) expect(unused).toBeLessThanOrEqual(0);
        const urgentWaits = wait.some(({ severity }) => severity === 'P0');
        if (urgentWaits) expect(send.every(({ severity }) => severity === 'P0')).toBe(true);
        expect(againAt).toBeGreaterThan(START);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('a storm of others takes nothing of what a P0 may use, unless nothing is kept for it', () => {
    const storm = Array.from({ length: 100 }, () => ({ severity: 'P2' as const }));
    const urgent = { severity: 'P0' as const };
    const left = (reservedForP0: number) => {
      const own = { burst: 10, ratePerMinute: 1, reservedForP0, overflow: 'queue' as const };
      return plan([urgent], own, plan(storm, own, null, START).bucket, START).send;
    };
    expect(left(1)).toEqual([urgent]);
    expect(left(0)).toEqual([]);
  });

  it('N alerts in G groups make G first messages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 20 }), async (alerts, groups) => {
        const world = new World(PLAIN);
        const storm = Array.from({ length: alerts }, (_, index) =>
          signal({ resource: `${index}`, name: `n${index % groups}` }),
        );
        await world.take(...storm);
        await world.until(START + MINUTE);
        expect(world.sent).toHaveLength(Math.min(alerts, groups));
        const told = world.sent.reduce((sum, { intent }) => sum + intent.content.counts.firing, 0);
        expect(told).toBe(alerts);
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

describe('alert-routing/8: a flapping alert', () => {
  const flap = (onSeconds: number, offSeconds: number, quietSeconds: number) => {
    const [route] = PLAIN.routes;
    const config = routing({ ...PLAIN, routes: [{ ...route, quietSeconds }] });
    const rows = Array.from({ length: 30 }, (_, cycle) => {
      const at = START + cycle * (onSeconds + offSeconds) * 1000;
      return [
        { at, state: 'firing' as const },
        { at: at + onSeconds * 1000, state: 'resolved' as const },
      ];
    }).flat();
    return run(rows, config);
  };

  it('is one incident with one end while its pauses are shorter than the quiet time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 31, max: 120 }), fc.integer({ min: 1, max: 59 }), async (on, off) => {
        const world = await flap(on, off, 60);
        expect(world.sent.filter(({ action }) => action === 'open')).toHaveLength(1);
        expect(world.sent.filter(({ action }) => action === 'resolve')).toHaveLength(1);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('is soon one even where its pauses are longer, and many without the guard', async () => {
    const opens = (world: World) => world.sent.filter(({ action }) => action === 'open').length;
    // Three come and go before the fourth within the hour shows that it flaps.
    expect(opens(await flap(40, 80, 60))).toBeLessThanOrEqual(4);
    const [route] = PLAIN.routes;
    const rows = Array.from({ length: 30 }, (_, cycle) => [
      { at: START + cycle * 120_000, state: 'firing' as const },
      { at: START + cycle * 120_000 + 40_000, state: 'resolved' as const },
    ]).flat();
    const unguarded = routing({
      ...PLAIN,
      routes: [route],
      flap: { firings: 16, windowSeconds: 60, quietSeconds: 60 },
    });
    expect(opens(await run(rows, unguarded))).toBe(30);
  });
});

describe('alert-routing/9 and 10: until somebody answers', () => {
  it('people are asked step by step until an acknowledgement, of this episode only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (minute) => {
        const world = new World(PLAIN);
        await world.take(signal({ severity: 'P0' }));
        await world.until(START + minute * MINUTE);
        await world.acknowledge(world.sent[0]!.incident, 'ada', 10 * HOUR);
        const before = world.sent.length;
        await world.until(START + 5 * HOUR);
        expect(world.sent).toHaveLength(before);
        const due = minute < 5 ? 0 : minute < 15 ? 1 : 2 + 3 * Math.floor((minute - 15) / 10);
        expect(world.sent.filter(({ action }) => action === 'escalate')).toHaveLength(due);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it.each([
    ['accepted', 60],
    ['pending', 60],
    ['refused', 0],
  ] as const)('a P0 whose first provider says %s reaches the second after %i s', async (outcome, seconds) => {
    const world = new World(PLAIN);
    world.providers.pager!.answer = () =>
      outcome === 'pending' ? { outcome, detail: '', retryAfterSeconds: 3600 } : { outcome, detail: '' };
    await world.take(signal({ severity: 'P0' }));
    await world.until(START + 2 * MINUTE);
    expect(world.sent.find(({ channel }) => channel === 'phone')?.at).toBe(START + seconds * 1000);
  });

  it('which is seen to break without a time for the confirmation', async () => {
    const { P0 } = PLAIN.policies;
    const policies = { ...PLAIN.policies, P0: { ...P0, confirmSeconds: null } };
    const world = new World(routing({ ...PLAIN, policies }));
    world.providers.pager!.answer = () => ({ outcome: 'pending', detail: '', retryAfterSeconds: 3600 });
    await world.take(signal({ severity: 'P0' }));
    await world.until(START + 2 * MINUTE);
    expect(world.sent.filter(({ channel }) => channel === 'phone')).toEqual([]);
  });
});
