/** Input and output of blue-green-clean-up.asl.json. */
import * as z from 'zod';

export const BlueGreenCleanUpInput = z.object({
  detail: z.object({
    executionArn: z.string().startsWith('arn:aws:states:'),
    /** GONE when the execution is not known any more. */
    status: z.string(),
    /** JSON text that the execution was started with. */
    input: z.string().nullable(),
  }),
});
export type BlueGreenCleanUpInput = z.infer<typeof BlueGreenCleanUpInput>;

export const BlueGreenCleanUpOutput = z.object({
  /** As functions/blue-green/clean-up.ts tells it. */
  outcome: z.enum(['nothing', 'committed', 'aborted', 'rolled-back', 'returned', 'rollback-failed']),
});
export type BlueGreenCleanUpOutput = z.infer<typeof BlueGreenCleanUpOutput>;
