/** The size of an EC2 Auto Scaling group. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Size } from './capacity.ts';
import { call, clientOptions } from './client.ts';

export function groupSize(region: string): Size {
  const client = new AutoScalingClient(clientOptions(region));
  return {
    async read(name) {
      const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
      const [group] = (await call(`describing ${name}`, client.send(command))).AutoScalingGroups ?? [];
      return group
        ? {
            desired: group.DesiredCapacity ?? 0,
            min: group.MinSize ?? 0,
            max: group.MaxSize ?? 0,
            inService: (group.Instances ?? []).filter((one) => one.LifecycleState === 'InService').length,
          }
        : null;
    },
    async raise(name, size) {
      const command = new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: size,
        DesiredCapacity: size,
      });
      await call(`raising ${name} to ${size}`, client.send(command));
    },
  };
}
