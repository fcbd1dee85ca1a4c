/** How many targets a target group has, and how many of them are healthy. Used by both kinds of colours. */
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { call } from './client.ts';

export async function targetHealth(
  client: ElasticLoadBalancingV2Client,
  targetGroupArn: string,
): Promise<{ healthyTargets: number; registeredTargets: number }> {
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
  const { TargetHealthDescriptions = [] } = await call('describing targets', client.send(command));
  const states = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State);
  return {
    healthyTargets: states.filter((state) => state === 'healthy').length,
    registeredTargets: states.filter((state) => state !== 'draining').length,
  };
}
