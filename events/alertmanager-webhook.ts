/**
 * Prometheus Alertmanager's webhook, version 4, and the alerts of its API (`POST /api/v2/alerts`). The webhook is unsigned by
 * itself: a proxy or the sender adds ours. `endsAt` of year 1 is none. truncatedAlerts above 0: members are missing.
 */
import * as z from 'zod';

const labels = z.record(z.string(), z.string());

export const AlertmanagerWebhook = z.object({
  version: z.literal('4'),
  groupKey: z.string().default(''),
  truncatedAlerts: z.number().int().min(0).default(0),
  externalURL: z.string().default(''),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels,
      annotations: labels.default({}),
      startsAt: z.string(),
      endsAt: z.string().default(''),
      generatorURL: z.string().default(''),
      fingerprint: z.string().default(''),
    }),
  ),
});

export type AlertmanagerWebhook = z.infer<typeof AlertmanagerWebhook>;

/** One of `POST /api/v2/alerts`; times left out are for the receiver to fill in. */
export const PostedAlert = z.object({
  labels: labels.refine((own) => Object.keys(own).length > 0, 'at least one label'),
  annotations: labels.default({}),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  generatorURL: z.string().default(''),
});

export type PostedAlert = z.infer<typeof PostedAlert>;
