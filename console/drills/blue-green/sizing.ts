/** Hands that size a colour and are not Mainstay's, whatever runs it. */
import type { Colour } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { Places } from './scenario.ts';

/** Ends all machines of a colour, as the console's "edit" does. */
export async function empty(cloud: Cloud, colour: Colour, { region, names, configuration }: Places): Promise<void> {
  const at = { region };
  const group = names.group(colour);
  if (configuration.compute.kind === 'ec2') {
    const input = { AutoScalingGroupName: group, MinSize: 0, DesiredCapacity: 0 };
    await cloud.call('autoscaling', 'UpdateAutoScalingGroup', input, at);
    return;
  }
  const target = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${names.prefix}/${group}`,
  } as const;
  await cloud.call('application-autoscaling', 'RegisterScalableTarget', { ...target, MinCapacity: 0 }, at);
  await cloud.call('ecs', 'UpdateService', { cluster: names.prefix, service: group, desiredCount: 0 }, at);
}
