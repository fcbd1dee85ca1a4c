/**
 * One time series of a Metrics Insights or PromQL alarm changed state. The parent alarm tells the same in sum, so
 * Mainstay takes only one of the two: this one, where it comes. It has no previous state.
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const alarmContributorTransitionPattern = {
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm Contributor State Change'],
} as const;

export const AlarmContributorTransition = envelope(
  z.object({
    alarmName: z.string().min(1),
    alarmContributor: z.object({
      id: z.string().min(1),
      attributes: z.record(z.string(), z.string()).default({}),
    }),
    state: z.object({
      value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      reason: z.string().default(''),
      timestamp,
    }),
    configuration: z.object({ description: z.string().optional() }).default({}),
    alarmTags: z.record(z.string(), z.string()).optional(),
  }),
).extend({ resources: z.tuple([z.string().startsWith('arn:aws')], z.string()) });

export type AlarmContributorTransition = z.infer<typeof AlarmContributorTransition>;
