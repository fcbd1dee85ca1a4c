/**
 * From whatever comes in to signals: the one door for every source. Nothing that comes in is lost: what no reader knows,
 * or a reader refuses, is a signal of kind `unknown` for the default owner, with its input redacted. Pure; never throws.
 */
import type * as z from 'zod';
import { AlarmContributorTransition } from '../../events/alarm-contributor-transition.ts';
import { AlarmDeletion } from '../../events/alarm-deletion.ts';
import { AlarmTransition } from '../../events/alarm-transition.ts';
import { AlertmanagerWebhook } from '../../events/alertmanager-webhook.ts';
import { BackupJob } from '../../events/backup-job.ts';
import { BudgetAlert } from '../../events/budget-alert.ts';
import { CanaryRun } from '../../events/canary-run.ts';
import { ConfigViolation } from '../../events/config-violation.ts';
import { CostAnomaly } from '../../events/cost-anomaly.ts';
import { ExecutionEnd } from '../../events/execution-end.ts';
import { GenericAlert } from '../../events/generic-alert.ts';
import { GuarddutyFinding } from '../../events/guardduty-finding.ts';
import { HealthEvent } from '../../events/health-event.ts';
import { ImageScan } from '../../events/image-scan.ts';
import { InspectorFinding } from '../../events/inspector-finding.ts';
import { OperationsAlert } from '../../events/operations-alert.ts';
import { RotationOutcome } from '../../events/rotation-outcome.ts';
import { SecurityHubFinding } from '../../events/security-hub-finding.ts';
import { SentryIssue } from '../../events/sentry-issue.ts';
import { AlarmNotification, TopicMessage } from '../../events/topic-message.ts';
import { TrailViolation } from '../../events/trail-violation.ts';
import { InvalidInput } from '../shared/errors.ts';
import { parse } from '../shared/parse.ts';
import { digest } from './keys.ts';
import { redacted, redactText } from './redact.ts';
import type { Signal } from './signal.ts';
import * as cloudwatch from './sources/cloudwatch.ts';
import { type Context, DAY_MS, signal } from './sources/common.ts';
import * as findings from './sources/findings.ts';
import * as operations from './sources/operations.ts';
import * as webhooks from './sources/webhooks.ts';

export interface Reading {
  /** The file in events/, or 'unknown'. */
  readonly kind: string;
  /** None where the input says nothing about an alert, such as a backup that has begun. */
  readonly signals: readonly Signal[];
  /** Why it is unknown; null when it was understood. */
  readonly problem: string | null;
}

interface Reader {
  readonly kind: string;
  readonly read: (input: unknown, context: Context) => Signal[];
}

const reader = <S extends z.ZodType>(
  kind: string,
  schema: S,
  signals: (value: z.infer<S>, context: Context) => Signal[],
): Reader => ({ kind, read: (input, context) => signals(parse(schema, input, kind), context) });

const trail = reader('trail-violation', TrailViolation, findings.ofTrail);

/** By `source` and `detail-type`; '*' for any source. */
const BY_EVENT: Readonly<Record<string, Reader>> = {
  'aws.cloudwatch|CloudWatch Alarm State Change': reader('alarm-transition', AlarmTransition, cloudwatch.ofTransition),
  'aws.cloudwatch|CloudWatch Alarm Contributor State Change': reader(
    'alarm-contributor-transition',
    AlarmContributorTransition,
    cloudwatch.ofContributor,
  ),
  'aws.cloudwatch|CloudWatch Alarm Configuration Change': reader(
    'alarm-deletion',
    AlarmDeletion,
    cloudwatch.ofDeletion,
  ),
  'aws.guardduty|GuardDuty Finding': reader('guardduty-finding', GuarddutyFinding, findings.ofGuardduty),
  'aws.securityhub|Security Hub Findings - Imported': reader(
    'security-hub-finding',
    SecurityHubFinding,
    findings.ofSecurityHub,
  ),
  'aws.inspector2|Inspector2 Finding': reader('inspector-finding', InspectorFinding, findings.ofInspector),
  'aws.health|AWS Health Event': reader('health-event', HealthEvent, findings.ofHealth),
  'aws.config|Config Rules Compliance Change': reader('config-violation', ConfigViolation, findings.ofConfig),
  'aws.ecr|ECR Image Scan': reader('image-scan', ImageScan, findings.ofImageScan),
  'aws.ce|Anomaly Detected': reader('cost-anomaly', CostAnomaly, operations.ofCost),
  'aws.synthetics|Synthetics Canary TestRun Failure': reader('canary-run', CanaryRun, operations.ofCanary),
  'aws.synthetics|Synthetics Canary TestRun Successful': reader('canary-run', CanaryRun, operations.ofCanary),
  'aws.states|Step Functions Execution Status Change': reader('execution-end', ExecutionEnd, operations.ofExecution),
  'aws.backup|Backup Job State Change': reader('backup-job', BackupJob, operations.ofBackup),
  'aws.backup|Copy Job State Change': reader('backup-job', BackupJob, operations.ofBackup),
  'aws.backup|Restore Job State Change': reader('backup-job', BackupJob, operations.ofBackup),
  'aws.secretsmanager|AWS Service Event via CloudTrail': reader(
    'rotation-outcome',
    RotationOutcome,
    operations.ofRotation,
  ),
  'mainstay|Operations alert': reader('operations-alert', OperationsAlert, operations.ofMainstay),
  '*|AWS API Call via CloudTrail': trail,
  '*|AWS Console Sign In via CloudTrail': trail,
};

