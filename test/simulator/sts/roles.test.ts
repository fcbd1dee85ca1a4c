/** Who gets credentials of a role, and for how long. */
import { expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { sts } from '../../../simulator/services/sts/index.ts';

const region = 'us-west-2';
const account = '111122223333';
const options = { region };

async function withRole(trusted: string): Promise<Cloud> {
  const cloud = Cloud.create({
    seed: 1,
    account,
    regions: [region, 'us-east-1'],
    services: [iam, sts],
    startAt: Date.UTC(2026, 0, 1),
  });
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' }],
  });
  await cloud.call('iam', 'CreateRole', { RoleName: 'operator', AssumeRolePolicyDocument }, { region: 'us-east-1' });
  return cloud;
}

const RoleArn = `arn:aws:iam::${account}:role/operator`;

test('a trusted caller gets credentials that stand for the role', async () => {
  const cloud = await withRole(`arn:aws:iam::${account}:root`);
  const { Credentials } = await cloud.call('sts', 'AssumeRole', { RoleArn, RoleSessionName: 'alice' }, options);
  const caller = cloud.state.credentials[Credentials?.AccessKeyId ?? ''];
  expect(caller).toEqual({ kind: 'role', arn: RoleArn, session: 'alice' });
  const identity = await cloud.call('sts', 'GetCallerIdentity', {}, { region, ...(caller && { caller }) });
  expect(identity.Arn).toBe(`arn:aws:sts::${account}:assumed-role/operator/alice`);
});

test('a caller that the role does not trust is refused', async () => {
  const cloud = await withRole('arn:aws:iam::999999999999:root');
  const attempt = cloud.call('sts', 'AssumeRole', { RoleArn, RoleSessionName: 'eve' }, options);
  await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
});

test('credentials are not given for longer than the role allows', async () => {
  const cloud = await withRole(`arn:aws:iam::${account}:root`);
  const input = { RoleArn, RoleSessionName: 'alice', DurationSeconds: 43_200 };
  await expect(cloud.call('sts', 'AssumeRole', input, options)).rejects.toMatchObject({ code: 'ValidationError' });
});
