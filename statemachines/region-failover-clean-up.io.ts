/** Input and output of region-failover-clean-up.asl.json. The input is the event itself, as events/ describes it. */
import * as z from 'zod';
import { ExecutionStatusChange } from '../events/execution-status-change.ts';

export const CleanUpInput = ExecutionStatusChange;
export type CleanUpInput = z.infer<typeof CleanUpInput>;

export const CleanUpOutput = z.object({
  /** nothing: no claim was held. aborted: it was undone. incomplete: reconcile rolls it forward. */
  outcome: z.enum(['nothing', 'aborted', 'incomplete']),
});
export type CleanUpOutput = z.infer<typeof CleanUpOutput>;
