/** Ours, for whatever has no kind of its own: one alert as a signed webhook. */
import * as z from 'zod';
import { timestamp } from './parts/envelope.ts';

export const GenericAlert = z.object({
  version: z.literal('1'),
  source: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'lower case letters, digits, dots and hyphens'),
  name: z.string().min(1).max(200),
  resource: z.string().min(1).max(1000),
  state: z.enum(['firing', 'resolved']),
  at: timestamp,
  severity: z.enum(['P0', 'P1', 'P2', 'P3']).optional(),
  account: z.string().default(''),
  region: z.string().default(''),
  summary: z.string().max(1000).default(''),
  runbookUrl: z.url({ protocol: /^https$/ }).optional(),
  graphUrl: z.url({ protocol: /^https$/ }).optional(),
  lastsSeconds: z.number().int().positive().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

export type GenericAlert = z.infer<typeof GenericAlert>;
