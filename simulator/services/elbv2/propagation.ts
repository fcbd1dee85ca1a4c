/**
 * A change of a listener's rules reaches each node of the load balancer by itself, so for some seconds two nodes decide
 * differently. What a node still goes by is kept as the listener's former tables; nothing is kept once all have the new one.
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../cloud.ts';
import { struck } from '../../faults/book.ts';
import type { Context } from '../../service.ts';
import { rulePropagationSeconds } from '../../world/durations.ts';
import type { ElbState, RuleRecord } from './state.ts';

/** What decides about a request: a listener's rules by priority, and its default actions. */
export interface RuleTable {
  readonly rules: readonly RuleRecord[];
  readonly defaultActions: readonly Action[];
}

export interface FormerTable extends RuleTable {
  /** For each node, until when it goes by this table; milliseconds since the epoch. */
  readonly until: readonly number[];
}

/** A listener's rules by priority, without the default one. */
export const rulesOf = (state: ElbState, listenerArn: string): RuleRecord[] =>
  Object.values(state.rules)
    .filter((one) => one.listenerArn === listenerArn)
    .sort((a, b) => Number(a.Priority) - Number(b.Priority));

const tableOf = (state: ElbState, listenerArn: string): RuleTable => ({
  rules: rulesOf(state, listenerArn),
  defaultActions: state.listeners[listenerArn]?.DefaultActions ?? [],
});

/** To be called before a listener or its rules change. A load balancer has a node in each of its zones, two at least. */
export function keepFormer(context: Context<ElbState>, listenerArn: string): void {
  const { cloud, state, region, now } = context;
  const balancer = state.loadBalancers[state.listeners[listenerArn]?.LoadBalancerArn ?? ''];
  const nodes = Math.max(2, balancer?.AvailabilityZones?.length ?? 0);
  const random = cloud.random(streamOf(region));
  const slowed = struck(cloud, 'slow-rules', (fault) => fault.region === region);
  const addedMs = slowed.reduce((sum, fault) => sum + fault.addedMs, 0);
  state.former ??= {};
  const kept = (state.former[listenerArn] ?? []).filter((table) => table.until.some((at) => at > now));
  const before = kept.at(-1)?.until;
  const until = Array.from({ length: nodes }, (_, node) => {
    const at = now + Math.round(rulePropagationSeconds(random) * 1_000) + addedMs;
    // A node takes changes in their order.
    return Math.max(at, before?.[node] ?? 0);
  });
  state.former[listenerArn] = [...kept, { ...tableOf(state, listenerArn), until }];
}

/** What the node goes by that a request reaches. Draws a node only while they differ. */
export function tableSeen(cloud: Cloud, region: string, state: ElbState, listenerArn: string): RuleTable {
  const former = state.former?.[listenerArn];
  if (!former) return tableOf(state, listenerArn);
  const nodes = former.at(-1)?.until ?? [];
  if (nodes.every((at) => at <= cloud.now)) {
    delete state.former?.[listenerArn];
    return tableOf(state, listenerArn);
  }
  const node = cloud.random(streamOf(region)).integer(nodes.length);
  return former.find(({ until }) => (until[node] ?? 0) > cloud.now) ?? tableOf(state, listenerArn);
}

const streamOf = (region: string): string => `elasticloadbalancing.nodes@${region}`;
