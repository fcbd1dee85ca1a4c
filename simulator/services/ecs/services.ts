/** Services: made, changed, described and taken away by clients; the scheduler does the rest. Rolling deployments only. */
import type { Service as AwsService, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { tagsIn } from './definitions.ts';
import { publishDeployment } from './events.ts';
import { reconcile } from './scheduler.ts';
import {
  activeTasks,
  clusterNamed,
  type Deployment,
  definitionNamed,
  type EcsContext,
  type EcsState,
  prefixOf,
  type ServiceRecord,
  serviceArn,
  serviceNamed,
} from './state.ts';

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

export const serviceOperations: Operations<Clients['ecs'], EcsState> = {
  /** @throws AwsError ClusterNotFoundException, ClientException, InvalidParameterException */
  CreateService(input, context) {
    const cluster = clusterNamed(context, input.cluster);
    const { serviceName: name = '', launchType = 'FARGATE', schedulingStrategy = 'REPLICA' } = input;
    if (launchType !== 'FARGATE' || input.capacityProviderStrategy?.length || schedulingStrategy !== 'REPLICA') {
      throw new NotModelled(`ecs: service '${name}' is not a replica service on Fargate, and others are not modelled`);
    }
    checkDeployment(name, input.deploymentController?.type, input.deploymentConfiguration);
    const arn = `${prefixOf(context)}:service/${cluster.name}/${name}`;
    const known = context.state.services[arn];
    if (known && known.status !== 'INACTIVE') throw invalid('Creation of service was not idempotent.');
    const service: ServiceRecord = {
      name,
      arn,
      clusterArn: cluster.arn,
      createdAt: context.now,
      loadBalancers: (input.loadBalancers ?? []).map((entry) => ({
        targetGroupArn: entry.targetGroupArn ?? '',
        containerName: entry.containerName ?? '',
        containerPort: entry.containerPort ?? 0,
      })),
      tags: tagsIn(input.tags),
      networkConfiguration: input.networkConfiguration,
      desiredCount: count(input.desiredCount ?? 1),
      minimumHealthyPercent: input.deploymentConfiguration?.minimumHealthyPercent ?? 100,
      maximumPercent: input.deploymentConfiguration?.maximumPercent ?? 200,
      healthCheckGraceSeconds: input.healthCheckGracePeriodSeconds ?? 0,
      status: 'ACTIVE',
      deployments: [],
      events: [],
      failures: 0,
      notBefore: 0,
      ticking: false,
      steady: false,
    };
    deploy(context, service, definitionNamed(context, input.taskDefinition).arn);
    context.state.services[arn] = service;
    reconcile(context, service);
    return { service: describe(context, service) };
  },

  /** Left-out members keep their values. @throws AwsError ServiceNotFoundException, ServiceNotActiveException */
  UpdateService(input, context) {
    const service = serviceNamed(context, input.cluster, input.service);
    if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    checkDeployment(service.name, undefined, input.deploymentConfiguration);
    const { taskDefinitionArn } = service.deployments[0] as Deployment;
    const wanted =
      input.taskDefinition === undefined ? taskDefinitionArn : definitionNamed(context, input.taskDefinition).arn;
    service.desiredCount = count(input.desiredCount ?? service.desiredCount);
    service.minimumHealthyPercent =
      input.deploymentConfiguration?.minimumHealthyPercent ?? service.minimumHealthyPercent;
    service.maximumPercent = input.deploymentConfiguration?.maximumPercent ?? service.maximumPercent;
    service.healthCheckGraceSeconds = input.healthCheckGracePeriodSeconds ?? service.healthCheckGraceSeconds;
    service.networkConfiguration = input.networkConfiguration ?? service.networkConfiguration;
    if (wanted !== taskDefinitionArn || input.forceNewDeployment) deploy(context, service, wanted);
    reconcile(context, service);
    return { service: describe(context, service) };
  },

  DescribeServices(input, context) {
    const { name } = clusterNamed(context, input.cluster);
    const arns = (input.services ?? []).map((given) => serviceArn(context, name, given));
    const { services } = context.state;
    return {
      services: arns.flatMap((arn) => (services[arn] ? [describe(context, services[arn])] : [])),
      failures: arns.filter((arn) => !services[arn]).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  },

  ListServices(input, context) {
    const { arn } = clusterNamed(context, input.cluster);
    const own = Object.values(context.state.services).filter(
      ({ clusterArn, status }) => clusterArn === arn && status !== 'INACTIVE',
    );
    return { serviceArns: own.map((service) => service.arn) };
  },

  /** @throws AwsError InvalidParameterException without force while tasks are wanted */
  DeleteService(input, context) {
    const service = serviceNamed(context, input.cluster, input.service);
    if (!input.force && service.desiredCount > 0) {
      throw invalid('The service cannot be stopped while it is scaled above 0.');
    }
    service.desiredCount = 0;
    service.status = 'DRAINING';
    reconcile(context, service);
    // Its tasks go on draining; the service is not listed any more.
    service.status = 'INACTIVE';
    return { service: { ...describe(context, service), status: 'DRAINING' } };
  },
};

function count(wanted: number): number {
  if (Number.isInteger(wanted) && wanted >= 0) return wanted;
  throw invalid(`desiredCount must be a whole number from 0, got ${wanted}`);
}

/** Native blue/green, canary and the circuit breaker take decisions of their own. */
function checkDeployment(
  name: string,
  controller: string | undefined,
  configuration: DeploymentConfiguration | undefined,
): void {
  const { strategy = 'ROLLING', deploymentCircuitBreaker: breaker, alarms } = configuration ?? {};
  const other =
    (controller ?? 'ECS') !== 'ECS'
      ? `deployment controller ${controller}`
      : strategy !== 'ROLLING'
        ? `deployment strategy ${strategy}`
        : breaker?.enable
          ? 'deployment circuit breaker'
          : alarms?.enable
            ? 'deployment alarms'
            : undefined;
  if (other !== undefined) throw new NotModelled(`ecs: ${other} of service '${name}' is not modelled`);
}

function deploy(context: EcsContext, service: ServiceRecord, taskDefinitionArn: string): void {
  const deployment: Deployment = {
    id: `ecs-svc/${String(context.random.integer(2 ** 31)).padStart(19, '0')}`,
    taskDefinitionArn,
    createdAt: context.now,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    failedTasks: 0,
    updatedAt: context.now,
  };
  for (const former of service.deployments) former.status = 'ACTIVE';
  service.deployments = [deployment, ...service.deployments];
  Object.assign(service, { failures: 0, notBefore: 0, steady: false });
  publishDeployment(context, service, deployment);
}

function describe(context: EcsContext, service: ServiceRecord): AwsService {
  const tasks = activeTasks(context, service);
  const running = (of = tasks) => of.filter(({ status }) => status === 'RUNNING').length;
  const [primary] = service.deployments;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running(),
    pendingCount: tasks.length - running(),
    launchType: 'FARGATE',
    schedulingStrategy: 'REPLICA',
    taskDefinition: primary?.taskDefinitionArn,
    deploymentConfiguration: {
      minimumHealthyPercent: service.minimumHealthyPercent,
      maximumPercent: service.maximumPercent,
    },
    deploymentController: { type: 'ECS' },
    loadBalancers: service.loadBalancers.map((entry) => ({ ...entry })),
    networkConfiguration: service.networkConfiguration,
    healthCheckGracePeriodSeconds: service.healthCheckGraceSeconds,
    createdAt: new Date(service.createdAt),
    deployments: service.deployments.map((deployment) => {
      const own = tasks.filter((task) => task.deploymentId === deployment.id);
      return {
        id: deployment.id,
        status: deployment.status,
        taskDefinition: deployment.taskDefinitionArn,
        desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
        runningCount: running(own),
        pendingCount: own.length - running(own),
        failedTasks: deployment.failedTasks,
        createdAt: new Date(deployment.createdAt),
        updatedAt: new Date(deployment.updatedAt),
        rolloutState: deployment.rolloutState,
        launchType: 'FARGATE',
      };
    }),
    events: service.events.map((event) => ({ ...event })),
    tags: Object.entries(service.tags).map(([key, value]) => ({ key, value })),
  };
}
