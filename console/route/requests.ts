/** The HTTP face of `mainstay route`: what each path takes and answers. Bodies are checked; a refusal names the field. */
import * as z from 'zod';
import { PostedAlert } from '../../events/alertmanager-webhook.ts';
import { type Alert, endedAt, isFiring } from '../../functions/alert-routing/alert.ts';
import { checkSigned } from '../../functions/alert-routing/authenticity.ts';
import { InvalidRouting, InvalidSignature } from '../../functions/alert-routing/errors.ts';
import type { Matchers } from '../../functions/alert-routing/matchers.ts';
import { read } from '../../functions/alert-routing/read.ts';
import { checkSilence, type Silence, Silence as SilenceSchema } from '../../functions/alert-routing/silence.ts';
import { ofPosted } from '../../functions/alert-routing/sources/webhooks.ts';
import { InvalidInput } from '../../functions/shared/errors.ts';
import { parse } from '../../functions/shared/parse.ts';
import type { Router } from './router.ts';
import type { SqliteStore } from './store.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Surroundings {
  readonly router: Router;
  readonly store: SqliteStore;
  readonly now: () => number;
  readonly silenceSecondsMax: number;
  readonly acknowledgedSeconds: number;
  /** What webhooks have to be signed with; none: they need not be. */
  readonly secrets: readonly string[];
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

type Handle = (request: Request, surroundings: Surroundings, parameter: string) => Promise<Answer> | Answer;

const ok = (body: unknown = {}): Answer => ({ status: 200, body });

const ALERTS_MAX = 10_000;
const LISTED_MAX = 1000;

const Posted = z.array(PostedAlert).max(ALERTS_MAX);

/** Alertmanager's way to say which alerts a silence covers. */
const Silencing = z.object({
  id: z.string().max(100).optional(),
  matchers: z
    .array(
      z.object({
        name: z.string().min(1),
        value: z.string(),
        isRegex: z.boolean().default(false),
        isEqual: z.boolean().default(true),
      }),
    )
    .min(1),
  startsAt: z.iso.datetime({ offset: true }).optional(),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string().min(1),
  comment: z.string().min(1),
});

const Acknowledging = z.object({
  group: z.string().min(1),
  incident: z.string().min(1),
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(1000),
  seconds: z.number().int().min(1).optional(),
});

const PATHS: readonly (readonly [method: string, path: RegExp, handle: Handle])[] = [
  ['POST', /^\/api\/v[12]\/alerts$/, postAlerts],
  ['POST', /^\/webhook$/, postWebhook],
  ['GET', /^\/api\/v2\/alerts$/, (_, { store, now }) => ok(listAlerts(store, now()))],
  ['GET', /^\/api\/v2\/silences$/, async (_, { store, now }) => ok(await store.silences(now()))],
  ['POST', /^\/api\/v2\/silences$/, postSilence],
  ['DELETE', /^\/api\/v2\/silence\/([^/]+)$/, endSilence],
  ['GET', /^\/api\/v1\/incidents$/, (_, { store }) => ok(listIncidents(store))],
  ['POST', /^\/api\/v1\/acknowledge$/, postAcknowledgement],
  ['GET', /^\/-\/(healthy|ready)$/, () => ok({ status: 'ok' })],
];

export async function handle(request: Request, surroundings: Surroundings): Promise<Answer> {
  const known = PATHS.filter(([, path]) => path.test(request.path));
  const found = known.find(([method]) => method === request.method);
  if (!found)
    return known.length > 0 ? refused(405, `${request.path}: not by ${request.method}`) : refused(404, 'no such path');
  try {
    const [, path, run] = found;
    return await run(request, surroundings, path.exec(request.path)?.[1] ?? '');
  } catch (error) {
    if (error instanceof InvalidSignature) return refused(401, error.message);
    if (error instanceof InvalidInput || error instanceof InvalidRouting) return refused(400, error.message);
    throw error;
  }
}

