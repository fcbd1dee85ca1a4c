/** AWS itself has, had or will have trouble that touches this account (AWS Health User Guide, "Event schema"). */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const healthEventPattern = {
  source: ['aws.health'],
  'detail-type': ['AWS Health Event'],
} as const;

export const HealthEvent = envelope(
  z.object({
    eventArn: z.string().startsWith('arn:aws'),
    service: z.string().min(1),
    eventTypeCode: z.string().min(1),
    eventTypeCategory: z.enum(['issue', 'accountNotification', 'scheduledChange', 'investigation']),
    eventRegion: z.string().optional(),
    statusCode: z.enum(['open', 'closed', 'upcoming']).default('open'),
    /** Written for people: "Fri, 27 Nov 2026 08:00:00 GMT". */
    startTime: z.string().min(1),
    endTime: z.string().optional(),
    lastUpdatedTime: z.string().optional(),
    eventDescription: z.array(z.object({ latestDescription: z.string() })).default([]),
    affectedEntities: z.array(z.object({ entityValue: z.string() })).default([]),
  }),
);

export type HealthEvent = z.infer<typeof HealthEvent>;
