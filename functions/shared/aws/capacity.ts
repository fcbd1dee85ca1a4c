/** What a region serves with: the colour that the forward rule prefers, its Auto Scaling group, its targets' health. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Capacity, CapacityView } from '../ports.ts';
import { call, clientOptions } from './client.ts';

interface Place {
  readonly region: string;
  readonly forwardRuleArn: string;
  readonly colours: Readonly<Record<'blue' | 'green', { readonly group: string; readonly targetGroupArn: string }>>;
}

export function awsCapacity({ region, forwardRuleArn, colours }: Place): Capacity {
  const balancing = new ElasticLoadBalancingV2Client(clientOptions(region));
  const scaling = new AutoScalingClient(clientOptions(region));

  /** Weights are runtime data (DESIGN decision 6): the colour that serves is the one with more weight. */
  const liveColour = async (): Promise<'blue' | 'green'> => {
    const command = new DescribeRulesCommand({ RuleArns: [forwardRuleArn] });
    const { Rules } = await call('describing the forward rule', balancing.send(command));
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const weight = (colour: 'blue' | 'green') =>
      groups.find(({ TargetGroupArn }) => TargetGroupArn === colours[colour].targetGroupArn)?.Weight ?? 0;
    return weight('green') > weight('blue') ? 'green' : 'blue';
  };

  return {
    async read(): Promise<CapacityView> {
      const colour = await liveColour();
      const { group, targetGroupArn } = colours[colour];
      const [groups, targets] = await Promise.all([
        call(
          `describing ${group}`,
          scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] })),
        ),
        call(
          `describing the targets of ${colour}`,
          balancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
        ),
      ]);
      const found = groups.AutoScalingGroups?.[0];
      return {
        colour,
        desired: found?.DesiredCapacity ?? 0,
        max: found?.MaxSize ?? 0,
        inService: (found?.Instances ?? []).filter((one) => one.LifecycleState === 'InService').length,
        healthyTargets: (targets.TargetHealthDescriptions ?? []).filter((one) => one.TargetHealth?.State === 'healthy')
          .length,
      };
    },
    async setDesired(colour, desired) {
      const command = new SetDesiredCapacityCommand({
        AutoScalingGroupName: colours[colour].group,
        DesiredCapacity: desired,
        HonorCooldown: false,
      });
      await call(`setting ${colours[colour].group} to ${desired}`, scaling.send(command));
    },
  };
}
