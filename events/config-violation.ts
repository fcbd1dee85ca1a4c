/** A resource began or ceased to comply with a Config rule (req G2; AWS Config Developer Guide, "Monitoring with EventBridge"). */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const configViolationPattern = {
  source: ['aws.config'],
  'detail-type': ['Config Rules Compliance Change'],
} as const;

export const ConfigViolation = envelope(
  z.object({
    awsAccountId: z.string(),
    awsRegion: z.string(),
    configRuleName: z.string().min(1),
    resourceType: z.string().min(1),
    resourceId: z.string().min(1),
    newEvaluationResult: z.object({
      complianceType: z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA']),
      resultRecordedTime: timestamp,
      annotation: z.string().optional(),
    }),
  }),
);

export type ConfigViolation = z.infer<typeof ConfigViolation>;
