/** What a release was found to be about, when it began; the machine carries it from step to step. */
import * as z from 'zod';
import type { ReleaseConfig } from '../shared/config.ts';
import { colour, ReleaseSchema } from './lease.ts';

export const Weights = z.object({
  blue: z.number().int().min(0),
  green: z.number().int().min(0),
  stickySeconds: z.number().int().min(0),
});

export const Schema = z.object({ min: z.number().int(), max: z.number().int() }).nullable();

export const Plan = z.object({
  release: ReleaseSchema,
  kind: z.enum(['push', 'redeploy', 'hotfix', 'roll-back']),
  /** Of the platform: what machines run and answers report. */
  digest: z.string(),
  /** The live colour, and the one that gets the release. */
  from: colour,
  to: colour,
  /** What the live machines run. */
  oldDigest: z.string().nullable(),
  /** Machines that the live colour served with when the release began. */
  size: z.number().int().min(1),
  /** The rule as it was: where a rollback returns to. */
  lastGood: Weights,
  /** Whether users are served here; in a standby region only probes are. */
  role: z.enum(['active', 'standby']),
  startedAt: z.iso.datetime(),
  /** Alarms that were not OK when a hotfix began: they judge nothing. */
  redAlarms: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;

export const PlanInput = z.object({ plan: Plan });

/** Those that were red before a hotfix began are no reason against it. */
export const alarmsOf = ({ policy }: Pick<ReleaseConfig, 'policy'>, { redAlarms }: Pick<Plan, 'redAlarms'>): string[] =>
  policy.alarms.filter((name) => !redAlarms.includes(name));
