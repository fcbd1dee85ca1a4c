/**
 * Somebody did what deserves a look, seen by CloudTrail: changes of security groups, identities, bucket policies, keys and
 * the trail itself, and deletions of backups (req G1). An action has no end: the alert runs out by itself.
 */
import * as z from 'zod';
import { envelope, timestamp } from './parts/envelope.ts';

export const trailViolationPattern = {
  'detail-type': ['AWS API Call via CloudTrail', 'AWS Console Sign In via CloudTrail'],
  detail: {
    eventName: [
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
      'CreateUser',
      'CreateAccessKey',
      'AttachUserPolicy',
      'AttachRolePolicy',
      'PutRolePolicy',
      'PutUserPolicy',
      'UpdateAssumeRolePolicy',
      'PutBucketPolicy',
      'DeleteBucketPolicy',
      'PutBucketAcl',
      'DeletePublicAccessBlock',
      'ScheduleKeyDeletion',
      'DisableKey',
      'StopLogging',
      'DeleteTrail',
      'DeleteRecoveryPoint',
      'DeleteBackupVault',
      'ConsoleLogin',
    ],
  },
} as const;

export const TrailViolation = envelope(
  z.object({
    eventID: z.string().min(1),
    eventName: z.string().min(1),
    eventSource: z.string().min(1),
    eventTime: timestamp,
    awsRegion: z.string(),
    userIdentity: z.object({ type: z.string(), arn: z.string().optional() }),
    errorCode: z.string().optional(),
  }),
);

export type TrailViolation = z.infer<typeof TrailViolation>;
