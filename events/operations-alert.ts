/**
 * Ours: what Mainstay's own functions and machines have to say to people, and its heartbeat. Put on the default bus of the
 * region it is about.
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const operationsAlertPattern = { source: ['mainstay'], 'detail-type': ['Operations alert'] } as const;

export const OperationsAlert = envelope(
  z.object({
    application: z.string().min(1),
    /** The slug that speaks. */
    slug: z.string().min(1),
    name: z.string().min(1),
    /** What it is about: with the application and the slug the identity. */
    resource: z.string().min(1),
    state: z.enum(['firing', 'resolved']),
    severity: z.enum(['P0', 'P1', 'P2', 'P3']),
    at: timestamp,
    summary: z.string().min(1).max(1000),
    runbookUrl: z.url().optional(),
    /** After so long without being said again it is over; left out: until resolved. */
    lastsSeconds: z.number().int().positive().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
);

export type OperationsAlert = z.infer<typeof OperationsAlert>;
