/** A task as DescribeTasks and events show it. */
import type { Task as AwsTask } from '@aws-sdk/client-ecs';
import type { Task } from './state.ts';

const date = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

export const describeTask = (task: Task): AwsTask => ({
  taskArn: task.arn,
  clusterArn: task.clusterArn,
  taskDefinitionArn: task.taskDefinitionArn,
  group: `service:${task.serviceName}`,
  startedBy: task.deploymentId,
  launchType: 'FARGATE',
  availabilityZone: task.zone,
  lastStatus: task.status,
  desiredStatus: task.stoppingAt === undefined && task.status !== 'STOPPED' ? 'RUNNING' : 'STOPPED',
  createdAt: date(task.createdAt),
  startedAt: date(task.startedAt),
  stoppingAt: date(task.stoppingAt),
  stoppedAt: date(task.stoppedAt),
  stoppedReason: task.stoppedReason,
  stopCode: task.stopCode,
  healthStatus: 'UNKNOWN',
  attachments: [
    {
      type: 'ElasticNetworkInterface',
      status: task.status === 'STOPPED' ? 'DELETED' : 'ATTACHED',
      details: [{ name: 'privateIPv4Address', value: task.address }],
    },
  ],
  containers: [
    {
      taskArn: task.arn,
      lastStatus: task.status,
      imageDigest: task.imageDigest,
      networkInterfaces: [{ privateIpv4Address: task.address }],
    },
  ],
});
