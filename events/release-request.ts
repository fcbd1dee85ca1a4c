/**
 * Ours: a person asks for a release of a digest that is in the repository already. redeploy: once more, also when it was
 * quarantined. hotfix: also while an alarm is red and the live release is sick. Neither skips scan or signature. Put on
 * the default bus of the region.
 */
import * as z from 'zod';

export const releaseRequestPattern = {
  source: ['mainstay'],
  'detail-type': ['Release requested'],
} as const;

export const ReleaseRequest = z.object({
  /** Also the identity of the release: the same event twice is one. */
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    application: z.string().min(1),
    kind: z.enum(['redeploy', 'hotfix']),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest: sha256: and 64 hexadecimal digits'),
    by: z.string().min(1),
    reason: z.string().min(1),
  }),
});

export type ReleaseRequest = z.infer<typeof ReleaseRequest>;
