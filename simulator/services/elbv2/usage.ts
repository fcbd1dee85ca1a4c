/** Which target groups listeners and rules refer to. A group in none is not health-checked and gets no traffic. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbState } from './state.ts';

/** Target groups of an action, whatever their weights. */
export const groupsOf = (actions: readonly Action[] | undefined): string[] =>
  (actions ?? []).flatMap((action) => [
    ...(action.ForwardConfig?.TargetGroups ?? []).map((tuple) => tuple.TargetGroupArn ?? ''),
    ...(action.TargetGroupArn === undefined ? [] : [action.TargetGroupArn]),
  ]);

/** Every target group that some listener or rule refers to. */
export function usedGroups(state: ElbState): Set<string> {
  const used = new Set<string>();
  for (const listener of Object.values(state.listeners)) {
    for (const arn of groupsOf(listener.DefaultActions)) used.add(arn);
  }
  for (const rule of Object.values(state.rules)) {
    for (const arn of groupsOf(rule.Actions)) used.add(arn);
  }
  return used;
}

/** ARNs of the load balancers whose listeners or rules refer to a target group. */
export function loadBalancersUsing(state: ElbState, groupArn: string): string[] {
  const arns = new Set<string>();
  for (const listener of Object.values(state.listeners)) {
    const rules = Object.values(state.rules).filter((rule) => rule.listenerArn === listener.ListenerArn);
    const actions = [listener.DefaultActions, ...rules.map((rule) => rule.Actions)];
    if (actions.some((list) => groupsOf(list).includes(groupArn))) arns.add(listener.LoadBalancerArn);
  }
  return [...arns];
}
