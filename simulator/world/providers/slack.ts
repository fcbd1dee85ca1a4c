/**
 * Slack as its clients see it: chat.postMessage and chat.update with a token, and incoming webhooks. One message per
 * second and channel; an error of the API comes with status 200 and ok false. Source: Slack API documentation, "Rate
 * limits", "chat.postMessage", "Sending messages using incoming webhooks".
 */
import type { Cloud } from '../../cloud.ts';
import { recordMessage } from '../ledger.ts';
import { type Answer, type Asked, json, text } from './exchange.ts';
import { providersRandom, providersState, type SlackMessage, troubleOf } from './state.ts';

/** Documented: one per second and channel. Guess: a burst of three is tolerated. */
const EVERY_MS = 1_000;
const BURST_MS = 2_000;
const TEXT_MAX = 40_000;

interface Post {
  readonly channel?: string;
  readonly text?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
}

const refused = (error: string): Answer => json(200, { ok: false, error });

export function slack(cloud: Cloud, asked: Asked): Answer {
  if (asked.method !== 'POST') return text(405, 'method_not_allowed');
  if (asked.host === 'hooks.slack.com') return incomingWebhook(cloud, asked);
  const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1];
  if (token === undefined) return refused('not_authed');
  if (providersState(cloud).slack.tokens[token] === undefined) return refused('invalid_auth');
  const post = parse(asked.body);
  if (!post) return refused('invalid_json');
  if (asked.path === '/api/chat.postMessage') return postMessage(cloud, post, asked.from);
  if (asked.path === '/api/chat.update') return update(cloud, post, asked.from);
  return refused('unknown_method');
}

function parse(body: string): Post | undefined {
  try {
    return JSON.parse(body) as Post;
  } catch {
    return undefined;
  }
}

type Channel = { nextAt: number; messages: SlackMessage[] };

const channelOf = (cloud: Cloud, name = ''): Channel | undefined =>
  providersState(cloud).slack.channels[name.replace(/^#/, '')];

/** Seconds to wait, or 0 when the channel takes one more now. */
function waitSeconds(cloud: Cloud, channel: Channel): number {
  const aheadMs = channel.nextAt - cloud.now;
  if (aheadMs > BURST_MS) return Math.ceil((aheadMs - BURST_MS) / 1000);
  channel.nextAt = Math.max(channel.nextAt, cloud.now) + EVERY_MS;
  return 0;
}

const tooMany = (seconds: number): Answer =>
  json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) });

function postMessage(cloud: Cloud, post: Post, from: string): Answer {
  const channel = channelOf(cloud, post.channel);
  if (!channel) return refused('channel_not_found');
  if (!post.text) return refused('no_text');
  if (post.text.length > TEXT_MAX) return refused('msg_too_long');
  const seconds = waitSeconds(cloud, channel);
  if (seconds > 0) return tooMany(seconds);
  const ts = put(cloud, channel, post, from);
  return json(200, { ok: true, channel: post.channel, ts, message: { text: post.text, ts } });
}

function put(cloud: Cloud, channel: Channel, { channel: name = '', text = '', thread_ts }: Post, from: string): string {
  const ts = `${Math.floor(cloud.now / 1000)}.${providersRandom(cloud).hex(6)}`;
  const lost = troubleOf(cloud, 'slack', 'forgets') !== undefined;
  if (!lost) channel.messages.push({ ts, channel: name, text, thread: thread_ts ?? null, at: cloud.now });
  recordMessage(cloud, {
    provider: 'slack',
    to: name.replace(/^#/, ''),
    what: 'post',
    key: ts,
    summary: text,
    from,
    lost,
  });
  return ts;
}

function update(cloud: Cloud, post: Post, from: string): Answer {
  const channel = channelOf(cloud, post.channel);
  if (!channel) return refused('channel_not_found');
  const message = channel.messages.find(({ ts }) => ts === post.ts);
  if (!message) return refused('message_not_found');
  const seconds = waitSeconds(cloud, channel);
  if (seconds > 0) return tooMany(seconds);
  message.text = post.text ?? '';
  const { ts, text } = message;
  recordMessage(cloud, {
    provider: 'slack',
    to: (post.channel ?? '').replace(/^#/, ''),
    what: 'update',
    key: ts,
    summary: text,
    from,
    lost: false,
  });
  return json(200, { ok: true, channel: post.channel, ts, text });
}

/** Answers in plain text, and tells no ts: what was posted this way cannot be updated. */
function incomingWebhook(cloud: Cloud, { path, body, from }: Asked): Answer {
  const name = providersState(cloud).slack.hooks[path];
  if (name === undefined) return text(404, 'no_service');
  const channel = channelOf(cloud, name);
  if (!channel) return text(404, 'channel_not_found');
  const post = parse(body);
  if (!post?.text) return text(400, post ? 'no_text' : 'invalid_payload');
  const seconds = waitSeconds(cloud, channel);
  if (seconds > 0) return { ...text(429, 'rate_limited'), headers: { 'retry-after': String(seconds) } };
  put(cloud, channel, { ...post, channel: name }, from);
  return text(200, 'ok');
}
