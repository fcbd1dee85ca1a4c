/** Who is told what and when, scenario by scenario, on a virtual clock with the whole core. */
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, routing, START, signal, World } from './world.ts';

const P0 = { severity: 'P0' } as const;
const ended = (at: number, change = {}) => signal({ state: 'resolved', at, ...change });

describe('one alert', () => {
  it('of P2 is told after the wait, and its end once it was quiet for long enough', async () => {
    const world = new World();
    await world.take(signal());
    await world.until(START + 5 * MINUTE);
    await world.take(ended(world.now));
    await world.until(START + HOUR);
    expect(world.story).toEqual(['+30 chat open', '+360 chat resolve']);
  });

  it('of P0 is told at once and asks further people until it is over', async () => {
    const world = new World();
    await world.take(signal(P0));
    await world.until(START + 26 * MINUTE);
    await world.take(ended(world.now));
    await world.until(START + HOUR);
    expect(world.story).toEqual([
      '+0 pager open',
      '+300 phone escalate',
      '+900 boss escalate',
      '+1500 pager escalate',
      '+1500 phone escalate',
      '+1500 boss escalate',
      '+1620 pager resolve',
      '+1620 phone resolve',
      '+1620 boss resolve',
    ]);
  });

  it('that is over before anybody had to be told is told to nobody', async () => {
    const world = new World();
    await world.take(signal());
    world.now += 10_000;
    await world.take(ended(world.now));
    await world.until(START + HOUR);
    expect(world.story).toEqual([]);
    expect(world.reasons).toContain('it was over before anybody had to be told');
  });

  it('whose end comes first never opens anything', async () => {
    const world = new World();
    await world.take(ended(START + 5000, P0));
    await world.take(signal(P0));
    await world.until(START + HOUR);
    expect(world.story).toEqual([]);
  });

  it('that nobody says again runs out by itself', async () => {
    const world = new World();
    await world.take(signal({ until: START + 5 * MINUTE }));
    await world.until(START + 4 * MINUTE);
    await world.take(signal({ until: START + 8 * MINUTE }));
    await world.until(START + HOUR);
    expect(world.story).toEqual(['+30 chat open', '+540 chat resolve']);
  });
});

describe('an acknowledgement', () => {
  it('stops the escalation until it runs out, and not the next episode', async () => {
    const world = new World();
    await world.take(signal(P0));
    await world.until(START + MINUTE);
    expect(await world.acknowledge(world.sent[0]!.incident, 'ada', 10 * MINUTE)).toBeNull();
    await world.until(START + 17 * MINUTE);
    expect(world.story).toEqual(['+0 pager open', '+960 phone escalate']);
    await world.take(ended(world.now));
    await world.until(START + 20 * MINUTE);
    await world.take(signal({ ...P0, at: world.now }));
    await world.until(START + 26 * MINUTE);
    expect(await world.acknowledge(world.sent[0]!.incident)).toBe('no such open incident');
    expect(world.story.slice(4)).toEqual(['+1200 pager open', '+1500 phone escalate']);
    expect(new Set(world.sent.map(({ incident }) => incident)).size).toBe(2);
  });
});

describe('a rise of severity', () => {
  it('is told at once in the middle of an interval, and a fall never is', async () => {
    const world = new World();
    await world.take(signal());
    await world.until(START + MINUTE);
    await world.take(signal({ at: world.now, severity: 'P1', resource: 'two' }));
    await world.until(START + 2 * MINUTE);
    await world.take(ended(world.now, { resource: 'two' }));
    await world.until(START + 4 * MINUTE);
    expect(world.story).toEqual(['+30 chat open', '+61 pager raise', '+61 chat update']);
  });
});