const topic = reader('topic-message', TopicMessage, () => []);
const notification = reader('topic-message', AlarmNotification, cloudwatch.ofNotification);
const budget = reader('budget-alert', BudgetAlert, operations.ofBudget);
const alertmanager = reader('alertmanager-webhook', AlertmanagerWebhook, webhooks.ofWebhook);
const sentry = reader('sentry-issue', SentryIssue, webhooks.ofSentry);
const generic = reader('generic-alert', GenericAlert, webhooks.ofGeneric);

type Members = Readonly<Record<string, unknown>>;

const has = (input: Members, ...names: string[]): boolean => names.every((name) => name in input);

/** Who reads it, by what it looks like; null when nobody does. */
function readerOf(input: unknown): Reader | null {
  if (typeof input === 'string') return budget;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const members = input as Members;
  if (has(members, 'detail-type', 'source')) {
    const type = String(members['detail-type']);
    const own = BY_EVENT[`${String(members.source)}|${type}`] ?? BY_EVENT[`*|${type}`];
    return own ?? null;
  }
  if (has(members, 'TopicArn', 'Message')) return topic;
  if (has(members, 'AlarmArn', 'NewStateValue')) return notification;
  if (has(members, 'version', 'alerts')) return alertmanager;
  if (has(members, 'action', 'data')) return sentry;
  if (has(members, 'version', 'resource', 'state')) return generic;
  return null;
}

/** Reads an event, a webhook's body or a topic's message, parsed or as text. */
export function read(input: unknown, context: Context): Reading {
  const value = typeof input === 'string' ? fromText(input) : input;
  const chosen = readerOf(value);
  if (!chosen) return unknown(value, 'no source that Mainstay knows', context);
  try {
    const signals = chosen.read(value, context).map((one) => bounded(one, context));
    return chosen === topic ? readTopic(value as TopicMessage, context) : { kind: chosen.kind, signals, problem: null };
  } catch (error) {
    if (error instanceof InvalidInput) return unknown(value, error.message, context);
    return unknown(value, `${chosen.kind} could not be read: ${(error as Error).message}`, context);
  }
}

/** JSON where it is JSON, else the text. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A confirmation is no alert: who subscribes is decided elsewhere, and its URL is never followed from here. */
function readTopic(message: TopicMessage, context: Context): Reading {
  if (message.Type !== 'Notification') return { kind: 'topic-message', signals: [], problem: null };
  const inner = fromText(message.Message);
  // One envelope is enough; an envelope in an envelope is nobody's.
  if (readerOf(inner) === topic) return unknown(message, 'a topic message within a topic message', context);
  const at = Date.parse(message.Timestamp);
  return read(inner, Number.isNaN(at) ? context : { now: at });
}

const TEXT_MAX = 4000;
const NAME_MAX = 500;
const LABELS_MAX = 64;
const RAW_MAX = 8000;
const AHEAD_MS_MAX = 60_000;

/** Nothing that a source writes may be too large to be kept, nor carry a secret on. */
function bounded(one: Signal, { now }: Context): Signal {
  const labels = Object.entries(one.labels);
  const isSmall =
    one.summary.length <= TEXT_MAX &&
    one.description.length <= TEXT_MAX &&
    one.name.length <= NAME_MAX &&
    labels.length <= LABELS_MAX;
  return {
    ...one,
    // A clock that is far ahead would outlast every end: then what counts is when it came.
    at: one.at > now + AHEAD_MS_MAX ? now : one.at,
    resource: redactText(one.resource),
    name: redactText(one.name.slice(0, NAME_MAX)),
    summary: redactText(isSmall ? one.summary : one.summary.slice(0, TEXT_MAX)),
    description: redactText(isSmall ? one.description : one.description.slice(0, TEXT_MAX)),
    labels: Object.fromEntries(
      labels.slice(0, LABELS_MAX).map(([name, text]) => [name, redactText(isSmall ? text : text.slice(0, NAME_MAX))]),
    ),
  };
}

/** Each of these is an alert of its own, that runs out after a day: somebody looks at it, and nothing stays open for ever. */
function unknown(value: unknown, problem: string, { now }: Context): Reading {
  const raw = redacted(value, RAW_MAX);
  const members = (typeof value === 'object' && value !== null ? value : {}) as Members;
  const text = (name: string): string =>
    typeof members[name] === 'string' ? (members[name] as string).slice(0, 100) : '';
  const written = Date.parse(text('time'));
  const at = Number.isNaN(written) ? now : Math.min(written, now);
  const source = text('source') || 'unknown';
  const one = signal({
    kind: 'unknown',
    source,
    account: text('account'),
    region: text('region'),
    resource: digest(raw),
    name: `unreadable: ${text('detail-type') || source}`,
    state: 'firing',
    at,
    until: now + DAY_MS,
    summary: redactText(problem).slice(0, TEXT_MAX),
    raw,
  });
  return { kind: 'unknown', signals: [one], problem: one.summary };
}
