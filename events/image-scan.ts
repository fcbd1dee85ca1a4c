/**
 * A basic scan of an image is over. Only wakes the admission of an image that waits for it: what was found is read from
 * ECR. Sent by ECR to the default bus, best effort; the rule adds the repository.
 */
import * as z from 'zod';

export const imageScanPattern = {
  source: ['aws.ecr'],
  'detail-type': ['ECR Image Scan'],
  detail: { 'scan-status': [{ exists: true }] },
} as const;

export const ImageScan = z.object({
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    'repository-name': z.string().min(1),
    'image-digest': z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest: sha256: and 64 hexadecimal digits'),
    'scan-status': z.string().min(1),
  }),
});

export type ImageScan = z.infer<typeof ImageScan>;
