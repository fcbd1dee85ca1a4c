/**
 * Any CloudWatch alarm changed state: metric, composite, metric-filter and anomaly alarms alike. Sent to the default bus
 * of the alarm's region, also while the alarm's actions are muted or suppressed, and in rare cases twice (CloudWatch User
 * Guide, "Alarm events and EventBridge"). Region failover listens to one metric of these: alarm-state-change.ts.
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const alarmTransitionPattern = {
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm State Change'],
} as const;

export const AlarmTransition = envelope(
  z.object({
    alarmName: z.string().min(1),
    state: z.object({
      value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      reason: z.string().default(''),
      /** When it became so. What orders events; `time` has seconds only. */
      timestamp,
      actionsSuppressedBy: z.string().optional(),
      actionsSuppressedReason: z.string().optional(),
    }),
    configuration: z.object({ description: z.string().optional(), alarmRule: z.string().optional() }).default({}),
    muteDetail: z
      .object({ mutedByArn: z.string(), muteWindowStart: timestamp.optional(), muteWindowEnd: timestamp.optional() })
      .optional(),
    /** Present where the alarm propagates its tags. */
    alarmTags: z.record(z.string(), z.string()).optional(),
  }),
).extend({ resources: z.tuple([z.string().startsWith('arn:aws')], z.string()) });

export type AlarmTransition = z.infer<typeof AlarmTransition>;
