/** The rules of a load balancer's listeners, with whose they are: a tag, because an ARN says nothing about who made it. */
import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
  type RuleCondition,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Forward, ListenerRule, ListenerRules } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

/** Tag of a rule: the stack and the resource in it that made the rule. */
const OWNER_TAG = 'mainstay:made-by';
/** DescribeTags takes that many resources (ELB API Reference). */
const TAGGED_MAX = 20;

export function awsListenerRules({ region }: { readonly region: string }): ListenerRules {
  const client = new ElasticLoadBalancingV2Client(clientOptions(region));
  return { ...reading(client), ...changing(client) };
}

function reading(client: ElasticLoadBalancingV2Client): Pick<ListenerRules, 'describe' | 'of'> {
  const viewsOf = async (rules: readonly Rule[]): Promise<ListenerRule[]> => {
    const own = rules.filter(({ IsDefault }) => !IsDefault);
    const owner = await ownersOf(client, own);
    return own.map((rule) => viewOf(rule, owner.get(rule.RuleArn ?? '') ?? null));
  };
  return {
    async describe(arn) {
      const command = new DescribeRulesCommand({ RuleArns: [arn] });
      const found = await orNone('RuleNotFoundException', call('describing the rule', client.send(command)));
      return (await viewsOf(found?.Rules ?? []))[0] ?? null;
    },
    async of(listenerArn) {
      const rules: Rule[] = [];
      let marker: string | undefined;
      do {
        const command = new DescribeRulesCommand({ ListenerArn: listenerArn, Marker: marker });
        const what = 'describing the rules of the listener';
        const page = await orNone('ListenerNotFoundException', call(what, client.send(command)));
        rules.push(...(page?.Rules ?? []));
        marker = page?.NextMarker;
      } while (marker !== undefined);
      return viewsOf(rules);
    },
  };
}

async function ownersOf(client: ElasticLoadBalancingV2Client, rules: readonly Rule[]): Promise<Map<string, string>> {
  const arns = rules.map(({ RuleArn = '' }) => RuleArn);
  const found = new Map<string, string>();
  for (let first = 0; first < arns.length; first += TAGGED_MAX) {
    const command = new DescribeTagsCommand({ ResourceArns: arns.slice(first, first + TAGGED_MAX) });
    const { TagDescriptions = [] } = await call('describing tags of rules', client.send(command));
    for (const { ResourceArn = '', Tags = [] } of TagDescriptions) {
      const owner = Tags.find(({ Key }) => Key === OWNER_TAG)?.Value;
      if (owner !== undefined) found.set(ResourceArn, owner);
    }
  }
  return found;
}

function changing(client: ElasticLoadBalancingV2Client): Pick<ListenerRules, 'create' | 'change' | 'remove'> {
  return {
    async create({ listenerArn, priority, pathPatterns, forward, owner }) {
      const command = new CreateRuleCommand({
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: conditionsOf(pathPatterns),
        Actions: actionsOf(forward),
        Tags: [{ Key: OWNER_TAG, Value: owner }],
      });
      await call('creating the rule', client.send(command));
    },
    async change(arn, { priority, pathPatterns, forward }) {
      if (pathPatterns || forward) {
        const command = new ModifyRuleCommand({
          RuleArn: arn,
          ...(pathPatterns && { Conditions: conditionsOf(pathPatterns) }),
          ...(forward && { Actions: actionsOf(forward) }),
        });
        await call('changing the rule', client.send(command));
      }
      if (priority === undefined) return;
      const command = new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: arn, Priority: priority }] });
      await call("changing the rule's priority", client.send(command));
    },
    async remove(arn) {
      const command = new DeleteRuleCommand({ RuleArn: arn });
      await orNone('RuleNotFoundException', call('deleting the rule', client.send(command)));
    },
  };
}

/** Null instead of AWS's error for what is not there. */
async function orNone<T>(notFound: string, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (!isNamed(error, notFound)) throw error;
    return null;
  }
}

function viewOf({ RuleArn = '', Priority, Conditions = [], Actions = [] }: Rule, owner: string | null): ListenerRule {
  const forward = Actions.find(({ Type }) => Type === 'forward');
  return {
    arn: RuleArn,
    owner,
    priority: Number(Priority),
    pathPatterns: Conditions.flatMap(patternsOf),
    forward: forward ? forwardOf(forward) : null,
  };
}

/** Conditions other than on the path show as patterns that no template wants, so an update takes them away. */
const patternsOf = (condition: RuleCondition): string[] =>
  condition.Field === 'path-pattern'
    ? (condition.PathPatternConfig?.Values ?? condition.Values ?? [])
    : [JSON.stringify(condition)];

/** An action with one target group may name it without a list (ELB API Reference, Action). */
function forwardOf({ TargetGroupArn, ForwardConfig }: Action): Forward {
  const tuples = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
  return {
    targets: tuples.map(({ TargetGroupArn: targetGroupArn = '', Weight: weight = 1 }) => ({ targetGroupArn, weight })),
    stickySeconds: Enabled ? (DurationSeconds ?? 0) : 0,
  };
}

const conditionsOf = (patterns: readonly string[]): RuleCondition[] => [
  { Field: 'path-pattern', PathPatternConfig: { Values: [...patterns] } },
];

const actionsOf = ({ targets, stickySeconds }: Forward): Action[] => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: targets.map(({ targetGroupArn, weight }) => ({ TargetGroupArn: targetGroupArn, Weight: weight })),
      TargetGroupStickinessConfig:
        stickySeconds > 0 ? { Enabled: true, DurationSeconds: stickySeconds } : { Enabled: false },
    },
  },
];
