/**
 * Colours that are ECS services on Fargate, each with its own target group. A digest is a new revision of the colour's
 * task definition; the service's own rolling strategy replaces tasks, at weight 0 only.
 */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
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
import { ssmDigests } from './digests.ts';
import { targetHealth } from './target-health.ts';

interface Place {
  readonly region: string;
  readonly cluster: string;
  readonly colours: Readonly<
    Record<Colour, { readonly group: string; readonly targetGroupArn: string; readonly digestParameter: string }>
  >;
}

/**
 * Says which release a task is of; the application reports it in every answer. Until the first release the template's
 * task reads it from the colour's parameter (infra/stacks/core/colour-service.ts).
 */
const DIGEST_VARIABLE = 'RELEASE_DIGEST';
const ALL_SUSPENDED = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};
const NOTHING_SUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

export function ecsEnvironment(place: Place): ComputeEnvironment {
  const { region, colours } = place;
  const services = servicesOf(place);
  const bounds = boundsOf(place);
  const named = ssmDigests(place);
  const balancing = new ElasticLoadBalancingV2Client(clientOptions(region));
  return {
    async describe(colour) {
      const [service, target, targets] = await Promise.all([
        services.describe(colour),
        bounds.read(colour),
        targetHealth(balancing, colours[colour].targetGroupArn),
      ]);
      const { DynamicScalingInSuspended, DynamicScalingOutSuspended, ScheduledScalingSuspended } =
        target?.SuspendedState ?? {};
      return {
        desired: service.desiredCount ?? 0,
        min: target?.MinCapacity ?? service.desiredCount ?? 0,
        max: target?.MaxCapacity ?? service.desiredCount ?? 0,
        // Tasks that drain are in neither: nobody is sent to them.
        machines: (service.runningCount ?? 0) + (service.pendingCount ?? 0),
        // Tasks of an older revision do not count.
        inService: service.deployments?.find(({ status }) => status === 'PRIMARY')?.runningCount ?? 0,
        // A service without a scaling target is scaled by nobody.
        pinned:
          target === null ||
          [DynamicScalingInSuspended, DynamicScalingOutSuspended, ScheduledScalingSuspended].every(Boolean),
        ...targets,
      };
    },
    async declared(colour) {
      const [container] = (await services.definition(colour))?.containerDefinitions ?? [];
      const declared = container?.environment?.find(({ name }) => name === DIGEST_VARIABLE)?.value;
      if (declared !== undefined) return declared;
      return container?.secrets?.some(isDigest) ? named.declared(colour) : null;
    },
    async prepare(colour, digest) {
      // The newest of the family, so that what the template changed of a task comes with this release.
      const before = await services.newest(colour);
      if (!before) throw new DependencyNotReady(`${colours[colour].group} has no task definition`);
      const taskDefinition = await services.register(revisionOf(before as RegisterTaskDefinitionCommandInput, digest));
      await services.update(colour, { taskDefinition });
    },
    async sizeTo(colour, size) {
      const target = await bounds.read(colour);
      if (target) {
        const max = Math.max(size, target.MaxCapacity ?? 0);
        await bounds.write(colour, { MinCapacity: size, MaxCapacity: max });
      }
      await services.update(colour, { desiredCount: size });
    },
    pin: (colour) => bounds.write(colour, { SuspendedState: ALL_SUSPENDED }),
    unpin: (colour, { min, max }) =>
      bounds.write(colour, { MinCapacity: min, MaxCapacity: max, SuspendedState: NOTHING_SUSPENDED }),
  };
}

/** The colours' services and task definitions. */
function servicesOf({ region, cluster, colours }: Place) {
  const client = new ECSClient(clientOptions(region));
  const describe = async (colour: Colour) => {
    const name = colours[colour].group;
    const command = new DescribeServicesCommand({ cluster, services: [name] });
    const service = (await call(`describing ${name}`, client.send(command))).services?.[0];
    if (!service) throw new DependencyNotReady(`there is no ECS service ${name}`);
    return service;
  };
  return {
    describe,
    async definition(colour: Colour) {
      const { taskDefinition } = await describe(colour);
      const command = new DescribeTaskDefinitionCommand({ taskDefinition });
      return (await call(`describing ${taskDefinition}`, client.send(command))).taskDefinition;
    },
    async newest(colour: Colour) {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition: colours[colour].group });
      return (await call(`describing ${colours[colour].group}`, client.send(command))).taskDefinition;
    },
    async register(revision: RegisterTaskDefinitionCommandInput) {
      const command = new RegisterTaskDefinitionCommand(revision);
      const { taskDefinition } = await call(`registering a revision of ${revision.family}`, client.send(command));
      return taskDefinition?.taskDefinitionArn;
    },
    async update(colour: Colour, change: { taskDefinition?: string | undefined; desiredCount?: number }) {
      const service = colours[colour].group;
      await call(`changing ${service}`, client.send(new UpdateServiceCommand({ cluster, service, ...change })));
    },
  };
}

/** Between what their policies and schedules may size them, and whether these are suspended. */
function boundsOf({ region, cluster, colours }: Place) {
  const client = new ApplicationAutoScalingClient(clientOptions(region));
  const ServiceNamespace = 'ecs' as const;
  const ScalableDimension = 'ecs:service:DesiredCount' as const;
  const idOf = (colour: Colour) => `service/${cluster}/${colours[colour].group}`;
  return {
    async read(colour: Colour) {
      const ResourceIds = [idOf(colour)];
      const command = new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds, ScalableDimension });
      const { ScalableTargets = [] } = await call(`describing the bounds of ${ResourceIds}`, client.send(command));
      return ScalableTargets[0] ?? null;
    },
    async write(
      colour: Colour,
      change: Pick<RegisterScalableTargetCommandInput, 'MinCapacity' | 'MaxCapacity' | 'SuspendedState'>,
    ) {
      const target = { ServiceNamespace, ScalableDimension, ResourceId: idOf(colour), ...change };
      await call(`setting the bounds of ${colour}`, client.send(new RegisterScalableTargetCommand(target)));
    },
  };
}

const isDigest = ({ name }: { readonly name?: string | undefined }): boolean => name === DIGEST_VARIABLE;

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
  const environment = (application?.environment ?? []).filter((one) => !isDigest(one));
  const secrets = (application?.secrets ?? []).filter((one) => !isDigest(one));
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
        secrets,
      },
      ...others,
    ],
  };
}
