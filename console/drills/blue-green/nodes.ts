/** What each node of the region's load balancer does with users, by the rule that it goes by at this moment. */
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLOURS, type Colour, type Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import type { ElbState, RuleRecord } from '../../../simulator/services/elbv2/state.ts';

export const elbStateIn = (cloud: Cloud, region: string): ElbState => cloud.stateOf<ElbState>(elbv2, region);

/** The group of a colour in this region; undefined where there is none. */
export const targetGroupOf = (cloud: Cloud, region: string, names: Names, colour: Colour) =>
  Object.values(elbStateIn(cloud, region).targetGroups).find(
    ({ TargetGroupName }) => TargetGroupName === names.group(colour),
  );

export type Weights = Readonly<Record<Colour, number>>;

/** What a rule sends to each colour; 0 for one that it does not name. */
export function weightsIn(cloud: Cloud, region: string, names: Names, rule: Rule): Weights {
  const groups = rule.Actions?.find(({ Type }) => Type === 'forward')?.ForwardConfig?.TargetGroups ?? [];
  const weightOf = (colour: Colour): number => {
    const arn = targetGroupOf(cloud, region, names, colour)?.TargetGroupArn;
    return groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
  };
  return { blue: weightOf('blue'), green: weightOf('green') };
}

const isForward = (rule: Rule): boolean =>
  !rule.Conditions?.some(({ Field }) => Field === 'http-header') &&
  (rule.Actions ?? []).some(({ ForwardConfig }) => (ForwardConfig?.TargetGroups ?? []).length === COLOURS.length);

/** The one rule that says which colour serves, as it was written last. */
export const forwardRuleOf = (cloud: Cloud, region: string): RuleRecord | undefined =>
  Object.values(elbStateIn(cloud, region).rules).find(isForward);

/** The rule that each node goes by, one for each; a single one while they agree. */
export function nodesOf(cloud: Cloud, region: string): Rule[] {
  const current = forwardRuleOf(cloud, region);
  if (!current) return [];
  const former = elbStateIn(cloud, region).former?.[current.listenerArn] ?? [];
  const nodes = former.at(-1)?.until ?? [0];
  return nodes.map((_, node) => {
    const table = former.find(({ until }) => (until[node] ?? 0) > cloud.now);
    return table?.rules.find(isForward) ?? current;
  });
}

export function shareOfColour(weights: Weights, colour: Colour): number {
  const sum = weights.blue + weights.green;
  return sum > 0 ? weights[colour] / sum : 0;
}
