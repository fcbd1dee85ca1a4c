/** Input and output of alert-routing-escalation.asl.json. Built by `follow`, read by people and tests. */
import * as z from 'zod';

export const EscalationInput = z.object({
  /** Key of the episode's incident. */
  incident: z.string().min(1),
  /** Since when nobody took care: what tells the rounds of one episode apart. Milliseconds since the epoch. */
  countedFrom: z.number().int(),
  /** Counts the machines of one round, from 0. */
  attempt: z.number().int().min(0),
});
export type EscalationInput = z.infer<typeof EscalationInput>;

export const EscalationOutput = z.object({
  outcome: z.enum(['acknowledged', 'exhausted', 'suppressed', 'over', 'superseded']),
  /** Steps that were taken in this round. */
  level: z.number().int().min(0),
});
export type EscalationOutput = z.infer<typeof EscalationOutput>;
