/**
 * PagerDuty as its clients and its users see it: the Events API v2 takes events and works on them later, people are
 * called, webhooks v3 tell what became of an incident, and the REST API can be asked. Source: PagerDuty's developer
 * documentation, "Events API v2", "Webhooks v3", "REST API: List incidents".
 */
import { createHmac } from 'node:crypto';
import type { Cloud } from '../../cloud.ts';
import { networkOf } from '../../runtime/network.ts';
import { recordMessage, recordPerson } from '../ledger.ts';
import { INTERNET } from '../place.ts';
import { type Answer, type Asked, json } from './exchange.ts';
import {
  afterwards,
  type PagerDutyIncident,
  type PagerDutyService,
  providersRandom,
  providersState,
  troubleOf,
} from './state.ts';

/** Documented: about this many events per minute and integration, in a sliding window. */
const PER_MINUTE = 120;
const BYTES_MAX = 524_288;

/** Guess: from 202 to an incident 0.3–3 s; to the telephone 2–15 s more. PagerDuty publishes no figure. */
const WORK_MS = [300, 3_000] as const;
const CALL_MS = [2_000, 15_000] as const;

interface Event {
  readonly routing_key?: string;
  readonly event_action?: string;
  readonly dedup_key?: string;
  readonly links?: readonly { readonly href?: string }[];
  readonly payload?: {
    readonly summary?: string;
    readonly source?: string;
    readonly severity?: string;
    readonly custom_details?: unknown;
  };
}

const invalid = (...errors: string[]): Answer =>
  json(400, { status: 'invalid event', message: 'Event object is invalid', errors });

export function pagerDuty(cloud: Cloud, asked: Asked): Answer {
  const { host, method, path } = asked;
  if (host === 'api.pagerduty.com') return rest(cloud, asked);
  if (method !== 'POST' || path !== '/v2/enqueue') return json(404, { message: 'Not Found' });
  if (asked.body.length > BYTES_MAX) return json(413, { message: 'Payload too large' });
  let event: Event;
  try {
    event = JSON.parse(asked.body) as Event;
  } catch {
    return invalid('JSON is invalid');
  }
  const errors = mistakesIn(event);
  if (errors.length > 0) return invalid(...errors);
  const { pagerduty } = providersState(cloud);
  const service = pagerduty.services[event.routing_key ?? ''];
  // Guess: a well-formed key of no integration is told at once.
  if (!service) return invalid('Invalid routing key');
  if (!admits(cloud, service)) {
    const message = 'Requests for this service are arriving too quickly. Please retry later.';
    return json(
      429,
      { status: 'throttle exceeded', message, errors: ['Events API throttle'] },
      { 'retry-after': '10' },
    );
  }
  const dedupKey = event.dedup_key ?? providersRandom(cloud).hex(32);
  const forgotten = troubleOf(cloud, 'pagerduty', 'forgets') !== undefined;
  recordMessage(cloud, {
    provider: 'pagerduty',
    to: service.name,
    what: event.event_action ?? '',
    key: dedupKey,
    summary: event.payload?.summary ?? '',
    details: JSON.stringify(event.payload?.custom_details ?? {}),
    links: (event.links ?? []).flatMap(({ href }) => href ?? []),
    from: asked.from,
    lost: forgotten,
  });
  if (!forgotten) {
    const work = { routingKey: service.routingKey, action: event.event_action, dedupKey };
    afterwards(cloud, providersRandom(cloud).uniform(...WORK_MS), 'pagerduty', work);
  }
  return json(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });
}

function mistakesIn({ routing_key, event_action, dedup_key, payload }: Event): string[] {
  const errors: string[] = [];
  if (!/^[A-Za-z0-9]{32}$/.test(routing_key ?? ''))
    errors.push("'routing_key' is missing or blank or of the wrong length");
  if (!['trigger', 'acknowledge', 'resolve'].includes(event_action ?? '')) errors.push("'event_action' is invalid");
  if ((dedup_key?.length ?? 0) > 255) errors.push("'dedup_key' is too long");
  if (event_action !== 'trigger') {
    if (!dedup_key) errors.push("'dedup_key' is missing or blank");
    return errors;
  }
  const { summary = '', source = '', severity = '' } = payload ?? {};
  if (summary === '' || summary.length > 1_024) errors.push("'payload.summary' is missing, blank or too long");
  if (source === '') errors.push("'payload.source' is missing or blank");
  if (!['critical', 'error', 'warning', 'info'].includes(severity)) errors.push("'payload.severity' is invalid");
  return errors;
}

