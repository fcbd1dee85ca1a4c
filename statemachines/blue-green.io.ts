/** Input and output of blue-green.asl.json. Built by `admit`, `reconcile` and `steer`, read by the console and tests. */
import * as z from 'zod';

export const BlueGreenInput = z.object({
  releaseId: z.string(),
  kind: z.enum(['push', 'redeploy', 'hotfix', 'roll-back']),
  /** Of the platform. */
  digest: z.string(),
  tag: z.string().nullable(),
  by: z.string(),
  reason: z.string(),
  requestedAt: z.iso.datetime(),
  /** The last fence that was given when it was started. */
  fence: z.number().int().nonnegative(),
  schema: z.object({ min: z.number().int(), max: z.number().int() }).nullable(),
  revision: z.string().nullable(),
  revisedAt: z.string().nullable(),
  steps: z.array(z.number().int().min(1).max(100)),
  approval: z.boolean(),
});
export type BlueGreenInput = z.infer<typeof BlueGreenInput>;

export const BlueGreenOutput = z.object({
  /** A rollback that failed ends FAILED, without output. */
  outcome: z.enum(['committed', 'held', 'halted', 'aborted', 'superseded', 'yielded', 'rolled-back', 'returned']),
  releaseId: z.string(),
  digest: z.string(),
  reasons: z.array(z.string()),
  cause: z.string().nullable(),
  retreat: z.object({ switchedAt: z.string(), verifiedAt: z.string() }).nullable(),
});
export type BlueGreenOutput = z.infer<typeof BlueGreenOutput>;
