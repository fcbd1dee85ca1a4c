/** Providers of notifications as hosts on the network: what they take, refuse, forget, and whom they call. */
import { describe, expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { installNetwork, networkOf } from '../../../simulator/runtime/network.ts';
import {
  happen,
  ledgerOf,
  openProviders,
  providersState,
  worldHttp,
  worldParts,
} from '../../../simulator/world/index.ts';
import type { Person, Trouble } from '../../../simulator/world/providers/index.ts';

const REGION = 'us-west-2';
const KEY = 'R'.repeat(32);

function world(onCall: Person = { name: 'ada', acknowledgesMs: null }): Cloud {
  const startAt = Date.UTC(2026, 10, 20);
  const cloud = Cloud.create({ seed: 1, account: '111122223333', regions: [REGION], services: worldParts, startAt });
  installNetwork(cloud, worldHttp);
  openProviders(cloud, {
    pagerduty: [
      {
        routingKey: KEY,
        name: 'orders',
        webhooks: [{ url: 'https://router.example.com/pagerduty', secret: 'shh' }],
        onCall,
        apiToken: 'token',
      },
    ],
    slack: { tokens: ['xoxb'], channels: ['alerts'] },
    slackHooks: { '/services/T/B/x': 'alerts' },
    receivers: [{ host: 'router.example.com', bearer: null }],
    heartbeats: [{ url: 'hc-ping.com/west', name: 'west', everyMs: 60_000, graceMs: 120_000 }],
  });
  return cloud;
}

async function post(cloud: Cloud, url: string, content: object, headers: Record<string, string> = {}) {
  const body = new TextEncoder().encode(JSON.stringify(content));
  const sent = networkOf(cloud).send({ from: REGION, method: 'POST', url: new URL(url), headers, body });
  const answer = await cloud.resolve(sent);
  const text = new TextDecoder().decode(answer.body);
  return { status: answer.status, headers: answer.headers, content: text.startsWith('{') ? JSON.parse(text) : text };
}

const page = (cloud: Cloud, action = 'trigger', dedup_key = 'k', more: object = {}) =>
  post(cloud, 'https://events.pagerduty.com/v2/enqueue', {
    routing_key: KEY,
    event_action: action,
    dedup_key,
    payload: { summary: 'down', source: 'orders', severity: 'critical' },
    ...more,
  });

const people = (cloud: Cloud) =>
  ledgerOf(cloud)
    .people.filter(({ by }) => by === 'pagerduty')
    .map(({ who, what, key }) => `${who} ${what} ${key}`);
const hooks = (cloud: Cloud) =>
  ledgerOf(cloud)
    .messages.filter(({ provider }) => provider === 'webhook')
    .map(({ summary }) => JSON.parse(summary).event.event_type);

const trouble = (cloud: Cloud, provider: 'pagerduty' | 'slack', is: Trouble) =>
  happen(cloud, { do: 'trouble', id: 'it', provider, trouble: is });

describe('PagerDuty', () => {
  test('accepts first and works later: one incident and one call for a key, however often it is triggered', async () => {
    const cloud = world();
    for (let i = 0; i < 3; i++) expect(await page(cloud)).toMatchObject({ status: 202, content: { dedup_key: 'k' } });
    expect(people(cloud)).toEqual([]);
    await cloud.advance(60_000);
    expect(people(cloud)).toEqual(['ada paged k']);
    expect(providersState(cloud).pagerduty.incidents).toMatchObject([{ dedupKey: 'k', triggers: 3 }]);
  });

  test('the person on call takes it after a while, and the incident’s webhooks say so', async () => {
    const cloud = world({ name: 'ada', acknowledgesMs: [30_000, 60_000] });
    await page(cloud);
    await cloud.advance(120_000);
    expect(people(cloud)).toEqual(['ada paged k', 'ada acknowledged k']);
    await page(cloud);
    await cloud.advance(120_000);
    expect(people(cloud)).toHaveLength(2);
    await page(cloud, 'resolve');
    await cloud.advance(60_000);
    expect(hooks(cloud)).toEqual(['incident.triggered', 'incident.acknowledged', 'incident.resolved']);
  });

  test('a trigger after the end is another incident; an end without an incident is nothing', async () => {
    const cloud = world();
    await page(cloud, 'resolve');
    await cloud.advance(30_000);
    await page(cloud);
    await cloud.advance(30_000);
    expect(people(cloud)).toEqual(['ada paged k']);
    await page(cloud, 'resolve');
    await cloud.advance(30_000);
    await page(cloud);
    await cloud.advance(30_000);
    expect(people(cloud)).toEqual(['ada paged k', 'ada paged k']);
  });

  test('nobody is called when it ends before the call', async () => {
    const cloud = world();
    await page(cloud);
    await cloud.advance(3_100);
    await page(cloud, 'resolve');
    const open = providersState(cloud).pagerduty.incidents;
    await cloud.advance(60_000);
    expect(open).toMatchObject([{ status: 'resolved' }]);
    expect(people(cloud).length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['no summary', { payload: { source: 's', severity: 'critical' } }],
    ['a severity of its own', { payload: { summary: 's', source: 's', severity: 'P0' } }],
    ['a summary that is too long', { payload: { summary: 'x'.repeat(1_025), source: 's', severity: 'info' } }],
    ['a routing key of nobody', { routing_key: 'S'.repeat(32) }],
    ['a key that is too long', { dedup_key: 'k'.repeat(256) }],
  ])('refuses %s', async (_what, more) => {
    expect(await page(world(), 'trigger', 'k', more)).toMatchObject({ status: 400 });
  });

  test('takes 120 events in a minute, and more only later', async () => {
    const cloud = world();
    const statuses = new Set<number>();
    for (let i = 0; i < 121; i++) statuses.add((await page(cloud, 'trigger', `k${i}`)).status);
    expect(statuses).toEqual(new Set([202, 429]));
    await cloud.advance(60_000);
    expect(await page(cloud)).toMatchObject({ status: 202 });
  });

  test('in an outage refuses, and then goes on; forgetting, it accepts and calls nobody', async () => {
    const cloud = world();
    await trouble(cloud, 'pagerduty', { kind: 'outage', status: 502 });
    expect(await page(cloud)).toMatchObject({ status: 502 });
    await happen(cloud, { do: 'endTrouble', id: 'it' });
    await trouble(cloud, 'pagerduty', { kind: 'forgets' });
    expect(await page(cloud)).toMatchObject({ status: 202 });
    await cloud.advance(60_000);
    expect(people(cloud)).toEqual([]);
    expect(ledgerOf(cloud).messages).toMatchObject([{ lost: true }]);
  });

  test('can be asked what is open under a key, with its token', async () => {
    const cloud = world();
    await page(cloud);
    await cloud.advance(5_000);
    const ask = async (token: string) => {
      const url = new URL('https://api.pagerduty.com/incidents?incident_key=k&statuses[]=triggered');
      const headers = { authorization: `Token token=${token}` };
      const body = new Uint8Array();
      const answer = await cloud.resolve(networkOf(cloud).send({ from: REGION, method: 'GET', url, headers, body }));
      return { status: answer.status, content: JSON.parse(new TextDecoder().decode(answer.body)) };
    };
    expect(await ask('token')).toMatchObject({ content: { incidents: [{ incident_key: 'k', status: 'triggered' }] } });
    expect(await ask('other')).toMatchObject({ status: 401 });
  });

  test('tells what is open a page at a time', async () => {
    const cloud = world();
    for (const dedup_key of ['a', 'b', 'c']) await page(cloud, 'trigger', dedup_key);
    await cloud.advance(5_000);
    const ask = async (offset: number) => {
      const url = new URL(`https://api.pagerduty.com/incidents?statuses[]=triggered&limit=2&offset=${offset}`);
      const headers = { authorization: 'Token token=token' };
      const body = new Uint8Array();
      const answer = await cloud.resolve(networkOf(cloud).send({ from: REGION, method: 'GET', url, headers, body }));
      const { incidents, more } = JSON.parse(new TextDecoder().decode(answer.body));
      return [incidents.length, more];
    };
    expect([await ask(0), await ask(2)]).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  test('lets somebody close a page by hand, and open it again', async () => {
    const cloud = world();
    await page(cloud);
    await cloud.advance(5_000);
    await happen(cloud, { do: 'closePages' });
    expect(providersState(cloud).pagerduty.incidents).toMatchObject([{ status: 'resolved' }]);
    await happen(cloud, { do: 'reopenPage' });
    expect(providersState(cloud).pagerduty.incidents).toMatchObject([{ status: 'triggered' }]);
  });
});

describe('Slack', () => {
  const headers = { authorization: 'Bearer xoxb' };
  const say = (cloud: Cloud, content: object, method = 'chat.postMessage') =>
    post(cloud, `https://slack.com/api/${method}`, content, headers);

  test('posts, and what was posted can be changed', async () => {
    const cloud = world();
    const { content } = await say(cloud, { channel: '#alerts', text: 'down' });
    await cloud.advance(2_000);
    await say(cloud, { channel: '#alerts', ts: content.ts, text: 'up' }, 'chat.update');
    expect(providersState(cloud).slack.channels.alerts!.messages).toMatchObject([{ text: 'up' }]);
  });

  test('says in a 200 what it refuses', async () => {
    const cloud = world();
    expect(await say(cloud, { channel: '#none', text: 'x' })).toMatchObject({
      status: 200,
      content: { ok: false, error: 'channel_not_found' },
    });
    expect(await post(cloud, 'https://slack.com/api/chat.postMessage', {})).toMatchObject({ content: { ok: false } });
  });

  test('takes one message a second and channel, and says how long to wait', async () => {
    const cloud = world();
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await say(cloud, { channel: 'alerts', text: `${i}` }));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('an incoming webhook answers in plain text', async () => {
    const cloud = world();
    expect(await post(cloud, 'https://hooks.slack.com/services/T/B/x', { text: 'a' })).toMatchObject({ content: 'ok' });
    expect(await post(cloud, 'https://hooks.slack.com/services/T/B/y', { text: 'a' })).toMatchObject({ status: 404 });
  });
});

test('a heartbeat that stays away is noticed from outside, once', async () => {
  const cloud = world();
  for (let i = 0; i < 5; i++) {
    await post(cloud, 'https://hc-ping.com/west', {});
    await cloud.advance(60_000);
  }
  expect(ledgerOf(cloud).people).toEqual([]);
  await cloud.advance(600_000);
  expect(ledgerOf(cloud).people).toMatchObject([{ by: 'heartbeat', what: 'paged', key: 'west' }]);
});
