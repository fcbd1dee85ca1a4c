/** A CloudWatch alarm was deleted. One that was in ALARM sends no OK any more: this is its end. */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const alarmDeletionPattern = {
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm Configuration Change'],
  detail: { operation: ['delete'] },
} as const;

export const AlarmDeletion = envelope(
  z.object({ alarmName: z.string().min(1), operation: z.literal('delete') }),
).extend({ resources: z.tuple([z.string().startsWith('arn:aws')], z.string()) });

export type AlarmDeletion = z.infer<typeof AlarmDeletion>;
