/** Keys, their aliases and their replicas: what is encrypted where can be decrypted where. */
import { expect, test } from 'vitest';
import type { Clients, Input, OperationName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { kms } from '../../../simulator/services/kms/index.ts';

const [west, ohio] = ['us-west-2', 'us-east-2'] as const;
const newCloud = () =>
  Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [west, ohio],
    services: [kms],
    startAt: Date.UTC(2026, 0, 1),
  });
type Kms = Clients['kms'];
const call = <O extends OperationName<Kms>>(cloud: Cloud, operation: O, input: Input<Kms, O>, region: string = west) =>
  cloud.call('kms', operation, input, { region });
const text = (value: string) => new TextEncoder().encode(value);

async function withKey(MultiRegion = false): Promise<{ cloud: Cloud; KeyId: string }> {
  const cloud = newCloud();
  const { KeyMetadata } = await call(cloud, 'CreateKey', { MultiRegion });
  return { cloud, KeyId: KeyMetadata?.KeyId ?? '' };
}

test('what a key encrypts it decrypts, only with the same encryption context', async () => {
  const { cloud, KeyId } = await withKey();
  const EncryptionContext = { purpose: 'test' };
  const { CiphertextBlob } = await call(cloud, 'Encrypt', { KeyId, Plaintext: text('secret'), EncryptionContext });
  expect(Buffer.from(CiphertextBlob ?? []).toString('latin1')).not.toContain('secret');
  const { Plaintext } = await call(cloud, 'Decrypt', { CiphertextBlob, EncryptionContext });
  expect(new TextDecoder().decode(Plaintext)).toBe('secret');
  await expect(call(cloud, 'Decrypt', { CiphertextBlob })).rejects.toMatchObject({
    code: 'InvalidCiphertextException',
  });
  expect(cloud.trace.toJsonLines()).not.toContain(JSON.stringify(text('secret')));
});

test('a disabled key does nothing until it is enabled', async () => {
  const { cloud, KeyId } = await withKey();
  await call(cloud, 'DisableKey', { KeyId });
  await expect(call(cloud, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).rejects.toMatchObject({
    code: 'DisabledException',
  });
  await call(cloud, 'EnableKey', { KeyId });
  const { Plaintext } = await call(cloud, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  expect(Plaintext).toHaveLength(32);
});

test('an alias stands for its key, and an unknown one is not found', async () => {
  const { cloud, KeyId } = await withKey();
  await call(cloud, 'CreateAlias', { AliasName: 'alias/app', TargetKeyId: KeyId });
  expect((await call(cloud, 'DescribeKey', { KeyId: 'alias/app' })).KeyMetadata?.KeyId).toBe(KeyId);
  await expect(call(cloud, 'DescribeKey', { KeyId: 'alias/none' })).rejects.toMatchObject({
    code: 'NotFoundException',
  });
});

test('a replica of a multi-region key decrypts what its primary encrypted', async () => {
  const { cloud, KeyId } = await withKey(true);
  await call(cloud, 'ReplicateKey', { KeyId, ReplicaRegion: ohio });
  const { CiphertextBlob } = await call(cloud, 'Encrypt', { KeyId, Plaintext: text('secret') });
  cloud.goDark(west);
  const { Plaintext } = await call(cloud, 'Decrypt', { CiphertextBlob }, ohio);
  expect(new TextDecoder().decode(Plaintext)).toBe('secret');
});

test('the ciphertext of a single-region key means nothing in another region', async () => {
  const { cloud, KeyId } = await withKey();
  const { CiphertextBlob } = await call(cloud, 'Encrypt', { KeyId, Plaintext: text('secret') });
  await expect(call(cloud, 'Decrypt', { CiphertextBlob }, ohio)).rejects.toMatchObject({
    code: 'InvalidCiphertextException',
  });
  await expect(call(cloud, 'ReplicateKey', { KeyId, ReplicaRegion: ohio })).rejects.toMatchObject({
    code: 'UnsupportedOperationException',
  });
});
