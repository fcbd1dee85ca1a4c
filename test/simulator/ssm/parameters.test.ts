/** Parameters with their versions, secure strings, and the public ones. */
import { describe, expect, test } from 'vitest';
import type { Clients, Input, OperationName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';

const region = 'us-west-2';
const newCloud = () =>
  Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region],
    services: [ssm, kms],
    startAt: Date.UTC(2026, 0, 1),
  });
type Ssm = Clients['ssm'];
const call = <O extends OperationName<Ssm>>(cloud: Cloud, operation: O, input: Input<Ssm, O>) =>
  cloud.call('ssm', operation, input, { region });
const put = (cloud: Cloud, Name: string, Value: string, more: Partial<Input<Ssm, 'PutParameter'>> = {}) =>
  call(cloud, 'PutParameter', { Name, Value, Type: 'String', ...more });

describe('PutParameter and GetParameter', () => {
  test('each overwrite is a new version, and old versions can be read', async () => {
    const cloud = newCloud();
    expect(await put(cloud, '/app/database', 'one')).toEqual({ Version: 1, Tier: 'Standard' });
    await expect(put(cloud, '/app/database', 'two')).rejects.toMatchObject({ code: 'ParameterAlreadyExists' });
    const update = { Name: '/app/database', Value: 'two', Overwrite: true };
    expect(await call(cloud, 'PutParameter', update)).toMatchObject({ Version: 2 });
    const latest = await call(cloud, 'GetParameter', { Name: '/app/database' });
    expect(latest.Parameter).toMatchObject({
      Name: '/app/database',
      Type: 'String',
      Value: 'two',
      Version: 2,
      ARN: 'arn:aws:ssm:us-west-2:111122223333:parameter/app/database',
    });
    const first = await call(cloud, 'GetParameter', { Name: '/app/database:1' });
    expect(first.Parameter).toMatchObject({ Value: 'one', Selector: ':1' });
    await expect(call(cloud, 'GetParameter', { Name: '/app/database:9' })).rejects.toMatchObject({
      code: 'ParameterVersionNotFound',
    });
  });

  test('a parameter can be named by its ARN', async () => {
    const cloud = newCloud();
    await put(cloud, 'plain', 'v');
    const Name = 'arn:aws:ssm:us-west-2:111122223333:parameter/plain';
    expect((await call(cloud, 'GetParameter', { Name })).Parameter).toMatchObject({ Name: 'plain', Value: 'v' });
  });

  test.each([
    ['missing/slash', 'v', {}, 'ValidationException'],
    ['/ssm/reserved', 'v', {}, 'ValidationException'],
    [`/${'a/'.repeat(15)}a`, 'v', {}, 'HierarchyLevelLimitExceededException'],
    ['/a', 'x'.repeat(4097), {}, 'ValidationException'],
    ['/a', '', {}, 'ValidationException'],
    ['/a', 'x', { AllowedPattern: '^\\d+$' }, 'ParameterPatternMismatchException'],
    ['/a', 'x', { Type: 'Json' as 'String' }, 'UnsupportedParameterType'],
  ])('%s is refused where it must be (%#)', async (name, value, more, code) => {
    await expect(put(newCloud(), name, value, more)).rejects.toMatchObject({ code });
  });

  test('a value over 4 KB fits the advanced tier', async () => {
    const result = await put(newCloud(), '/a', 'x'.repeat(5000), { Tier: 'Intelligent-Tiering' });
    expect(result.Tier).toBe('Advanced');
  });

  test('a missing parameter is ParameterNotFound', async () => {
    await expect(call(newCloud(), 'GetParameter', { Name: '/nothing' })).rejects.toMatchObject({
      code: 'ParameterNotFound',
    });
  });
});

test('several parameters by name and by path', async () => {
  const cloud = newCloud();
  for (const name of ['/app/a', '/app/b', '/app/deep/c', '/other']) await put(cloud, name, name);
  const byName = await call(cloud, 'GetParameters', { Names: ['/app/a', '/none'] });
  expect(byName.Parameters?.map(({ Name }) => Name)).toEqual(['/app/a']);
  expect(byName.InvalidParameters).toEqual(['/none']);
  const first = await call(cloud, 'GetParametersByPath', { Path: '/app', Recursive: true, MaxResults: 2 });
  const second = await call(cloud, 'GetParametersByPath', {
    Path: '/app',
    Recursive: true,
    NextToken: first.NextToken,
  });
  expect([...(first.Parameters ?? []), ...(second.Parameters ?? [])].map(({ Name }) => Name)).toEqual([
    '/app/a',
    '/app/b',
    '/app/deep/c',
  ]);
  expect((await call(cloud, 'GetParametersByPath', { Path: '/app/' })).Parameters).toHaveLength(2);
  const described = await call(cloud, 'DescribeParameters', {
    ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/app/deep'] }],
  });
  expect(described.Parameters?.map(({ Name }) => Name)).toEqual(['/app/deep/c']);
  await call(cloud, 'DeleteParameter', { Name: '/other' });
  await expect(call(cloud, 'GetParameter', { Name: '/other' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
});

describe('a secure string', () => {
  test('is ciphertext unless decryption is asked for', async () => {
    const cloud = newCloud();
    await put(cloud, '/secret', 'hunter2', { Type: 'SecureString' });
    const sealed = await call(cloud, 'GetParameter', { Name: '/secret' });
    expect(sealed.Parameter?.Value).not.toContain('hunter2');
    const open = await call(cloud, 'GetParameter', { Name: '/secret', WithDecryption: true });
    expect(open.Parameter?.Value).toBe('hunter2');
  });

  test('never shows its value in the trace or the state, also when it is overwritten', async () => {
    const cloud = newCloud();
    await put(cloud, '/secret', 'hunter2', { Type: 'SecureString' });
    await call(cloud, 'PutParameter', { Name: '/secret', Value: 'hunter3', Overwrite: true });
    await call(cloud, 'GetParameter', { Name: '/secret', WithDecryption: true });
    expect(cloud.trace.toJsonLines() + JSON.stringify(cloud.state)).not.toMatch(/hunter/);
  });

  test('a plain string does show in the trace', async () => {
    const cloud = newCloud();
    await put(cloud, '/open', 'visible');
    expect(cloud.trace.toJsonLines()).toContain('visible');
  });

  test('under a disabled key it cannot be read', async () => {
    const cloud = newCloud();
    const { KeyMetadata } = await cloud.call('kms', 'CreateKey', {}, { region });
    await put(cloud, '/secret', 'v', { Type: 'SecureString', KeyId: KeyMetadata?.KeyId });
    await cloud.call('kms', 'DisableKey', { KeyId: KeyMetadata?.KeyId }, { region });
    const read = call(cloud, 'GetParameter', { Name: '/secret', WithDecryption: true });
    await expect(read).rejects.toMatchObject({ code: 'DisabledException' });
  });
});

test('published image parameters are answered, other public parameters are refused by name', async () => {
  const cloud = newCloud();
  const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';
  expect((await call(cloud, 'GetParameter', { Name })).Parameter?.Value).toMatch(/^ami-[0-9a-f]{17}$/);
  await expect(call(cloud, 'GetParameter', { Name: '/aws/service/other' })).rejects.toThrow('not modelled');
});
