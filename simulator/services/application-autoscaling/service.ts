/**
 * Application Auto Scaling for services of ECS: scalable targets that can be suspended, target tracking and step policies
 * that alarms carry out, scheduled actions. Other namespaces are refused by name.
 */
import type { ScalableTarget as AwsTarget, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { describeAlarms, makeAlarms, removeAlarms } from './alarms.ts';
import { scaleBy } from './scaling.ts';
import { forgetActions, scheduledAction, scheduledOperations } from './scheduled.ts';
import { type Policy, type ScalableTarget, type ScalingContext, type ScalingState, targetOf } from './state.ts';

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function check({
  ServiceNamespace,
  ScalableDimension,
}: {
  ServiceNamespace?: string;
  ScalableDimension?: string;
}): void {
  if (ServiceNamespace !== 'ecs')
    throw new NotModelled(`application-autoscaling: '${ServiceNamespace}' is not modelled`);
  if (ScalableDimension !== undefined && ScalableDimension !== 'ecs:service:DesiredCount') {
    throw invalid(`Unsupported scalable dimension: ${ScalableDimension}`);
  }
}

/** Policies are resources of their target (Service Authorization Reference, "AWS Application Auto Scaling"). */
function on({ ResourceId }: { ResourceId?: string | undefined }, context: ScalingContext): Access {
  const any = `arn:aws:application-autoscaling:${context.region}:${context.account}:scalable-target/*`;
  return {
    resources: [context.state.targets[ResourceId ?? '']?.arn ?? any],
    conditions: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
  };
}

export const applicationAutoScaling = defineService<Clients['application-autoscaling'], ScalingState>({
  name: 'application-autoscaling',
  initialState: () => ({ targets: {}, policies: {} }),
  operations: {
    /** Makes a target or changes the one that is there; what is left out stays. @throws AwsError ValidationException */
    RegisterScalableTarget(input, context) {
      check(input);
      const { ResourceId: resourceId = '', MinCapacity, MaxCapacity, SuspendedState } = input;
      const known = context.state.targets[resourceId];
      if (!/^service\/[^/]+\/[^/]+$/.test(resourceId))
        throw invalid(`Unsupported service namespace, resource type: ${resourceId}`);
      if (!known && (MinCapacity === undefined || MaxCapacity === undefined)) {
        throw invalid('MinCapacity and MaxCapacity are required for a new scalable target');
      }
      const minCapacity = MinCapacity ?? known?.minCapacity ?? 0;
      const maxCapacity = MaxCapacity ?? known?.maxCapacity ?? 0;
      if (minCapacity > maxCapacity) throw invalid('Minimum capacity cannot be greater than maximum capacity');
      const none = {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      };
      const target: ScalableTarget = {
        resourceId,
        arn:
          known?.arn ??
          `arn:aws:application-autoscaling:${context.region}:${context.account}:scalable-target/${context.random.hex(20)}`,
        createdAt: known?.createdAt ?? context.now,
        minCapacity,
        maxCapacity,
        suspended: { ...none, ...known?.suspended, ...SuspendedState } as Required<NonNullable<typeof SuspendedState>>,
        ...(known?.scaledAt !== undefined && { scaledAt: known.scaledAt }),
      };
      context.state.targets[resourceId] = target;
      return { ScalableTargetARN: target.arn };
    },

    DescribeScalableTargets(input, context) {
      check(input);
      const targets = Object.values(context.state.targets).filter(
        ({ resourceId }) => !input.ResourceIds?.length || input.ResourceIds.includes(resourceId),
      );
      return { ScalableTargets: targets.map(describeTarget) };
    },

    /** Its policies and their alarms go with it. @throws AwsError ObjectNotFoundException */
    async DeregisterScalableTarget(input, context) {
      check(input);
      const { resourceId } = targetOf(context, input.ResourceId);
      for (const policy of Object.values(context.state.policies)) {
        if (policy.resourceId !== resourceId) continue;
        await removeAlarms(context, policy);
        delete context.state.policies[policy.arn];
      }
      forgetActions(context, context.state.targets[resourceId] as ScalableTarget);
      delete context.state.targets[resourceId];
      return {};
    },

    /** Makes a policy or replaces the one of this name. @throws AwsError ObjectNotFoundException */
    async PutScalingPolicy(input, context) {
      check(input);
      const { resourceId } = targetOf(context, input.ResourceId);
      const { PolicyName: name = '', PolicyType: type = 'StepScaling' } = input;
      if (type !== 'TargetTrackingScaling' && type !== 'StepScaling') {
        throw new NotModelled(`application-autoscaling: policy type ${type} is not modelled`);
      }
      const known = Object.values(context.state.policies).find(
        (one) => one.name === name && one.resourceId === resourceId,
      );
      const { region, account, random } = context;
      const arn =
        known?.arn ??
        `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${random.uuid()}:resource/ecs/${resourceId}:policyName/${name}`;
      if (known) await removeAlarms(context, known);
      const policy: Policy = { arn, name, resourceId, type, definition: input, alarms: [], createdAt: context.now };
      context.state.policies[arn] = policy;
      if (type === 'TargetTrackingScaling') await makeAlarms(context, policy);
      return { PolicyARN: arn, Alarms: describeAlarms(context, policy) };
    },

    DescribeScalingPolicies(input, context) {
      check(input);
      const chosen = Object.values(context.state.policies).filter(
        ({ resourceId, name }) =>
          (input.ResourceId ?? resourceId) === resourceId &&
          (!input.PolicyNames?.length || input.PolicyNames.includes(name)),
      );
      return { ScalingPolicies: chosen.map((policy) => describePolicy(context, policy)) };
    },

    ...scheduledOperations,

    /** @throws AwsError ObjectNotFoundException */
    async DeleteScalingPolicy(input, context) {
      check(input);
      const policy = Object.values(context.state.policies).find(
        (one) => one.name === input.PolicyName && one.resourceId === input.ResourceId,
      );
      if (!policy) throw new AwsError('ObjectNotFoundException', `No scaling policy found: ${input.PolicyName}`);
      await removeAlarms(context, policy);
      delete context.state.policies[policy.arn];
      return {};
    },
  },
  access: {
    RegisterScalableTarget: on,
    DeregisterScalableTarget: on,
    PutScalingPolicy: on,
    DeleteScalingPolicy: on,
    PutScheduledAction: on,
    DeleteScheduledAction: on,
  },
  timers: { scaleBy, scheduledAction },
});

const describeTarget = (target: ScalableTarget): AwsTarget => ({
  ServiceNamespace: 'ecs',
  ResourceId: target.resourceId,
  ScalableDimension: 'ecs:service:DesiredCount',
  MinCapacity: target.minCapacity,
  MaxCapacity: target.maxCapacity,
  RoleARN: undefined,
  CreationTime: new Date(target.createdAt),
  SuspendedState: target.suspended,
  ScalableTargetARN: target.arn,
});

const describePolicy = (context: ScalingContext, policy: Policy): ScalingPolicy => ({
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  ServiceNamespace: 'ecs',
  ResourceId: policy.resourceId,
  ScalableDimension: 'ecs:service:DesiredCount',
  PolicyType: policy.type as ScalingPolicy['PolicyType'],
  StepScalingPolicyConfiguration: policy.definition.StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration: policy.definition.TargetTrackingScalingPolicyConfiguration,
  Alarms: describeAlarms(context, policy),
  CreationTime: new Date(policy.createdAt),
});
