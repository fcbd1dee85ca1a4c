/**
 * A run of a Synthetics canary passed or failed, one event for each. These are best effort: nothing of the gravest kind
 * may rest on them alone, but on the canary's alarm.
 */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const canaryRunPattern = {
  source: ['aws.synthetics'],
  'detail-type': ['Synthetics Canary TestRun Failure', 'Synthetics Canary TestRun Successful'],
} as const;

export const CanaryRun = envelope(
  z.object({
    'account-id': z.string(),
    'canary-id': z.string().min(1),
    'canary-name': z.string().min(1),
    'canary-run-id': z.string().min(1),
    /** Seconds since the epoch. */
    'canary-run-timeline': z.object({ completed: z.number(), started: z.number().optional() }),
    'test-run-status': z.string(),
    'state-reason': z.string().optional(),
    message: z.string().optional(),
  }),
);

export type CanaryRun = z.infer<typeof CanaryRun>;
