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

const targetOf = (names: Names, colour: Colour) =>
  ({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${names.prefix}/${names.group(colour)}`,
  }) as const;

/** Policies may take it down to so many machines. */
export async function setLeast(cloud: Cloud, sized: Sized, least: number): Promise<void> {
  const { region, names, configuration, colour } = sized;
  if (configuration.compute.kind === 'fargate') {
    const input = { ...targetOf(names, colour), MinCapacity: least };
    await cloud.call('application-autoscaling', 'RegisterScalableTarget', input, { region });
    return;
  }
  const input = { AutoScalingGroupName: names.group(colour), MinSize: least };
  await cloud.call('autoscaling', 'UpdateAutoScalingGroup', input, { region });
}

/** Ends all machines of a colour. */
export async function empty(cloud: Cloud, sized: Sized): Promise<void> {
  await setLeast(cloud, sized, 0);
  await resize(cloud, sized, 0);
}

const SCHEDULED_AFTER_MS = 90_000;

/** Once, soon: from then on so many machines at most. A colour whose schedules are suspended lets it pass. */
export async function schedule(cloud: Cloud, sized: Sized, most: number): Promise<void> {
  const { region, names, configuration, colour } = sized;
  const at = new Date(cloud.now + SCHEDULED_AFTER_MS);
  const ScheduledActionName = `at-most-${most}`;
  if (configuration.compute.kind === 'fargate') {
    const input = {
      ...targetOf(names, colour),
      ScheduledActionName,
      Schedule: `at(${at.toISOString().slice(0, 19)})`,
      ScalableTargetAction: { MinCapacity: 0, MaxCapacity: most },
    };
    await cloud.call('application-autoscaling', 'PutScheduledAction', input, { region });
    return;
  }
  const input = {
    AutoScalingGroupName: names.group(colour),
    ScheduledActionName,
    StartTime: at,
    MinSize: 0,
    MaxSize: most,
  };
  await cloud.call('autoscaling', 'PutScheduledUpdateGroupAction', input, { region });
}
