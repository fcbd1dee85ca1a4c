/** Signals of webhooks: Prometheus Alertmanager, Sentry, and our own generic form. Pure. */
import type { AlertmanagerWebhook, PostedAlert } from '../../../events/alertmanager-webhook.ts';
import type { GenericAlert } from '../../../events/generic-alert.ts';
import type { SentryIssue } from '../../../events/sentry-issue.ts';
import type { Labels, Signal } from '../signal.ts';
import { type Context, moment, NO_LINKS, severityOf, signal, webLink } from './common.ts';

/** How long an alert counts that says no end, as Alertmanager's resolve_timeout does. */
const RESOLVE_TIMEOUT_MS = 5 * 60_000;

export const ofWebhook = (webhook: AlertmanagerWebhook, context: Context): Signal[] =>
  // What the webhook calls firing has no end; without its end the sender's group says it is over.
  webhook.alerts.map((alert) => prometheus({ ...alert, until: null, isOver: alert.status === 'resolved' }, context));

export function ofPosted(alert: PostedAlert, context: Context): Signal {
  const endsAt = timeOf(alert.endsAt);
  const isOver = endsAt !== null && endsAt <= context.now;
  return prometheus({ ...alert, until: isOver ? null : (endsAt ?? context.now + RESOLVE_TIMEOUT_MS), isOver }, context);
}

interface Prometheus {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly generatorURL: string;
  readonly until: number | null;
  readonly isOver: boolean;
}

function prometheus(alert: Prometheus, { now }: Context): Signal {
  const { labels, annotations, isOver, until } = alert;
  const startsAt = timeOf(alert.startsAt) ?? now;
  return {
    kind: 'alertmanager-webhook',
    source: 'alertmanager',
    account: labels.account ?? '',
    region: labels.region ?? '',
    resource: identityOf(labels),
    name: labels.alertname ?? 'unnamed',
    state: isOver ? 'resolved' : 'firing',
    // An end before its beginning would hide it: clocks of sender and rule may differ.
    at: isOver ? Math.max(timeOf(alert.endsAt) ?? now, startsAt) : startsAt,
    until: isOver ? null : until,
    severity: severityOf(labels.severity),
    labels,
    summary: annotations.summary ?? annotations.message ?? '',
    description: annotations.description ?? '',
    links: {
      runbook: webLink(annotations.runbook_url ?? annotations.runbook),
      graph: webLink(annotations.dashboard ?? annotations.graph),
      source: webLink(alert.generatorURL),
    },
    muted: null,
    raw: null,
  };
}

/** Its labels are its identity, in whatever order they come. */
function identityOf(labels: Labels): string {
  let text = '';
  for (const name of Object.keys(labels).sort()) text += `${name}=${(labels[name] as string).length}:${labels[name]},`;
  return text;
}

/** Null for none, which Go writes as the year 1. */
function timeOf(text: string | undefined): number | null {
  if (!text || text.startsWith('0001-')) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

export function ofSentry({ action, data }: SentryIssue, { now }: Context): Signal[] {
  const { issue } = data;
  if (action === 'assigned') return [];
  const isOver = action === 'resolved' || action === 'archived' || action === 'ignored';
  const project = issue.project?.slug ?? '';
  return [
    signal({
      kind: 'sentry-issue',
      source: 'sentry',
      account: '',
      region: '',
      resource: issue.id,
      name: `Sentry ${project || 'issue'}`,
      state: isOver ? 'resolved' : 'firing',
      // The hook's own moment is not in its body: what was last seen is, and an end comes after it.
      at: isOver ? now : moment(issue.lastSeen ?? issue.firstSeen ?? '', now),
      severity: issue.level === 'sample' ? 'P3' : severityOf(issue.level),
      summary: issue.title,
      description: issue.culprit ?? '',
      labels: { project, level: issue.level, issue: issue.shortId },
      links: { ...NO_LINKS, source: webLink(issue.web_url ?? issue.permalink) },
    }),
  ];
}

export function ofGeneric(alert: GenericAlert, { now }: Context): Signal[] {
  const at = moment(alert.at, now);
  return [
    signal({
      kind: 'generic-alert',
      source: alert.source,
      account: alert.account,
      region: alert.region,
      resource: alert.resource,
      name: alert.name,
      state: alert.state,
      at,
      until: alert.lastsSeconds === undefined ? null : at + alert.lastsSeconds * 1000,
      severity: alert.severity ?? null,
      summary: alert.summary,
      labels: alert.labels,
      links: { runbook: webLink(alert.runbookUrl), graph: webLink(alert.graphUrl), source: null },
    }),
  ];
}
