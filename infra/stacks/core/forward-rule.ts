/**
 * The one listener rule that says which colour serves. A custom resource, because CloudFormation's own rewrites the
 * weights whenever it changes the rule, and weights are runtime data (DESIGN decision 6).
 */
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  CfnLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CoreConfig } from '../../../functions/shared/config.ts';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import { TaskFunction } from '../../constructs/task-function.ts';
import type { Colour, Names } from '../../names.ts';

export interface ForwardRuleProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly balancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly targetGroups: Readonly<Record<Colour, ApplicationTargetGroup>>;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

const FORWARD_PRIORITY = 100;

/** functions/core/forward-rule.ts works for at most three quarters of it, and answers in the rest. */
const TIMEOUT = Duration.minutes(1);
/** After a crash Lambda repeats the call after one minute and after two more. */
const SERVICE_TIMEOUT = Duration.minutes(7);

export class ForwardRule extends Construct {
  /** The rule's ARN. It stays the same until the listener is replaced. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ForwardRuleProps) {
    super(scope, id);
    const { configuration, names, listener, targetGroups } = props;
    const config: CoreConfig = { application: names.prefix, region: Stack.of(this).region };
    const { function: keeper } = new TaskFunction(this, 'Keeper', {
      slug: 'core',
      handler: 'forward-rule',
      config: { ...config },
      bundles: props.bundles,
      timeout: TIMEOUT,
    });
    rights(keeper, props);
    const rule = new CustomResource(this, 'Rule', {
      resourceType: 'Custom::ForwardRule',
      serviceToken: keeper.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        ListenerArn: listener.listenerArn,
        // Below the preview rules, which a request only meets with their header.
        Priority: FORWARD_PRIORITY,
        PathPatterns: ['/*'],
        TargetGroupArns: { Blue: targetGroups.blue.targetGroupArn, Green: targetGroups.green.targetGroupArn },
        // The first release is blue's. A change of these changes no rule that is there.
        Initial: { Weights: { Blue: 100, Green: 0 }, StickySeconds: configuration.alb.stickySeconds },
      },
    });
    this.arn = rule.ref;
  }
}

/** Service Authorization Reference, "Elastic Load Balancing V2". */
function rights(keeper: LambdaFunction, { balancer, listener }: ForwardRuleProps): void {
  const stack = Stack.of(keeper);
  // Of the whole load balancer: a listener that is replaced leaves a rule to be deleted.
  const prefix = `elasticloadbalancing:${stack.region}:${stack.account}:listener-rule`;
  const rules = `arn:${stack.partition}:${prefix}/${balancer.loadBalancerFullName}/*`;
  const allow = (sid: string, actions: string[], resource: string, conditions?: Record<string, unknown>) =>
    keeper.addToRolePolicy(new PolicyStatement({ sid, actions, resources: [resource], conditions }));
  allow('MakeRule', ['elasticloadbalancing:CreateRule'], listener.listenerArn);
  allow('SignRule', ['elasticloadbalancing:AddTags'], rules, {
    StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateRule' },
  });
  allow(
    'KeepRule',
    ['elasticloadbalancing:ModifyRule', 'elasticloadbalancing:SetRulePriorities', 'elasticloadbalancing:DeleteRule'],
    rules,
  );
  allow('SeeRules', ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTags'], '*', {
    StringEquals: { 'aws:RequestedRegion': stack.region },
  });
  const made = stack.getLogicalId(balancer.node.defaultChild as CfnLoadBalancer);
  acknowledge(keeper, {
    'IAM5[Resource::*]': 'these reads know no resource',
    [`IAM5[Resource::arn:<AWS::Partition>:${prefix}/<${made}.LoadBalancerFullName>/*]`]:
      'the ARN of a rule is not known before it is made; the load balancer is',
  });
}
