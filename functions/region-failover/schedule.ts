/** What EventBridge Scheduler sends to the functions that run each minute. */
import * as z from 'zod';

export const ScheduledInput = z.object({
  /** The minute that was due, not the moment of delivery: late and doubled deliveries carry the same one. */
  scheduledAt: z.iso.datetime(),
});
