/** What a region serves with: the colour that the forward rule prefers, its machines, its targets' health. */
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServingConfig } from '../config.ts';
import type { Capacity, CapacityView } from '../ports.ts';
import { call, clientOptions } from './client.ts';
import { groupSize } from './group-size.ts';
import { serviceSize } from './service-size.ts';

type Place = Pick<ServingConfig, 'region' | 'forwardRuleArn' | 'colours' | 'compute'>;

/** How many machines a group or a service has, and may have. Null where it is not there. */
export interface Size {
  read(name: string): Promise<Pick<CapacityView, 'desired' | 'min' | 'max' | 'inService'> | null>;
  /** At least so many, whatever policies say. */
  raise(name: string, size: number): Promise<void>;
}

export function awsCapacity({ region, forwardRuleArn, colours, compute }: Place): Capacity {
  const balancing = new ElasticLoadBalancingV2Client(clientOptions(region));
  const size = compute.kind === 'fargate' ? serviceSize(region, compute.cluster ?? '') : groupSize(region);

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
      const [found, targets] = await Promise.all([
        size.read(group),
        call(
          `describing the targets of ${colour}`,
          balancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
        ),
      ]);
      return {
        colour,
        ...(found ?? { desired: 0, min: 0, max: 0, inService: 0 }),
        healthyTargets: (targets.TargetHealthDescriptions ?? []).filter((one) => one.TargetHealth?.State === 'healthy')
          .length,
      };
    },
    raiseTo: (colour, least) => size.raise(colours[colour].group, least),
  };
}
