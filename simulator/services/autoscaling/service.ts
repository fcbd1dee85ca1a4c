/** Amazon EC2 Auto Scaling: groups that keep a desired number of healthy instances over zones. */
import type { Clients } from '../../clients.ts';
import { type Access, type Context, defineService } from '../../service.ts';
import { describeScalingActivities } from './activities.ts';
import {
  attachLoadBalancerTargetGroups,
  createOrUpdateTags,
  deleteAutoScalingGroup,
  deleteTags,
  detachLoadBalancerTargetGroups,
} from './attachments.ts';
import {
  resumeProcesses,
  setDesiredCapacity,
  setInstanceProtection,
  suspendProcesses,
  terminateInstanceInAutoScalingGroup,
} from './capacity.ts';
import { createAutoScalingGroup, describeAutoScalingGroups, updateAutoScalingGroup } from './groups.ts';
import { healthTick } from './health.ts';
import { booted, drained, retryLaunch } from './lifecycle.ts';
import { deletePolicy, describePolicies, executePolicy, putScalingPolicy } from './policies.ts';
import {
  deleteScheduledAction,
  describeScheduledActions,
  putScheduledUpdateGroupAction,
  scheduledAction,
} from './scheduled.ts';
import { type AutoScalingState, type Group, initialAutoScalingState } from './state.ts';

/** The group's own ARN and tags; a pattern for one that is not there, so that the caller learns no more than IAM tells. */
function onGroup(input: { AutoScalingGroupName?: string | undefined }, context: Context<AutoScalingState>): Access {
  const group = context.state.groups[input.AutoScalingGroupName ?? ''];
  return group ? accessTo(group) : { resources: [anyArn(context, input.AutoScalingGroupName ?? '')] };
}

/** A policy's group decides, also where only the policy's ARN is given. */
function onPolicy(
  input: { AutoScalingGroupName?: string | undefined; PolicyName?: string | undefined },
  context: Context<AutoScalingState>,
): Access {
  const { AutoScalingGroupName = context.state.policies?.[input.PolicyName ?? '']?.groupName } = input;
  return onGroup({ AutoScalingGroupName }, context);
}

const onTagged = (
  tags: readonly { ResourceId?: string | undefined }[] | undefined,
  context: Context<AutoScalingState>,
): Access[] => (tags ?? []).map(({ ResourceId }) => onGroup({ AutoScalingGroupName: ResourceId }, context));

const accessTo = (group: Group): Access => ({
  resources: [group.arn],
  conditions: Object.fromEntries([
    ...group.tags.map((tag) => [`autoscaling:ResourceTag/${tag.Key}`, tag.Value]),
    ...group.tags.map((tag) => [`aws:ResourceTag/${tag.Key}`, tag.Value]),
  ]),
});

const anyArn = ({ region, account }: Context<AutoScalingState>, name: string): string =>
  `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:unknown:autoScalingGroupName/${name}`;

export const autoScaling = defineService<Clients['autoscaling'], AutoScalingState>({
  name: 'autoscaling',
  initialState: initialAutoScalingState,
  operations: {
    CreateAutoScalingGroup: createAutoScalingGroup,
    UpdateAutoScalingGroup: updateAutoScalingGroup,
    DescribeAutoScalingGroups: describeAutoScalingGroups,
    DescribeScalingActivities: describeScalingActivities,
    SetDesiredCapacity: setDesiredCapacity,
    TerminateInstanceInAutoScalingGroup: terminateInstanceInAutoScalingGroup,
    SuspendProcesses: suspendProcesses,
    ResumeProcesses: resumeProcesses,
    AttachLoadBalancerTargetGroups: attachLoadBalancerTargetGroups,
    DetachLoadBalancerTargetGroups: detachLoadBalancerTargetGroups,
    CreateOrUpdateTags: createOrUpdateTags,
    DeleteTags: deleteTags,
    DeleteAutoScalingGroup: deleteAutoScalingGroup,
    SetInstanceProtection: setInstanceProtection,
    PutScalingPolicy: putScalingPolicy,
    DescribePolicies: describePolicies,
    ExecutePolicy: executePolicy,
    DeletePolicy: deletePolicy,
    PutScheduledUpdateGroupAction: putScheduledUpdateGroupAction,
    DescribeScheduledActions: describeScheduledActions,
    DeleteScheduledAction: deleteScheduledAction,
  },
  // Service Authorization Reference, "Amazon EC2 Auto Scaling"; Describe* take no resource.
  access: {
    CreateAutoScalingGroup: (input, context) => ({ resources: [anyArn(context, input.AutoScalingGroupName ?? '')] }),
    UpdateAutoScalingGroup: onGroup,
    SetDesiredCapacity: onGroup,
    SuspendProcesses: onGroup,
    ResumeProcesses: onGroup,
    AttachLoadBalancerTargetGroups: onGroup,
    DetachLoadBalancerTargetGroups: onGroup,
    CreateOrUpdateTags: (input, context) => onTagged(input.Tags, context),
    DeleteTags: (input, context) => onTagged(input.Tags, context),
    DeleteAutoScalingGroup: onGroup,
    SetInstanceProtection: onGroup,
    PutScalingPolicy: onGroup,
    ExecutePolicy: onPolicy,
    DeletePolicy: onPolicy,
    PutScheduledUpdateGroupAction: onGroup,
    DeleteScheduledAction: onGroup,
    TerminateInstanceInAutoScalingGroup: (input, context) => {
      const holds = (group: Group): boolean => group.instances.some((one) => one.instanceId === input.InstanceId);
      const group = Object.values(context.state.groups).find(holds);
      return group ? accessTo(group) : { resources: [anyArn(context, '*')] };
    },
  },
  timers: { booted, drained, retryLaunch, healthTick, scheduledAction },
});
