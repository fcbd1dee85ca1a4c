/** The machines of a colour as they really are: instances of an Auto Scaling group, or tasks of an ECS service. */
import type { Colour } from '../../../infra/names.ts';
import { applicationAutoScaling } from '../../../simulator/services/application-autoscaling/service.ts';
import type { ScalingState } from '../../../simulator/services/application-autoscaling/state.ts';
import { autoScaling } from '../../../simulator/services/autoscaling/service.ts';
import { type AutoScalingState, activeInstances } from '../../../simulator/services/autoscaling/state.ts';
import { ecs } from '../../../simulator/services/ecs/service.ts';
import type { EcsState, ServiceRecord } from '../../../simulator/services/ecs/state.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import type { SsmState } from '../../../simulator/services/ssm/state.ts';
import { instancesState } from '../../../simulator/world/instances.ts';
import type { ColourSample } from './evidence.ts';
import type { Watched } from './monitor.ts';
import { targetGroupOf } from './nodes.ts';

type Machines = Omit<ColourSample, 'weight' | 'shareMax' | 'shareMin'>;
type Sized = Omit<Machines, 'healthy' | 'registered'>;

export function machinesOf(watched: Watched, colour: Colour): Machines {
  const { cloud, region, names, configuration } = watched;
  const targets = Object.values(targetGroupOf(cloud, region, names, colour)?.targets ?? {});
  return {
    ...(configuration.compute.kind === 'fargate' ? tasksOf(watched, colour) : instancesOf(watched, colour)),
    healthy: targets.filter(({ state }) => state === 'healthy').length,
    registered: targets.filter(({ state }) => state !== 'draining').length,
  };
}

const NONE: Sized = { desired: 0, min: 0, max: 0, running: 0, digests: [], assigned: null, suspended: [] };

const parameterOf = ({ cloud, region, names }: Watched, colour: Colour): string | null =>
  cloud.stateOf<SsmState>(ssm, region).parameters[names.digestParameter(colour)]?.versions.at(-1)?.value ?? null;

function instancesOf(watched: Watched, colour: Colour): Sized {
  const { cloud, region, names } = watched;
  const group = cloud.stateOf<AutoScalingState>(autoScaling, region).groups[names.group(colour)];
  if (!group) return NONE;
  const { machines } = instancesState(cloud);
  const active = activeInstances(group);
  const digests = active.flatMap(({ instanceId }) => machines[instanceId]?.release?.digest ?? []);
  return {
    desired: group.desiredCapacity,
    min: group.minSize,
    max: group.maxSize,
    running: active.length,
    digests: [...new Set(digests)],
    assigned: parameterOf(watched, colour),
    suspended: Object.keys(group.suspended),
  };
}

function tasksOf(watched: Watched, colour: Colour): Sized {
  const { cloud, region, names } = watched;
  const state = cloud.stateOf<EcsState>(ecs, region);
  const service = Object.values(state.services).find(({ name }) => name === names.group(colour));
  if (!service) return NONE;
  const tasks = Object.values(state.tasks).filter(
    ({ serviceName, status }) => serviceName === service.name && status !== 'STOPPED' && status !== 'DEACTIVATING',
  );
  const { targets } = cloud.stateOf<ScalingState>(applicationAutoScaling, region);
  const target = Object.values(targets).find(({ resourceId }) => resourceId.endsWith(`/${service.name}`));
  return {
    desired: service.desiredCount,
    min: target?.minCapacity ?? service.desiredCount,
    max: target?.maxCapacity ?? service.desiredCount,
    running: tasks.length,
    digests: [...new Set(tasks.flatMap(({ imageDigest }) => imageDigest ?? []))],
    assigned: assignedTo(state, service) ?? parameterOf(watched, colour),
    suspended: Object.entries(target?.suspended ?? {}).flatMap(([what, is]) => (is ? [what] : [])),
  };
}

/** Says which release a task is of (functions/shared/aws/ecs-environment.ts); the first ones read it from the parameter. */
const DIGEST_VARIABLE = 'RELEASE_DIGEST';

function assignedTo({ taskDefinitions }: EcsState, { deployments }: ServiceRecord): string | null {
  const arn = deployments.find(({ status }) => status === 'PRIMARY')?.taskDefinitionArn;
  const found = Object.values(taskDefinitions)
    .flat()
    .find((each) => each.arn === arn);
  const [container] = found?.definition.containerDefinitions ?? [];
  return container?.environment?.find(({ name }) => name === DIGEST_VARIABLE)?.value ?? null;
}
