/** Elastic Load Balancing v2: application load balancers with health checks, weighted rules and draining. */
import type { Clients } from '../../clients.ts';
import { type Access, defineService } from '../../service.ts';
import {
  addTags,
  deleteListener,
  deleteLoadBalancer,
  deleteTargetGroup,
  modifyTargetGroup,
  removeTags,
  setIpAddressType,
  setSecurityGroups,
  setSubnets,
} from './changes.ts';
import {
  createListener,
  createRule,
  deleteRule,
  describeListeners,
  describeRules,
  modifyListener,
  modifyRule,
  setRulePriorities,
} from './listeners.ts';
import {
  createLoadBalancer,
  describeLoadBalancerAttributes,
  describeLoadBalancers,
  modifyLoadBalancerAttributes,
} from './load-balancers.ts';
import { minuteOver } from './metrics.ts';
import { type ElbState, initialElbState } from './state.ts';
import { describeTags } from './tags.ts';
import {
  createTargetGroup,
  describeTargetGroupAttributes,
  describeTargetGroups,
  modifyTargetGroupAttributes,
} from './target-groups.ts';
import {
  deregisterTargets,
  describeTargetHealth,
  drained,
  healthCheck,
  registerTargets,
  roundOver,
} from './targets.ts';

const on = (arn: string | undefined): Access => ({ resources: [arn ?? '*'] });

export const elbv2 = defineService<Clients['elasticloadbalancing'], ElbState>({
  name: 'elasticloadbalancing',
  initialState: initialElbState,
  operations: {
    CreateLoadBalancer: createLoadBalancer,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
    ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
    CreateTargetGroup: createTargetGroup,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetGroupAttributes: describeTargetGroupAttributes,
    ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
    CreateListener: createListener,
    DescribeListeners: describeListeners,
    ModifyListener: modifyListener,
    CreateRule: createRule,
    DescribeRules: describeRules,
    ModifyRule: modifyRule,
    SetRulePriorities: setRulePriorities,
    DeleteRule: deleteRule,
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
    DescribeTags: describeTags,
    AddTags: addTags,
    RemoveTags: removeTags,
    SetSubnets: setSubnets,
    SetSecurityGroups: setSecurityGroups,
    SetIpAddressType: setIpAddressType,
    ModifyTargetGroup: modifyTargetGroup,
    DeleteTargetGroup: deleteTargetGroup,
    DeleteListener: deleteListener,
    DeleteLoadBalancer: deleteLoadBalancer,
  },
  // Service Authorization Reference, "Elastic Load Balancing V2"; Describe* take no resource.
  access: {
    CreateLoadBalancer: (input, { region, account }) =>
      on(`arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${input.Name}/*`),
    ModifyLoadBalancerAttributes: (input) => on(input.LoadBalancerArn),
    CreateTargetGroup: (input, { region, account }) =>
      on(`arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${input.Name}/*`),
    ModifyTargetGroupAttributes: (input) => on(input.TargetGroupArn),
    CreateListener: (input) => on(input.LoadBalancerArn),
    ModifyListener: (input) => on(input.ListenerArn),
    // With tags it is two requests (Elastic Load Balancing User Guide, "Tag resources during creation").
    CreateRule: (input) => [
      on(input.ListenerArn),
      ...(input.Tags?.length
        ? [
            {
              action: 'elasticloadbalancing:AddTags',
              resources: [`${input.ListenerArn?.replace(':listener/', ':listener-rule/')}/*`],
              conditions: { 'elasticloadbalancing:CreateAction': 'CreateRule' },
            },
          ]
        : []),
    ],
    AddTags: (input) => ({ resources: input.ResourceArns ?? [] }),
    RemoveTags: (input) => ({ resources: input.ResourceArns ?? [] }),
    SetSubnets: (input) => on(input.LoadBalancerArn),
    SetSecurityGroups: (input) => on(input.LoadBalancerArn),
    SetIpAddressType: (input) => on(input.LoadBalancerArn),
    ModifyTargetGroup: (input) => on(input.TargetGroupArn),
    DeleteTargetGroup: (input) => on(input.TargetGroupArn),
    DeleteListener: (input) => on(input.ListenerArn),
    DeleteLoadBalancer: (input) => on(input.LoadBalancerArn),
    ModifyRule: (input) => on(input.RuleArn),
    SetRulePriorities: (input) => (input.RulePriorities ?? []).map(({ RuleArn }) => on(RuleArn)),
    DeleteRule: (input) => on(input.RuleArn),
    RegisterTargets: (input) => on(input.TargetGroupArn),
    DeregisterTargets: (input) => on(input.TargetGroupArn),
  },
  timers: { healthCheck, roundOver, drained, minuteOver },
});
