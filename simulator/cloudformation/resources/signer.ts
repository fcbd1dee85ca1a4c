/** Resource types of AWS Signer. */
import type { Modelled, ResourceTable } from '../resource.ts';
import { refuseOtherProperties, unlessGone } from './known-properties.ts';

interface ProfileProperties {
  readonly ProfileName?: string;
  readonly PlatformId?: string;
}

const nameIn = (arn: string): string => arn.split('/').at(-1) ?? '';

const profile: Modelled = {
  async create(raw, context) {
    refuseOtherProperties('AWS::Signer::SigningProfile', context.logicalId, raw, ['ProfileName', 'PlatformId', 'Tags']);
    const { ProfileName, PlatformId: platformId } = raw as ProfileProperties;
    const profileName = ProfileName ?? context.physicalName(64).replaceAll('-', '_');
    const made = await context.call('signer', 'PutSigningProfile', { profileName, platformId });
    const attributes = {
      Arn: made.arn,
      ProfileName: profileName,
      ProfileVersion: made.profileVersion,
      ProfileVersionArn: made.profileVersionArn,
    };
    return { physicalId: made.arn ?? '', attributes };
  },

  // Only its tags change in place, and they are not kept.
  update: () => undefined,

  async delete({ physicalId }, context) {
    await unlessGone('ResourceNotFoundException', () =>
      context.call('signer', 'CancelSigningProfile', { profileName: nameIn(physicalId) }),
    );
  },

  read: ({ physicalId }, context) =>
    unlessGone('ResourceNotFoundException', async () => {
      const found = await context.call('signer', 'GetSigningProfile', { profileName: nameIn(physicalId) });
      return { ProfileName: found.profileName, PlatformId: found.platformId };
    }),
};

export const resources: ResourceTable = { 'AWS::Signer::SigningProfile': profile };
