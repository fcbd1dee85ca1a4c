/** Sentry's webhook for issues (header Sentry-Hook-Resource: issue), signed by the integration's client secret (req O7). */
import * as z from 'zod';

export const SentryIssue = z.object({
  action: z.enum(['created', 'resolved', 'assigned', 'archived', 'ignored', 'unresolved']),
  data: z.object({
    issue: z.object({
      id: z.string().min(1),
      shortId: z.string().default(''),
      title: z.string().min(1),
      culprit: z.string().nullish(),
      level: z.enum(['fatal', 'error', 'warning', 'info', 'debug', 'sample']).default('error'),
      lastSeen: z.string().optional(),
      firstSeen: z.string().optional(),
      permalink: z.string().nullish(),
      web_url: z.string().nullish(),
      project: z.object({ slug: z.string() }).optional(),
    }),
  }),
});

export type SentryIssue = z.infer<typeof SentryIssue>;
