/** Amazon ECS: services of Fargate tasks with rolling deployments, one container each. */
import type { Clients } from '../../clients.ts';
import { passRole } from '../../iam/pass-role.ts';
import { type Access, defineService } from '../../service.ts';
import { definitionOperations } from './definitions.ts';
import { serviceDue, serviceTick } from './scheduler.ts';
import { serviceOperations } from './services.ts';
import { type EcsContext, type EcsState, initialEcsState, prefixOf, serviceArn } from './state.ts';
import { containerExited, forget, gone, pending, starting, taskOperations, terminating } from './tasks.ts';

const PRINCIPAL = 'ecs-tasks.amazonaws.com';

const clusterArn = (context: EcsContext, given: string | undefined): string =>
  `${prefixOf(context)}:cluster/${(given ?? 'default').split('/').at(-1)}`;

function onService(context: EcsContext, cluster: string | undefined, given: string | undefined): Access {
  const arn = serviceArn(context, cluster, given);
  const tags = Object.entries(context.state.services[arn]?.tags ?? {});
  return {
    resources: [arn],
    conditions: {
      'ecs:cluster': clusterArn(context, cluster),
      ...Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    },
  };
}

function onTask(context: EcsContext, cluster: string | undefined, given: string): Access {
  const name = (cluster ?? 'default').split('/').at(-1);
  const arn = given.startsWith('arn:') ? given : `${prefixOf(context)}:task/${name}/${given}`;
  return { resources: [arn], conditions: { 'ecs:cluster': clusterArn(context, cluster) } };
}

export const ecs = defineService<Clients['ecs'], EcsState>({
  name: 'ecs',
  initialState: initialEcsState,
  operations: { ...definitionOperations, ...serviceOperations, ...taskOperations },
  // Service Authorization Reference, "Amazon Elastic Container Service".
  access: {
    CreateCluster: (input, context) => ({ resources: [clusterArn(context, input.clusterName)] }),
    DeleteCluster: (input, context) => ({ resources: [clusterArn(context, input.cluster)] }),
    DescribeClusters: (input, context) => ({
      resources: (input.clusters ?? ['default']).map((given) => clusterArn(context, given)),
    }),
    RegisterTaskDefinition: (input, context) => [
      { resources: [`${prefixOf(context)}:task-definition/${input.family}:*`] },
      ...[input.taskRoleArn, input.executionRoleArn].flatMap((arn) =>
        arn === undefined ? [] : [passRole(arn, PRINCIPAL)],
      ),
    ],
    CreateService: (input, context) => onService(context, input.cluster, input.serviceName),
    UpdateService: (input, context) => onService(context, input.cluster, input.service),
    DeleteService: (input, context) => onService(context, input.cluster, input.service),
    DescribeServices: (input, context) =>
      (input.services ?? []).map((given) => onService(context, input.cluster, given)),
    ListTasks: (input, context) => ({
      resources: ['*'],
      conditions: { 'ecs:cluster': clusterArn(context, input.cluster) },
    }),
    ListServices: (input, context) => ({
      resources: ['*'],
      conditions: { 'ecs:cluster': clusterArn(context, input.cluster) },
    }),
    DescribeTasks: (input, context) => (input.tasks ?? []).map((given) => onTask(context, input.cluster, given)),
    StopTask: (input, context) => onTask(context, input.cluster, input.task ?? ''),
  },
  timers: { pending, starting, terminating, gone, forget, containerExited, serviceTick, serviceDue },
});
