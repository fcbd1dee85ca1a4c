/** Colours that are EC2 Auto Scaling groups. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DependencyNotReady } from '../errors.ts';
import type { Colour, ComputeEnvironment } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';
import { ssmDigests } from './digests.ts';
import { targetHealth } from './target-health.ts';

interface Place {
  readonly region: string;
  readonly colours: Readonly<
    Record<Colour, { readonly group: string; readonly targetGroupArn: string; readonly digestParameter: string }>
  >;
}

/**
 * What would change a group's size or machines beside Mainstay. Launch and Terminate stay: without them nothing heals
 * (Auto Scaling User Guide, "Suspend and resume processes").
 */
const OTHERS = ['AlarmNotification', 'ScheduledActions', 'AZRebalance', 'InstanceRefresh'];

export function ec2Environment(place: Place): ComputeEnvironment {
  const { region, colours } = place;
  const scaling = new AutoScalingClient(clientOptions(region));
  const balancing = new ElasticLoadBalancingV2Client(clientOptions(region));
  const groupOf = async (colour: Colour) => {
    const name = colours[colour].group;
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const group = (await call(`describing ${name}`, scaling.send(command))).AutoScalingGroups?.[0];
    if (!group) throw new DependencyNotReady(`there is no Auto Scaling group ${name}`);
    return group;
  };
  return {
    ...ssmDigests(place),
    async describe(colour) {
      const [group, targets] = await Promise.all([
        groupOf(colour),
        targetHealth(balancing, colours[colour].targetGroupArn),
      ]);
      const suspended = (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName ?? '');
      const machines = group.Instances ?? [];
      return {
        desired: group.DesiredCapacity ?? 0,
        min: group.MinSize ?? 0,
        max: group.MaxSize ?? 0,
        machines: machines.length,
        inService: machines.filter(({ LifecycleState }) => LifecycleState === 'InService').length,
        pinned: OTHERS.every((name) => suspended.includes(name)),
        ...targets,
      };
    },
    async sizeTo(colour, size) {
      const group = await groupOf(colour);
      const command = new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: colours[colour].group,
        MinSize: size,
        DesiredCapacity: size,
        MaxSize: Math.max(size, group.MaxSize ?? 0),
      });
      await call(`sizing ${colours[colour].group} to ${size}`, scaling.send(command));
    },
    async pin(colour) {
      const command = new SuspendProcessesCommand({
        AutoScalingGroupName: colours[colour].group,
        ScalingProcesses: OTHERS,
      });
      await call(`suspending what scales ${colours[colour].group}`, scaling.send(command));
    },
    async unpin(colour, { min, max }) {
      const AutoScalingGroupName = colours[colour].group;
      const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: min, MaxSize: max });
      await call(`giving ${AutoScalingGroupName} its bounds back`, scaling.send(update));
      const resume = new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: OTHERS });
      await call(`resuming what scales ${AutoScalingGroupName}`, scaling.send(resume));
    },
  };
}
