/** AWS Cost Anomaly Detection found unusual spending (Cost Management User Guide, "Using EventBridge"). It has no end. */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const costAnomalyPattern = { source: ['aws.ce'], 'detail-type': ['Anomaly Detected'] } as const;

export const CostAnomaly = envelope(
  z.object({
    anomalyId: z.string().min(1),
    accountId: z.string().optional(),
    anomalyEndDate: timestamp.optional(),
    anomalyStartDate: timestamp.optional(),
    impact: z.object({ totalImpact: z.number(), maxImpact: z.number().optional() }),
    rootCauses: z
      .array(
        z.object({ service: z.string().optional(), region: z.string().optional(), usageType: z.string().optional() }),
      )
      .default([]),
    monitorName: z.string().optional(),
    anomalyDetailsLink: z.string().optional(),
  }),
);

export type CostAnomaly = z.infer<typeof CostAnomaly>;
