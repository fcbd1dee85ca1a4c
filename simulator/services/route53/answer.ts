/**
 * Route 53's authoritative answers: the data plane, which works without us-east-1. Called by the world's resolvers.
 * Guess: all of its servers give the same answer at the same time; on AWS locations may differ for a while.
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Cloud } from '../../cloud.ts';
import { Unreachable } from '../../errors.ts';
import type { Place } from '../../faults.ts';
import { chooseRecord } from './choose.ts';
import { route53 } from './service.ts';
import { edge, normalizedName, type Route53State } from './state.ts';

export interface Question {
  readonly name: string;
  /** Where the resolver is. */
  readonly from: Place;
  /** Default 'A'. */
  readonly type?: string;
}

export type Answer =
  | { readonly loadBalancer: { readonly region: string; readonly dnsName: string }; readonly ttlSeconds: number }
  | { readonly addresses: readonly string[]; readonly ttlSeconds: number }
  /** A name outside what is simulated. */
  | { readonly canonicalName: string; readonly ttlSeconds: number };

/** Route 53 guide, "Choosing between alias and non-alias records": aliases to load balancers answer with 60 s. */
export const aliasTtlSeconds = 60;

const chainLengthMax = 8;

/**
 * The answer, or null when the name has no record of this type.
 * @throws Unreachable when the resolver's place is dark or cut off from the internet
 */
export function answer(cloud: Cloud, question: Question): Answer | null {
  if (!cloud.reaches(question.from, edge)) throw new Unreachable(question.from, edge);
  const state = cloud.stateOf<Route53State>(route53, edge);
  let name = normalizedName(question.name);
  let ttlSeconds = Number.POSITIVE_INFINITY;
  for (let hop = 0; hop < chainLengthMax; hop++) {
    const loadBalancer = loadBalancerOf(name);
    if (loadBalancer) return { loadBalancer, ttlSeconds: Math.min(ttlSeconds, aliasTtlSeconds) };
    const records = recordsOf(state, name);
    if (!records) return hop === 0 ? null : { canonicalName: name, ttlSeconds: Math.min(ttlSeconds, aliasTtlSeconds) };
    const record = choose(cloud, state, records, question.type ?? 'A');
    if (!record) return null;
    if (record.TTL !== undefined) ttlSeconds = Math.min(ttlSeconds, record.TTL);
    const next =
      record.AliasTarget?.DNSName ?? (record.Type === 'CNAME' ? record.ResourceRecords?.[0]?.Value : undefined);
    if (next === undefined) {
      return { addresses: (record.ResourceRecords ?? []).map((value) => value.Value ?? ''), ttlSeconds };
    }
    name = normalizedName(next);
  }
  throw new Error(`the records of ${question.name} lead round in a circle`);
}

/** '<name>.<region>.elb.amazonaws.com', with or without 'dualstack.' before it. */
function loadBalancerOf(name: string): { region: string; dnsName: string } | undefined {
  const match = /^(?:dualstack\.)?([^.]+\.([a-z0-9-]+)\.elb\.amazonaws\.com)\.$/.exec(name);
  return match?.[1] && match[2] ? { dnsName: match[1], region: match[2] } : undefined;
}

/** Records of a name in the closest published zone, by wildcard if need be; undefined outside every zone. */
function recordsOf(state: Route53State, name: string): readonly ResourceRecordSet[] | undefined {
  const zone = Object.keys(state.dataPlane.zones)
    .filter((zoneName) => name === zoneName || name.endsWith(`.${zoneName}`))
    .toSorted((a, b) => b.length - a.length)[0];
  const byName = zone === undefined ? undefined : state.dataPlane.zones[zone]?.byName;
  if (!byName) return undefined;
  const labels = name.split('.');
  const wildcards = labels.map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  const found = [name, ...wildcards].find((candidate) => byName[candidate] !== undefined);
  return found === undefined ? [] : byName[found];
}

function choose(
  cloud: Cloud,
  state: Route53State,
  records: readonly ResourceRecordSet[],
  type: string,
): ResourceRecordSet | undefined {
  const typed = records.filter((record) => record.Type === type);
  const group = typed.length > 0 ? typed : records.filter((record) => record.Type === 'CNAME');
  const checkHealthy = (id: string): boolean => state.dataPlane.checks[id]?.published ?? true;
  return chooseRecord(group, checkHealthy, () => cloud.random('route53.answers'));
}
