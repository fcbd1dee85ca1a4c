/** Scaling activities: the record of each launch and termination, with the reason and, if it failed, AWS's words. */
import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Clients, Input, Output } from '../../clients.ts';
import { publishServiceEvent } from '../../eventbridge/bus.ts';
import type { Context } from '../../service.ts';
import { type AutoScalingState, type Group, groupNamed, type ScalingActivity } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;

export function beginActivity(
  context: AutoScalingContext,
  group: Group,
  begun: Pick<ScalingActivity, 'cause' | 'description' | 'status' | 'zone'>,
): ScalingActivity {
  const activity: ScalingActivity = {
    ...begun,
    id: context.random.uuid(),
    groupName: group.name,
    startedAt: context.now,
    statusMessage: undefined,
    endedAt: undefined,
  };
  context.state.activities.push(activity);
  return activity;
}

export interface Ending {
  readonly status: 'Successful' | 'Failed' | 'Cancelled';
  readonly statusMessage?: string;
  /** None for a launch that failed. */
  readonly instanceId?: string;
}

/** Ends an activity and tells the event bus. */
export function endActivity(context: AutoScalingContext, activityId: string, ending: Ending): void {
  const activity = context.state.activities.find((candidate) => candidate.id === activityId);
  if (!activity) return;
  activity.status = ending.status;
  activity.statusMessage = ending.statusMessage;
  activity.endedAt = context.now;
  const group = context.state.groups[activity.groupName];
  if (!group) return;
  if (ending.status === 'Successful') group.lastScaledAt = context.now;
  if (ending.status !== 'Cancelled') publishEnd(context, group, activity, ending);
}

/** EC2 Auto Scaling guide, "Amazon EC2 Auto Scaling event reference". */
function publishEnd(context: AutoScalingContext, group: Group, activity: ScalingActivity, ending: Ending): void {
  const outcome = ending.status === 'Successful' ? 'Successful' : 'Unsuccessful';
  const { region, account } = context;
  const { instanceId } = ending;
  publishServiceEvent(context, {
    source: 'aws.autoscaling',
    detailType: `EC2 Instance ${activity.description.startsWith('Launching') ? 'Launch' : 'Terminate'} ${outcome}`,
    resources: [
      group.arn,
      ...(instanceId === undefined ? [] : [`arn:aws:ec2:${region}:${account}:instance/${instanceId}`]),
    ],
    detail: {
      StatusCode: ending.status === 'Successful' ? 'InProgress' : 'Failed',
      StatusMessage: ending.statusMessage ?? '',
      Description: activity.description,
      AutoScalingGroupName: group.name,
      ActivityId: activity.id,
      RequestId: activity.id,
      EC2InstanceId: instanceId ?? '',
      Cause: activity.cause,
      StartTime: new Date(activity.startedAt).toISOString(),
      EndTime: new Date(context.now).toISOString(),
      Details: { 'Availability Zone': activity.zone },
    },
  });
}

export function describeActivity(activity: ScalingActivity): Activity {
  const { status, endedAt } = activity;
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: activity.groupName,
    Cause: activity.cause,
    Description: activity.description,
    StartTime: new Date(activity.startedAt),
    EndTime: endedAt === undefined ? undefined : new Date(endedAt),
    StatusCode: status,
    StatusMessage: activity.statusMessage,
    Progress: endedAt === undefined ? 50 : 100,
    Details: JSON.stringify({ 'Availability Zone': activity.zone }),
  };
}

/** Newest first, as AWS lists them. */
export function describeScalingActivities(
  input: Input<Clients['autoscaling'], 'DescribeScalingActivities'>,
  context: AutoScalingContext,
): Output<Clients['autoscaling'], 'DescribeScalingActivities'> {
  const { ActivityIds: ids, AutoScalingGroupName: name } = input;
  if (name !== undefined) groupNamed(context.state, name);
  const matching = context.state.activities.filter(
    (activity) => (name === undefined || activity.groupName === name) && (!ids?.length || ids.includes(activity.id)),
  );
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxRecords ?? 100);
  const page = matching.toReversed().slice(start, end);
  return { Activities: page.map(describeActivity), NextToken: end < matching.length ? String(end) : undefined };
}
