/**
 * AWS Signer for container images, one region at a time: profiles, and whether signatures by them were revoked. What signs
 * is ECR's managed signing (signing.ts there). Registered in simulator/services/index.ts.
 */
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { type Profile, profileArn, type SignerContext, type SignerState } from './state.ts';

/** The only platform here. */
const NOTATION = 'Notation-OCI-SHA384-ECDSA';

const on = (context: SignerContext, name: string | undefined): Access => ({ resources: [profileArn(context, name)] });

function profileOf({ state }: SignerContext, name: string | undefined): Profile {
  const found = state.profiles[name ?? ''];
  if (found) return found;
  throw new AwsError('ResourceNotFoundException', `Signing profile ${name} was not found.`);
}

export const signer = defineService<Clients['signer'], SignerState>({
  name: 'signer',
  initialState: () => ({ profiles: {}, revoked: {} }),
  operations: {
    /** @throws AwsError ValidationException; NotModelled for another platform than Notation's, or a validity of its own */
    PutSigningProfile({ profileName: name = '', platformId = '', signatureValidityPeriod }, context) {
      const { state, cloud } = context;
      if (platformId !== NOTATION) throw new NotModelled(`signer: platform ${platformId} is not modelled`);
      if (signatureValidityPeriod) throw new NotModelled('signer: signatureValidityPeriod is not modelled');
      // Guess: the code and the wording for a profile that is there already.
      if (state.profiles[name]) throw new AwsError('ValidationException', `Signing profile ${name} already exists.`);
      const arn = profileArn(context, name);
      const version = cloud.random('signer').uuid().replaceAll('-', '').slice(0, 10);
      const versionArn = `${arn}/${version}`;
      state.profiles[name] = { name, arn, version, versionArn, platformId, status: 'Active' };
      return { arn, profileVersion: version, profileVersionArn: versionArn };
    },

    /** @throws AwsError ResourceNotFoundException */
    GetSigningProfile({ profileName }, context) {
      const { name, arn, version, versionArn, platformId, status } = profileOf(context, profileName);
      return {
        profileName: name,
        profileVersion: version,
        profileVersionArn: versionArn,
        platformId,
        status,
        arn,
      };
    },

    /** It stays to be looked at, and signs nothing any more. @throws AwsError ResourceNotFoundException */
    CancelSigningProfile({ profileName }, context) {
      profileOf(context, profileName).status = 'Canceled';
      return {};
    },

    /** Signatures made from `effectiveTime` on are not to be trusted. @throws AwsError ResourceNotFoundException */
    RevokeSigningProfile({ profileName, profileVersion, effectiveTime }, context) {
      const profile = profileOf(context, profileName);
      if (profile.version !== profileVersion) {
        throw new AwsError('ResourceNotFoundException', `Signing profile ${profileName} has no such version.`);
      }
      profile.status = 'Revoked';
      context.state.revoked[profile.versionArn] = effectiveTime?.getTime() ?? context.now;
      return {};
    },

    /** Jobs and certificates are never revoked here. Guess: what was signed by a profile nobody knows is not revoked. */
    GetRevocationStatus({ platformId, profileVersionArn = '', signatureTimestamp }, { state }) {
      if (platformId !== NOTATION) throw new AwsError('ValidationException', `Platform ${platformId} is not valid.`);
      const since = state.revoked[profileVersionArn];
      const isRevoked = since !== undefined && (signatureTimestamp?.getTime() ?? 0) >= since;
      return { revokedEntities: isRevoked ? [profileVersionArn] : [] };
    },
  },
  access: {
    PutSigningProfile: ({ profileName }, context) => on(context, profileName),
    GetSigningProfile: ({ profileName }, context) => on(context, profileName),
    CancelSigningProfile: ({ profileName }, context) => on(context, profileName),
    RevokeSigningProfile: ({ profileName }, context) => on(context, profileName),
  },
});
