/** Amazon ECS in one region as plain data: clusters, task definitions, services with their deployments, tasks. */
import type { NetworkConfiguration, RegisterTaskDefinitionRequest, ServiceEvent } from '@aws-sdk/client-ecs';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly tags: Record<string, string>;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly definition: RegisterTaskDefinitionRequest;
  readonly registeredAt: number;
  status: 'ACTIVE' | 'INACTIVE';
}

export interface Deployment {
  readonly id: string;
  readonly taskDefinitionArn: string;
  readonly createdAt: number;
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED';
  failedTasks: number;
  updatedAt: number;
}

export interface LoadBalancerEntry {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface ServiceRecord {
  readonly name: string;
  readonly arn: string;
  readonly clusterArn: string;
  readonly createdAt: number;
  readonly loadBalancers: readonly LoadBalancerEntry[];
  readonly tags: Record<string, string>;
  networkConfiguration: NetworkConfiguration | undefined;
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  healthCheckGraceSeconds: number;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  /** The PRIMARY one first. */
  deployments: Deployment[];
  /** Newest first, at most 100. */
  events: ServiceEvent[];
  /** Tasks that failed to start, in a row. */
  failures: number;
  /** No task is started before then. */
  notBefore: number;
  /** Whether a `serviceTick` is on its way. */
  ticking: boolean;
  steady: boolean;
  /** When CloudWatch was last told of its processors. */
  measuredAt?: number;
}

export type TaskStatus = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPED';

export interface Task {
  readonly arn: string;
  readonly clusterArn: string;
  readonly serviceName: string;
  readonly taskDefinitionArn: string;
  readonly deploymentId: string;
  readonly zone: string;
  readonly address: string;
  readonly createdAt: number;
  readonly sick: boolean;
  status: TaskStatus;
  startedAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  stoppedReason?: string;
  stopCode?: 'TaskFailedToStart' | 'EssentialContainerExited' | 'ServiceSchedulerInitiated' | 'UserInitiated';
  imageDigest?: string;
  version: number;
}

export interface EcsState {
  readonly clusters: Record<string, Cluster>;
  /** Family → revisions in order. */
  readonly taskDefinitions: Record<string, TaskDefinition[]>;
  /** By ARN. */
  readonly services: Record<string, ServiceRecord>;
  /** By ARN; stopped ones are forgotten after an hour. */
  readonly tasks: Record<string, Task>;
  nextAddress: number;
}

export type EcsContext = Context<EcsState>;

export const initialEcsState = (): EcsState => ({
  clusters: {},
  taskDefinitions: {},
  services: {},
  tasks: {},
  nextAddress: 10,
});

export const prefixOf = ({ region, account }: { region: string; account: string }): string =>
  `arn:aws:ecs:${region}:${account}`;

/** By name or ARN; 'default' where nothing is said. @throws AwsError ClusterNotFoundException */
export function clusterNamed(context: EcsContext, given: string | undefined): Cluster {
  const cluster = context.state.clusters[(given ?? 'default').split('/').at(-1) ?? ''];
  if (cluster) return cluster;
  throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
}

export const serviceArn = (context: EcsContext, cluster: string | undefined, given: string | undefined): string =>
  given?.startsWith('arn:')
    ? given
    : `${prefixOf(context)}:service/${(cluster ?? 'default').split('/').at(-1)}/${given ?? ''}`;

/** @throws AwsError ClusterNotFoundException, ServiceNotFoundException */
export function serviceNamed(
  context: EcsContext,
  cluster: string | undefined,
  given: string | undefined,
): ServiceRecord {
  const { name } = clusterNamed(context, cluster);
  const service = context.state.services[serviceArn(context, name, given)];
  if (service) return service;
  throw new AwsError('ServiceNotFoundException', 'Service not found.');
}

/** By ARN, 'family:revision' or 'family' for its newest active one. @throws AwsError ClientException */
export function definitionNamed({ state }: EcsContext, given: string | undefined): TaskDefinition {
  const [family = '', revision] = (given?.split('task-definition/').at(-1) ?? '').split(':');
  const revisions = state.taskDefinitions[family] ?? [];
  const found =
    revision === undefined
      ? revisions.findLast(({ status }) => status === 'ACTIVE')
      : revisions.find((one) => String(one.revision) === revision);
  if (found) return found;
  throw new AwsError('ClientException', 'Unable to describe task definition.');
}

/** Tasks of a service that are there or coming. */
export const activeTasks = ({ state }: EcsContext, service: ServiceRecord): Task[] =>
  Object.values(state.tasks).filter(
    (task) =>
      task.clusterArn === service.clusterArn &&
      task.serviceName === service.name &&
      task.status !== 'DEACTIVATING' &&
      task.status !== 'STOPPED',
  );
