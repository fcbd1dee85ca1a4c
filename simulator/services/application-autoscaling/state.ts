/** Application Auto Scaling in one region as plain data: scalable targets and their policies. Services of ECS only. */
import type { PutScalingPolicyRequest, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import type { ScheduledAction } from './scheduled.ts';

export interface ScalableTarget {
  /** 'service/<cluster>/<name>' */
  readonly resourceId: string;
  readonly arn: string;
  readonly createdAt: number;
  minCapacity: number;
  maxCapacity: number;
  suspended: Required<SuspendedState>;
  /** When it was last scaled out or in. */
  scaledAt?: number;
}

export interface Policy {
  readonly arn: string;
  readonly name: string;
  readonly resourceId: string;
  readonly type: string;
  readonly definition: PutScalingPolicyRequest;
  /** Names of the alarms that a target tracking policy has made. */
  readonly alarms: string[];
  readonly createdAt: number;
}

export interface ScalingState {
  readonly targets: Record<string, ScalableTarget>;
  readonly policies: Record<string, Policy>;
  /** By '<resource id>|<name>'. */
  scheduled?: Record<string, ScheduledAction>;
}

export type ScalingContext = Context<ScalingState>;

/** @throws AwsError ObjectNotFoundException */
export function targetOf({ state }: ScalingContext, resourceId: string | undefined): ScalableTarget {
  const target = state.targets[resourceId ?? ''];
  if (target) return target;
  throw new AwsError(
    'ObjectNotFoundException',
    `No scalable target found for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ecs:service:DesiredCount`,
  );
}
