/**
 * CloudFormation's resource types of ECS. Properties are the API's with a capital first letter, so they are passed on with
 * a small one. Guess: a service counts as made at once; on AWS the stack waits until it is steady.
 */
import type { Clients, Input } from '../../clients.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalNumber, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { withTypes } from './scalars-of.ts';

type Ecs = Clients['ecs'];
type Properties = Record<string, unknown>;

/** Members whose keys are names and not ours to change, and text that may look like a number. */
const VERBATIM = new Set(['Cpu', 'Memory', 'Value', 'Image', 'Family', 'DockerLabels', 'Options']);

/** 'ContainerDefinitions' → 'containerDefinitions', at every depth. */
function small(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(small);
  if (value === null || typeof value !== 'object') return withTypes(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      `${key.charAt(0).toLowerCase()}${key.slice(1)}`,
      VERBATIM.has(key) ? verbatim(member) : small(member),
    ]),
  );
}

const verbatim = (member: unknown): unknown => (typeof member === 'number' ? String(member) : member);

const cluster: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::ECS::Cluster', context.logicalId, raw, ['ClusterName', 'Tags', ...CLUSTER_INERT]);
    const clusterName = String(raw.ClusterName ?? context.physicalName(255));
    const { cluster: made } = await context.call('ecs', 'CreateCluster', { clusterName });
    return { physicalId: clusterName, attributes: { Arn: made?.clusterArn } };
  },
  update: async () => undefined,
  delete: ({ physicalId }, context) =>
    unlessGone('ClusterNotFoundException', () => context.call('ecs', 'DeleteCluster', { cluster: physicalId })).then(
      () => {},
    ),
  async read({ physicalId }, context) {
    const { clusters: [live] = [] } = await context.call('ecs', 'DescribeClusters', { clusters: [physicalId] });
    return live && { ClusterName: live.clusterName };
  },
};

/** Nothing is measured or logged here. */
const CLUSTER_INERT = ['ClusterSettings', 'Configuration'];

const DEFINITION = [
  ...['ContainerDefinitions', 'Cpu', 'ExecutionRoleArn', 'Family', 'Memory', 'NetworkMode', 'RequiresCompatibilities'],
  ...['RuntimePlatform', 'TaskRoleArn'],
];

const taskDefinition: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::ECS::TaskDefinition', context.logicalId, raw, [...DEFINITION, 'Tags']);
    const { Tags: _tags, ...properties } = raw;
    const input = { family: context.physicalName(255), ...(small(properties) as Properties) };
    const made = await context.call('ecs', 'RegisterTaskDefinition', input as Input<Ecs, 'RegisterTaskDefinition'>);
    const arn = made.taskDefinition?.taskDefinitionArn ?? '';
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },
  update: async () => undefined,
  delete: ({ physicalId }, context) =>
    unlessGone('ClientException', () =>
      context.call('ecs', 'DeregisterTaskDefinition', { taskDefinition: physicalId }),
    ).then(() => {}),
  async read({ physicalId }, context) {
    const { taskDefinition: live } = await context.call('ecs', 'DescribeTaskDefinition', {
      taskDefinition: physicalId,
    });
    return present({ Family: live?.family, Cpu: live?.cpu, Memory: live?.memory, TaskRoleArn: live?.taskRoleArn });
  },
};

const SERVICE = [
  ...['Cluster', 'DeploymentConfiguration', 'DeploymentController', 'DesiredCount', 'HealthCheckGracePeriodSeconds'],
  ...['LaunchType', 'LoadBalancers', 'NetworkConfiguration', 'PlatformVersion', 'SchedulingStrategy', 'ServiceName'],
  'TaskDefinition',
];
/** Of tasks themselves nothing but what runs in them is simulated. */
const SERVICE_INERT = ['EnableECSManagedTags', 'EnableExecuteCommand', 'PropagateTags', 'AvailabilityZoneRebalancing'];

const service: Modelled = {
  async create(raw, context): Promise<Created> {
    const input = serviceInput(raw, context);
    const serviceName = String(raw.ServiceName ?? context.physicalName(255));
    const tags = Object.entries(context.tags).map(([key, value]) => ({ key, value }));
    const { service: made } = await context.call('ecs', 'CreateService', { ...input, serviceName, tags });
    return { physicalId: made?.serviceArn ?? '', attributes: { ServiceArn: made?.serviceArn, Name: serviceName } };
  },

  /** Without DesiredCount in the template the live one stays; TaskDefinition goes along only where it has changed. */
  async update({ physicalId, wanted, changed }, context) {
    const input = serviceInput(wanted, context);
    await context.call('ecs', 'UpdateService', {
      cluster: clusterIn(physicalId),
      service: physicalId,
      desiredCount: optionalNumber(wanted.DesiredCount),
      taskDefinition: changed.has('TaskDefinition') ? input.taskDefinition : undefined,
      deploymentConfiguration: input.deploymentConfiguration,
      healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
      networkConfiguration: input.networkConfiguration,
    });
    return undefined;
  },

  delete: ({ physicalId }, context) =>
    unlessGone(['ServiceNotFoundException', 'ClusterNotFoundException'], () =>
      context.call('ecs', 'DeleteService', { cluster: clusterIn(physicalId), service: physicalId, force: true }),
    ).then(() => {}),

  async read({ physicalId }, context) {
    const input = { cluster: clusterIn(physicalId), services: [physicalId] };
    const told = await unlessGone('ClusterNotFoundException', () => context.call('ecs', 'DescribeServices', input));
    const live = told?.services?.[0];
    if (live === undefined || live.status === 'INACTIVE') return undefined;
    return {
      ServiceName: live.serviceName,
      DesiredCount: live.desiredCount,
      TaskDefinition: live.taskDefinition,
      HealthCheckGracePeriodSeconds: live.healthCheckGracePeriodSeconds,
    };
  },
};

const clusterIn = (arn: string): string => arn.split('/').at(-2) ?? 'default';

function serviceInput(raw: Properties, context: ResourceContext): Input<Ecs, 'CreateService'> {
  refuseOtherProperties('AWS::ECS::Service', context.logicalId, raw, [...SERVICE, ...SERVICE_INERT, 'Tags']);
  const used = Object.entries(raw).filter(([name]) => SERVICE.includes(name));
  return small(Object.fromEntries(used)) as Input<Ecs, 'CreateService'>;
}

export const resources: ResourceTable = {
  'AWS::ECS::Cluster': cluster,
  'AWS::ECS::TaskDefinition': taskDefinition,
  'AWS::ECS::Service': service,
};
