/** A routing configuration that does not make sense is refused whole, by what is wrong with it. */
import { describe, expect, it } from 'vitest';
import { checkedRouting, faultsOf } from '../../functions/alert-routing/check.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import shipped from '../../infra/config/alert-routing.json' with { type: 'json' };
import { routing } from './world.ts';

const route = (change: object) => ({ ...routing().routes[0]!, ...change });
const [last] = routing().routes;
const withRoutes = (...routes: object[]) => faultsOf(routing({ routes: [...routes, last] }));
const policies = (severity: 'P0' | 'P2', change: object) => ({
  policies: { ...routing().policies, [severity]: { ...routing().policies[severity], ...change } },
});

describe('a routing configuration', () => {
  it('as shipped, and as the tests use it, is without fault', () => {
    expect(faultsOf(Routing.parse(shipped))).toEqual([]);
    expect(faultsOf(routing())).toEqual([]);
  });

  it('is refused with every fault in one message', () => {
    const bad = { ...shipped, defaultOwner: 'nobody', routes: shipped.routes.slice(0, -1) };
    expect(() => checkedRouting(bad)).toThrow(
      /defaultOwner: nobody is not one of owners\n- routes: the last one, orders/,
    );
    expect(() => checkedRouting({ ...shipped, flap: 3 })).toThrow(/flap: .*expected object.*got 3/);
  });

  it('must not have a route that nothing reaches', () => {
    expect(
      withRoutes(route({ id: 'a', when: { team: ['x', 'y'] } }), route({ id: 'b', when: { team: 'x', env: 'p' } })),
    ).toEqual(['routes.b: nothing reaches it, a before it takes all that it matches']);
    expect(withRoutes(route({ id: 'a', when: { team: 'x' } }), route({ id: 'b', when: { team: ['x', 'y'] } }))).toEqual(
      [],
    );
    expect(withRoutes(route({ id: 'a', when: {} }))).toHaveLength(1);
  });

  it('must name an owner and a runbook wherever a P0 or P1 can come out', () => {
    expect(withRoutes(route({ id: 'a', when: { x: 'y' }, owner: null, runbookUrl: null }))).toEqual([
      'routes.a.owner: a route with P0 and P1 needs one',
      'routes.a.runbookUrl: a route with P0 and P1 needs one',
    ]);
    expect(withRoutes(route({ id: 'a', when: { x: 'y' }, owner: null, runbookUrl: null, severities: ['P3'] }))).toEqual(
      [],
    );
  });

  it('must not route by severity, which may rise', () => {
    expect(withRoutes(route({ id: 'a', when: { severity: 'P0' } }))).toHaveLength(1);
  });

  it.each([
    ['waits', { waitSeconds: 5 }],
    ['keeps hours', { hours: 'office' }],
    ['waits too long for a confirmation', { confirmSeconds: 61 }],
    ['never asks for a confirmation', { confirmSeconds: null }],
    ['has one channel', { channels: ['pager'] }],
  ])('must not have a P0 that %s', (_, change) => {
    expect(faultsOf(routing(policies('P0', change)))).toHaveLength(1);
    expect(withRoutes(route({ id: 'a', when: { x: 'y' }, policies: { P0: change } }))).toHaveLength(1);
  });

  it('must tell people that it is over', () => {
    expect(faultsOf(routing(policies('P2', { tellsEnd: false })))).toEqual([
      'policies.P2.tellsEnd: chat must hear that it is over; only heartbeats need not',
    ]);
  });

  it('must not have a P0 whose channels are of one provider', () => {
    const { channels } = routing();
    const same = { ...channels, phone: { ...channels.phone!, provider: 'pager' } };
    expect(faultsOf(routing({ channels: same }))).toEqual([
      'policies.P0.channels: a P0 needs two channels of different providers',
    ]);
  });

  const beats = (through?: object, more: object = {}) => {
    const { channels } = routing();
    return faultsOf(
      routing({ channels: { ...channels, beat: { ...channels.pager!, kind: 'heartbeat', through }, ...more } }),
    );
  };
  it('has heartbeats that another channel carries to where it wakes nobody', () => {
    expect(beats({ channel: 'pager', target: 'nobody' })).toEqual([]);
    expect(beats({ channel: 'pager' })).toEqual([
      'channels.beat.through: needs a target or a secret of its own, or it reaches whom pager wakes',
    ]);
    expect(beats()).toEqual([]);
    expect(beats({ channel: 'gone', target: 'nobody' })).toEqual([
      'channels.beat.through.channel: gone is not one of channels',
    ]);
    expect(beats({ channel: 'beat', target: 'nobody' })).toEqual([
      'channels.beat.through.channel: beat is a heartbeat itself',
    ]);
    const chat = { ...routing().channels.chat!, through: { channel: 'pager', target: 'nobody' } };
    expect(beats({ channel: 'pager', target: 'nobody' }, { chat })).toEqual([
      'channels.chat.through: only a heartbeat is carried by another channel',
    ]);
  });

  it.each([
    ['a channel', policies('P2', { channels: ['gone'] })],
    ['hours', policies('P2', { hours: 'gone' })],
    ['an escalation', policies('P2', { escalation: 'gone' })],
    ['a step', { escalations: { people: { steps: [{ afterSeconds: 1, channels: ['gone'] }] } } }],
    ['a zone', { calendars: { office: { ...routing().calendars.office!, zone: 'Mars/Olympus' } } }],
  ])('must not name %s that is not there', (_, change) => {
    expect(faultsOf(routing(change))).toHaveLength(1);
  });

  const rule = (id: string, from: string, to: string) => ({
    id,
    source: { tier: from },
    target: { tier: to },
    equal: [],
  });
  it('must not inhibit in a circle', () => {
    expect(faultsOf(routing({ inhibitions: [rule('a', '1', '2'), rule('b', '2', '3')] }))).toEqual([]);
    expect(faultsOf(routing({ inhibitions: [rule('a', '1', '2'), rule('b', '2', '3'), rule('c', '3', '1')] }))).toEqual(
      ['inhibitions: a, b, c may inhibit one another in a circle'],
    );
    expect(faultsOf(routing({ inhibitions: [{ ...rule('a', '1', '2'), target: { name: 'x' } }] }))).toHaveLength(1);
  });

  it('takes only expressions that cannot run away', () => {
    for (const matches of ['(a+)+', '(.*)*x', '(?=x)', '([a-z]+)*', '(']) {
      expect(() => routing({ inhibitions: [{ ...rule('a', '1', '2'), source: { name: { matches } } }] })).toThrow();
    }
  });
});
