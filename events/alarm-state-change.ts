/**
 * A CloudWatch alarm changed state. Mainstay listens to one metric of its own: RegionFailing, which the observers emit
 * for every region they probe. Sent by CloudWatch to the default bus of the alarm's region.
 */
import * as z from 'zod';

/** Only the transition into ALARM, and only of alarms on RegionFailing. */
export const alarmStateChangePattern = {
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm State Change'],
  detail: {
    state: { value: ['ALARM'] },
    configuration: {
      metrics: { metricStat: { metric: { namespace: ['Mainstay'], name: ['RegionFailing'] } } },
    },
  },
} as const;

/** CloudWatch writes its offset without a colon: 2026-11-20T03:12:08.551+0000. */
const timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/, 'an ISO 8601 timestamp');

export const AlarmStateChange = z.object({
  id: z.string(),
  region: z.string(),
  resources: z.tuple([z.string().startsWith('arn:aws:cloudwatch:')], z.string()),
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.literal('ALARM'), timestamp, reason: z.string().optional() }),
    configuration: z.object({
      metrics: z.tuple(
        [
          z.object({
            metricStat: z.object({
              metric: z.object({
                name: z.literal('RegionFailing'),
                dimensions: z.object({ application: z.string(), region: z.string() }),
              }),
            }),
          }),
        ],
        z.unknown(),
      ),
    }),
  }),
});

export type AlarmStateChange = z.infer<typeof AlarmStateChange>;
