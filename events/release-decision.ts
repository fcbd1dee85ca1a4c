/**
 * Ours: what a person wants of the release that is under way, or, to roll back, of the one that was committed last. Put
 * on the default bus of the region.
 */
import * as z from 'zod';

export const releaseDecisionPattern = {
  source: ['mainstay'],
  'detail-type': ['Release decided'],
} as const;

export const ReleaseDecision = z.object({
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    application: z.string().min(1),
    /** A decision about another release than this one is stale and is refused. */
    release: z.string().min(1),
    decision: z.enum(['pause', 'resume', 'promote', 'roll-back', 'approve']),
    by: z.string().min(1),
    reason: z.string().min(1),
  }),
});

export type ReleaseDecision = z.infer<typeof ReleaseDecision>;
