/** Messages as each provider takes them: its limits, its escaping, its way to end, and what its answers mean. */
import { describe, expect, it } from 'vitest';
import { checkSigned } from '../../functions/alert-routing/authenticity.ts';
import type { Intent } from '../../functions/alert-routing/incident.ts';
import { renderEmail } from '../../functions/alert-routing/render/email.ts';
import { interpretPagerduty, renderPagerduty } from '../../functions/alert-routing/render/pagerduty.ts';
import { interpretSlack, renderSlack } from '../../functions/alert-routing/render/slack.ts';
import { renderSns } from '../../functions/alert-routing/render/sns.ts';
import { interpretWebhook, renderWebhook } from '../../functions/alert-routing/render/webhook.ts';
import { MINUTE, routing, START, signal, World } from './world.ts';

const NASTY = 'x <!channel> & <https://evil.example.com|click> <script>alert(1)</script>\r\nBcc: all@example.com';

async function intents(change = {}): Promise<{ open: Intent; end: Intent }> {
  const world = new World(routing());
  const one = signal({ severity: 'P1', summary: NASTY, name: NASTY, labels: { team: NASTY }, ...change });
  await world.take(one);
  await world.until(START + MINUTE);
  await world.take({ ...one, state: 'resolved', at: world.now });
  await world.until(START + 5 * MINUTE);
  const of = (action: string) => world.sent.find((each) => each.action === action)!.intent;
  return { open: of('open'), end: of('resolve') };
}

const actions = { acknowledgeUrl: 'https://alerts.example.com/acknowledge?x=1', silenceUrl: null };
const { open, end } = await intents();
const answer = (status: number, body = '', headers = {}) => ({ status, body, headers });

describe('PagerDuty', () => {
  const routingKey = 'r'.repeat(32);
  it('gets one key per episode, owner, runbook and what Mainstay does, and an end under the same key', () => {
    const event = JSON.parse(renderPagerduty(open, { routingKey, actions }).body);
    expect(event).toMatchObject({ event_action: 'trigger', routing_key: routingKey, payload: { severity: 'error' } });
    expect(event.payload.custom_details).toMatchObject({
      Owner: 'Platform',
      Mainstay: 'does nothing about it by itself',
    });
    expect(event.links).toContainEqual({ href: 'https://runbooks.example.com/default', text: 'Runbook' });
    const over = JSON.parse(renderPagerduty(end, { routingKey, actions }).body);
    expect(over).toEqual({ routing_key: routingKey, dedup_key: event.dedup_key, event_action: 'resolve' });
  });

  it('is never sent more than it takes', async () => {
    const big = await intents({ name: 'n'.repeat(5000), summary: 's'.repeat(40_000), resource: 'r'.repeat(100_000) });
    const content = { ...big.open.content, alerts: Array.from({ length: 50 }, () => big.open.content.alerts[0]!) };
    const { body } = renderPagerduty({ ...big.open, content }, { routingKey, actions });
    expect(Buffer.byteLength(body)).toBeLessThan(512_000);
    expect(JSON.parse(body).payload.summary.length).toBeLessThanOrEqual(1024);
  });

  it.each([
    [202, 'accepted'],
    [400, 'refused'],
    [429, 'pending'],
    [500, 'pending'],
  ])('that answers %i has %s it', (status, outcome) => {
    expect(interpretPagerduty(answer(status)).outcome).toBe(outcome);
    expect(interpretPagerduty(null).outcome).toBe('pending');
  });
});

describe('Slack', () => {
  const target = { channel: '#ops', token: 'xoxb-token', ts: null, actions };
  it('gets text in which nobody can hide a mention or a link', () => {
    const { body, url } = renderSlack(open, target);
    expect(url).toMatch(/chat\.postMessage$/);
    expect(body).not.toContain('<!channel>');
    expect(body).not.toContain('<https://evil');
    expect(body).toContain('&lt;!channel&gt; &amp;');
    expect(renderSlack(open, { ...target, ts: '1.2' }).url).toMatch(/chat\.update$/);
  });

  it('says no with HTTP 200', () => {
    expect(interpretSlack(answer(200, '{"ok":true,"ts":"1.2"}'))).toMatchObject({ outcome: 'confirmed', ts: '1.2' });
    expect(interpretSlack(answer(200, '{"ok":false,"error":"channel_not_found"}')).outcome).toBe('refused');
    expect(interpretSlack(answer(200, '{"ok":false,"error":"internal_error"}')).outcome).toBe('pending');
    expect(interpretSlack(answer(200, '<html>')).outcome).toBe('pending');
    expect(interpretSlack(answer(429, '', { 'retry-after': '30' }))).toMatchObject({ retryAfterSeconds: 30 });
  });
});

describe('email', () => {
  it('has one line of subject and nothing of HTML that was not ours', () => {
    const { subject, html, text } = renderEmail(open, { to: 'a@example.com', domain: 'example.com', actions });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<script>');
    expect(html).toContain('https://runbooks.example.com/default');
    expect(text).toContain('Owner: Platform');
  });

  it('of one incident is one thread', () => {
    const threads = [open, end].map(
      (each) => renderEmail(each, { to: 'a', domain: 'example.com', actions }).headers.References,
    );
    expect(threads[0]).toBe(threads[1]);
  });
});

describe('a webhook', () => {
  it('is signed, with a key that is the same however often it is sent', () => {
    const options = { url: 'https://x.example.com', secret: 's3cret', at: START, receiver: 'x' };
    const [first, again] = [renderWebhook(open, options), renderWebhook(open, options)];
    expect(first).toEqual(again);
    expect(first.headers['idempotency-key']).toBe(open.key);
    expect(() => checkSigned(first.body, first.headers, ['other', 's3cret'], START)).not.toThrow();
    expect(JSON.parse(first.body)).toMatchObject({ version: '4', status: 'firing', mainstay: { owner: 'Platform' } });
    expect(JSON.parse(renderWebhook(end, options).body).status).toBe('resolved');
  });

  it('that answers 2xx has confirmed it', () => {
    expect(interpretWebhook(answer(204)).outcome).toBe('confirmed');
    expect(interpretWebhook(answer(302)).outcome).toBe('refused');
    expect(interpretWebhook(answer(503)).outcome).toBe('pending');
  });
});

describe('SNS', () => {
  it('gets a subject of plain characters, at most a hundred', () => {
    const { subject, message } = renderSns(open, { topicArn: 'arn:aws:sns:us-west-2:123456789012:phones' });
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(message).toContain('Runbook: https://runbooks.example.com/default');
  });
});
