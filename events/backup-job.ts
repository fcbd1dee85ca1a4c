/** A backup, copy or restore job ended (AWS Backup Developer Guide, "Monitoring with EventBridge"). A later success ends the alert. */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const backupJobPattern = {
  source: ['aws.backup'],
  'detail-type': ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change'],
} as const;

export const BackupJob = envelope(
  z.object({
    state: z.enum([
      'CREATED',
      'PENDING',
      'RUNNING',
      'ABORTING',
      'ABORTED',
      'COMPLETED',
      'FAILED',
      'EXPIRED',
      'PARTIAL',
    ]),
    resourceArn: z.string().optional(),
    resourceType: z.string().optional(),
    backupVaultName: z.string().optional(),
    statusMessage: z.string().optional(),
    completionDate: timestamp.optional(),
    /** Restore and copy jobs say `status` in older events; the id tells which job. */
    backupJobId: z.string().optional(),
    copyJobId: z.string().optional(),
    restoreJobId: z.string().optional(),
  }),
);

export type BackupJob = z.infer<typeof BackupJob>;
