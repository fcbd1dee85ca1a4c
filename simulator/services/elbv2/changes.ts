/** What changes load balancers and target groups that are there, their tags, and what takes things away. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { type ElbState, listener, loadBalancer, targetGroup } from './state.ts';
import { tagged } from './tags.ts';
import { checkHealthSettings, describeTargetGroup } from './target-groups.ts';
import { refreshUse } from './targets.ts';
import { loadBalancersUsing, usedGroups } from './usage.ts';

type ElbContext = Context<ElbState>;
type Elb = Clients['elasticloadbalancing'];

export function setSubnets(input: Input<Elb, 'SetSubnets'>, context: ElbContext): Output<Elb, 'SetSubnets'> {
  const balancer = loadBalancer(context.state, input.LoadBalancerArn);
  balancer.AvailabilityZones = (input.Subnets ?? []).map((SubnetId) => ({ SubnetId }));
  return { AvailabilityZones: balancer.AvailabilityZones };
}

export function setSecurityGroups(
  input: Input<Elb, 'SetSecurityGroups'>,
  context: ElbContext,
): Output<Elb, 'SetSecurityGroups'> {
  const balancer = loadBalancer(context.state, input.LoadBalancerArn);
  balancer.SecurityGroups = [...(input.SecurityGroups ?? [])];
  return { SecurityGroupIds: balancer.SecurityGroups };
}

export function setIpAddressType(
  input: Input<Elb, 'SetIpAddressType'>,
  context: ElbContext,
): Output<Elb, 'SetIpAddressType'> {
  const balancer = loadBalancer(context.state, input.LoadBalancerArn);
  balancer.IpAddressType = input.IpAddressType;
  return { IpAddressType: balancer.IpAddressType };
}

/** Left-out members keep their values. @throws AwsError ValidationError for settings out of range */
export function modifyTargetGroup(
  input: Input<Elb, 'ModifyTargetGroup'>,
  context: ElbContext,
): Output<Elb, 'ModifyTargetGroup'> {
  const group = targetGroup(context.state, input.TargetGroupArn);
  const { TargetGroupArn: _arn, ...changes } = input;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  checkHealthSettings({ ...group, ...given });
  Object.assign(group, given);
  return { TargetGroups: [describeTargetGroup(group, context.state)] };
}

/** @throws AwsError ResourceInUse while a listener or a rule refers to it */
export function deleteTargetGroup(
  input: Input<Elb, 'DeleteTargetGroup'>,
  context: ElbContext,
): Output<Elb, 'DeleteTargetGroup'> {
  const { state } = context;
  const { TargetGroupArn: arn = '' } = input;
  if (loadBalancersUsing(state, arn).length > 0) {
    throw new AwsError('ResourceInUseException', `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  delete state.targetGroups[arn];
  return {};
}

/** Its rules go with it. */
export function deleteListener(
  input: Input<Elb, 'DeleteListener'>,
  context: ElbContext,
): Output<Elb, 'DeleteListener'> {
  const { state } = context;
  removeListener(state, listener(state, input.ListenerArn).ListenerArn);
  refreshUse(context, usedGroups(state));
  return {};
}

function removeListener(state: ElbState, arn: string): void {
  delete state.listeners[arn];
  delete state.former?.[arn];
  for (const rule of Object.values(state.rules)) if (rule.listenerArn === arn) delete state.rules[rule.RuleArn];
}

/**
 * Its listeners go with it, its target groups stay; one that is not there is no error (DeleteLoadBalancer API Reference).
 * @throws AwsError OperationNotPermitted under deletion protection
 */
export function deleteLoadBalancer(
  input: Input<Elb, 'DeleteLoadBalancer'>,
  context: ElbContext,
): Output<Elb, 'DeleteLoadBalancer'> {
  const { state } = context;
  const { LoadBalancerArn: arn = '' } = input;
  const balancer = state.loadBalancers[arn];
  if (balancer === undefined) return {};
  if (balancer.attributes['deletion_protection.enabled'] === 'true') {
    throw new AwsError(
      'OperationNotPermittedException',
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  const own = Object.values(state.listeners).filter(({ LoadBalancerArn }) => LoadBalancerArn === arn);
  for (const { ListenerArn } of own) removeListener(state, ListenerArn);
  delete state.loadBalancers[arn];
  refreshUse(context, usedGroups(state));
  return {};
}

export function addTags(input: Input<Elb, 'AddTags'>, context: ElbContext): Output<Elb, 'AddTags'> {
  for (const arn of input.ResourceArns ?? []) {
    const { tags } = tagged(context.state, arn);
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags[Key] = Value;
  }
  return {};
}

export function removeTags(input: Input<Elb, 'RemoveTags'>, context: ElbContext): Output<Elb, 'RemoveTags'> {
  for (const arn of input.ResourceArns ?? []) {
    const { tags } = tagged(context.state, arn);
    for (const key of input.TagKeys ?? []) delete tags[key];
  }
  return {};
}
