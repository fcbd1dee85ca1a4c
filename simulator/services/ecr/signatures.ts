/**
 * The signature of an image as it comes to lie beside it: an artifact whose one layer is Notation's envelope (Notary Project
 * specifications, "Signature Specification", "Storage"). What the world knows of it decides whether it is Signer's, or
 * one that only looks like it.
 */
import type { ForgedSignature } from '../../world/releases.ts';
import { type Authority, FORGER, SIGNER } from '../signer/authorities.ts';
import { ENVELOPE_TYPE, envelopeOf, thumbprintsOf } from '../signer/notation.ts';
import { MANIFEST } from './build.ts';
import { SIGNATURE } from './manifests.ts';
import { digestOf } from './push.ts';
import type { EcrContext, Image } from './state.ts';

/** Signer's default for a profile ("Create a Signer signing profile"). */
const VALID_MONTHS = 135;

/** An empty object, as OCI has it where there is nothing to configure. */
const EMPTY = '{}';

/** The artifact's manifest; its envelope is a blob of the cloud from then on. */
export function signatureManifest(
  { cloud, region, account, now }: EcrContext,
  image: Image,
  profileVersionArn: string,
  forged: ForgedSignature | undefined,
): string {
  const { mediaType, digest, size } = image;
  const subject = { mediaType, digest, size };
  const job = cloud.random(`signer.jobs@${region}`).uuid();
  const authority: Authority = forged === 'by another root' ? FORGER : SIGNER;
  const envelope = envelopeOf(
    {
      target: forged === 'of another image' ? { ...subject, digest: digestOf(`not ${digest}`) } : subject,
      profileVersionArn,
      jobArn: `arn:aws:signer:${region}:${account}:/signing-jobs/${job}`,
      signedAt: now,
      expiresAt: forged === 'expired' ? now : monthsAfter(now, VALID_MONTHS),
    },
    authority,
  );
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: SIGNATURE, digest: digestOf(EMPTY), size: EMPTY.length },
    layers: [{ mediaType: ENVELOPE_TYPE, digest: `sha256:${cloud.blobs.put(envelope)}`, size: envelope.length }],
    subject,
    annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(thumbprintsOf(authority)) },
  });
}

function monthsAfter(at: number, months: number): number {
  const date = new Date(at);
  return date.setUTCMonth(date.getUTCMonth() + months);
}