function admits(cloud: Cloud, { routingKey }: PagerDutyService): boolean {
  const { recent } = providersState(cloud).pagerduty;
  const times = (recent[routingKey] ?? []).filter((time) => time > cloud.now - 60_000);
  if (times.length >= PER_MINUTE) return false;
  recent[routingKey] = [...times, cloud.now];
  return true;
}

export interface Work {
  readonly routingKey: string;
  readonly action: string;
  readonly dedupKey: string;
}

const openIncident = (cloud: Cloud, { routingKey, dedupKey }: Pick<Work, 'routingKey' | 'dedupKey'>) =>
  providersState(cloud).pagerduty.incidents.find(
    (each) => each.routingKey === routingKey && each.dedupKey === dedupKey && each.status !== 'resolved',
  );

/** The timer 'pagerduty': an accepted event takes effect. */
export function takeEffect(work: Work, cloud: Cloud): void {
  const incident = openIncident(cloud, work);
  if (work.action !== 'trigger') {
    // With no open alert under the key, both are dropped.
    if (incident) change(cloud, incident, work.action === 'resolve' ? 'resolved' : 'acknowledged');
    return;
  }
  if (incident) {
    incident.triggers++;
    return;
  }
  const { routingKey, dedupKey } = work;
  const id = `Q${providersRandom(cloud).hex(13).toUpperCase()}`;
  const opened: PagerDutyIncident = { id, routingKey, dedupKey, status: 'triggered', openedAt: cloud.now, triggers: 1 };
  providersState(cloud).pagerduty.incidents.push(opened);
  tell(cloud, opened, 'incident.triggered');
  afterwards(cloud, providersRandom(cloud).uniform(...CALL_MS), 'call', { incident: id });
}

const byId = (cloud: Cloud, id: string): PagerDutyIncident | undefined =>
  providersState(cloud).pagerduty.incidents.find((each) => each.id === id);

const serviceOf = (cloud: Cloud, { routingKey }: PagerDutyIncident): PagerDutyService | undefined =>
  providersState(cloud).pagerduty.services[routingKey];

/** The timer 'call': somebody's telephone rings. */
export function call({ incident: id }: { readonly incident: string }, cloud: Cloud): void {
  const incident = byId(cloud, id);
  const service = incident && serviceOf(cloud, incident);
  if (!service || incident.status !== 'triggered') return;
  const { onCall } = service;
  if (onCall === null) return;
  recordPerson(cloud, { who: onCall.name, what: 'paged', by: 'pagerduty', key: incident.dedupKey });
  if (onCall.acknowledgesMs === null) return;
  afterwards(cloud, providersRandom(cloud).uniform(...onCall.acknowledgesMs), 'acknowledge', { incident: id });
}

/** The timer 'acknowledge': the person takes it. */
export function acknowledge({ incident: id }: { readonly incident: string }, cloud: Cloud): void {
  const incident = byId(cloud, id);
  const service = incident && serviceOf(cloud, incident);
  if (!service || incident.status !== 'triggered') return;
  const { onCall } = service;
  if (onCall === null) return;
  recordPerson(cloud, { who: onCall.name, what: 'acknowledged', by: 'pagerduty', key: incident.dedupKey });
  change(cloud, incident, 'acknowledged', onCall.name);
}

function change(cloud: Cloud, incident: PagerDutyIncident, status: 'acknowledged' | 'resolved', who?: string): void {
  if (incident.status === status) return;
  incident.status = status;
  tell(cloud, incident, `incident.${status}`, who);
}

/** Somebody closes in PagerDuty whatever is open there, or opens again what was closed last. */
export function changeByHand(cloud: Cloud, to: 'resolved' | 'triggered', who: string): void {
  const { incidents } = providersState(cloud).pagerduty;
  if (to === 'resolved') for (const incident of incidents) change(cloud, incident, 'resolved', who);
  const last = incidents.findLast(({ status }) => status === 'resolved');
  if (to === 'triggered' && last) {
    last.status = 'triggered';
    tell(cloud, last, 'incident.reopened', who);
  }
}

