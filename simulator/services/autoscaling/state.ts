/** Auto Scaling in one region as plain data: groups with their instances, and what was done to them. */
import type { LaunchTemplateSpecification, ScalingActivityStatusCode } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../errors.ts';
import type { Policy } from './scaling.ts';
import type { ScheduledAction } from './scheduled.ts';

/** The one shape of lifecycle without hooks: Pending → InService → Terminating → gone. */
export interface GroupInstance {
  readonly instanceId: string;
  readonly zone: string;
  readonly launchTemplate: LaunchTemplateSpecification;
  readonly instanceType: string;
  readonly launchedAt: number;
  lifecycleState: 'Pending' | 'InService' | 'Terminating';
  healthStatus: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  inServiceAt: number | undefined;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  defaultCooldownSeconds: number;
  launchTemplate: LaunchTemplateSpecification;
  zones: string[];
  /** Subnet of each zone; empty for a group without subnets. */
  subnets: Record<string, string>;
  targetGroupArns: string[];
  healthCheckType: 'EC2' | 'ELB';
  healthCheckGraceSeconds: number;
  newInstancesProtected: boolean;
  tags: { Key: string; Value: string; PropagateAtLaunch: boolean }[];
  /** Process name → reason shown. */
  suspended: Record<string, string>;
  instances: GroupInstance[];
  /** When the last scaling activity ended: start of the cooldown. */
  lastScaledAt: number | undefined;
  /** Launches that failed in every zone, in a row. */
  launchFailures: number;
  retryScheduled: boolean;
  /** When CloudWatch was last told of its processors. */
  measuredAt?: number;
}

export interface ScalingActivity {
  readonly id: string;
  readonly groupName: string;
  readonly cause: string;
  readonly startedAt: number;
  readonly zone: string;
  description: string;
  status: ScalingActivityStatusCode;
  statusMessage: string | undefined;
  endedAt: number | undefined;
}

export interface AutoScalingState {
  readonly groups: Record<string, Group>;
  /** Oldest first. */
  readonly activities: ScalingActivity[];
  /** Whether a `healthTick` timer is on its way. */
  ticking: boolean;
  /** By ARN. */
  policies?: Record<string, Policy>;
  /** By '<group>/<name>'. */
  scheduled?: Record<string, ScheduledAction>;
}

export const initialAutoScalingState = (): AutoScalingState => ({ groups: {}, activities: [], ticking: false });

/** @throws AwsError ValidationError, which is how Auto Scaling says that a group is not there */
export function groupNamed(state: AutoScalingState, name: string | undefined): Group {
  const group = state.groups[name ?? ''];
  if (group) return group;
  throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
}

/** Instances that count towards the desired capacity. */
export const activeInstances = (group: Group): GroupInstance[] =>
  group.instances.filter((instance) => instance.lifecycleState !== 'Terminating');
