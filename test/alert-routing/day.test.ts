/** A day of every source, in any order and with any repetitions within the minute: the same messages, byte for byte. */
import { describe, expect, it } from 'vitest';
import { read } from '../../functions/alert-routing/read.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import shipped from '../../infra/config/alert-routing.json' with { type: 'json' };
import { real } from './samples.ts';
import { HOUR, MINUTE, World } from './world.ts';

const MORNING = Date.UTC(2026, 10, 20, 16);
const ROUTING = Routing.parse(shipped);

/** A stream of numbers that a seed makes. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Each sample's signals, twice, somewhere in the day; each is over some time later. */
function recorded(): Signal[] {
  const next = random(42);
  return [1, 2].flatMap(() =>
    real.flatMap(({ input }) => {
      const { signals } = read(input, { now: MORNING });
      const at = MORNING + Math.floor(next() * 20 * 60) * MINUTE + Math.floor(next() * 59_000);
      const lastsMs = Math.floor(next() * 90) * MINUTE;
      return signals.flatMap((one): Signal[] => {
        const begins = { ...one, at, until: null };
        return [begins, { ...begins, state: 'resolved', at: at + lastsMs }];
      });
    }),
  );
}

/** Delivers what became true in a minute at its end, in the order and as often as the seed says. */
async function deliver(signals: readonly Signal[], seed: number | null): Promise<World> {
  const world = new World(ROUTING);
  world.now = MORNING;
  const next = random(seed ?? 1);
  const minutes = Map.groupBy(signals, ({ at }) => Math.ceil((at + 1) / MINUTE));
  const seen: Signal[] = [];
  for (const [minute, own] of [...minutes].sort(([a], [b]) => a - b)) {
    await world.until(minute * MINUTE);
    const order = [...own].sort((a, b) => a.at - b.at);
    if (seed !== null) {
      order.push(...own.filter(() => next() < 0.5), ...seen.filter(() => next() < 0.05));
      order.sort(() => next() - 0.5);
    }
    // One after the other, as queues deliver, but looked at only when all of the minute is there.
    for (const one of order) await world.hear(one);
    await world.work();
    seen.push(...own);
  }
  await world.until(MORNING + 30 * HOUR);
  return world;
}

const told = (world: World) =>
  world.sent
    .map(
      ({ at, intent }) =>
        `${at} ${JSON.stringify({ ...intent, content: { ...intent.content, alerts: intent.content.alerts.length } })}`,
    )
    .sort();

describe('a recorded day', () => {
  const day = recorded();

  it('makes the same messages in any order and with any repetitions', async () => {
    const plain = told(await deliver(day, null));
    expect(plain.length).toBeGreaterThan(50);
    for (const seed of [1, 2]) expect(told(await deliver(day, seed))).toEqual(plain);
  });

  it('which is seen to break where order is by arrival', async () => {
    let arrival = MORNING;
    const late = (one: Signal): Signal => {
      arrival += 1;
      return { ...one, at: Math.max(arrival, one.at + (arrival % 997)) };
    };
    const world = async (seed: number | null) => told(await deliver(day.map(late), seed));
    expect(await world(5)).not.toEqual(told(await deliver(day, null)));
  });

  it('ends with the same state when it all comes at once, backwards', async () => {
    const state = (world: World) =>
      [...world.store.alertRows.values()]
        .map(({ value: { seenAt: _, ...alert } }) => alert)
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    const backwards = new World(ROUTING);
    backwards.now = MORNING + 30 * HOUR;
    for (const one of [...day].reverse()) await backwards.hear(one);
    expect(state(backwards)).toEqual(state(await deliver(day, 6)));
  });
});
