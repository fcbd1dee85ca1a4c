/** The outside of every event that EventBridge delivers, and forms of time that AWS services write. For events/*.ts. */
import * as z from 'zod';

/** CloudWatch writes its offset without a colon: 2026-11-20T03:12:08.551+0000. */
export const timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/, 'an ISO 8601 timestamp');

/** Members that readers use of every event; `detail` by the kind. */
export const envelope = <Detail extends z.ZodType>(detail: Detail) =>
  z.object({
    id: z.string().min(1),
    source: z.string().min(1),
    'detail-type': z.string().min(1),
    account: z.string(),
    region: z.string(),
    time: timestamp,
    resources: z.array(z.string()).default([]),
    detail,
  });

/** What an event's pattern looks like, as EventBridge takes it. */
export type Pattern = Readonly<Record<string, unknown>>;
