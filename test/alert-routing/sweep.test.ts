/** What the sweep finds: alarms that vanished, pages that a provider lost or still shows, and what it cannot ask. */
import { describe, expect, it } from 'vitest';
import { pagerdutyIncidents } from '../../functions/alert-routing/pagerduty-incidents.ts';
import type { WebAnswer } from '../../functions/shared/ports.ts';
import { alarm, setUp } from './sweeping.ts';
import { MINUTE, START, type World } from './world.ts';

const sentBy = (world: World, channel: string) =>
  world.sent.filter((message) => message.channel === channel).map(({ action }) => action);

describe('the sweep', () => {
  it('ends an episode whose alarm is in no list any more', async () => {
    const { world, state, sweep, incident } = await setUp();
    state.there?.add(incident);
    expect(await sweep()).toMatchObject({ vanished: 0 });
    state.listed = false;
    expect(await sweep()).toMatchObject({ vanished: 1 });
    expect(await sweep()).toMatchObject({ vanished: 0 });
    state.there = new Set();
    await world.until(START + 6 * MINUTE);
    expect(sentBy(world, 'pager')).toEqual(['open', 'resolve']);
  });

  it('leaves an alarm alone that is another region’s or account’s, or began just now', async () => {
    const { world, state, sweep, incident } = await setUp();
    state.there?.add(incident);
    await world.take({ ...alarm, region: 'us-east-2' }, { ...alarm, account: '999999999999' });
    world.now += MINUTE / 2;
    state.listed = true;
    await world.take({ ...alarm, resource: 'alarm:new', name: 'outage', at: world.now });
    expect(await sweep()).toMatchObject({ vanished: 0 });
  });

  it('pages again what the provider does not show, once in a while, and not at all what is taken care of', async () => {
    const { world, sweep, incident } = await setUp();
    expect((await sweep()).pagerduty).toEqual({ reopened: 1, ended: 0, held: 0 });
    expect((await sweep()).pagerduty).toEqual({ reopened: 0, ended: 0, held: 0 });
    expect(sentBy(world, 'pager')).toEqual(['open', 'repeat']);
    expect(new Set(world.sent.map((message) => message.incident))).toEqual(new Set([incident]));
    await world.acknowledge(incident);
    world.now += 10 * MINUTE;
    expect((await sweep()).pagerduty).toEqual({ reopened: 0, ended: 0, held: 0 });
  });

  it('says nothing where both agree, or where the key never was ours', async () => {
    const { world, state, sweep, incident } = await setUp();
    state.there = new Set([incident, 'of another system']);
    expect((await sweep()).pagerduty).toEqual({ reopened: 0, ended: 0, held: 0 });
    expect(sentBy(world, 'pager')).toEqual(['open']);
  });

  it('ends again what the provider still shows, but gives it the time to hear of the end', async () => {
    const { world, state, sweep, incident } = await setUp();
    state.there?.add(incident);
    await world.take({ ...alarm, state: 'resolved', at: world.now });
    await world.until(world.now + MINUTE);
    expect((await sweep()).pagerduty).toEqual({ reopened: 0, ended: 0, held: 0 });
    await world.until(world.now + 3 * MINUTE);
    expect((await sweep()).pagerduty).toEqual({ reopened: 0, ended: 1, held: 0 });
    expect(sentBy(world, 'pager')).toEqual(['open', 'resolve', 'resolve']);
  });

  it('concludes nothing from a provider that cannot be asked', async () => {
    const { world, state, sweep } = await setUp();
    state.there = null;
    expect((await sweep()).pagerduty).toBeNull();
    expect(sentBy(world, 'pager')).toEqual(['open']);
  });
});

describe('what PagerDuty has open', () => {
  const asked = (answers: readonly (WebAnswer | null)[]) => {
    const urls: string[] = [];
    const web = {
      send: async ({ url, headers = {} }: { url: string; headers?: Readonly<Record<string, string>> }) => {
        urls.push(`${headers.authorization} ${new URL(url).searchParams.get('offset')}`);
        return answers[urls.length - 1] ?? null;
      },
    };
    return { urls, open: () => pagerdutyIncidents(web, { read: async () => ['t'] }, 'secret').open() };
  };
  const page = (keys: readonly (string | null)[], more: boolean): WebAnswer => ({
    status: 200,
    headers: {},
    body: JSON.stringify({ incidents: keys.map((incident_key) => ({ incident_key, status: 'triggered' })), more }),
  });

  it('is read page by page', async () => {
    const { open, urls } = asked([page(['a', null], true), page(['b'], false)]);
    expect(await open()).toEqual({ keys: new Set(['a', 'b']) });
    expect(urls).toEqual(['Token token=t 0', 'Token token=t 100']);
  });

  it.each<[string, (WebAnswer | null)[]]>([
    ['there is no answer', [null]],
    ['it refuses', [{ status: 401, headers: {}, body: '{}' }]],
    ['a later page is missing', [page(['a'], true), null]],
    ['it says what nobody understands', [{ status: 200, headers: {}, body: 'oops' }]],
  ])('is unknown when %s', async (_, answers) => {
    expect(await asked(answers).open()).toEqual({ unknown: expect.any(String) });
  });
});
