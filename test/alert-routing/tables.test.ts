/** alert-routing/19: what a table that the check refuses would do, were it let through. */
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../functions/alert-routing/check.ts';
import type { Intent } from '../../functions/alert-routing/incident.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import { HOUR, routing, START, signal, World } from './world.ts';

const [last] = routing().routes;
const { P0 } = routing().policies;
const p0 = (change: object) => routing({ policies: { ...routing().policies, P0: { ...P0, ...change } } });
const circle = [
  { id: 'a', source: { tier: '1' }, target: { tier: '2' }, equal: [] },
  { id: 'b', source: { tier: '2' }, target: { tier: '1' }, equal: [] },
];

/** Plays these signals and tells the story of the first ten minutes; the pager refuses everything. */
async function storyOf(config: ReturnType<typeof routing>, signals: readonly Partial<Signal>[]): Promise<string[]> {
  const world = new World(config);
  world.providers.pager!.answer = () => ({ outcome: 'refused', detail: 'no such key' });
  await world.take(...signals.map((one) => signal(one)));
  await world.until(START + HOUR / 6);
  // What is said of the pager itself is another story.
  const isOurs = ({ intent }: World['sent'][number]) => !isRefusal(intent);
  return world.sent.filter(isOurs).map(({ at, channel, action }) => `+${(at - START) / 1000} ${channel} ${action}`);
}

const isRefusal = ({ content }: Intent): boolean =>
  content.alerts.some(({ name }) => name === 'Channel refuses messages');

const URGENT = [{ severity: 'P0' as const }];

describe('alert-routing/19: a table that makes no sense', () => {
  it('is refused, and one that makes sense tells a P0 at once by two providers', async () => {
    expect(faultsOf(routing())).toEqual([]);
    expect((await storyOf(routing(), URGENT)).slice(0, 2)).toEqual(['+0 pager open', '+0 phone failover']);
  });

  it.each([
    ['lets a P0 wait', p0({ waitSeconds: 60 }), '+60 pager open', 0],
    ['lets a P0 keep office hours', p0({ hours: 'office', starts: 'next-business-day' }), undefined, 0],
    ['has one channel for a P0', p0({ channels: ['pager'], escalation: null }), undefined, 1],
  ])('that %s is refused: it would tell too late or nobody', async (_, config, story, at) => {
    expect(faultsOf(config)).not.toEqual([]);
    expect((await storyOf(config, URGENT))[at]).toBe(story);
  });

  it('whose alerts explain each other is refused: nobody would hear of either', async () => {
    const config = routing({ inhibitions: circle });
    expect(faultsOf(config)).toEqual(['inhibitions: a, b may inhibit one another in a circle']);
    const signals = ['1', '2'].map((tier) => ({
      name: tier,
      resource: tier,
      severity: 'P1' as const,
      labels: { tier },
    }));
    expect(await storyOf(config, signals)).toEqual([]);
    expect(await storyOf(routing(), signals)).not.toEqual([]);
  });

  it('with a route that nothing reaches is refused: its owner would never hear of anything', () => {
    const route = (id: string, when: object) => ({ ...last, id, when });
    const wide = { team: ['x', 'y'] };
    const config = routing({ routes: [route('wide', wide), route('hidden', { team: 'x', env: 'p' }), last] });
    expect(faultsOf(config)).toEqual(['routes.hidden: nothing reaches it, wide before it takes all that it matches']);
    expect(new World(config).table.routeOf(signal({ labels: { team: 'x', env: 'p' } })).id).toBe('wide');
  });
});
