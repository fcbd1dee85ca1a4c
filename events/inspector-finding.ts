/**
 * Inspector found, suppressed or closed a vulnerability. With a delegated administrator the same finding is published in
 * two accounts: it is known by its ARN. Its dates are written for people: "Mar 20, 2023, 6:08:05 PM".
 */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const inspectorFindingPattern = {
  source: ['aws.inspector2'],
  'detail-type': ['Inspector2 Finding'],
} as const;

export const InspectorFinding = envelope(
  z.object({
    findingArn: z.string().startsWith('arn:aws'),
    awsAccountId: z.string(),
    severity: z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED']),
    status: z.enum(['ACTIVE', 'SUPPRESSED', 'CLOSED']),
    title: z.string().default(''),
    description: z.string().default(''),
    type: z.string().default(''),
    updatedAt: z.string().min(1),
    resources: z.array(z.object({ id: z.string(), type: z.string() })).default([]),
  }),
);

export type InspectorFinding = z.infer<typeof InspectorFinding>;