export const refused = (status: number, error: string): Answer => ({ status, body: { error } });

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new InvalidInput(`body: not JSON (${(error as Error).message})`, { cause: error });
  }
}

/** All of them or none; durable before it is answered. */
async function postAlerts({ body }: Request, { router, now }: Surroundings): Promise<Answer> {
  const posted = parse(Posted, json(body), 'alerts');
  const context = { now: now() };
  await router.take(posted.map((alert) => ofPosted(alert, context)));
  return ok();
}

/** Any source; what cannot be read becomes an alert for the default owner, and the answer says so. */
async function postWebhook({ body, headers }: Request, { router, now, secrets }: Surroundings): Promise<Answer> {
  if (secrets.length > 0) checkSigned(body, headers, secrets, now());
  const { kind, signals, problem } = read(body, { now: now() });
  await router.take(signals);
  return ok({ kind, signals: signals.length, problem });
}

function listAlerts(store: SqliteStore, now: number): unknown[] {
  const listed: unknown[] = [];
  for (const { value } of store.everything().alerts) {
    if (!isFiring(value, now)) continue;
    listed.push(listedAlert(value, now));
    if (listed.length >= LISTED_MAX) break;
  }
  return listed;
}

const listedAlert = (alert: Alert, now: number) => ({
  fingerprint: alert.key,
  labels: alert.signal.labels,
  annotations: { summary: alert.signal.summary },
  startsAt: new Date(alert.fired[0] ?? alert.signal.at).toISOString(),
  status: { state: endedAt(alert, now) === null ? 'active' : 'over' },
  severity: alert.severity,
  route: alert.route,
  group: alert.group,
});

const listIncidents = (store: SqliteStore): unknown[] =>
  [...store.everything().groups].flatMap(({ group }) =>
    group.incident ? [{ group: group.key, ...group.incident }] : [],
  );

async function postSilence({ body }: Request, { router, now, silenceSecondsMax }: Surroundings): Promise<Answer> {
  const asked = parse(Silencing, json(body), 'silence');
  const at = now();
  const silence = parse(
    SilenceSchema,
    {
      // Asked twice in the same words it is one silence.
      id:
        asked.id ??
        `${asked.createdBy}-${Date.parse(asked.endsAt)}-${asked.matchers.map(({ value }) => value).join('-')}`.slice(
          0,
          100,
        ),
      matchers: matchersOf(asked.matchers),
      startsAt: asked.startsAt ? Date.parse(asked.startsAt) : at,
      endsAt: Date.parse(asked.endsAt),
      by: asked.createdBy,
      reason: asked.comment,
      at,
    } satisfies Silence,
    'silence',
  );
  await router.silence(checkSilence(silence, silenceSecondsMax));
  return ok({ silenceID: silence.id });
}

function matchersOf(asked: z.infer<typeof Silencing>['matchers']): Matchers {
  const entries = asked.map(({ name, value, isRegex, isEqual }) => {
    if (isRegex) return [name, isEqual ? { matches: value } : { matchesNot: value }];
    return [name, isEqual ? value : { not: value }];
  });
  return Object.fromEntries(entries);
}

async function endSilence(_: Request, { router, store, now }: Surroundings, id: string): Promise<Answer> {
  const silence = (await store.silences(now())).find((each) => each.id === decodeURIComponent(id));
  if (!silence) return refused(404, `no silence ${id} is in force`);
  await router.silence({ ...silence, endsAt: now(), at: now() });
  return ok();
}

async function postAcknowledgement(
  { body }: Request,
  { router, now, acknowledgedSeconds }: Surroundings,
): Promise<Answer> {
  const { group, incident, by, reason, seconds } = parse(Acknowledging, json(body), 'acknowledgement');
  const until = now() + (seconds ?? acknowledgedSeconds) * 1000;
  const why = await router.acknowledge(group, incident, by, reason, until);
  return why === null ? ok({ until }) : refused(409, why);
}
