/** AWS Signer as the SDK's own client speaks to it: profiles, and what was revoked since a signature was made. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../simulator/cloud.ts';
import { signer } from '../../simulator/services/signer/index.ts';
import { makeCloud, west } from './eventbridge/harness.ts';
import { sdkClient, sdkModule } from './wire/sdk.ts';

const platformId = 'Notation-OCI-SHA384-ECDSA';
let cloud: Cloud;
let profileVersionArn: string;
let profileVersion: string;

const send = (command: string, input: object) => {
  const Command = sdkModule('signer')[`${command}Command`]!;
  return sdkClient(cloud, 'signer', { region: west }).send(new Command(input));
};
const revoked = async (signatureTimestamp: Date, arn = profileVersionArn) =>
  (
    await send('GetRevocationStatus', {
      platformId,
      profileVersionArn: arn,
      jobArn: 'arn:aws:signer:us-west-2:111122223333:/signing-jobs/one',
      signatureTimestamp,
      certificateHashes: ['ab', 'cd'],
    })
  ).revokedEntities;

beforeEach(async () => {
  cloud = makeCloud(1, [signer]);
  const made = await send('PutSigningProfile', { profileName: 'orders', platformId });
  profileVersionArn = String(made.profileVersionArn);
  profileVersion = String(made.profileVersion);
});

describe('Signer', () => {
  it('makes a profile with a version of ten characters, which can be looked at', async () => {
    expect(profileVersionArn).toMatch(
      /^arn:aws:signer:us-west-2:111122223333:\/signing-profiles\/orders\/[0-9a-zA-Z]{10}$/,
    );
    expect(await send('GetSigningProfile', { profileName: 'orders' })).toMatchObject({
      status: 'Active',
      profileVersion,
    });
    await expect(send('GetSigningProfile', { profileName: 'none' })).rejects.toBeInstanceOf(
      sdkModule('signer').ResourceNotFoundException!,
    );
  });

  it('says that signatures made since the revocation of their profile are revoked, and no others', async () => {
    const effectiveTime = new Date(cloud.now);
    expect(await revoked(effectiveTime)).toEqual([]);
    await send('RevokeSigningProfile', { profileName: 'orders', profileVersion, reason: 'lost', effectiveTime });
    expect(await revoked(effectiveTime)).toEqual([profileVersionArn]);
    expect(await revoked(new Date(cloud.now - 1000))).toEqual([]);
    expect(await revoked(effectiveTime, profileVersionArn.replace('orders', 'others'))).toEqual([]);
    expect(await send('GetSigningProfile', { profileName: 'orders' })).toMatchObject({ status: 'Revoked' });
  });

  it('revokes no version that is not there', async () => {
    const input = { profileName: 'orders', profileVersion: 'AAAAAAAAAA', reason: 'lost', effectiveTime: new Date(0) };
    await expect(send('RevokeSigningProfile', input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
