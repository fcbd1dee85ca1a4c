/** Looks at every signature beside an image, asks whether those that hold were revoked since, and judges. Used by admission.ts. */
import type { Log } from '../shared/ports.ts';
import type { Images, Revocations } from '../shared/release-ports.ts';
import { afterRevocation, type Trust, type Verification, verifySignature } from './verify-signature.ts';

interface Ports {
  readonly images: Pick<Images, 'signatures'>;
  readonly revocations: Revocations;
  readonly log: Log;
}

/** One for each signature; empty when there is none. @throws what the registry's answer throws */
export async function judgeSignatures(
  { images, revocations, log }: Ports,
  digest: string,
  trust: Trust,
  now: number,
): Promise<readonly Verification[]> {
  const found = await images.signatures(digest);
  if (found === null) return [];
  const { artifact, signatures } = found;
  return Promise.all(
    signatures.map(async (view) => {
      const verification = verifySignature(view, artifact, trust, now);
      if (verification.action !== 'verified') return verification;
      const revoked = await revocations.revoked(verification.by).catch((error: unknown) => {
        log.warn('the revocation cannot be read', { error: String(error) });
        return null;
      });
      return afterRevocation(verification, revoked);
    }),
  );
}
