/**
 * Slack's Web API: the first message of an incident is posted, later ones change it and, where somebody should look, say so
 * in its thread. An incoming webhook can only post. Slack says `ok: false` with HTTP 200.
 */
import type { Intent } from '../incident.ts';
import type { Delivery } from '../ports.ts';
import {
  type Actions,
  cut,
  facts,
  interpretStatus,
  isEnd,
  type ProviderAnswer,
  type ProviderRequest,
} from './request.ts';

export const SLACK_URL = 'https://slack.com/api';

/** A section takes 3,000 characters; a header 150. */
const SECTION_MAX = 2900;

/** The three characters that are Slack's own; without them no mention, link or channel can be smuggled in. */
export const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A link's address must not end the link. */
const linkTo = (url: string, text: string): string =>
  `<${encodeURI(decodeSafely(url)).replaceAll('|', '%7C')}|${text}>`;

function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

const SIGNS = {
  P0: ':red_circle:',
  P1: ':large_orange_circle:',
  P2: ':large_yellow_circle:',
  P3: ':white_circle:',
} as const;

export interface SlackTarget {
  readonly channel: string;
  readonly token: string;
  /** Of the incident's first message, where it is known; then that one is changed. */
  readonly ts: string | null;
  readonly actions: Actions;
  readonly url?: string;
}

export function renderSlack(
  intent: Intent,
  { channel, token, ts, actions, url = SLACK_URL }: SlackTarget,
): ProviderRequest {
  const body = { channel, ...(ts ? { ts } : {}), ...message(intent, actions), unfurl_links: false };
  return {
    url: `${url}/${ts ? 'chat.update' : 'chat.postMessage'}`,
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  };
}

/** By an incoming webhook, whose URL is its secret. */
export const renderSlackWebhook = (
  intent: Intent,
  { url, actions }: { url: string; actions: Actions },
): ProviderRequest => ({
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(message(intent, actions)),
});

function message(intent: Intent, actions: Actions): { text: string; blocks: unknown[] } {
  const { content, severity } = intent;
  const sign = isEnd(intent) ? ':white_check_mark:' : SIGNS[severity];
  const title = `${sign} *${escapeSlack(content.title)}*`;
  const alerts = content.alerts.slice(0, 10).map(({ name, region, summary, status }) => {
    return `• ${status === 'resolved' ? '~' : ''}${escapeSlack(`${name} ${region}: ${summary}`)}${status === 'resolved' ? '~' : ''}`;
  });
  const lines = facts(content).map(([name, value]) => {
    return `*${name}* ${/^https?:/.test(value) ? linkTo(value, name.toLowerCase()) : escapeSlack(value)}`;
  });
  const buttons = [
    ...(actions.acknowledgeUrl ? [button('Acknowledge', actions.acknowledgeUrl)] : []),
    ...(actions.silenceUrl ? [button('Silence', actions.silenceUrl)] : []),
  ];
  return {
    text: cut(escapeSlack(content.title), SECTION_MAX),
    blocks: [
      section(title),
      section(alerts.join('\n') || '_no alerts_'),
      section(lines.join('\n')),
      ...(buttons.length > 0 && !isEnd(intent) ? [{ type: 'actions', elements: buttons }] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: cut(escapeSlack(intent.reason), SECTION_MAX) }] },
    ],
  };
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_MAX) } });

const button = (text: string, url: string) => ({ type: 'button', text: { type: 'plain_text', text }, url });

/** Errors that no repetition mends (Slack API, chat.postMessage). */
const REFUSED = new Set([
  'account_inactive',
  'channel_not_found',
  'invalid_auth',
  'is_archived',
  'missing_scope',
  'not_authed',
  'not_in_channel',
  'token_revoked',
  'invalid_blocks',
  'msg_too_long',
]);

/** The message that was to be changed cannot be any more (Slack API, chat.update); a new one can be posted. */
const GONE = new Set(['message_not_found', 'edit_window_closed', 'cant_update_message']);

export const isGone = ({ detail }: Pick<Delivery, 'detail'>): boolean => GONE.has(detail);

/** With the message's `ts`, by which it can be changed later. */
export function interpretSlack(answer: ProviderAnswer): Delivery & { readonly ts: string | null } {
  const byStatus = interpretStatus(answer, 'confirmed');
  if (byStatus.outcome !== 'confirmed' || !answer) return { ...byStatus, ts: null };
  // An incoming webhook answers "ok".
  if (answer.body.trim() === 'ok') return { ...byStatus, ts: null };
  let said: { ok?: unknown; error?: unknown; ts?: unknown };
  try {
    said = JSON.parse(answer.body);
  } catch {
    return { outcome: 'pending', detail: 'an answer that is no JSON', retryAfterSeconds: null, ts: null };
  }
  const ts = typeof said.ts === 'string' ? said.ts : null;
  if (said.ok === true) return { outcome: 'confirmed', detail: 'ok', ts };
  const detail = typeof said.error === 'string' ? said.error : 'not ok';
  if (REFUSED.has(detail)) return { outcome: 'refused', detail, ts };
  return { outcome: 'pending', detail, retryAfterSeconds: null, ts };
}
