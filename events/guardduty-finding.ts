/**
 * GuardDuty found something, or found it again: repeats carry the same id and a higher count. Severity is a number from 1
 * to 10 (GuardDuty User Guide, "Processing GuardDuty findings with EventBridge").
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const guarddutyFindingPattern = {
  source: ['aws.guardduty'],
  'detail-type': ['GuardDuty Finding'],
} as const;

export const GuarddutyFinding = envelope(
  z.object({
    id: z.string().min(1),
    accountId: z.string(),
    region: z.string(),
    type: z.string().min(1),
    severity: z.number().min(0).max(10),
    title: z.string().default(''),
    description: z.string().default(''),
    updatedAt: timestamp,
    service: z.object({ archived: z.boolean().default(false), count: z.number().default(1) }).default({
      archived: false,
      count: 1,
    }),
  }),
);

export type GuarddutyFinding = z.infer<typeof GuarddutyFinding>;
