/** The process dies at each await of the durable path, before and after what it awaits; another one goes on from the store. */
import { describe, expect, it } from 'vitest';
import type { AlertStore, Channel } from '../../functions/alert-routing/ports.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import type { MemoryStore } from './memory.ts';
import { MINUTE, routing, START, signal, World } from './world.ts';

class Dead extends Error {}

/** Counts the awaits of everything it wraps; at the n-th the process is dead, and stays so. */
class Fate {
  count = 0;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  step(): void {
    this.count += 1;
    if (this.count >= this.#at) throw new Dead();
  }

  wrap<T extends object>(object: T): T {
    return new Proxy(object, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function' || name === 'nextWake') return member;
        return async (...input: unknown[]) => {
          this.step();
          const output = await (member as (...input: unknown[]) => Promise<unknown>).apply(target, input);
          this.step();
          return output;
        };
      },
    });
  }
}

/** A world whose store and providers outlive it. */
function worldOver(durable: { store: MemoryStore; providers: World['providers'] }, fate: Fate, now: number): World {
  const world = new World(routing());
  world.now = now;
  const wrapped = Object.entries(durable.providers).map(([name, provider]) => [name, fate.wrap(provider as Channel)]);
  Object.assign(world, { store: fate.wrap(durable.store as AlertStore), providers: Object.fromEntries(wrapped) });
  return world;
}

const P0 = { severity: 'P0', name: 'Gone', resource: 'gone' } as const;
/** What happens, and when. The sender says again what was not acknowledged. */
const SCRIPT: readonly (readonly [at: number, ...signals: Signal[]])[] = [
  [START, signal(P0)],
  [START + 1000, signal({ resource: 'one' }), signal({ resource: 'two' })],
  [START + 2 * MINUTE, signal({ resource: 'three', at: START + 2 * MINUTE })],
  [START + 8 * MINUTE, signal({ ...P0, state: 'resolved', at: START + 8 * MINUTE })],
  [
    START + 9 * MINUTE,
    ...['one', 'two', 'three'].map((resource) => signal({ resource, state: 'resolved', at: START + 9 * MINUTE })),
  ],
];
const END = START + 30 * MINUTE;

/** Plays the script; dies at the n-th await, and lives on as another process a second later. */
async function play(dieAt: number, forget: (store: MemoryStore) => void = () => {}) {
  const origin = new World(routing());
  const durable = { store: origin.store, providers: origin.providers };
  const clock = { now: START };
  for (const provider of Object.values(durable.providers)) {
    const send = provider.send.bind(provider);
    provider.send = async (intent) => {
      origin.now = clock.now;
      return send(intent);
    };
  }
  let fate = new Fate(dieAt);
  let world = worldOver(durable, fate, START);
  const steps = [...SCRIPT.map(([at, ...signals]) => ({ at, signals })), { at: END, signals: [] as Signal[] }];
  for (let index = 0; index < steps.length; ) {
    const { at, signals } = steps[index]!;
    try {
      await world.until(at);
      clock.now = world.now;
      if (signals.length > 0) await world.take(...signals);
      index += 1;
    } catch (error) {
      if (!(error instanceof Dead)) throw error;
      // What the next process finds: leases of the dead one are void, as console/route/store.ts has it.
      for (const row of durable.store.outbox.values()) row.freeAt = 0;
      forget(durable.store);
      fate = new Fate(Number.POSITIVE_INFINITY);
      world = worldOver(durable, fate, Math.max(world.now + 1000, START));
    }
    clock.now = world.now;
  }
  const got = Object.values(durable.providers).flatMap(({ name, got: messages }) =>
    messages.map(({ intent }) => ({
      channel: name,
      key: intent.key,
      incident: intent.incident,
      action: intent.action,
    })),
  );
  return { got, awaits: fate.count, store: durable.store };
}

/** By a provider that takes each key once: what each incident's channel was told. */
function tales(got: Awaited<ReturnType<typeof play>>['got']): Record<string, string[]> {
  const distinct = [...new Map(got.map((message) => [message.key, message])).values()];
  const byPair = Map.groupBy(distinct, ({ incident, channel }) => `${channel} ${incident}`);
  return Object.fromEntries([...byPair].map(([pair, messages]) => [pair, messages.map(({ action }) => action)]).sort());
}

describe('alert-routing/1: whenever the process dies', () => {
  it('everything is told once and ended once by who goes on', async () => {
    const whole = await play(Number.POSITIVE_INFINITY);
    expect(Object.keys(tales(whole.got)).length).toBeGreaterThanOrEqual(3);
    expect(whole.awaits).toBeGreaterThan(100);
    for (let dieAt = 1; dieAt <= whole.awaits; dieAt += 1) {
      const { got, store } = await play(dieAt);
      expect([dieAt, tales(got)]).toEqual([dieAt, tales(whole.got)]);
      // Sent twice only what was on its way when it died, to each channel once, under the same key.
      expect(got.length - new Set(got.map(({ key }) => key)).size).toBeLessThanOrEqual(3);
      expect([dieAt, store.outbox.size, [...store.groupRows.values()].filter(({ group }) => group.incident)]).toEqual([
        dieAt,
        0,
        [],
      ]);
    }
  });

  it('which is seen to break where the store forgets what it was told last', async () => {
    const whole = await play(Number.POSITIVE_INFINITY);
    let broken = 0;
    for (let dieAt = 1; dieAt <= whole.awaits; dieAt += 5) {
      const { got } = await play(dieAt, (store) => store.groupRows.clear());
      if (JSON.stringify(tales(got)) !== JSON.stringify(tales(whole.got))) broken += 1;
    }
    expect(broken).toBeGreaterThan(0);
  });
});
