/** Secrets of a container: read from SSM parameters when a task starts, and without them it does not. */
import { beforeEach, expect, it } from 'vitest';
import { runningTasks } from '../../../simulator/world/index.ts';
import { account, ask, at, createService, type Fleet, makeFleet, region, register, tasksOf } from './fixture.ts';

const roleArn = `arn:aws:iam::${account}:role/role-for-ecs-tasks`;
const parameterArn = `arn:aws:ssm:${region}:${account}:parameter/orders/blue/digest`;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.define('1');
});

const name = (Value: string) =>
  fleet.cloud.call('ssm', 'PutParameter', { Name: '/orders/blue/digest', Type: 'String', Value, Overwrite: true }, at);

/** A definition whose release is named by the parameter. */
const byParameter = (valueFrom = parameterArn, roleOfTask = roleArn) =>
  register(fleet.cloud, roleOfTask, ':1', '', {
    environment: [],
    secrets: [{ name: 'RELEASE_DIGEST', valueFrom }],
  });

it('a container sees the value that the parameter has when its task starts', async () => {
  await name('sha256:one');
  await createService(fleet, await byParameter(), 1);
  await fleet.cloud.advance(120_000);
  await name('sha256:two');
  expect((await ask(fleet)).headers['x-release-digest']).toBe('sha256:one');
});

it('a parameter may be named by its name', async () => {
  await name('sha256:one');
  await createService(fleet, await byParameter('/orders/blue/digest'), 1);
  await fleet.cloud.advance(120_000);
  expect((await ask(fleet)).headers['x-release-digest']).toBe('sha256:one');
});

it('a task waits for a parameter that is not there', async () => {
  await createService(fleet, await byParameter(), 1);
  await fleet.cloud.advance(120_000);
  expect(runningTasks(fleet.cloud)).toEqual([]);
  const [stopped] = await tasksOf(fleet.cloud, 'STOPPED');
  expect(stopped?.stoppedReason).toMatch(
    /^ResourceInitializationError: .*invalid ssm parameters: \/orders\/blue\/digest$/,
  );
  await name('sha256:one');
  await fleet.cloud.advance(300_000);
  expect(runningTasks(fleet.cloud)).toHaveLength(1);
});

it('a task does not start when its execution role may not read the parameter', async () => {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 'ssm:GetParameters', Resource: '*' }],
  });
  const policy = { RoleName: 'role-for-ecs-tasks', PolicyName: 'none', PolicyDocument };
  await fleet.cloud.call('iam', 'PutRolePolicy', policy, { region: 'us-east-1' });
  await name('sha256:one');
  await createService(fleet, await byParameter(), 1);
  await fleet.cloud.advance(120_000);
  expect(runningTasks(fleet.cloud)).toEqual([]);
  expect((await tasksOf(fleet.cloud, 'STOPPED'))[0]?.stoppedReason).toContain('explicit deny');
});

it('one name is not both a secret and a variable', async () => {
  const both = register(fleet.cloud, roleArn, ':1', 'sha256:one', {
    secrets: [{ name: 'RELEASE_DIGEST', valueFrom: parameterArn }],
  });
  await expect(both).rejects.toMatchObject({ code: 'ClientException' });
});
