/**
 * What SNS delivers to an HTTPS endpoint or a queue: an envelope whose Message is text; JSON from CloudWatch alarms, plain
 * text from Budgets. Its signature is checked before it is believed (functions/alert-routing/authenticity.ts).
 */
import * as z from 'zod';
import { timestamp } from './parts/envelope.ts';

export const TopicMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1),
  TopicArn: z.string().startsWith('arn:aws'),
  Subject: z.string().nullish(),
  Message: z.string(),
  Timestamp: timestamp,
  SignatureVersion: z.enum(['1', '2']).optional(),
  Signature: z.string().optional(),
  SigningCertURL: z.string().optional(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
});

export type TopicMessage = z.infer<typeof TopicMessage>;

/** The Message of a CloudWatch alarm; its Region is a name for people, so the region is taken from the ARN. */
export const AlarmNotification = z.object({
  AlarmName: z.string().min(1),
  AlarmArn: z.string().startsWith('arn:aws'),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  NewStateReason: z.string().default(''),
  StateChangeTime: timestamp,
});

export type AlarmNotification = z.infer<typeof AlarmNotification>;
