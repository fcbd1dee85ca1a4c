/** A cloud with a cluster, a target group in use, and a repository whose images answer with their release. */
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { applicationAutoScaling } from '../../../simulator/services/application-autoscaling/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { ecs } from '../../../simulator/services/ecs/service.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { type PushedRelease, pushRelease, type ReleaseBehaviour, worldParts } from '../../../simulator/world/index.ts';
import { type Answer, send } from '../../../simulator/world/network.ts';
import { makeRole } from '../eventbridge/harness.ts';

export const region = 'us-west-2';
export const at = { region };
export const account = '111122223333';

const APP = `exports.start = () => ({
  handle: async () => ({ status: 200, headers: { 'x-release-digest': process.env.RELEASE_DIGEST }, body: '' }),
  stop: () => new Promise((resolve) => setTimeout(resolve, 1000)),
});`;

export interface Fleet {
  readonly cloud: Cloud;
  readonly targetGroupArn: string;
  readonly dnsName: string;
  /** Pushes a release and registers a task definition that runs it; returns its ARN. */
  define(tag: string, behaviour?: ReleaseBehaviour, more?: Partial<PushedRelease>): Promise<string>;
}

export async function makeFleet(seed = 1): Promise<Fleet> {
  const cloud = Cloud.create({
    seed,
    account,
    regions: [region, 'us-east-1'],
    services: [iam, ec2, ecr, ecs, elbv2, cloudWatch, applicationAutoScaling, ssm, ...worldParts],
    startAt: Date.UTC(2026, 0, 1),
  });
  const roleArn = await makeRole(cloud, 'ecs-tasks', ['ecr:BatchGetImage', 'ssm:GetParameters']);
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, at);
  pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(APP) });
  await cloud.call('ecs', 'CreateCluster', { clusterName: 'orders' }, at);
  const { TargetGroups } = await cloud.call(
    'elasticloadbalancing',
    'CreateTargetGroup',
    { Name: 'blue', Port: 3000, TargetType: 'ip', HealthCheckPath: '/ready', HealthCheckIntervalSeconds: 10 },
    at,
  );
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const { LoadBalancers } = await cloud.call('elasticloadbalancing', 'CreateLoadBalancer', { Name: 'orders' }, at);
  const [balancer] = LoadBalancers ?? [];
  await cloud.call(
    'elasticloadbalancing',
    'CreateListener',
    {
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    },
    at,
  );
  return {
    cloud,
    targetGroupArn,
    dnsName: balancer?.DNSName ?? '',
    async define(tag, behaviour, more) {
      const { digest } = await pushRelease(cloud, { region, repository: 'orders', tags: [tag], behaviour, ...more });
      return register(cloud, roleArn, `@${digest}`, digest);
    },
  };
}

/** `more` is of the container. */
export async function register(
  cloud: Cloud,
  roleArn: string,
  image: string,
  digest: string,
  more: object = {},
): Promise<string> {
  const { taskDefinition } = await cloud.call(
    'ecs',
    'RegisterTaskDefinition',
    {
      family: 'orders-blue',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '512',
      memory: '1024',
      executionRoleArn: roleArn,
      taskRoleArn: roleArn,
      containerDefinitions: [
        {
          name: 'app',
          image: `${account}.dkr.ecr.${region}.amazonaws.com/orders${image}`,
          portMappings: [{ containerPort: 3000 }],
          environment: [
            { name: 'RELEASE_DIGEST', value: digest },
            { name: 'COLOUR', value: 'blue' },
          ],
          ...more,
        },
      ],
    },
    at,
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

export const createService = (
  { cloud, targetGroupArn }: Fleet,
  taskDefinition: string,
  desiredCount: number,
  deploymentConfiguration = {},
) =>
  cloud.call(
    'ecs',
    'CreateService',
    {
      cluster: 'orders',
      serviceName: 'blue',
      taskDefinition,
      desiredCount,
      deploymentConfiguration,
      loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 3000 }],
    },
    at,
  );

export const update = (cloud: Cloud, more: object) =>
  cloud.call('ecs', 'UpdateService', { cluster: 'orders', service: 'blue', ...more }, at);

export async function serviceOf(cloud: Cloud) {
  const { services } = await cloud.call('ecs', 'DescribeServices', { cluster: 'orders', services: ['blue'] }, at);
  const [service] = services ?? [];
  if (!service) throw new Error('there is no service');
  return service;
}

export async function tasksOf(cloud: Cloud, desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING') {
  const { taskArns } = await cloud.call(
    'ecs',
    'ListTasks',
    { cluster: 'orders', serviceName: 'blue', desiredStatus },
    at,
  );
  const { tasks } = await cloud.call('ecs', 'DescribeTasks', { cluster: 'orders', tasks: taskArns }, at);
  return tasks ?? [];
}

/** Target address → state. */
export async function health({ cloud, targetGroupArn: TargetGroupArn }: Fleet): Promise<Record<string, string>> {
  const told = await cloud.call('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn }, at);
  return Object.fromEntries(
    (told.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      Target?.Id ?? '',
      TargetHealth?.State ?? '',
    ]),
  );
}

export const ask = ({ cloud, dnsName }: Fleet): Promise<Answer> =>
  cloud.resolve(
    send(
      cloud,
      { region, dnsName },
      { from: region, resolver: 'none', host: 'orders', method: 'GET', path: '/orders/1', headers: {}, body: '' },
    ),
  );
