/** Two regions that hear the same: what a provider without keys is told, while they hear each other and while they do not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sharing } from '../../functions/alert-routing/sharing.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import { firstSpeaker, TAKE_OVER_MS, type Telling } from '../../functions/alert-routing/turns.ts';
import { MINUTE, routing, START, signal, World } from './world.ts';

const SERVING = ['us-west-2', 'us-east-2'] as const;
const LAG_MS = 1_500;
const END = START + 40 * MINUTE;

const { channels } = routing();
const kind = (name: string, as: string) => ({ [name]: { ...channels[name], kind: as } });
const CONFIG = routing({
  channels: {
    ...kind('pager', 'pagerduty'),
    ...kind('boss', 'pagerduty'),
    ...kind('phone', 'sns'),
    ...kind('chat', 'slack'),
    ...kind('mail', 'email'),
  },
});
const KEYLESS = ['phone', 'chat', 'mail'];

/** The table between the regions: what one says the other knows a little later, or never. */
class Between {
  readonly said: { readonly place: string; readonly telling: Telling; readonly at: number }[] = [];
  parted = false;
  gone = false;

  of(region: string, now: () => number): Sharing {
    return {
      place: { region, serving: SERVING },
      peers: {
        tellings: async (incident, channel) => {
          if (this.gone) throw new Error('the table does not answer');
          return this.said
            .filter(({ place, telling, at }) => {
              const isKnown = telling.region === region || (!this.parted && at + LAG_MS <= now());
              return place === `${incident}/${channel}` && isKnown;
            })
            .map(({ telling }) => telling);
        },
        told: async (incident, channel, tellings) => {
          if (this.gone) throw new Error('the table does not answer');
          for (const one of tellings) {
            this.said.push({ place: `${incident}/${channel}`, telling: { ...one, region }, at: now() });
          }
        },
      },
    };
  }
}

interface Arrival {
  readonly region: number;
  readonly at: number;
  readonly one: Signal;
}

/** Both worlds on one clock; a region that is dead hears nothing and does nothing from then on. */
async function play(arrivals: readonly Arrival[], between: Between | null, deadFrom: readonly number[] = []) {
  const worlds = SERVING.map(() => new World(CONFIG));
  for (const [index, world] of worlds.entries()) {
    if (between) world.sharing = between.of(SERVING[index] as string, () => world.now);
  }
  const left = [...arrivals].sort((a, b) => a.at - b.at);
  const isAlive = (index: number, now: number) => now < (deadFrom[index] ?? Number.POSITIVE_INFINITY);
  for (let now = START; ; ) {
    const wakes = worlds.flatMap((world, index) => (isAlive(index, now) ? (world.store.nextWake() ?? []) : []));
    now = Math.max(now, Math.min(left[0]?.at ?? Number.POSITIVE_INFINITY, ...wakes));
    if (now > END) break;
    for (const world of worlds) world.now = now;
    while (left[0] && left[0].at <= now) {
      const { region, one } = left.shift() as Arrival;
      if (isAlive(region, now)) await worlds[region]?.hear(one);
    }
    for (const [index, world] of worlds.entries()) if (isAlive(index, now)) await world.work();
  }
  return worlds;
}

/** 'chat <incident> first': how often, over all regions. */
function tally(worlds: readonly World[]): Record<string, number> {
  const said = worlds.flatMap(({ sent }) => sent.filter(({ channel }) => KEYLESS.includes(channel)));
  const names = said.map(({ channel, incident, intent }) => `${channel} ${incident} ${intent.transition}`);
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]);
  return Object.fromEntries(counts.sort());
}

/** Alerts that last some minutes, each heard by both regions at most five seconds apart. */
const heard = fc
  .array(
    fc.record({
      severity: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const),
      region: fc.constantFrom('us-west-2', 'us-east-2', '', 'eu-west-1'),
      begins: fc.integer({ min: 0, max: 10 }),
      lasts: fc.integer({ min: 3, max: 20 }),
      late: fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000), fc.nat(5_000)),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rows) =>
    rows.flatMap(({ severity, region, begins, lasts, late }, index): Arrival[] => {
      const common = { name: `n${index}`, resource: `r${index}`, severity, region };
      // Not when a step of the escalation is due: then either may be first.
      const [from, to] = [START + begins * MINUTE, START + (begins + lasts + 0.5) * MINUTE];
      const firing = signal({ ...common, at: from });
      const over = signal({ ...common, at: to, state: 'resolved' });
      return [0, 1].flatMap((each) => [
        { region: each, at: from + (late[each] as number), one: firing },
        { region: each, at: to + (late[each + 2] as number), one: over },
      ]);
    }),
  );

const alone = (arrivals: readonly Arrival[]) => play(arrivals, null, [END + 1, START]);

describe('alert-routing/15: two regions that hear the same', () => {
  const once = fc.asyncProperty(heard, async (arrivals) => {
    const worlds = await play(arrivals, new Between());
    expect(tally(worlds)).toEqual(tally(await alone(arrivals)));
  });

  it('say to a provider without keys what one of them alone would say, once', async () => {
    await fc.assert(once, { numRuns: 40, seed: 7 });
  });

  it('which is seen to break where they take no turns', async () => {
    const noTurns = fc.asyncProperty(heard, async (arrivals) => {
      expect(tally(await play(arrivals, null))).toEqual(tally(await alone(arrivals)));
    });
    expect((await fc.check(noTurns, { numRuns: 10, seed: 7 })).failed).toBe(true);
  });

  it('say it all where one of them is lost, at most ten seconds later', async () => {
    await fc.assert(
      fc.asyncProperty(heard, fc.integer({ min: 0, max: 1 }), async (arrivals, lost) => {
        const deadFrom = [0, 1].map((index) => (index === lost ? START : Number.POSITIVE_INFINITY));
        const worlds = await play(arrivals, new Between(), deadFrom);
        const without = await play(arrivals, null, deadFrom);
        expect(tally(worlds)).toEqual(tally(without));
        const times = (all: readonly World[]) =>
          all.flatMap(({ sent }) => sent.map(({ at }) => at)).sort((a, b) => a - b);
        const late = times(worlds).map((at, index) => at - (times(without)[index] as number));
        expect(Math.max(0, ...late)).toBeLessThanOrEqual(TAKE_OVER_MS);
      }),
      { numRuns: 30, seed: 8 },
    );
  });

  it.each(['parted', 'gone'] as const)('say it twice, not never, where what is between them is %s', async (how) => {
    await fc.assert(
      fc.asyncProperty(heard, async (arrivals) => {
        const between = new Between();
        between[how] = true;
        const counts = tally(await play(arrivals, between));
        expect(Object.keys(counts)).toEqual(Object.keys(tally(await alone(arrivals))));
        for (const count of Object.values(counts)) expect(count).toBe(2);
      }),
      { numRuns: 20, seed: 9 },
    );
  });

  it('agree on who speaks first, and either does for some', () => {
    const speakers = Array.from({ length: 50 }, (_, index) => {
      const intent = { incident: `i${index}`, content: { groupLabels: {} } } as Parameters<typeof firstSpeaker>[0];
      const [here, there] = SERVING.map((region) => firstSpeaker(intent, { region, serving: SERVING }));
      expect(there).toBe(here);
      return here;
    });
    expect(new Set(speakers)).toEqual(new Set(SERVING));
  });
});
