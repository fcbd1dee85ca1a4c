/** Clusters and task definitions. A task definition is one Fargate container; what more there may be is refused by name. */
import type {
  Cluster as AwsCluster,
  TaskDefinition as AwsDefinition,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import {
  activeTasks,
  type Cluster,
  clusterNamed,
  definitionNamed,
  type EcsContext,
  type EcsState,
  prefixOf,
  type TaskDefinition,
} from './state.ts';

export const tagsIn = (tags: readonly { key?: string | undefined; value?: string | undefined }[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]));

export const definitionOperations: Operations<Clients['ecs'], EcsState> = {
  /** One that is there is answered as it is. */
  CreateCluster(input, context) {
    const name = input.clusterName ?? 'default';
    context.state.clusters[name] ??= { name, arn: `${prefixOf(context)}:cluster/${name}`, tags: tagsIn(input.tags) };
    return { cluster: describeCluster(context, context.state.clusters[name]) };
  },

  DescribeClusters(input, context) {
    const names = (input.clusters ?? ['default']).map((given) => given.split('/').at(-1) ?? '');
    const found = names.flatMap((name) => context.state.clusters[name] ?? []);
    const missing = names.filter((name) => !context.state.clusters[name]);
    return {
      clusters: found.map((cluster) => describeCluster(context, cluster)),
      failures: missing.map((name) => ({ arn: `${prefixOf(context)}:cluster/${name}`, reason: 'MISSING' })),
    };
  },

  /** @throws AwsError ClusterContainsServicesException */
  DeleteCluster(input, context) {
    const cluster = clusterNamed(context, input.cluster);
    const used = Object.values(context.state.services).some(
      ({ clusterArn, status }) => clusterArn === cluster.arn && status !== 'INACTIVE',
    );
    if (used) {
      throw new AwsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    }
    delete context.state.clusters[cluster.name];
    return { cluster: { ...describeCluster(context, cluster), status: 'INACTIVE' } };
  },

  /** @throws AwsError ClientException */
  RegisterTaskDefinition(input, context) {
    check(input);
    const family = input.family ?? '';
    const revisions = context.state.taskDefinitions[family] ?? [];
    const revision = revisions.length + 1;
    const made: TaskDefinition = {
      arn: `${prefixOf(context)}:task-definition/${family}:${revision}`,
      family,
      revision,
      definition: input,
      registeredAt: context.now,
      status: 'ACTIVE',
    };
    context.state.taskDefinitions[family] = [...revisions, made];
    return { taskDefinition: describeDefinition(made), tags: input.tags };
  },

  DescribeTaskDefinition(input, context) {
    const found = definitionNamed(context, input.taskDefinition);
    const tags = input.include?.includes('TAGS') ? found.definition.tags : undefined;
    return { taskDefinition: describeDefinition(found), tags };
  },

  /** Tasks and services that use it go on. */
  DeregisterTaskDefinition(input, context) {
    const found = definitionNamed(context, input.taskDefinition);
    found.status = 'INACTIVE';
    return { taskDefinition: describeDefinition(found) };
  },

  ListTaskDefinitions(input, context) {
    const wanted = input.status ?? 'ACTIVE';
    const all = Object.values(context.state.taskDefinitions).flat();
    const prefix = input.familyPrefix;
    const chosen = all.filter(({ family, status }) => (prefix === undefined || family === prefix) && status === wanted);
    const arns = chosen.map(({ arn }) => arn);
    return { taskDefinitionArns: input.sort === 'DESC' ? arns.reverse() : arns };
  },
};

function check(input: RegisterTaskDefinitionRequest): void {
  const { family, containerDefinitions: containers = [], requiresCompatibilities: kinds = [] } = input;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family ?? '')) {
    throw new AwsError('ClientException', `Family '${family}' is not valid`);
  }
  if (containers.length === 0) throw new AwsError('ClientException', 'Container list cannot be empty.');
  if (containers.length > 1)
    throw new NotModelled(`ecs: task definition '${family}' with more than one container is not modelled`);
  if (kinds.some((kind) => kind !== 'FARGATE'))
    throw new NotModelled(`ecs: task definitions for ${kinds.join(', ')} are not modelled`);
  const [{ image = '', environment = [], secrets = [] }] = containers as [(typeof containers)[number]];
  if (image === '') throw new AwsError('ClientException', 'Container.image should not be null or empty.');
  for (const { name, valueFrom } of secrets) {
    if (valueFrom?.startsWith('arn:aws:secretsmanager:'))
      throw new NotModelled('ecs: secrets of a container definition are modelled from SSM parameters only');
    if (environment.some((one) => one.name === name))
      throw new AwsError(
        'ClientException',
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
      );
  }
}

function describeCluster(context: EcsContext, cluster: Cluster): AwsCluster {
  const services = Object.values(context.state.services).filter(
    ({ clusterArn, status }) => clusterArn === cluster.arn && status === 'ACTIVE',
  );
  const running = services.flatMap((service) => activeTasks(context, service));
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    activeServicesCount: services.length,
    runningTasksCount: running.filter(({ status }) => status === 'RUNNING').length,
    pendingTasksCount: running.filter(({ status }) => status !== 'RUNNING').length,
  };
}

function describeDefinition({ arn, revision, status, definition, registeredAt }: TaskDefinition): AwsDefinition {
  const { tags: _tags, ...rest } = definition;
  return { ...rest, taskDefinitionArn: arn, revision, status, registeredAt: new Date(registeredAt) } as AwsDefinition;
}
