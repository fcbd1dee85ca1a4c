/**
 * Whether a signature proves that a trusted profile signed exactly this image: integrity, authenticity, expiry and, by
 * Signer's answer, revocation, all of them enforced (Notary Project specifications, "Trust Store and Trust Policy",
 * level `strict`). Used by signatures.ts. Pure: the time comes from outside.
 */
import type { Artifact, SignatureView, SignedBy } from '../shared/release-ports.ts';
import { fitsWildcard } from '../shared/wildcard.ts';
import { fingerprintOf, hashesOf, objectionToSignature, readChain, subjectOf } from './certificates.ts';
import { ENVELOPE, readEnvelope, readPayload } from './envelope.ts';

export interface Trust {
  /** SHA-256 of root certificates, in hex. */
  readonly signingRoots: readonly string[];
  /** ARNs of profiles or of their versions; a * stands for any text. */
  readonly signingProfiles: readonly string[];
}

export type Verification =
  | { readonly action: 'verified'; readonly reason: string; readonly by: SignedBy }
  /** unknown: it may yet prove to be right. */
  | { readonly action: 'wrong' | 'unknown'; readonly reason: string };

export function verifySignature(view: SignatureView, artifact: Artifact, trust: Trust, now: number): Verification {
  const named = (action: 'wrong' | 'unknown', reason: string) =>
    ({ action, reason: `signature ${view.digest.slice(0, 19)}: ${reason}` }) as const;
  if (view.envelope === null) return named('unknown', view.problem);
  if (view.mediaType !== ENVELOPE) return named('unknown', `its envelope is ${view.mediaType}, not ${ENVELOPE}`);
  const envelope = readEnvelope(view.envelope);
  if (typeof envelope === 'string') return named('wrong', envelope);
  const { signedAt, expiresAt, profileVersionArn, jobArn } = envelope;
  const chain = readChain(envelope.certificates, signedAt);
  if (typeof chain === 'string') return named('wrong', chain);
  const objection = objectionToSignature(chain.leaf, envelope);
  if (objection) return named('wrong', objection);
  const root = fingerprintOf(chain.root);
  if (!trust.signingRoots.includes(root)) {
    return named('wrong', `it comes from ${subjectOf(chain.root)} (${root.slice(0, 12)}…), a root that is not trusted`);
  }
  const signed = readPayload(envelope.payload);
  if (typeof signed === 'string') return named('wrong', signed);
  if (!isSame(signed, artifact)) {
    const what = `${signed.digest}, ${signed.mediaType} of ${signed.size} bytes`;
    return named('wrong', `it signs another image: ${what.slice(0, 200)}`);
  }
  if (expiresAt !== null && expiresAt <= now)
    return named('wrong', `it expired at ${new Date(expiresAt).toISOString()}`);
  if (!isTrustedVersion(trust, profileVersionArn)) {
    return named('wrong', `it is signed with ${profileVersionArn}, which is not trusted`);
  }
  const certificateHashes = hashesOf(chain);
  if (certificateHashes === null) return named('unknown', 'Signer cannot be asked about its certificates');
  const at = new Date(signedAt).toISOString();
  return {
    action: 'verified',
    reason: `it is signed with ${profileVersionArn} at ${at}, up to ${subjectOf(chain.root)}`,
    by: { profileVersionArn, jobArn, signedAt: at, certificateHashes },
  };
}

const isSame = (one: Artifact, other: Artifact): boolean =>
  one.digest === other.digest && one.mediaType === other.mediaType && one.size === other.size;

/** Profiles are named by ARN; where only the account is known, * stands for the rest. A profile stands for its versions. */
const isTrustedVersion = ({ signingProfiles }: Trust, versionArn: string): boolean => {
  const profileArn = versionArn.slice(0, versionArn.lastIndexOf('/'));
  return signingProfiles.some((one) => fitsWildcard(one, versionArn) || fitsWildcard(one, profileArn));
};

/** What Signer's answer makes of a signature that holds by itself. Null: there was none, and unknown is not "not revoked". */
export function afterRevocation(verification: Verification, revoked: readonly string[] | null): Verification {
  if (verification.action !== 'verified') return verification;
  const { reason } = verification;
  if (revoked === null) return { action: 'unknown', reason: `${reason}; whether it was revoked is not known` };
  if (revoked.length === 0) return { ...verification, reason: `${reason}; it is not revoked` };
  // A certificate is named by its hash.
  const what = revoked.map((entity) => (entity.startsWith('arn:') ? entity : 'a certificate')).join(', ');
  return { action: 'wrong', reason: `${reason}; since then ${what} was revoked` };
}
