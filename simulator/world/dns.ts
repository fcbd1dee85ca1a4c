/**
 * Resolvers: each keeps an answer for its time to live, and asks again when somebody needs it. Some are known to hold
 * answers far longer; their share is an option of the users. One resolver serves a whole region, users have many.
 */
import type { Cloud } from '../cloud.ts';
import { failedAnswer, heldSeconds, takenForMissing } from '../faults/dns.ts';
import { defineService } from '../service.ts';
import { answer as authoritativeAnswer } from '../services/route53/answer.ts';
import { staleResolverHoldSeconds } from './durations.ts';
import { ledgerOf } from './ledger.ts';
import { elapsed, INTERNET } from './place.ts';

/** Where a name leads: a load balancer. */
export interface Destination {
  readonly region: string;
  readonly dnsName: string;
}

interface Cached {
  readonly destination: Destination | null;
  readonly expiresAt: number;
}

export interface Resolver {
  readonly place: string;
  /** Holds answers far beyond their time to live. */
  readonly stale: boolean;
  readonly cache: Record<string, Cached>;
}

interface DnsState {
  readonly resolvers: Record<string, Resolver>;
}

export const dns = defineService<object, DnsState>({
  name: 'world.dns',
  homeRegion: INTERNET,
  initialState: () => ({ resolvers: {} }),
  operations: {},
  access: {},
});

/** How long "no such name" is kept. Guess: a zone's negative TTL, here 60 s; the range in use is 60 to 900 s. */
const NEGATIVE_TTL_SECONDS = 60;

export function addResolver(cloud: Cloud, name: string, place: string, stale = false): void {
  cloud.stateOf<DnsState>(dns, INTERNET).resolvers[name] = { place, stale, cache: {} };
}

/** What this resolver answers now; null when the name does not exist or cannot be looked up. */
export function resolve(cloud: Cloud, resolverName: string, host: string): Destination | null {
  const { resolvers } = cloud.stateOf<DnsState>(dns, INTERNET);
  const resolver = resolvers[resolverName];
  if (!resolver) throw new Error(`no resolver '${resolverName}'`);
  const cached = resolver.cache[host];
  if (cached && cached.expiresAt > cloud.now) return cached.destination;
  // Guess: a resolver that cannot reach any name server goes on with what it has (RFC 8767, "serving stale data").
  if (!cloud.reaches(resolver.place, INTERNET)) return cached?.destination ?? null;
  const failed = failedAnswer(cloud, { resolver: resolverName, place: resolver.place });
  if (failed !== undefined) return failed === 'stale' ? (cached?.destination ?? null) : null;
  return ask(cloud, resolverName, resolver, host);
}

function ask(cloud: Cloud, resolverName: string, resolver: Resolver, host: string): Destination | null {
  const who = { resolver: resolverName, place: resolver.place };
  const missing = takenForMissing(cloud, who, host);
  const found = missing ? null : authoritativeAnswer(cloud, { name: host, from: resolver.place });
  const destination = found && 'loadBalancer' in found ? found.loadBalancer : null;
  const ttlSeconds = missing?.holdSeconds ?? found?.ttlSeconds ?? NEGATIVE_TTL_SECONDS;
  const usualSeconds = resolver.stale
    ? Math.max(ttlSeconds, staleResolverHoldSeconds(cloud.random('world.dns')))
    : ttlSeconds;
  // A fault that takes a name for missing says how long itself.
  const holdSeconds = missing ? usualSeconds : heldSeconds(cloud, who, usualSeconds);
  const before = resolver.cache[host];
  resolver.cache[host] = { destination, expiresAt: cloud.now + holdSeconds * 1_000 };
  const region = destination?.region ?? null;
  if (!before || (before.destination?.region ?? null) !== region) {
    ledgerOf(cloud).dns.push({ t: elapsed(cloud), resolver: resolverName, name: host, region });
  }
  return destination;
}

/** The resolver that everything running in a place shares; made on first use. */
export function resolverOf(cloud: Cloud, place: string): string {
  const { resolvers } = cloud.stateOf<DnsState>(dns, INTERNET);
  if (!resolvers[place]) addResolver(cloud, place, place);
  return place;
}