describe('a channel', () => {
  it('is told together with the others where the policy says so, at a rise as well, and each hears the end', async () => {
    const { policies } = routing();
    const together = { ...policies, P0: { ...policies.P0!, escalation: null, together: true } };
    const world = new World(routing({ policies: together }));
    const one = signal({ severity: 'P1' });
    await world.take(one);
    await world.until(START + MINUTE);
    await world.take({ ...one, severity: 'P0', at: world.now });
    await world.until(START + 5 * MINUTE);
    await world.take({ ...one, state: 'resolved', at: world.now });
    await world.until(START + 10 * MINUTE);
    const told = world.sent.map(({ action, intent }) => `${action} ${intent.channel}`).sort();
    expect(told).toEqual(['open pager', 'raise pager', 'raise phone', 'resolve pager', 'resolve phone']);
  });

  it('that confirms nothing of a P0 is followed by the next within a minute', async () => {
    const world = new World();
    world.providers.pager!.answer = () => ({ outcome: 'accepted', detail: '202' });
    await world.take(signal(P0));
    await world.until(START + 2 * MINUTE);
    expect(world.story).toEqual(['+0 pager open', '+60 phone failover']);
  });

  it('that refuses for good is followed by the next at once', async () => {
    const world = new World();
    world.providers.pager!.answer = () => ({ outcome: 'refused', detail: '400' });
    await world.take(signal({ severity: 'P1' }));
    await world.until(START + 2 * MINUTE);
    expect(world.story.slice(0, 2)).toEqual(['+30 pager open', '+30 chat failover']);
    // And somebody hears of the channel itself, once, by the next one too.
    const told = world.sent.filter(({ intent }) => intent.content.title.includes('Channel refuses'));
    expect(told.map(({ at, channel, action }) => `+${(at - START) / 1000} ${channel} ${action}`)).toEqual([
      '+60 pager open',
      '+60 chat failover',
    ]);
  });

  it('that is down gets the end only, and nothing at all when it never heard of the beginning', async () => {
    const world = new World();
    world.providers.chat!.answer = () => ({ outcome: 'pending', detail: '503', retryAfterSeconds: 600 });
    await world.take(signal());
    await world.until(START + 2 * MINUTE);
    await world.take(ended(world.now));
    world.providers.chat!.answer = () => ({ outcome: 'confirmed', detail: '' });
    await world.until(START + HOUR);
    expect(world.story).toEqual(['+30 chat open', '+630 chat resolve']);
  });

  it('is not flooded: above its rate there is one digest whose counts add up, and a P0 goes first', async () => {
    const config = routing();
    const chat = { ...config.channels.chat!, burst: 5, reservedForP0: 1, ratePerMinute: 1 };
    const policies = { ...config.policies, P0: { ...config.policies.P0, channels: ['chat', 'phone'] } };
    const world = new World(routing({ channels: { ...config.channels, chat }, policies }));
    const names = Array.from({ length: 20 }, (_, index) => `Slow${index}`);
    await world.take(...names.map((name) => signal({ name, resource: name })));
    await world.until(START + 31_000);
    await world.take(signal({ ...P0, name: 'Gone', resource: 'gone', at: world.now }));
    expect(world.story).toEqual([...Array(3).fill('+30 chat open'), '+30 chat digest', '+31 chat open']);
    const digest = world.sent.find(({ action }) => action === 'digest')!.intent;
    expect(digest.folds).toHaveLength(17);
    expect(digest.content.title).toBe('17 messages in one: 17 P2 open');
    expect(digest.content.counts.firing).toBe(17);
  });
});

describe('business hours', () => {
  const friday = Date.UTC(2026, 10, 20, 17);
  it('hold a P2 back until they begin, and a P3 until a later business day', async () => {
    const world = new World();
    world.now = friday;
    await world.take(signal({ at: friday }), signal({ at: friday, severity: 'P3', name: 'Minor', resource: 'minor' }));
    await world.until(friday + 4 * 24 * HOUR);
    const monday = Date.UTC(2026, 10, 23, 8);
    expect(world.sent.map(({ at, channel }) => [at, channel])).toEqual([
      [monday, 'chat'],
      [monday, 'mail'],
    ]);
  });

  it('do not hold back an end', async () => {
    const world = new World();
    await world.take(signal());
    await world.until(START + 10 * HOUR);
    await world.take(ended(world.now));
    await world.until(START + 11 * HOUR);
    expect(world.story).toEqual(['+30 chat open', '+36060 chat resolve']);
  });
});

describe('a silence', () => {
  const silence = (change = {}) => ({
    id: 'quiet',
    matchers: { name: 'Slow' },
    startsAt: START - MINUTE,
    endsAt: START + 30 * MINUTE,
    by: 'ada',
    reason: 'known',
    at: START,
    ...change,
  });

  it('covers the escalation too, announces its end, and what still fires then is told within a tick', async () => {
    const world = new World();
    await world.store.putSilence(silence());
    await world.take(signal(P0));
    await world.until(START + 40 * MINUTE);
    expect(world.story).toEqual(['+1200 mail notice', '+1800 pager open', '+2100 phone escalate']);
  });

  it('does not swallow the end of what was told before it', async () => {
    const world = new World();
    await world.take(signal());
    await world.until(START + MINUTE);
    await world.store.putSilence(silence({ endsAt: START + 5 * HOUR }));
    await world.until(START + 2 * MINUTE);
    await world.take(ended(world.now));
    await world.until(START + HOUR);
    expect(world.story).toEqual(['+30 chat open', '+180 chat resolve']);
  });

  it('that ends early lets what it covered be told within a tick', async () => {
    const world = new World();
    await world.store.putSilence(silence({ endsAt: START + 5 * HOUR }));
    await world.take(signal(P0));
    await world.until(START + 2 * MINUTE);
    await world.store.putSilence(silence({ endsAt: world.now, at: world.now }));
    await world.until(START + 3 * MINUTE);
    expect(world.story).toHaveLength(1);
    expect(world.sent[0]!.at - START).toBeLessThanOrEqual(2 * MINUTE + 30_000);
  });
});

