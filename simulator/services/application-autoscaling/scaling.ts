/** An alarm carries a policy out: the service's desired count changes, unless the target is suspended or cools down. */
import { AwsError } from '../../errors.ts';
import { adjusted, tracked } from '../autoscaling/scaling.ts';
import type { Policy, ScalableTarget, ScalingContext } from './state.ts';

/** What an alarm hands over; data of the timer 'scaleBy'. */
export interface Breach {
  readonly policyArn: string;
  /** The newest datapoint of the alarm's metric. */
  readonly value: number | undefined;
  readonly threshold: number | undefined;
}

/** Timer, set by CloudWatch at each evaluation of an alarm in ALARM that names the policy. */
export async function scaleBy(breach: Breach, context: ScalingContext): Promise<void> {
  const policy = context.state.policies[breach.policyArn];
  const target = policy && context.state.targets[policy.resourceId];
  if (!policy || !target || breach.value === undefined) return;
  const { value, threshold = 0 } = breach;
  const by = { policy: policy.name };
  const wanted = (current: number): number => wantedBy(policy, target, { current, value, threshold }, context.now);
  await scaleWithin(context, target, by, wanted, (out) => {
    if (!isSuspended(target, out)) return false;
    context.trace('policy.suspended', { resourceId: target.resourceId, ...by });
    return true;
  });
}

/** Brings a service to the wanted number, or the one it has, within its target's bounds. */
export async function scaleWithin(
  context: ScalingContext,
  target: ScalableTarget,
  by: Readonly<Record<string, string>>,
  wanted: (current: number) => number = (current) => current,
  isHeld: (out: boolean) => boolean = () => false,
): Promise<void> {
  const [, cluster = '', service = ''] = target.resourceId.split('/');
  const options = { caller: { kind: 'account', via: 'ecs.application-autoscaling.amazonaws.com' } } as const;
  try {
    const { services } = await context.call('ecs', 'DescribeServices', { cluster, services: [service] }, options);
    const current = services?.[0]?.desiredCount;
    if (current === undefined) return;
    const desiredCount = Math.min(Math.max(wanted(current), target.minCapacity), target.maxCapacity);
    if (desiredCount === current || isHeld(desiredCount > current)) return;
    context.trace('target.scaled', { resourceId: target.resourceId, ...by, from: current, to: desiredCount });
    target.scaledAt = context.now;
    await context.call('ecs', 'UpdateService', { cluster, service, desiredCount }, options);
  } catch (error) {
    // Tried again at the alarm's next evaluation.
    if (!(error instanceof AwsError)) throw error;
    context.trace('target.notScaled', { resourceId: target.resourceId, message: error.message });
  }
}

const isSuspended = ({ suspended }: ScalableTarget, out: boolean): boolean =>
  out ? suspended.DynamicScalingOutSuspended === true : suspended.DynamicScalingInSuspended === true;

/** Default of a target's cooldowns (API reference, TargetTrackingScalingPolicyConfiguration): 300 s for services of ECS. */
const COOLDOWN_SECONDS = 300;

function wantedBy(
  policy: Policy,
  target: ScalableTarget,
  { current, value, threshold }: { current: number; value: number; threshold: number },
  now: number,
): number {
  const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: steps } =
    policy.definition;
  const sinceMs = now - (target.scaledAt ?? Number.NEGATIVE_INFINITY);
  if (policy.type === 'TargetTrackingScaling') {
    const settling = sinceMs < (tracking?.ScaleInCooldown ?? COOLDOWN_SECONDS) * 1_000;
    const TargetTrackingConfiguration = {
      TargetValue: tracking?.TargetValue,
      DisableScaleIn: tracking?.DisableScaleIn,
    };
    return tracked({ TargetTrackingConfiguration }, { current, value, settling });
  }
  if (sinceMs < (steps?.Cooldown ?? COOLDOWN_SECONDS) * 1_000) return current;
  const definition = {
    AdjustmentType: steps?.AdjustmentType,
    MinAdjustmentMagnitude: steps?.MinAdjustmentMagnitude,
    StepAdjustments: steps?.StepAdjustments,
  };
  return adjusted(definition, { current, overBy: value - threshold });
}
