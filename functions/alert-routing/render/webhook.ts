/**
 * A generic webhook: Alertmanager's version 4, which much understands, with our key and reason beside it, signed. Who
 * receives it knows a message that comes twice by `Idempotency-Key`.
 */

import { signatureOf } from '../authenticity.ts';
import type { Intent, ShownAlert } from '../incident.ts';
import type { Delivery } from '../ports.ts';
import { interpretStatus, isEnd, iso, type ProviderAnswer, type ProviderRequest } from './request.ts';

/** As Go writes no time. */
const NEVER = '0001-01-01T00:00:00Z';

export function renderWebhook(
  intent: Intent,
  { url, secret, at, receiver }: { url: string; secret: string | null; at: number; receiver: string },
): ProviderRequest {
  const { content, incident, key, action, severity, reason } = intent;
  const ended = isEnd(intent);
  const { firing, resolved } = content.counts;
  const body = JSON.stringify({
    version: '4',
    groupKey: intent.group,
    truncatedAlerts: Math.max(0, firing + resolved - content.alerts.length),
    status: ended ? 'resolved' : 'firing',
    receiver,
    groupLabels: content.groupLabels,
    commonLabels: content.groupLabels,
    commonAnnotations: {},
    externalURL: '',
    notification_reason: action,
    mainstay: {
      key,
      incident,
      severity,
      reason,
      title: content.title,
      owner: content.owner,
      doing: content.doing,
      counts: content.counts,
      links: content.links,
    },
    alerts: content.alerts.map((alert) => alertOf(alert)),
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return { url, headers: secret ? { ...headers, ...signatureOf(body, secret, at) } : headers, body };
}

const alertOf = ({ status, labels, summary, links, startedAt, endedAt, fingerprint, ...alert }: ShownAlert) => ({
  status,
  labels: { ...labels, alertname: labels.alertname ?? alert.name, severity: alert.severity },
  annotations: { summary, ...(links.runbook ? { runbook_url: links.runbook } : {}) },
  startsAt: iso(startedAt),
  endsAt: endedAt === null ? NEVER : iso(endedAt),
  generatorURL: links.source ?? '',
  fingerprint,
});

export const interpretWebhook = (answer: ProviderAnswer): Delivery => interpretStatus(answer, 'confirmed');
