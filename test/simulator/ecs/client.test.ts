/** ECS, Application Auto Scaling and ECR as the SDK's own clients speak to them, and as IAM guards them. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../simulator/service.ts';
import { sdkClient, sdkModule } from '../wire/sdk.ts';
import { account, at, createService, type Fleet, makeFleet, region } from './fixture.ts';

let fleet: Fleet;
let definition: string;
beforeAll(async () => {
  fleet = await makeFleet();
  definition = await fleet.define('1');
  await createService(fleet, definition, 1);
  await fleet.cloud.advance(120_000);
});

const send = (packageName: string, command: string, input: object) => {
  const Command = sdkModule(packageName)[`${command}Command`]!;
  return fleet.cloud.resolve(sdkClient(fleet.cloud, packageName, { region }).send(new Command(input)));
};

describe('a client of', () => {
  it('ECS reads what it wrote, with dates as dates', async () => {
    const { services } = await send('ecs', 'DescribeServices', { cluster: 'orders', services: ['blue'] });
    expect(services).toMatchObject([
      { serviceName: 'blue', runningCount: 1, createdAt: expect.any(Date), taskDefinition: definition },
    ]);
    const { taskArns } = await send('ecs', 'ListTasks', { cluster: 'orders' });
    const { tasks } = await send('ecs', 'DescribeTasks', { cluster: 'orders', tasks: taskArns });
    expect(tasks).toMatchObject([
      { lastStatus: 'RUNNING', containers: [{ imageDigest: expect.stringMatching(/^sha256:/) }] },
    ]);
    const { taskDefinition } = await send('ecs', 'DescribeTaskDefinition', { taskDefinition: definition });
    expect(taskDefinition).toMatchObject({ revision: 1, containerDefinitions: [{ name: 'app' }] });
  });

  it('ECS gets the errors of its model', async () => {
    const update = send('ecs', 'UpdateService', { cluster: 'orders', service: 'none' });
    await expect(update).rejects.toBeInstanceOf(sdkModule('ecs').ServiceNotFoundException!);
  });

  it('Application Auto Scaling suspends a target', async () => {
    const target = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/orders/blue',
      ScalableDimension: 'ecs:service:DesiredCount',
    };
    const SuspendedState = { DynamicScalingInSuspended: true };
    await send('application-auto-scaling', 'RegisterScalableTarget', {
      ...target,
      MinCapacity: 0,
      MaxCapacity: 4,
      SuspendedState,
    });
    const { ScalableTargets } = await send('application-auto-scaling', 'DescribeScalableTargets', {
      ServiceNamespace: 'ecs',
    });
    expect(ScalableTargets).toMatchObject([
      { MaxCapacity: 4, CreationTime: expect.any(Date), SuspendedState: { DynamicScalingInSuspended: true } },
    ]);
  });

  it('ECR reads manifests, scans and signatures', async () => {
    const { images } = await send('ecr', 'BatchGetImage', { repositoryName: 'orders', imageIds: [{ imageTag: '1' }] });
    const [{ imageId }] = images as [{ imageId: { imageDigest: string } }];
    const input = { repositoryName: 'orders', imageId: { imageDigest: imageId.imageDigest } };
    const findings = send('ecr', 'DescribeImageScanFindings', input);
    await expect(findings).rejects.toBeInstanceOf(sdkModule('ecr').ScanNotFoundException!);
    expect(await send('ecr', 'DescribeImageSigningStatus', input)).toMatchObject({ signingStatuses: [] });
  });
});

describe('IAM', () => {
  async function roleWith(statement: object): Promise<Caller> {
    const RoleName = `role-${JSON.stringify(statement).length}`;
    const global = { region: 'us-east-1' };
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    const { Role } = await fleet.cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument }, global);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
    await fleet.cloud.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument }, global);
    return { kind: 'role', arn: Role?.Arn ?? '', session: 's' };
  }

  it('lets a role change the one service that it names, and no other', async () => {
    const Resource = `arn:aws:ecs:${region}:${account}:service/orders/blue`;
    const caller = await roleWith({ Action: 'ecs:UpdateService', Resource });
    const update = (service: string) =>
      fleet.cloud.call('ecs', 'UpdateService', { cluster: 'orders', service, desiredCount: 1 }, { ...at, caller });
    await update('blue');
    await expect(update('green')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('wants the right to pass the roles of a task definition', async () => {
    const caller = await roleWith({ Action: 'ecs:RegisterTaskDefinition', Resource: '*' });
    const containerDefinitions = [{ name: 'app', image: 'r/orders:1' }];
    const input = { family: 'x', containerDefinitions, taskRoleArn: `arn:aws:iam::${account}:role/role-for-ecs-tasks` };
    const register = fleet.cloud.call('ecs', 'RegisterTaskDefinition', input, { ...at, caller });
    await expect(register).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });

  it('lists tasks of one cluster by the condition ecs:cluster', async () => {
    const Condition = { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${region}:${account}:cluster/orders` } };
    const caller = await roleWith({ Action: 'ecs:ListTasks', Resource: '*', Condition });
    const list = (cluster: string) => fleet.cloud.call('ecs', 'ListTasks', { cluster }, { ...at, caller });
    expect((await list('orders')).taskArns).toHaveLength(1);
    await expect(list('other')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
