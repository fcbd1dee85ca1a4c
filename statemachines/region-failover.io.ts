/** Input and output of region-failover.asl.json. Built by `declare` and `reconcile`, read by the console and tests. */
import * as z from 'zod';

export const RegionFailoverInput = z.object({
  trigger: z.enum(['alarm', 'reconcile', 'person']),
  application: z.string(),
  /** The region to be activated: the one whose machine this is. */
  target: z.string(),
  from: z.string(),
  by: z.string(),
  reason: z.string(),
  declaredAt: z.iso.datetime(),
  acceptLossSeconds: z.number().int().nonnegative().optional(),
  /** ARN of the dead execution whose move is rolled forward. */
  resume: z.string().optional(),
});
export type RegionFailoverInput = z.infer<typeof RegionFailoverInput>;

const seconds = z.number().nullable();

export const RegionFailoverOutput = z.object({
  /** superseded: somebody else moves or moved it. A move that is undone or incomplete ends FAILED, without output. */
  outcome: z.enum(['moved', 'held', 'declined', 'superseded']),
  epoch: z.number().int().nullable(),
  reasons: z.array(z.string()),
  measures: z
    .object({
      detectSeconds: seconds,
      decideSeconds: seconds,
      rtoSeconds: seconds,
      rtoBy: z.enum(['witness', 'target']).nullable(),
      rpoSeconds: seconds,
      rpoSecondsMax: seconds,
      precisionSeconds: z.number(),
      steps: z.array(z.object({ step: z.string(), seconds })),
      explainedShare: seconds,
    })
    .nullable(),
});
export type RegionFailoverOutput = z.infer<typeof RegionFailoverOutput>;
