/** Listeners and rules. ModifyRule and ModifyListener replace whole lists, never single entries. */
import type { Action, Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { keepFormer, rulesOf } from './propagation.ts';
import {
  type ElbState,
  type ListenerRecord,
  listener,
  loadBalancer,
  type RuleRecord,
  rule,
  targetGroup,
} from './state.ts';
import { refreshUse } from './targets.ts';
import { groupsOf, loadBalancersUsing, usedGroups } from './usage.ts';

type ElbContext = Context<ElbState>;
type Elb = Clients['elasticloadbalancing'];

const refuse = (code: string, message: string): never => {
  throw new AwsError(code, message);
};

/** @throws AwsError DuplicateListenerException, LoadBalancerNotFoundException, and what an action may be refused for */
export function createListener(
  input: Input<Elb, 'CreateListener'>,
  context: ElbContext,
): Output<Elb, 'CreateListener'> {
  const { state, random } = context;
  const balancer = loadBalancer(state, input.LoadBalancerArn);
  const taken = Object.values(state.listeners).some(
    (other) => other.LoadBalancerArn === balancer.LoadBalancerArn && other.Port === input.Port,
  );
  if (taken) refuse('DuplicateListenerException', `A listener already exists on port ${input.Port}`);
  checkActions(context, input.DefaultActions, balancer.LoadBalancerArn);
  const arn = `${balancer.LoadBalancerArn.replace(':loadbalancer/', ':listener/')}/${random.hex(16)}`;
  const record: ListenerRecord = {
    ListenerArn: arn,
    LoadBalancerArn: balancer.LoadBalancerArn,
    Port: input.Port,
    Protocol: input.Protocol,
    SslPolicy: input.Protocol === 'HTTPS' ? (input.SslPolicy ?? 'ELBSecurityPolicy-2016-08') : undefined,
    Certificates: input.Certificates,
    DefaultActions: input.DefaultActions,
    AlpnPolicy: input.AlpnPolicy,
    MutualAuthentication: input.MutualAuthentication,
  };
  state.listeners[arn] = record;
  refreshUse(context, usedGroups(state));
  return { Listeners: [record] };
}

export function describeListeners(
  input: Input<Elb, 'DescribeListeners'>,
  context: ElbContext,
): Output<Elb, 'DescribeListeners'> {
  const { state } = context;
  if (input.ListenerArns?.length) return { Listeners: input.ListenerArns.map((arn) => listener(state, arn)) };
  const balancer = loadBalancer(state, input.LoadBalancerArn);
  return {
    Listeners: Object.values(state.listeners).filter((one) => one.LoadBalancerArn === balancer.LoadBalancerArn),
  };
}

export function modifyListener(
  input: Input<Elb, 'ModifyListener'>,
  context: ElbContext,
): Output<Elb, 'ModifyListener'> {
  const { state } = context;
  const before = listener(state, input.ListenerArn);
  checkActions(context, input.DefaultActions ?? before.DefaultActions, before.LoadBalancerArn);
  const { ListenerArn: _, ...changes } = input;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const after: Listener & ListenerRecord = { ...before, ...given };
  keepFormer(context, before.ListenerArn);
  state.listeners[before.ListenerArn] = after;
  refreshUse(context, usedGroups(state));
  return { Listeners: [after] };
}

/** @throws AwsError PriorityInUseException, ListenerNotFoundException, and what an action may be refused for */
export function createRule(input: Input<Elb, 'CreateRule'>, context: ElbContext): Output<Elb, 'CreateRule'> {
  const { state, random } = context;
  const { ListenerArn: listenerArn, LoadBalancerArn } = listener(state, input.ListenerArn);
  const priority = String(input.Priority);
  const taken = Object.values(state.rules).some(
    (other) => other.listenerArn === listenerArn && other.Priority === priority,
  );
  if (taken) refuse('PriorityInUseException', `Priority '${priority}' is currently in use`);
  checkActions(context, input.Actions, LoadBalancerArn);
  const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${random.hex(16)}`;
  const record: RuleRecord = {
    RuleArn: arn,
    listenerArn,
    Priority: priority,
    Conditions: input.Conditions,
    Actions: input.Actions,
    IsDefault: false,
    tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
  keepFormer(context, listenerArn);
  state.rules[arn] = record;
  refreshUse(context, usedGroups(state));
  return { Rules: [describe(record)] };
}

/** Replaces the conditions and the actions, each as a whole where given. */
export function modifyRule(input: Input<Elb, 'ModifyRule'>, context: ElbContext): Output<Elb, 'ModifyRule'> {
  const { state } = context;
  const before = rule(state, input.RuleArn);
  if (input.Actions) checkActions(context, input.Actions, listener(state, before.listenerArn).LoadBalancerArn);
  const after: RuleRecord = {
    ...before,
    Conditions: input.Conditions ?? before.Conditions,
    Actions: input.Actions ?? before.Actions,
  };
  keepFormer(context, before.listenerArn);
  state.rules[before.RuleArn] = after;
  refreshUse(context, usedGroups(state));
  return { Rules: [describe(after)] };
}

/**
 * All of them or none, so that two rules can change places. @throws AwsError PriorityInUseException, RuleNotFoundException
 */
export function setRulePriorities(
  input: Input<Elb, 'SetRulePriorities'>,
  context: ElbContext,
): Output<Elb, 'SetRulePriorities'> {
  const { state } = context;
  const wanted = (input.RulePriorities ?? []).map(({ RuleArn, Priority }) => ({
    before: rule(state, RuleArn),
    priority: String(Priority),
  }));
  const after = wanted.map(({ before, priority }) => ({ ...before, Priority: priority }));
  const moving = new Set(after.map(({ RuleArn }) => RuleArn));
  const all = [...after, ...Object.values(state.rules).filter(({ RuleArn }) => !moving.has(RuleArn))];
  for (const one of after) {
    const taken = all.filter((other) => other.listenerArn === one.listenerArn && other.Priority === one.Priority);
    if (taken.length > 1) refuse('PriorityInUseException', `Priority '${one.Priority}' is currently in use`);
  }
  for (const arn of new Set(after.map((record) => record.listenerArn))) keepFormer(context, arn);
  for (const record of after) state.rules[record.RuleArn] = record;
  return { Rules: after.map(describe) };
}

export function deleteRule(input: Input<Elb, 'DeleteRule'>, context: ElbContext): Output<Elb, 'DeleteRule'> {
  const { state } = context;
  const gone = rule(state, input.RuleArn);
  keepFormer(context, gone.listenerArn);
  delete state.rules[gone.RuleArn];
  refreshUse(context, usedGroups(state));
  return {};
}

/** Rules by ARN, or all of a listener in order of priority with its default rule last. */
export function describeRules(input: Input<Elb, 'DescribeRules'>, context: ElbContext): Output<Elb, 'DescribeRules'> {
  const { state } = context;
  if (input.RuleArns?.length) return { Rules: input.RuleArns.map((arn) => describe(rule(state, arn))) };
  const owner = listener(state, input.ListenerArn);
  const fallback: Rule = {
    RuleArn: `${owner.ListenerArn.replace(':listener/', ':listener-rule/')}/default`,
    Priority: 'default',
    Conditions: [],
    Actions: owner.DefaultActions,
    IsDefault: true,
  };
  return { Rules: [...rulesOf(state, owner.ListenerArn).map(describe), fallback] };
}

const describe = ({ listenerArn: _, tags: _tags, ...rest }: RuleRecord): Rule => rest;

/** Rules of Action and ForwardActionConfig in the API reference. */
function checkActions(context: ElbContext, actions: readonly Action[] | undefined, balancerArn: string): void {
  if (!actions?.length) refuse('ValidationError', 'A listener or rule needs an action');
  for (const action of actions ?? []) {
    if (!['forward', 'fixed-response', 'redirect'].includes(action.Type ?? '')) {
      throw new NotModelled(`elasticloadbalancing: action type '${action.Type}' is not modelled`);
    }
    const tuples = action.ForwardConfig?.TargetGroups ?? [];
    if (tuples.length > 5) refuse('TooManyTargetGroupsException', 'A forward action holds at most 5 target groups');
    for (const { Weight: weight = 1 } of tuples) {
      if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
        refuse('ValidationError', `Weight '${weight}' must be a whole number between 0 and 999`);
      }
    }
    for (const arn of groupsOf([action])) {
      const group = targetGroup(context.state, arn);
      const others = loadBalancersUsing(context.state, arn).filter((other) => other !== balancerArn);
      if (others.length > 0) {
        refuse(
          'TargetGroupAssociationLimitException',
          `Target group '${group.TargetGroupName}' is associated with another load balancer`,
        );
      }
    }
  }
}
