/** Tags of load balancers, target groups and rules, as they were given when these were made. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { type ElbState, loadBalancer, rule, targetGroup } from './state.ts';

type Elb = Clients['elasticloadbalancing'];

/** Limit of one call (ELB API Reference, DescribeTags). */
const RESOURCES_MAX = 20;

/** @throws AwsError ValidationError, and that of a resource that is not there */
export function describeTags(
  { ResourceArns: arns = [] }: Input<Elb, 'DescribeTags'>,
  { state }: Context<ElbState>,
): Output<Elb, 'DescribeTags'> {
  if (arns.length > RESOURCES_MAX) {
    throw new AwsError('ValidationError', `Up to ${RESOURCES_MAX} resources can be described, got ${arns.length}`);
  }
  return {
    TagDescriptions: arns.map((arn) => ({
      ResourceArn: arn,
      Tags: Object.entries(tagged(state, arn).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

/** What holds the tags of a resource. @throws AwsError when it is not there, NotModelled for a listener */
export function tagged(state: ElbState, arn: string): { readonly tags: Record<string, string> } {
  if (arn.includes(':loadbalancer/')) return loadBalancer(state, arn);
  if (arn.includes(':targetgroup/')) return targetGroup(state, arn);
  if (arn.includes(':listener-rule/')) return rule(state, arn);
  throw new NotModelled(`elasticloadbalancing:DescribeTags: tags of ${arn} are not modelled`);
}
