/**
 * Users: they arrive at random, at a fixed rate whatever the application does (an open loop), write orders and read
 * back what they wrote. Some sit on the internet behind many resolvers, some inside each serving region, where they
 * still reach an application that the rest of the world no longer can.
 */
import type { Cloud } from '../cloud.ts';
import { Unreachable } from '../errors.ts';
import { isSticky } from '../faults/dns.ts';
import { type Context, defineService } from '../service.ts';
import { addResolver, type Destination, resolve } from './dns.ts';
import { ledgerOf } from './ledger.ts';
import { send, told } from './network.ts';
import { INTERNET } from './place.ts';

export interface UsersOptions {
  /** The application's public name. */
  readonly host: string;
  /** Requests per second from the internet. */
  readonly ratePerSecond?: number;
  /** Requests per second from inside each of these regions. */
  readonly insideRegions?: readonly string[];
  readonly insideRatePerSecond?: number;
  /** Part of the requests that write; the others read what was written. */
  readonly writeShare?: number;
  /** How many resolvers the users of the internet are spread over. */
  readonly resolvers?: number;
  /** Part of those resolvers that hold answers far beyond their time to live. */
  readonly staleResolverShare?: number;
  /** Browsers of the internet that come back with the load balancer's cookie, and their part of the requests. */
  readonly returning?: { readonly clients: number; readonly share: number };
}

/** A browser and what it keeps of the load balancer's stickiness. */
interface Client {
  cookie: string | null;
  /** The cookie is thrown away then; milliseconds since the epoch. */
  expiresAt: number;
}

/** Users of one place. */
interface Population {
  readonly name: string;
  readonly place: string;
  readonly host: string;
  ratePerSecond: number;
  readonly writeShare: number;
  readonly resolvers: readonly string[];
  stopped: boolean;
  count: number;
  /** Ids whose writing was confirmed, newest last, a limited number. */
  readonly written: string[];
  /** Requests without an answer yet, oldest first. */
  waiting: Waiting[];
  /** Fault: what each resolver told those users who never ask again. */
  readonly pins: Record<string, Destination | null>;
  readonly returning?: { readonly clients: readonly Client[]; readonly share: number };
}

interface Waiting {
  readonly number: number;
  readonly startedAt: number;
  readonly kind: 'read' | 'write';
  readonly resolvedRegion: string | null;
  readonly cookie: string | null;
}

interface UsersState {
  readonly populations: Record<string, Population>;
}

/** A user gives up after this. */
const PATIENCE_MS = 5_000;
const REMEMBERED_MAX = 200;

export const users = defineService<object, UsersState>({
  name: 'world.users',
  homeRegion: INTERNET,
  initialState: () => ({ populations: {} }),
  operations: {},
  access: {},
  timers: { arrive },
});

/** Lets users come from now on. Throws when they already do. */
export function startUsers(cloud: Cloud, options: UsersOptions): void {
  const { populations } = cloud.stateOf<UsersState>(users, INTERNET);
  if (Object.keys(populations).length > 0) throw new Error('the users have been started already');
  const writeShare = options.writeShare ?? 0.4;
  const common = { host: options.host, writeShare, stopped: false, count: 0 };
  populations[INTERNET] = {
    ...common,
    name: INTERNET,
    place: INTERNET,
    ratePerSecond: options.ratePerSecond ?? 4,
    resolvers: addPublicResolvers(cloud, options.resolvers ?? 20, options.staleResolverShare ?? 0),
    written: [],
    waiting: [],
    pins: {},
    ...(options.returning && { returning: clientsOf(options.returning) }),
  };
  for (const region of options.insideRegions ?? []) {
    const name = `inside-${region}`;
    addResolver(cloud, name, region);
    populations[name] = {
      ...common,
      name,
      place: region,
      ratePerSecond: options.insideRatePerSecond ?? 0.5,
      resolvers: [name],
      written: [],
      waiting: [],
      pins: {},
    };
  }
  for (const population of Object.values(populations)) scheduleNext(cloud, population);
}

/** From the next arrival on, users of the internet come at this rate. Throws when there are none. */
export function paceUsers(cloud: Cloud, ratePerSecond: number): void {
  const population = cloud.stateOf<UsersState>(users, INTERNET).populations[INTERNET];
  if (!population) throw new Error('the users have not been started');
  population.ratePerSecond = ratePerSecond;
}

/** Nobody new comes; who still waits at the next look has its answer or gives up. */
export function stopUsers(cloud: Cloud): void {
  for (const population of Object.values(cloud.stateOf<UsersState>(users, INTERNET).populations)) {
    population.stopped = true;
    const { place: region, name } = population;
    cloud.clock.schedule({ at: cloud.now + PATIENCE_MS, region, service: users.name, name: 'arrive', data: { name } });
  }
}

