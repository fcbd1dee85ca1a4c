/**
 * Providers of notifications as plain hosts on the simulated network: PagerDuty, Slack, receivers of webhooks, a monitor of
 * heartbeats. Functions reach them by `fetch` (world/network.ts); scenarios set them up and let them fail.
 */
import type { Cloud } from '../../cloud.ts';
import { AnswerLost, Unreachable } from '../../errors.ts';
import { defineService } from '../../service.ts';
import { INTERNET, later, oneWayMs } from '../place.ts';
import type { Answer, Asked } from './exchange.ts';
import {
  acknowledge,
  call,
  changeByHand,
  pagerDuty,
  sendWebhook,
  takeEffect,
  type Webhook,
  type Work,
} from './pagerduty.ts';
import { heartbeat, noticeSilence, receiver } from './receivers.ts';
import { slack } from './slack.ts';
import {
  afterwards,
  initialProviders,
  type PagerDutyService,
  PROVIDERS,
  type ProviderName,
  type ProvidersState,
  providersRandom,
  providersState,
  type TroubleInForce,
  troubleOf,
} from './state.ts';

export type { PagerDutyIncident, Person, ProviderName, Trouble, TroubleInForce } from './state.ts';
export { providersState } from './state.ts';

export const providers = defineService<object, ProvidersState>({
  name: PROVIDERS,
  homeRegion: INTERNET,
  initialState: initialProviders,
  operations: {},
  access: {},
  timers: {
    pagerduty: (work: Work, { cloud }) => takeEffect(work, cloud),
    call: (data: { incident: string }, { cloud }) => call(data, cloud),
    acknowledge: (data: { incident: string }, { cloud }) => acknowledge(data, cloud),
    webhook: (webhook: Webhook, { cloud }) => sendWebhook(webhook, cloud),
    silence: (data: { url: string; since: number }, { cloud }) => noticeSilence(data, cloud),
  },
});

/** What a scenario sets up. */
export interface ProvidersOptions {
  readonly pagerduty?: readonly PagerDutyService[];
  readonly slack?: { readonly tokens: readonly string[]; readonly channels: readonly string[] };
  /** Incoming webhooks: path → channel. */
  readonly slackHooks?: Readonly<Record<string, string>>;
  readonly receivers?: readonly { readonly host: string; readonly bearer: string | null }[];
  /** Each is watched from its first ping, or from now when `everyMs` and the grace pass without one. */
  readonly heartbeats?: readonly {
    /** Host and path, without 'https://'. */
    readonly url: string;
    readonly name: string;
    readonly everyMs: number;
    readonly graceMs: number;
  }[];
}

export function openProviders(cloud: Cloud, options: ProvidersOptions): void {
  const state = providersState(cloud);
  for (const service of options.pagerduty ?? []) state.pagerduty.services[service.routingKey] = service;
  for (const token of options.slack?.tokens ?? []) state.slack.tokens[token] = 'app';
  for (const name of options.slack?.channels ?? []) state.slack.channels[name] = { nextAt: 0, messages: [] };
  Object.assign(state.slack.hooks, options.slackHooks);
  for (const { host, bearer } of options.receivers ?? []) state.receivers[host] = { bearer };
  for (const { url, name, everyMs, graceMs } of options.heartbeats ?? []) {
    state.heartbeats[url] = { name, everyMs, graceMs, lastAt: cloud.now, silentSince: null };
    afterwards(cloud, everyMs + graceMs, 'silence', { url, since: cloud.now });
  }
}

export function beginTrouble(cloud: Cloud, trouble: TroubleInForce): void {
  const { troubles } = providersState(cloud);
  if (!troubles.some(({ id }) => id === trouble.id)) troubles.push(trouble);
}

export function endTrouble(cloud: Cloud, id: string): void {
  const { troubles } = providersState(cloud);
  const at = troubles.findIndex((each) => each.id === id);
  if (at >= 0) troubles.splice(at, 1);
}

export { changeByHand };

type Provider = (cloud: Cloud, asked: Asked) => Answer;

const HOSTS: Readonly<Record<string, readonly [ProviderName, Provider]>> = {
  'events.pagerduty.com': ['pagerduty', pagerDuty],
  'api.pagerduty.com': ['pagerduty', pagerDuty],
  'slack.com': ['slack', slack],
  'hooks.slack.com': ['slack', slack],
};

/** Who serves a host; undefined when no provider does, or this cloud has none. */
export function providerOf(cloud: Cloud, host: string): readonly [ProviderName, Provider] | undefined {
  if (!cloud.services.has(PROVIDERS)) return undefined;
  const known = HOSTS[host];
  if (known) return known;
  const { receivers, heartbeats } = providersState(cloud);
  if (Object.keys(heartbeats).some((url) => url.startsWith(`${host}/`))) return ['heartbeat', heartbeat];
  return receivers[host] ? ['webhook', receiver] : undefined;
}

interface Sent {
  readonly from: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Guess: 40–250 ms of the provider's own. */
const THINKS_MS = [40, 250] as const;

/** @throws Unreachable when the request cannot arrive, AnswerLost when nothing comes back */
export async function askProvider(
  cloud: Cloud,
  [name, answer]: readonly [ProviderName, Provider],
  { from, method, url, headers, body }: Sent,
): Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }> {
  await pass(cloud, oneWayMs(cloud, from, INTERNET));
  if (!cloud.delivers(from, INTERNET)) throw new Unreachable(from, url.hostname);
  if (troubleOf(cloud, name, 'hang')) throw new AnswerLost(`${url.hostname} does not answer`);
  const { addedMs } = troubleOf(cloud, name, 'slow') ?? { addedMs: 0 };
  await pass(cloud, providersRandom(cloud).uniform(...THINKS_MS) + addedMs);
  const outage = troubleOf(cloud, name, 'outage');
  const { hostname: host, pathname: path, searchParams: query } = url;
  const asked = { from, host, method, path, query, headers, body: new TextDecoder().decode(body) };
  const told = outage ? { status: outage.status, headers: {}, body: 'unavailable' } : answer(cloud, asked);
  if (told.status >= 400) cloud.note(INTERNET, name, 'refused', { status: told.status });
  await pass(cloud, oneWayMs(cloud, INTERNET, from));
  if (!cloud.delivers(INTERNET, from)) throw new AnswerLost(`the answer of ${host} to ${from} was lost`);
  return { ...told, body: new TextEncoder().encode(told.body) };
}

const pass = (cloud: Cloud, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    later(cloud, Math.round(milliseconds), resolve);
  });
