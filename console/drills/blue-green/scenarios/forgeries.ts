/** What is pushed, what the registry says is signed, and what still nobody who is trusted stands for. */
import type { ForgedSignature } from '../../../../simulator/world/releases.ts';
import type { Scenario } from '../scenario.ts';
import { at } from './parts.ts';
import { refused } from './refusals.ts';

const forged = (title: string, forgery: ForgedSignature): Scenario =>
  refused(title, { signing: { status: 'COMPLETE', forged: forgery } }, 400);

const revoked = refused(
  'a release whose signing profile is revoked while it waits for its scan',
  { signing: { status: 'COMPLETE', afterSeconds: 1 } },
  400,
);

export const forgeries = {
  'signed-by-another-root': forged(
    'a release signed as Signer does, up to a root that is not trusted',
    'by another root',
  ),
  'signature-of-another-image': forged(
    'a release beside which the signature of another image lies',
    'of another image',
  ),
  'expired-signature': forged('a release whose signature has expired', 'expired'),
  // The fastest scan takes ten seconds.
  'revoked-profile': { ...revoked, acts: [...revoked.acts, at(5, { act: 'revoke' })] },
} as const satisfies Record<string, Scenario>;
