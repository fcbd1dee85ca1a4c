/** How far a policy scales: pure functions of its definition and what it is told. Used by policies.ts. */
import type { PutScalingPolicyType } from '@aws-sdk/client-auto-scaling';

export interface Policy {
  readonly name: string;
  readonly arn: string;
  readonly groupName: string;
  readonly type: string;
  readonly definition: PutScalingPolicyType;
  /** Names of the alarms that a target tracking policy has made. */
  readonly alarms: string[];
}

/**
 * In proportion to how far the metric is from its target. Guess: AWS publishes that much and that scaling in is more
 * careful than scaling out, not how; here it waits until every instance has warmed up.
 */
export function tracked(
  definition: Pick<PutScalingPolicyType, 'TargetTrackingConfiguration'> | TrackingOnly,
  { current, value, settling }: { current: number; value: number; settling: boolean },
): number {
  const { TargetValue: target = 1, DisableScaleIn: keeps = false } = definition.TargetTrackingConfiguration ?? {};
  const wanted = Math.ceil((current * value) / target);
  return wanted < current && (keeps || settling) ? current : wanted;
}

/** As Application Auto Scaling has it, whose metrics are another's business. */
interface TrackingOnly {
  readonly TargetTrackingConfiguration: {
    readonly TargetValue: number | undefined;
    readonly DisableScaleIn?: boolean | undefined;
  };
}

export type Steps = Pick<
  PutScalingPolicyType,
  'AdjustmentType' | 'MinAdjustmentMagnitude' | 'ScalingAdjustment' | 'StepAdjustments'
>;

/** `overBy` is how much the metric is above the alarm's threshold, which is where the bounds of steps count from. */
export function adjusted(definition: Steps, { current, overBy }: { current: number; overBy: number }): number {
  const step = (definition.StepAdjustments ?? []).find(
    ({
      MetricIntervalLowerBound: from = Number.NEGATIVE_INFINITY,
      MetricIntervalUpperBound: to = Number.POSITIVE_INFINITY,
    }) => overBy >= from && overBy < to,
  );
  const by = definition.StepAdjustments?.length ? step?.ScalingAdjustment : definition.ScalingAdjustment;
  if (by === undefined) return current;
  if (definition.AdjustmentType === 'ExactCapacity') return by;
  if (definition.AdjustmentType === 'ChangeInCapacity') return current + by;
  const exact = (current * by) / 100;
  // Between 0 and 1 it counts as one instance (user guide, "Scaling adjustment types"); beyond that it is cut off.
  const change = Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
  const least = definition.MinAdjustmentMagnitude ?? 0;
  return current + (change === 0 ? 0 : Math.sign(change) * Math.max(Math.abs(change), least));
}