/** Signs and sends a webhook; it is tried again for as long as PagerDuty would, but at most this often here. */
const WEBHOOK_TRIES = 5;
const WEBHOOK_AGAIN_MS = 20_000;

export interface Webhook {
  readonly url: string;
  readonly secret: string;
  readonly id: string;
  readonly body: string;
  readonly tries: number;
}

function tell(cloud: Cloud, incident: PagerDutyIncident, eventType: string, who?: string): void {
  const service = serviceOf(cloud, incident);
  if (!service || troubleOf(cloud, 'pagerduty', 'loses-webhooks')) return;
  const random = providersRandom(cloud);
  const id = random.uuid();
  const agent = who === undefined ? null : { id: who, type: 'user_reference', summary: who };
  const data = {
    id: incident.id,
    type: 'incident',
    incident_key: incident.dedupKey,
    status: incident.status,
    service: { summary: service.name },
  };
  const occurred_at = new Date(cloud.now).toISOString();
  const event = { id, event_type: eventType, resource_type: 'incident', occurred_at, agent, client: null, data };
  const copies = troubleOf(cloud, 'pagerduty', 'repeats-webhooks') ? 2 : 1;
  for (const subscription of service.webhooks) {
    const webhook: Webhook = { ...subscription, id, body: JSON.stringify({ event }), tries: 1 };
    for (let copy = 0; copy < copies; copy++) afterwards(cloud, random.uniform(200, 2_000), 'webhook', webhook);
  }
}

/** The timer 'webhook'. */
export async function sendWebhook(webhook: Webhook, cloud: Cloud): Promise<void> {
  const { url, secret, id, body, tries } = webhook;
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-pagerduty-signature': `v1=${signature}`,
    'x-webhook-id': id,
  };
  const bytes = new TextEncoder().encode(body);
  const sent = networkOf(cloud).send({ from: INTERNET, method: 'POST', url: new URL(url), headers, body: bytes });
  const status = await sent.then((answer) => answer.status).catch(() => 0);
  cloud.note(INTERNET, 'pagerduty', 'webhook', { id, status, tries });
  const again = status === 0 || status >= 500 || status === 429;
  if (again && tries < WEBHOOK_TRIES) afterwards(cloud, WEBHOOK_AGAIN_MS, 'webhook', { ...webhook, tries: tries + 1 });
}

/** REST API, "Pagination": 25 unless asked for, at most 100. */
const PAGE = 25;
const PAGE_MAX = 100;

/** GET /incidents?incident_key=…&statuses[]=… : what is open, under a key or at all. */
function rest(cloud: Cloud, { method, path, query, headers }: Asked): Answer {
  if (method !== 'GET' || path !== '/incidents') return json(404, { error: { message: 'Not Found', code: 2100 } });
  const token = /^Token token=(.+)$/.exec(headers.authorization ?? '')?.[1];
  const { services, incidents } = providersState(cloud).pagerduty;
  const own = Object.values(services).filter(({ apiToken }) => apiToken !== null && apiToken === token);
  if (own.length === 0) return json(401, { error: { message: 'Unauthorized', code: 2006 } });
  const keys = new Set(own.map(({ routingKey }) => routingKey));
  const wanted = query.get('incident_key');
  const statuses = query.getAll('statuses[]');
  const found = incidents.filter(
    ({ routingKey, dedupKey, status }) =>
      keys.has(routingKey) &&
      (wanted === null || wanted === dedupKey) &&
      (statuses.length === 0 || statuses.includes(status)),
  );
  const told = found.map(({ id, dedupKey, status, openedAt }) => {
    return { id, incident_key: dedupKey, status, created_at: new Date(openedAt).toISOString() };
  });
  const limit = Math.min(Number(query.get('limit') ?? PAGE), PAGE_MAX);
  const offset = Number(query.get('offset') ?? 0);
  const page = told.slice(offset, offset + limit);
  return json(200, { incidents: page, limit, offset, more: told.length > offset + limit });
}
