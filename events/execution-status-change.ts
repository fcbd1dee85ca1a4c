/**
 * A Step Functions execution changed status. Only the ends that leave work behind: an aborted or timed-out execution
 * never runs its own clean-up. Sent by Step Functions to the default bus; the rule adds the machine's ARN.
 */
import * as z from 'zod';

export const executionStatusChangePattern = {
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
} as const;

export const ExecutionStatusChange = z.object({
  id: z.string(),
  detail: z.object({
    executionArn: z.string().startsWith('arn:aws:states:'),
    stateMachineArn: z.string().startsWith('arn:aws:states:'),
    name: z.string(),
    /** Milliseconds since the epoch. */
    stopDate: z.number().int(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    /** JSON text; null when it is too large for an event. */
    input: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

export type ExecutionStatusChange = z.infer<typeof ExecutionStatusChange>;
