/** Secrets, their versions and their replicas, and that no value shows where it must not. */
import { describe, expect, test } from 'vitest';
import type { Clients, Input, OperationName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { cutOff, rejoin } from '../../../simulator/faults.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { randomPassword } from '../../../simulator/services/secretsmanager/generate.ts';
import { secretsManager } from '../../../simulator/services/secretsmanager/index.ts';

const [west, ohio] = ['us-west-2', 'us-east-2'] as const;
const newCloud = () =>
  Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [west, ohio],
    services: [secretsManager, kms],
    startAt: Date.UTC(2026, 0, 1),
  });
type Secrets = Clients['secretsmanager'];
const call = <O extends OperationName<Secrets>>(
  cloud: Cloud,
  operation: O,
  input: Input<Secrets, O>,
  region: string = west,
) => cloud.call('secretsmanager', operation, input, { region });
const SecretId = 'orders/database';
const read = async (cloud: Cloud, region: string, more: Partial<Input<Secrets, 'GetSecretValue'>> = {}) =>
  (await call(cloud, 'GetSecretValue', { SecretId, ...more }, region)).SecretString;

describe('a secret', () => {
  test('has a random ending to its ARN and can be read by name, ARN or ARN without it', async () => {
    const cloud = newCloud();
    const { ARN = '' } = await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'one' });
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-west-2:111122223333:secret:orders\/database-[A-Za-z0-9]{6}$/);
    for (const id of [SecretId, ARN, ARN.slice(0, -7)]) {
      expect((await call(cloud, 'GetSecretValue', { SecretId: id })).SecretString).toBe('one');
    }
  });

  test('a new value becomes AWSCURRENT and the one before it AWSPREVIOUS', async () => {
    const cloud = newCloud();
    await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'one' });
    await call(cloud, 'PutSecretValue', { SecretId, SecretString: 'two' });
    expect(await read(cloud, west)).toBe('two');
    expect(await read(cloud, west, { VersionStage: 'AWSPREVIOUS' })).toBe('one');
    await call(cloud, 'PutSecretValue', { SecretId, SecretString: 'three', VersionStages: ['AWSPENDING'] });
    expect(await read(cloud, west)).toBe('two');
    expect(await read(cloud, west, { VersionStage: 'AWSPENDING' })).toBe('three');
  });

  test('the same token and value twice is one version; another value is refused', async () => {
    const cloud = newCloud();
    await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'one' });
    const ClientRequestToken = '11111111-2222-4333-8444-555555555555';
    const put = (SecretString: string) => call(cloud, 'PutSecretValue', { SecretId, SecretString, ClientRequestToken });
    await put('two');
    await put('two');
    await expect(put('three')).rejects.toMatchObject({ code: 'ResourceExistsException' });
  });

  test('never shows its value in the trace, the state or an error', async () => {
    const cloud = newCloud();
    await call(cloud, 'CreateSecret', {
      Name: SecretId,
      SecretString: 'hunter2',
      AddReplicaRegions: [{ Region: ohio }],
    });
    await call(cloud, 'PutSecretValue', { SecretId, SecretString: 'hunter3' });
    await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'hunter4' }).catch(() => {});
    await read(cloud, ohio);
    expect(cloud.trace.toJsonLines() + JSON.stringify(cloud.state)).not.toMatch(/hunter/);
  });

  test('what is not there is ResourceNotFoundException', async () => {
    await expect(read(newCloud(), west)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('a replica', () => {
  test('is read when the primary region is dark, and is not written', async () => {
    const cloud = newCloud();
    await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'one', AddReplicaRegions: [{ Region: ohio }] });
    const write = call(cloud, 'PutSecretValue', { SecretId, SecretString: 'x' }, ohio);
    await expect(write).rejects.toMatchObject({ code: 'InvalidRequestException' });
    cloud.goDark(west);
    expect(await read(cloud, ohio)).toBe('one');
  });

  test('gets new versions soon, or once the link is back', async () => {
    const cloud = newCloud();
    await call(cloud, 'CreateSecret', { Name: SecretId, SecretString: 'one', AddReplicaRegions: [{ Region: ohio }] });
    cutOff(cloud.state.faults, west);
    await call(cloud, 'PutSecretValue', { SecretId, SecretString: 'two' });
    await cloud.advance(10_000);
    expect(await read(cloud, ohio)).toBe('one');
    const status = async () => (await call(cloud, 'DescribeSecret', { SecretId })).ReplicationStatus?.[0]?.Status;
    expect(await status()).toBe('InProgress');
    rejoin(cloud.state.faults, west);
    await cloud.advance(3_000);
    expect(await read(cloud, ohio)).toBe('two');
    expect(await status()).toBe('InSync');
  });
});

test('a random password keeps to its rules', () => {
  const random = new Random(seedStream(1, 'test'));
  for (let i = 0; i < 50; i++) {
    const password = randomPassword({ PasswordLength: 12, ExcludeCharacters: '/@" ', ExcludeNumbers: true }, random);
    expect(password).toHaveLength(12);
    expect(password).not.toMatch(/[/@" 0-9]/);
    expect(password).toMatch(/[a-z]/);
    expect(password).toMatch(/[A-Z]/);
  }
});
