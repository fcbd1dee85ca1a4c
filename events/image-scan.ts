/**
 * A basic scan of an image in ECR finished. Severities without findings are left out of the counts. Enhanced scans come
 * from Inspector instead.
 */
import * as z from 'zod';
import { envelope } from './parts/envelope.ts';

export const imageScanPattern = { source: ['aws.ecr'], 'detail-type': ['ECR Image Scan'] } as const;

const count = z.number().int().min(0).default(0);

export const ImageScan = envelope(
  z.object({
    'scan-status': z.enum(['COMPLETE', 'FAILED']),
    'repository-name': z.string().min(1),
    'image-digest': z.string().startsWith('sha256:'),
    'image-tags': z.array(z.string()).default([]),
    'finding-severity-counts': z
      .object({ CRITICAL: count, HIGH: count, MEDIUM: count, LOW: count })
      .default({ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0 }),
  }),
);

export type ImageScan = z.infer<typeof ImageScan>;
