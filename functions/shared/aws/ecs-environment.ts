/**
 * Colours that are ECS services on Fargate, each with its own target group. A digest is a new revision of the colour's
 * task definition; the service's own rolling strategy replaces tasks, at weight 0 only.
 */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DependencyNotReady } from '../errors.ts';
import type { Colour, ComputeEnvironment } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';
import { targetHealth } from './target-health.ts';

interface Place {
  readonly region: string;
  readonly cluster: string;
  readonly colours: Readonly<Record<Colour, { readonly group: string; readonly targetGroupArn: string }>>;
}

/** Says which release a task is of; the application reports it in every answer. */
const DIGEST_VARIABLE = 'RELEASE_DIGEST';
const ALL_SUSPENDED = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};

export function ecsEnvironment({ region, cluster, colours }: Place): ComputeEnvironment {
  const ecs = new ECSClient(clientOptions(region));
  const scaling = new ApplicationAutoScalingClient(clientOptions(region));
  const balancing = new ElasticLoadBalancingV2Client(clientOptions(region));
  const scalable = (colour: Colour) => ({
    ServiceNamespace: 'ecs' as const,
    ResourceId: `service/${cluster}/${colours[colour].group}`,
    ScalableDimension: 'ecs:service:DesiredCount' as const,
  });
  const serviceOf = async (colour: Colour) => {
    const name = colours[colour].group;
    const command = new DescribeServicesCommand({ cluster, services: [name] });
    const service = (await call(`describing ${name}`, ecs.send(command))).services?.[0];
    if (!service) throw new DependencyNotReady(`there is no ECS service ${name}`);
    return service;
  };
  const boundsOf = async (colour: Colour) => {
    const { ServiceNamespace, ResourceId, ScalableDimension } = scalable(colour);
    const command = new DescribeScalableTargetsCommand({
      ServiceNamespace,
      ResourceIds: [ResourceId],
      ScalableDimension,
    });
    const { ScalableTargets = [] } = await call(`describing the bounds of ${ResourceId}`, scaling.send(command));
    return ScalableTargets[0] ?? null;
  };
  const definitionOf = async (colour: Colour) => {
    const { taskDefinition } = await serviceOf(colour);
    const command = new DescribeTaskDefinitionCommand({ taskDefinition });
    return (await call(`describing ${taskDefinition}`, ecs.send(command))).taskDefinition;
  };
  const register = (colour: Colour, more: Readonly<Record<string, unknown>>) =>
    call(
      `setting the bounds of ${colours[colour].group}`,
      scaling.send(new RegisterScalableTargetCommand({ ...scalable(colour), ...more })),
    );
  return {
    async describe(colour) {
      const [service, bounds, targets] = await Promise.all([
        serviceOf(colour),
        boundsOf(colour),
        targetHealth(balancing, colours[colour].targetGroupArn),
      ]);
      const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
      const { DynamicScalingInSuspended, DynamicScalingOutSuspended, ScheduledScalingSuspended } =
        bounds?.SuspendedState ?? {};
      return {
        desired: service.desiredCount ?? 0,
        min: bounds?.MinCapacity ?? service.desiredCount ?? 0,
        max: bounds?.MaxCapacity ?? service.desiredCount ?? 0,
        machines: (service.runningCount ?? 0) + (service.pendingCount ?? 0),
        // Tasks of an older revision do not count.
        inService: primary?.runningCount ?? 0,
        // A service without a scaling target is scaled by nobody.
        pinned:
          bounds === null ||
          [DynamicScalingInSuspended, DynamicScalingOutSuspended, ScheduledScalingSuspended].every(Boolean),
        ...targets,
      };
    },
    async declared(colour) {
      const [container] = (await definitionOf(colour))?.containerDefinitions ?? [];
      return container?.environment?.find(({ name }) => name === DIGEST_VARIABLE)?.value ?? null;
    },
    async prepare(colour, digest) {
      const before = await definitionOf(colour);
      if (!before) throw new DependencyNotReady(`${colours[colour].group} has no task definition`);
      const registered = await call(
        `registering a revision of ${before.family}`,
        ecs.send(new RegisterTaskDefinitionCommand(revisionOf(before as RegisterTaskDefinitionCommandInput, digest))),
      );
      const command = new UpdateServiceCommand({
        cluster,
        service: colours[colour].group,
        taskDefinition: registered.taskDefinition?.taskDefinitionArn,
      });
      await call(`giving ${colours[colour].group} its revision`, ecs.send(command));
    },
    async sizeTo(colour, size) {
      const bounds = await boundsOf(colour);
      if (bounds) await register(colour, { MinCapacity: size, MaxCapacity: Math.max(size, bounds.MaxCapacity ?? 0) });
      const command = new UpdateServiceCommand({ cluster, service: colours[colour].group, desiredCount: size });
      await call(`sizing ${colours[colour].group} to ${size}`, ecs.send(command));
    },
    async pin(colour) {
      await register(colour, { SuspendedState: ALL_SUSPENDED });
    },
    async unpin(colour, { min, max }) {
      const resumed = Object.fromEntries(Object.keys(ALL_SUSPENDED).map((name) => [name, false]));
      await register(colour, { MinCapacity: min, MaxCapacity: max, SuspendedState: resumed });
    },
  };
}

/** The same task with another digest: the first container is the application. What only describes it is not sent back. */
function revisionOf(before: RegisterTaskDefinitionCommandInput, digest: string): RegisterTaskDefinitionCommandInput {
  const {
    family,
    taskRoleArn,
    executionRoleArn,
    networkMode,
    volumes,
    placementConstraints,
    requiresCompatibilities,
    cpu,
    memory,
    runtimePlatform,
    ephemeralStorage,
  } = before;
  const [application, ...others] = before.containerDefinitions ?? [];
  const environment = (application?.environment ?? []).filter(({ name }) => name !== DIGEST_VARIABLE);
  const repository = (application?.image ?? '').replace(/[@:][^/]*$/, '');
  return {
    family,
    taskRoleArn,
    executionRoleArn,
    networkMode,
    volumes,
    placementConstraints,
    requiresCompatibilities,
    cpu,
    memory,
    runtimePlatform,
    ephemeralStorage,
    containerDefinitions: [
      {
        ...application,
        image: `${repository}@${digest}`,
        environment: [...environment, { name: DIGEST_VARIABLE, value: digest }],
      },
      ...others,
    ],
  };
}
