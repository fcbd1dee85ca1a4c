/**
 * Security Hub imported findings in the AWS Security Finding Format, several in one event. Those of GuardDuty and
 * Inspector come by their own events as well, so the pattern leaves them out.
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const securityHubFindingPattern = {
  source: ['aws.securityhub'],
  'detail-type': ['Security Hub Findings - Imported'],
  detail: { findings: { ProductName: [{ 'anything-but': ['GuardDuty', 'Inspector'] }] } },
} as const;

export const SecurityHubFinding = envelope(
  z.object({
    findings: z
      .array(
        z.object({
          Id: z.string().min(1),
          AwsAccountId: z.string(),
          Region: z.string().optional(),
          Title: z.string().default(''),
          Description: z.string().default(''),
          GeneratorId: z.string().default(''),
          ProductName: z.string().default(''),
          UpdatedAt: timestamp,
          Severity: z.object({ Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']) }),
          Workflow: z
            .object({ Status: z.enum(['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED']) })
            .default({ Status: 'NEW' }),
          RecordState: z.enum(['ACTIVE', 'ARCHIVED']).default('ACTIVE'),
          Compliance: z.object({ Status: z.string() }).optional(),
        }),
      )
      .min(1),
  }),
);

export type SecurityHubFinding = z.infer<typeof SecurityHubFinding>;
