/** Hands that size a colour and are not Mainstay's, whatever runs it. */
import type { Configuration } from '../../infra/config/index.ts';
import type { Colour, Names } from '../../infra/names.ts';
import type { Cloud } from '../../simulator/cloud.ts';

export interface Sized {
  readonly region: string;
  readonly names: Names;
  readonly configuration: Configuration;
  readonly colour: Colour;
}

/** So many machines within its bounds, as the console's "edit" does. */
export async function resize(cloud: Cloud, sized: Sized, size: number): Promise<void> {
  const { region, names, configuration, colour } = sized;
  const group = names.group(colour);
  if (configuration.compute.kind === 'fargate') {
    const input = { cluster: names.prefix, service: group, desiredCount: size };
    await cloud.call('ecs', 'UpdateService', input, { region });
    return;
  }
  const input = { AutoScalingGroupName: group, DesiredCapacity: size };
  await cloud.call('autoscaling', 'SetDesiredCapacity', input, { region });
}

/** Ends all machines of a colour. */
export async function empty(cloud: Cloud, sized: Sized): Promise<void> {
  const { region, names, configuration, colour } = sized;
  const group = names.group(colour);
  if (configuration.compute.kind === 'fargate') {
    const input = {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${names.prefix}/${group}`,
      MinCapacity: 0,
    } as const;
    await cloud.call('application-autoscaling', 'RegisterScalableTarget', input, { region });
  } else {
    const input = { AutoScalingGroupName: group, MinSize: 0 };
    await cloud.call('autoscaling', 'UpdateAutoScalingGroup', input, { region });
  }
  await resize(cloud, sized, 0);
}
