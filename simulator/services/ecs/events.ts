/** Events of ECS on the default bus (ECS developer guide, "Amazon ECS events"), and the messages of a service. */
import { publishServiceEvent } from '../../eventbridge/bus.ts';
import type { Deployment, EcsContext, ServiceRecord, Task } from './state.ts';
import { describeTask } from './task-view.ts';

export function publishTask(context: EcsContext, task: Task): void {
  task.version++;
  const { createdAt, startedAt, stoppingAt, stoppedAt, ...rest } = describeTask(task);
  const times = { createdAt, startedAt, stoppingAt, stoppedAt, updatedAt: new Date(context.now) };
  const told = Object.entries(times).map(([name, at]) => [name, at?.toISOString()]);
  publishServiceEvent(context, {
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: { ...rest, ...Object.fromEntries(told), version: task.version },
  });
}

export function publishDeployment(context: EcsContext, service: ServiceRecord, deployment: Deployment): void {
  const completed = deployment.rolloutState === 'COMPLETED';
  publishServiceEvent(context, {
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      eventType: 'INFO',
      eventName: completed ? 'SERVICE_DEPLOYMENT_COMPLETED' : 'SERVICE_DEPLOYMENT_IN_PROGRESS',
      deploymentId: deployment.id,
      updatedAt: new Date(deployment.updatedAt).toISOString(),
      reason: `ECS deployment ${deployment.id} ${completed ? 'completed' : 'in progress'}.`,
    },
  });
}

const EVENTS_MAX = 100;

export function tell(context: EcsContext, service: ServiceRecord, what: string): void {
  const message = `(service ${service.name}) ${what}`;
  service.events.unshift({ id: context.random.uuid(), createdAt: new Date(context.now), message });
  service.events.length = Math.min(service.events.length, EVENTS_MAX);
  context.trace('service.event', { message });
}
