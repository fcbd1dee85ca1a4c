/**
 * Takes webhooks: of Alertmanager, Sentry and others as alerts, of PagerDuty as news of our own incidents. Checks the
 * signature over the raw bytes and puts the body into the events queue; only then it says yes. Started by: its function
 * URL, infra/wiring.ts "webhook".
 */
import { secretsManager } from '../shared/aws/secrets.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Queue, Secrets } from '../shared/ports.ts';
import { checkPagerduty, checkSentry, checkSigned } from './authenticity.ts';
import { RouterConfig } from './config.ts';
import { InvalidSignature } from './errors.ts';
import type { News } from './news.ts';
import { json, type WebRequest, type WebResponse, webRequest } from './web-request.ts';

/** A message of the queue may have 1 MiB, with what is around it. */
const BODY_MAX = 1_000_000;

type Ports = { readonly events: Queue; readonly secrets: Secrets } & Surroundings<RouterConfig>;

/** Path → how its signature is checked. */
const SOURCES: Readonly<Record<string, (request: WebRequest, secrets: readonly string[], now: number) => void>> = {
  alertmanager: ({ body, headers }, secrets, now) => checkSigned(body, headers, secrets, now),
  generic: ({ body, headers }, secrets, now) => checkSigned(body, headers, secrets, now),
  sentry: ({ body, headers }, secrets) => checkSentry(body, headers, secrets),
  pagerduty: ({ body, headers }, secrets) => checkPagerduty(body, headers, secrets),
};

export const makeWebhook =
  ({ events, secrets, config, clock, log }: Ports) =>
  async (input: unknown): Promise<WebResponse> => {
    const request = webRequest(input);
    const source = request.path.replaceAll('/', '');
    const check = SOURCES[source];
    if (!check || request.method !== 'POST') return json(404, { message: 'POST to one of the sources' });
    if (Buffer.byteLength(request.body) > BODY_MAX) return json(413, { message: `at most ${BODY_MAX} bytes` });
    try {
      check(request, await secrets.read(`${config.secretPrefix}alert-routing/webhook-${source}`), clock.now());
    } catch (error) {
      if (!(error instanceof InvalidSignature)) throw error;
      log.warn('refused', { source, error: error.message });
      return json(401, { message: error.message });
    }
    const message = source === 'pagerduty' ? newsOf(request.body, clock.now()) : request.body;
    if (message !== null) await events.send(message);
    log.info('taken', { source, kept: message !== null });
    return json(202, { message: 'taken' });
  };

const EVENTS: Readonly<Record<string, News['mainstayNews']>> = {
  'incident.triggered': 'shown',
  'incident.acknowledged': 'acknowledged',
};

/** Null for an event that changes nothing here. Signed, and still only read. */
function newsOf(body: string, now: number): string | null {
  type Body = {
    event?: {
      event_type?: string;
      occurred_at?: string;
      agent?: { summary?: string };
      data?: { incident_key?: string };
    };
  };
  const { event } = JSON.parse(body) as Body;
  const mainstayNews = EVENTS[event?.event_type ?? ''];
  const incident = event?.data?.incident_key;
  if (!mainstayNews || !incident) return null;
  const occurred = Date.parse(event?.occurred_at ?? '');
  const at = Number.isNaN(occurred) ? now : Math.min(occurred, now);
  const by = event?.agent?.summary ?? 'somebody in PagerDuty';
  return JSON.stringify({ mainstayNews, incident, provider: 'pagerduty', by, at } satisfies News);
}

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => ({
    events: sqsQueue({ region: config.region, queueUrl: config.eventsQueueUrl }),
    secrets: secretsManager(config, clock),
  }),
  make: makeWebhook,
});
