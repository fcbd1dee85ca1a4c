/** Secrets Manager rotated a secret, or could not (Secrets Manager User Guide, "Match events with EventBridge"). */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const rotationOutcomePattern = {
  source: ['aws.secretsmanager'],
  'detail-type': ['AWS Service Event via CloudTrail'],
  detail: { eventName: ['RotationFailed', 'RotationSucceeded'] },
} as const;

export const RotationOutcome = envelope(
  z.object({
    eventName: z.enum(['RotationFailed', 'RotationSucceeded']),
    eventTime: timestamp,
    awsRegion: z.string(),
    errorMessage: z.string().optional(),
    additionalEventData: z.object({ SecretId: z.string().min(1) }),
  }),
);

export type RotationOutcome = z.infer<typeof RotationOutcome>;
