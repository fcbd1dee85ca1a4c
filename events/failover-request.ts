/**
 * Ours: a person, or alert routing on two independent signals, asks to move the application to another region because
 * the present one is lost. Put on the default bus of the region to be activated, by `mainstay run region-failover`, `aws
 * events put-events` or functions/alert-routing/remediate.ts.
 */
import * as z from 'zod';

export const failoverRequestPattern = {
  source: ['mainstay'],
  'detail-type': ['Region failover requested'],
} as const;

export const FailoverRequest = z.object({
  /** Also the identity of the request: the same event twice is one request. */
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    /** Prefix of the application and environment, such as orders-prod. */
    application: z.string().min(1),
    target: z.string().min(1),
    /** The region being left. A request that names another holder than the present one is stale and is refused. */
    from: z.string().min(1),
    by: z.string().min(1),
    reason: z.string().min(1),
    /** Disaster: the region being left is taken as lost, and what it had not yet replicated with it. */
    mode: z.literal('disaster').default('disaster'),
    /** Asked by no person: every guard of an automatic move holds, the quorum of observers before all. */
    automatic: z.boolean().optional(),
    /** The loss that the person accepts beforehand, where it is above the policy's limit. */
    acceptLossSeconds: z.number().int().nonnegative().optional(),
  }),
});

export type FailoverRequest = z.infer<typeof FailoverRequest>;
