/**
 * Ours: a person answers an open question of a failover. Put on the default bus of the region that asked; the question's
 * id is in the notification. The task token never leaves Mainstay's own table.
 */
import * as z from 'zod';

export const failoverDecisionPattern = {
  source: ['mainstay'],
  'detail-type': ['Region failover decided'],
} as const;

export const FailoverDecision = z.object({
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    application: z.string().min(1),
    question: z.string().min(1),
    decision: z.enum(['approve', 'decline']),
    by: z.string().min(1),
    reason: z.string().min(1),
  }),
});

export type FailoverDecision = z.infer<typeof FailoverDecision>;
