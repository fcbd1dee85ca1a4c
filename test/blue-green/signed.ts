/** Signatures for tests, as the simulated Signer makes them, and trust in it. */
import type { Trust, Verification } from '../../functions/blue-green/verify-signature.ts';
import type { Artifact, SignatureView } from '../../functions/shared/release-ports.ts';
import { type Authority, SIGNER, SIMULATED_ROOT } from '../../simulator/services/signer/authorities.ts';
import { ENVELOPE_TYPE, envelopeOf, type ToSign } from '../../simulator/services/signer/notation.ts';

export const PROFILE = 'arn:aws:signer:us-west-2:111111111111:/signing-profiles/orders';
export const SIGNED_AT = Date.parse('2026-11-20T08:59:00.000Z');
export const EXPIRES_AT = Date.parse('2036-11-20T08:59:00.000Z');

export const artifactOf = (digest: string): Artifact => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest,
  size: 1234,
});

export const trust: Trust = { signingRoots: [SIMULATED_ROOT], signingProfiles: [PROFILE] };

/** What Signer is asked to sign. */
export const order = (digest: string, change: Partial<ToSign> = {}): ToSign => ({
  target: artifactOf(digest),
  profileVersionArn: `${PROFILE}/AbCdEfGhIj`,
  jobArn: 'arn:aws:signer:us-west-2:111111111111:/signing-jobs/one',
  signedAt: SIGNED_AT,
  expiresAt: EXPIRES_AT,
  ...change,
});

/** As it lies beside the image. */
export const viewOf = (envelope: string): SignatureView => ({
  digest: `sha256:${'5'.repeat(64)}`,
  mediaType: ENVELOPE_TYPE,
  envelope,
});

export const signatureOf = (
  digest: string,
  change: Partial<ToSign> = {},
  authority: Authority = SIGNER,
): SignatureView => viewOf(envelopeOf(order(digest, change), authority));

/** As a judgement, for tests of what follows from it. */
export const verified: Verification = {
  action: 'verified',
  reason: `it is signed with ${PROFILE}/AbCdEfGhIj`,
  by: {
    profileVersionArn: `${PROFILE}/AbCdEfGhIj`,
    jobArn: 'job',
    signedAt: '2026-11-20T08:59:00.000Z',
    certificateHashes: [],
  },
};
