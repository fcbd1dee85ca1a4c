/** The forward rule's weights. Both target groups are always sent: ModifyRule replaces lists whole (ELB API Reference). */
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ForwardWeights } from '../release-ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly region: string;
  readonly forwardRuleArn: string;
  readonly colours: Readonly<Record<'blue' | 'green', { readonly targetGroupArn: string }>>;
}

export function elbForwardWeights({ region, forwardRuleArn, colours }: Place): ForwardWeights {
  const client = new ElasticLoadBalancingV2Client(clientOptions(region));
  return {
    async read() {
      const command = new DescribeRulesCommand({ RuleArns: [forwardRuleArn] });
      const rules = await call('describing the forward rule', client.send(command)).catch((error: unknown) => {
        if (!isNamed(error, 'RuleNotFoundException')) throw error;
        return { Rules: [] };
      });
      const forward = rules.Rules?.[0]?.Actions?.find(({ Type }) => Type === 'forward')?.ForwardConfig;
      const groups = forward?.TargetGroups ?? [];
      const weightOf = (colour: 'blue' | 'green') =>
        groups.find(({ TargetGroupArn }) => TargetGroupArn === colours[colour].targetGroupArn)?.Weight;
      const [blue, green] = [weightOf('blue'), weightOf('green')];
      if (groups.length !== 2 || blue === undefined || green === undefined) return null;
      const sticky = forward?.TargetGroupStickinessConfig;
      return { blue, green, stickySeconds: sticky?.Enabled ? (sticky.DurationSeconds ?? 0) : 0 };
    },
    async write({ blue, green, stickySeconds }) {
      if (blue + green <= 0) throw new RangeError('what a load balancer does without any weight is not documented');
      const command = new ModifyRuleCommand({
        RuleArn: forwardRuleArn,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: colours.blue.targetGroupArn, Weight: blue },
                { TargetGroupArn: colours.green.targetGroupArn, Weight: green },
              ],
              TargetGroupStickinessConfig:
                stickySeconds > 0 ? { Enabled: true, DurationSeconds: stickySeconds } : { Enabled: false },
            },
          },
        ],
      });
      await call(`writing the weights ${blue} and ${green}`, client.send(command));
    },
  };
}