describe('an inhibition', () => {
  const config = routing({
    inhibitions: [{ id: 'down', source: { name: 'Down' }, target: { name: 'Slow' }, equal: ['region'] }],
  });
  const down = { name: 'Down', resource: 'all', severity: 'P1' } as const;

  it('holds whichever comes first, and ends with its source', async () => {
    for (const isSourceFirst of [true, false]) {
      const world = new World(config);
      const pair = [signal(down), signal()];
      for (const each of isSourceFirst ? pair : pair.reverse()) await world.take(each);
      await world.until(START + 10 * MINUTE);
      await world.take(ended(world.now, down));
      await world.until(START + 11 * MINUTE + 10_000);
      expect(world.story.filter((line) => line.includes('chat'))).toHaveLength(1);
      expect(world.sent.find(({ channel }) => channel === 'chat')!.at - START).toBeGreaterThanOrEqual(10 * MINUTE);
    }
  });

  it('does not reach other regions, nor what is graver', async () => {
    const world = new World(config);
    await world.take(signal(down), signal({ region: 'us-east-2' }), signal({ ...P0, resource: 'two' }));
    await world.until(START + MINUTE);
    expect(world.story).toEqual(['+0 pager open', '+30 pager open', '+30 chat open']);
  });

  it('by what is lighter would hide what is graver, were it allowed', async () => {
    const lighter = signal({ ...down, severity: 'P3' });
    const world = new World(config);
    await world.take(lighter, signal({ ...P0, resource: 'two' }));
    expect(world.story).toEqual(['+0 pager open']);
    const graver = new World(config);
    await graver.take(signal({ ...down, severity: 'P0' }), signal({ ...P0, resource: 'two' }));
    expect(graver.sent.map(({ intent }) => intent.content.title)).toEqual([expect.stringContaining('Down')]);
  });

  it('holds after a restart too, whatever is settled first', async () => {
    const world = new World(config);
    await world.hear(signal(), signal(down));
    const restarted = new World(config);
    Object.assign(restarted, { store: world.store, now: START + HOUR });
    await restarted.until(START + 2 * HOUR);
    expect(restarted.sent.length).toBeGreaterThan(0);
    expect(restarted.sent.filter(({ intent }) => intent.content.title.includes('Slow'))).toEqual([]);
  });

  it('that cannot be read keeps nothing quiet', async () => {
    const world = new World(config);
    world.store.inhibitors = () => Promise.reject(new Error('no answer'));
    await world.take(signal(down), signal());
    await world.until(START + MINUTE);
    expect(world.story).toContain('+30 chat open');
  });
});

describe('a flapping alert', () => {
  it('is one incident with one end, and at most one update in an interval', async () => {
    const world = new World();
    for (let cycle = 0; cycle < 60; cycle += 1) {
      await world.take(signal({ at: world.now }));
      await world.until(world.now + 20_000);
      await world.take(ended(world.now));
      await world.until(world.now + 20_000);
    }
    await world.until(START + 3 * HOUR);
    expect(world.story).toEqual(['+50 chat open', '+2980 chat resolve']);
  });
});

describe('a group', () => {
  it('of ten thousand alerts makes one message, which counts them', async () => {
    const world = new World();
    await world.take(...Array.from({ length: 10_000 }, (_, index) => signal({ resource: `r${index}` })));
    await world.until(START + MINUTE);
    expect(world.story).toEqual(['+30 chat open']);
    expect(world.sent[0]!.intent.content.counts).toEqual({ firing: 10_000, resolved: 0, suppressed: 0 });
  });

  it('that an alert leaves for another is told that it is over', async () => {
    const world = new World();
    await world.take(signal({ severity: 'P1' }));
    await world.until(START + MINUTE);
    await world.take(signal({ severity: 'P1', at: world.now, name: 'Slower' }));
    await world.until(START + 3 * MINUTE);
    expect(world.story).toEqual(['+30 pager open', '+60 pager resolve', '+90 pager open']);
  });
});
