/** Input and output of region-failover-clean-up.asl.json. The input is the event itself, as events/ describes it. */
import * as z from 'zod';
import { ExecutionStatusChange } from '../events/execution-status-change.ts';

export const CleanUpInput = ExecutionStatusChange;
export type CleanUpInput = z.infer<typeof CleanUpInput>;

export const CleanUpOutput = z.object({
  /** As functions/region-failover/clean-up.ts tells it. */
  outcome: z.enum(['nothing', 'superseded', 'aborted', 'incomplete', 'moved', 'held', 'declined']),
});
export type CleanUpOutput = z.infer<typeof CleanUpOutput>;