const clientsOf = ({ clients, share }: { clients: number; share: number }) => ({
  share,
  clients: Array.from({ length: clients }, (): Client => ({ cookie: null, expiresAt: 0 })),
});

function addPublicResolvers(cloud: Cloud, count: number, staleShare: number): string[] {
  const random = cloud.random('world.users');
  return Array.from({ length: count }, (_, index) => {
    const name = `resolver-${index + 1}`;
    addResolver(cloud, name, INTERNET, staleShare > 0 && random.chance(staleShare));
    return name;
  });
}

function scheduleNext(cloud: Cloud, { name, place, ratePerSecond }: Population): void {
  const at = cloud.now + Math.round(cloud.random('world.users').exponential(1_000 / ratePerSecond));
  cloud.clock.schedule({ at, region: place, service: users.name, name: 'arrive', data: { name } });
}

/** Timer: one user comes; those who have waited too long go. */
function arrive({ name }: { name: string }, { cloud, state }: Context<UsersState>): void | Promise<void> {
  const population = state.populations[name];
  if (!population) return;
  giveUp(cloud, population);
  if (population.stopped) return;
  scheduleNext(cloud, population);
  return request(cloud, population);
}

function giveUp(cloud: Cloud, population: Population): void {
  const { waiting, place, host } = population;
  while (waiting[0] && cloud.now - waiting[0].startedAt >= PATIENCE_MS) {
    const { startedAt, kind, resolvedRegion, cookie } = waiting.shift() as Waiting;
    const t = startedAt - cloud.state.startedAt;
    ledgerOf(cloud).requests.push({
      t,
      kind,
      who: 'user',
      from: place,
      host,
      resolvedRegion,
      ms: PATIENCE_MS,
      ...told(null),
      cookie,
    });
  }
}

async function request(cloud: Cloud, population: Population): Promise<void> {
  const { place, host, written } = population;
  const random = cloud.random('world.users');
  const number = ++population.count;
  const kind = written.length === 0 || random.chance(population.writeShare) ? 'write' : 'read';
  const id = kind === 'write' ? `${population.name}-${number}` : random.pick(written);
  const resolver = random.pick(population.resolvers);
  const destination = isSticky(cloud, place) ? pinned(cloud, population, resolver) : resolve(cloud, resolver, host);
  const client = comingBack(cloud, population);
  const cookie = client && client.expiresAt > cloud.now ? client.cookie : null;
  const waiting: Waiting = { number, startedAt: cloud.now, kind, resolvedRegion: destination?.region ?? null, cookie };
  population.waiting.push(waiting);
  // Without an address, or without an answer, the user waits and then gives up.
  if (!destination) return;
  const from = place;
  const headers = { ...(kind === 'write' ? JSON_BODY : NO_HEADERS), ...(cookie !== null && { cookie }) };
  const ask =
    kind === 'write'
      ? { from, resolver, host, method: 'POST', path: '/orders', headers, body: `{"id":"${id}"}` }
      : { from, resolver, host, method: 'GET', path: `/orders/${id}`, headers, body: '' };
  try {
    const answer = await send(cloud, destination, ask);
    if (client) keepCookie(client, answer.headers['set-cookie']);
    if (cloud.now - waiting.startedAt >= PATIENCE_MS || !population.waiting.includes(waiting)) return;
    population.waiting.splice(population.waiting.indexOf(waiting), 1);
    const { startedAt, resolvedRegion } = waiting;
    const t = startedAt - cloud.state.startedAt;
    const ms = cloud.now - startedAt;
    ledgerOf(cloud).requests.push({ t, kind, who: 'user', from, host, resolvedRegion, ms, ...told(answer), cookie });
    if (kind === 'write' && answer.status < 300) remember(written, id);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

/** One of those who come back, or nobody: then no draw is made. */
function comingBack(cloud: Cloud, { returning }: Population): Client | undefined {
  if (!returning) return undefined;
  const random = cloud.random('world.users.returning');
  return random.chance(returning.share) ? random.pick(returning.clients) : undefined;
}

function keepCookie(client: Client, header: string | undefined): void {
  const [, cookie, expires] = /^(AWSALBTG=[^;]*);.*Expires=([^;]*)/.exec(header ?? '') ?? [];
  if (cookie === undefined || expires === undefined) return;
  client.cookie = cookie;
  client.expiresAt = Date.parse(expires);
}

/** Where those go who looked the name up once and never again: what their resolver said the first time. */
function pinned(cloud: Cloud, { pins, host }: Population, resolver: string): Destination | null {
  pins[resolver] ??= resolve(cloud, resolver, host);
  return pins[resolver] ?? null;
}

const JSON_BODY = { 'content-type': 'application/json' };
const NO_HEADERS = {};

function remember(written: string[], id: string): void {
  written.push(id);
  if (written.length > REMEMBERED_MAX) written.shift();
}
