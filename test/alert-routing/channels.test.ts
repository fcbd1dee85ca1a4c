/** Channels over the ports: what carries a heartbeat and what its monitor hears; a Slack message that is gone. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type ChannelPorts, channelsOf } from '../../functions/alert-routing/channels.ts';
import type { Intent } from '../../functions/alert-routing/incident.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import shipped from '../../infra/config/alert-routing.json' with { type: 'json' };
import { MINUTE, routing, START, signal, World } from './world.ts';

interface Asked {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const MONITOR = 'https://heartbeat.example.com/mainstay/us-west-2/';

async function firstMessage(): Promise<Intent> {
  const world = new World(routing());
  await world.take(signal({ severity: 'P1' }));
  await world.until(START + MINUTE);
  return world.sent[0]!.intent;
}

const open = await firstMessage();

let asked: Asked[];
let mails: { readonly to: string }[];
let topics: { readonly topicArn: string }[];
let posts: Map<string, string>;
/** What a host answers; 200 and nothing else where none is set. */
let answers: Record<string, (asked: Asked) => { status: number; body: string }>;

beforeEach(() => {
  asked = [];
  mails = [];
  topics = [];
  posts = new Map();
  answers = { 'slack.com': () => ({ status: 200, body: '{"ok":true,"ts":"1.1"}' }) };
});

const config = {
  region: 'us-west-2',
  secretPrefix: 'orders-prod/',
  linksUrl: null,
  mailFrom: 'alerts@example.com',
  topics: { phones: 'arn:phones', heartbeat: 'arn:heartbeat' },
};

const channels = (table = Routing.parse(shipped).channels) =>
  channelsOf(
    {
      web: {
        async send({ url, body = '{}' }: { url: string; body?: string }) {
          const one = { url, body: JSON.parse(body) };
          asked.push(one);
          const { status, body: said } = answers[new URL(url).hostname]?.(one) ?? { status: 200, body: '' };
          return { status, headers: {}, body: said };
        },
      },
      secrets: { read: async (name: string) => [`value of ${name}`] },
      mail: { send: async (mail: { to: string }) => void mails.push(mail) },
      topics: { publish: async (one: { topicArn: string }) => void topics.push(one) },
      clock: { now: () => START },
      posts: {
        find: async (incident: string, channel: string) => posts.get(`${incident} ${channel}`) ?? null,
        note: async (incident: string, channel: string, ts: string) => void posts.set(`${incident} ${channel}`, ts),
      },
      config,
    } as unknown as ChannelPorts,
    table,
  );

const send = (channel: string, intent: Intent) => channels()[channel]!.send({ ...intent, channel });

describe('a heartbeat', () => {
  it('is carried by its provider to a service that wakes nobody, and then told to the monitor', async () => {
    expect(await send('heartbeat-pagerduty', open)).toMatchObject({ outcome: 'confirmed' });
    expect(asked.map(({ url }) => url)).toEqual(['https://events.pagerduty.com/v2/enqueue', `${MONITOR}pagerduty`]);
    expect(asked[0]?.body).toMatchObject({
      routing_key: 'value of orders-prod/alert-routing/pagerduty-heartbeat',
      dedup_key: 'heartbeat-us-west-2',
    });
  });

  it('goes by mail and by topic to where nobody reads it', async () => {
    await send('heartbeat-email', open);
    await send('heartbeat-phones', open);
    expect(mails.map(({ to }) => to)).toEqual(['success@simulator.amazonses.com']);
    expect(topics.map(({ topicArn }) => topicArn)).toEqual(['arn:heartbeat']);
    expect(asked.map(({ url }) => url)).toEqual([`${MONITOR}email`, `${MONITOR}phones`]);
  });

  it.each([
    ['refuses', 401, 'refused'],
    ['is in trouble', 503, 'pending'],
  ])('whose provider %s is not told to the monitor', async (_, status, outcome) => {
    answers['events.pagerduty.com'] = () => ({ status, body: '' });
    expect(await send('heartbeat-pagerduty', open)).toMatchObject({ outcome });
    expect(asked.map(({ url }) => url)).not.toContain(`${MONITOR}pagerduty`);
  });

  it('that the monitor does not take is tried again', async () => {
    answers['heartbeat.example.com'] = () => ({ status: 500, body: '' });
    expect(await send('heartbeat-pagerduty', open)).toMatchObject({ outcome: 'pending' });
  });

  it('of the router alone is told to its monitor, and carried by nobody', async () => {
    expect(await send('heartbeat', open)).toMatchObject({ outcome: 'confirmed' });
    expect(asked.map(({ url }) => url)).toEqual([MONITOR.slice(0, -1)]);
  });

  it('changes one message on Slack for ever, and makes no other', async () => {
    await send('heartbeat-slack', open);
    await send('heartbeat-slack', { ...open, incident: 'of-the-next-minute' });
    const slack = asked.filter(({ url }) => url.includes('slack.com'));
    expect(slack.map(({ url }) => url)).toEqual([
      'https://slack.com/api/chat.postMessage',
      'https://slack.com/api/chat.update',
    ]);
    expect(slack[0]?.body).toMatchObject({ channel: '#heartbeat' });
  });
});

describe('a message on Slack that was to be changed', () => {
  const gone = (error: string) => {
    posts.set(`${open.incident} slack`, '0.5');
    answers['slack.com'] = ({ url }) =>
      url.endsWith('update')
        ? { status: 200, body: JSON.stringify({ ok: false, error }) }
        : { status: 200, body: '{"ok":true,"ts":"2.2"}' };
  };

  it.each(['message_not_found', 'edit_window_closed', 'cant_update_message'])(
    'is posted anew where Slack says %s, and the new one is changed from then on',
    async (error) => {
      gone(error);
      expect(await send('slack', open)).toMatchObject({ outcome: 'confirmed' });
      expect(posts.get(`${open.incident} slack`)).toBe('2.2');
    },
  );

  it('is tried again where Slack says anything else', async () => {
    gone('internal_error');
    expect(await send('slack', open)).toMatchObject({ outcome: 'pending' });
    expect(posts.get(`${open.incident} slack`)).toBe('0.5');
  });
});
