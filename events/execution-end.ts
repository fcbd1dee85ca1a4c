/**
 * An execution of a state machine ended, well or not: a success is the end of the alert that a failure raised. What
 * Mainstay cleans up after its own machines listens to execution-status-change.ts.
 */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const executionEndPattern = {
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
} as const;

export const ExecutionEnd = envelope(
  z.object({
    executionArn: z.string().startsWith('arn:aws:states:'),
    stateMachineArn: z.string().startsWith('arn:aws:states:'),
    name: z.string(),
    status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
    /** Milliseconds since the epoch. */
    stopDate: z.number().int(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
);

export type ExecutionEnd = z.infer<typeof ExecutionEnd>;
