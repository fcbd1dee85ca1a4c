/** PagerDuty Events API v2 (developer documentation, "Send an alert event"). 202 is taken, not shown: it is not a confirmation. */
import type { Intent } from '../incident.ts';
import type { Delivery } from '../ports.ts';
import type { Severity } from '../signal.ts';
import {
  type Actions,
  cut,
  facts,
  interpretStatus,
  isEnd,
  iso,
  type ProviderAnswer,
  type ProviderRequest,
} from './request.ts';

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const SUMMARY_MAX = 1024;
const KEY_MAX = 255;
/** The whole event may have 512 KB. */
const BYTES_MAX = 500_000;

const SEVERITIES: Readonly<Record<Severity, string>> = { P0: 'critical', P1: 'error', P2: 'warning', P3: 'info' };

export function renderPagerduty(
  intent: Intent,
  { routingKey, actions, url = PAGERDUTY_URL }: { routingKey: string; actions: Actions; url?: string },
): ProviderRequest {
  const { content, incident, severity, reason } = intent;
  const head = { routing_key: routingKey, dedup_key: cut(incident, KEY_MAX) };
  const headers = { 'content-type': 'application/json' };
  if (isEnd(intent)) return { url, headers, body: JSON.stringify({ ...head, event_action: 'resolve' }) };
  const first = content.alerts[0];
  const event = {
    ...head,
    event_action: 'trigger',
    client: 'Mainstay',
    payload: {
      summary: cut(content.title, SUMMARY_MAX),
      source: first?.resource ? cut(first.resource, SUMMARY_MAX) : content.route,
      severity: SEVERITIES[severity],
      timestamp: iso(content.startedAt),
      component: first?.name ?? content.route,
      group: content.route,
      class: severity,
      custom_details: {
        ...Object.fromEntries(facts(content)),
        reason,
        alerts: content.alerts.map(({ name, region, resource, summary, status }) => ({
          name,
          region,
          resource,
          summary,
          status,
        })),
      },
    },
    links: [
      ...link(content.links.runbook, 'Runbook'),
      ...link(content.links.graph, 'Graph'),
      ...link(actions.acknowledgeUrl, 'Acknowledge'),
      ...link(actions.silenceUrl, 'Silence'),
    ],
  };
  const body = JSON.stringify(event);
  if (Buffer.byteLength(body) <= BYTES_MAX) return { url, headers, body };
  const small = { ...event, payload: { ...event.payload, custom_details: { left_out: 'too large' } } };
  return { url, headers, body: JSON.stringify(small) };
}

const link = (href: string | null, text: string) => (href ? [{ href, text }] : []);

export const interpretPagerduty = (answer: ProviderAnswer): Delivery => interpretStatus(answer, 'accepted');
