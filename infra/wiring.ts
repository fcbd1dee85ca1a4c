/**
 * Who reacts to what: the one table. Stacks make rules and schedules from it; no CDK import, so that the console, the
 * simulator and the tests can read it too. The functions a machine calls are in its ASL file, not here.
 */
import { alarmContributorTransitionPattern } from '../events/alarm-contributor-transition.ts';
import { alarmDeletionPattern } from '../events/alarm-deletion.ts';
import { alarmStateChangePattern } from '../events/alarm-state-change.ts';
import { alarmTransitionPattern } from '../events/alarm-transition.ts';
import { backupJobPattern } from '../events/backup-job.ts';
import { canaryRunPattern } from '../events/canary-run.ts';
import { configViolationPattern } from '../events/config-violation.ts';
import { costAnomalyPattern } from '../events/cost-anomaly.ts';
import { executionEndPattern } from '../events/execution-end.ts';
import { executionStatusChangePattern } from '../events/execution-status-change.ts';
import { failoverDecisionPattern } from '../events/failover-decision.ts';
import { failoverRequestPattern } from '../events/failover-request.ts';
import { guarddutyFindingPattern } from '../events/guardduty-finding.ts';
import { healthEventPattern } from '../events/health-event.ts';
import { imagePushPattern } from '../events/image-push.ts';
import { imageScanPattern } from '../events/image-scan.ts';
import { inspectorFindingPattern } from '../events/inspector-finding.ts';
import { operationsAlertPattern } from '../events/operations-alert.ts';
import { releaseDecisionPattern } from '../events/release-decision.ts';
import { releaseRequestPattern } from '../events/release-request.ts';
import { rotationOutcomePattern } from '../events/rotation-outcome.ts';
import { securityHubFindingPattern } from '../events/security-hub-finding.ts';
import { trailViolationPattern } from '../events/trail-violation.ts';

export interface EventRow {
  readonly slug: string;
  readonly id: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  /** Never a machine: EventBridge gives an execution no name, so an event that comes twice would be two executions. */
  readonly starts: { readonly function: string };
  /** Kept in a queue on the way, where to lose the event would be to lose a page. */
  readonly through?: 'queue';
  readonly because: string;
}

/** A function that can be called from outside, under a URL of its own; each checks who calls. */
export interface UrlRow {
  readonly slug: string;
  readonly id: string;
  readonly starts: { readonly function: string };
  readonly because: string;
}

export interface ScheduleRow {
  readonly slug: string;
  readonly id: string;
  readonly everyMinutes: number;
  /** serving: in both regions that serve. all: in the witness too. */
  readonly where: 'serving' | 'all';
  readonly starts: { readonly function: string };
  readonly because: string;
}

export const events: readonly EventRow[] = [
  {
    slug: 'region-failover',
    id: 'alarm',
    pattern: alarmStateChangePattern,
    starts: { function: 'declare' },
    because: 'the other region has not answered for the whole dwell, as seen from here',
  },
  {
    slug: 'region-failover',
    id: 'request',
    pattern: failoverRequestPattern,
    starts: { function: 'declare' },
    because: 'a person asks for the move',
  },
  {
    slug: 'region-failover',
    id: 'decision',
    pattern: failoverDecisionPattern,
    starts: { function: 'answer' },
    because: 'a person answers an open question of a failover',
  },
  {
    slug: 'region-failover',
    id: 'clean-up',
    pattern: executionStatusChangePattern,
    starts: { function: 'start-clean-up' },
    because: 'a failover execution ended without being able to clean up after itself',
  },
  {
    slug: 'alert-routing',
    id: 'alarm-contributor-transition',
    pattern: alarmContributorTransitionPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'one time series of an alarm fires or is well again',
  },
  {
    slug: 'alert-routing',
    id: 'alarm-deletion',
    pattern: alarmDeletionPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'an alarm is deleted, and will never say that it is well',
  },
  {
    slug: 'alert-routing',
    id: 'alarm-transition',
    pattern: alarmTransitionPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'an alarm changes state',
  },
  {
    slug: 'alert-routing',
    id: 'backup-job',
    pattern: backupJobPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'a backup, copy or restore ends',
  },
  {
    slug: 'alert-routing',
    id: 'canary-run',
    pattern: canaryRunPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'a canary ran',
  },
  {
    slug: 'alert-routing',
    id: 'config-violation',
    pattern: configViolationPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'a resource is no longer as the rules want it',
  },
  {
    slug: 'alert-routing',
    id: 'cost-anomaly',
    pattern: costAnomalyPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'costs are unusual',
  },
  {
    slug: 'alert-routing',
    id: 'execution-end',
    pattern: executionEndPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'a state machine ends badly',
  },
  {
    slug: 'alert-routing',
    id: 'guardduty-finding',
    pattern: guarddutyFindingPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'GuardDuty found something',
  },
  {
    slug: 'alert-routing',
    id: 'health-event',
    pattern: healthEventPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'AWS itself is unwell',
  },
  {
    slug: 'alert-routing',
    id: 'image-scan',
    pattern: imageScanPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'an image has known flaws',
  },
  {
    slug: 'alert-routing',
    id: 'inspector-finding',
    pattern: inspectorFindingPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'Inspector found a flaw',
  },
  {
    slug: 'alert-routing',
    id: 'operations-alert',
    pattern: operationsAlertPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'Mainstay has something to say, its heartbeat included',
  },
  {
    slug: 'alert-routing',
    id: 'rotation-outcome',
    pattern: rotationOutcomePattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'a rotation of a secret ended',
  },
  {
    slug: 'alert-routing',
    id: 'security-hub-finding',
    pattern: securityHubFindingPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'Security Hub imported findings',
  },
  {
    slug: 'alert-routing',
    id: 'trail-violation',
    pattern: trailViolationPattern,
    starts: { function: 'intake' },
    through: 'queue',
    because: 'somebody did what nobody should do',
  },
  {
    slug: 'blue-green',
    id: 'push',
    pattern: imagePushPattern,
    starts: { function: 'admit' },
    because: 'an image with a release tag is in the repository',
  },
  {
    slug: 'blue-green',
    id: 'scan',
    pattern: imageScanPattern,
    starts: { function: 'admit' },
    because: 'an image that waits for its scan need not wait for the next minute',
  },
  {
    slug: 'blue-green',
    id: 'request',
    pattern: releaseRequestPattern,
    starts: { function: 'admit' },
    because: 'a person asks for a digest again, or for a hotfix',
  },
  {
    slug: 'blue-green',
    id: 'decision',
    pattern: releaseDecisionPattern,
    starts: { function: 'steer' },
    because: 'a person pauses, resumes, promotes, approves or rolls back a release',
  },
  {
    slug: 'blue-green',
    id: 'clean-up',
    pattern: executionStatusChangePattern,
    starts: { function: 'start-clean-up' },
    because: 'a release ended without being able to clean up after itself',
  },
];

export const schedules: readonly ScheduleRow[] = [
  {
    slug: 'region-failover',
    id: 'observe',
    everyMinutes: 1,
    where: 'all',
    starts: { function: 'observe' },
    because: 'each run votes for two minutes, so one missed start leaves no gap',
  },
  {
    slug: 'region-failover',
    id: 'reconcile',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'reconcile' },
    because: 'events may be lost and executions may die; the state of things is looked at as well',
  },
  {
    slug: 'region-failover',
    id: 'mend-latch',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'mend-latch' },
    because: 'a move turns two of three latch objects; the third follows when its region is back',
  },
  {
    slug: 'alert-routing',
    id: 'dispatch',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'dispatch' },
    because: 'a delayed message that sets the clock may be lost; what is due is looked for as well',
  },
  {
    slug: 'alert-routing',
    id: 'follow',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'follow' },
    because: 'a message may be lost and an execution may die; every open incident is looked at as well',
  },
  {
    slug: 'alert-routing',
    id: 'remediate',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'remediate' },
    because: 'a remediation that was held may be possible now, and one that was started has an end',
  },
  {
    slug: 'alert-routing',
    id: 'heartbeat',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'heartbeat' },
    because: 'a router that is dead says nothing; a monitor outside expects to hear from it',
  },
  {
    slug: 'alert-routing',
    id: 'sweep',
    everyMinutes: 5,
    where: 'serving',
    starts: { function: 'sweep' },
    because: 'events may be lost; the alarms themselves are asked',
  },
  {
    slug: 'blue-green',
    id: 'reconcile',
    everyMinutes: 1,
    where: 'serving',
    starts: { function: 'reconcile' },
    because: 'pushes may be lost, evidence comes late, and a release that waits needs somebody to start it',
  },
  {
    slug: 'blue-green',
    id: 'reap',
    everyMinutes: 15,
    where: 'serving',
    starts: { function: 'reap' },
    because: 'the old colour is kept until its deadline and then let go, by nobody who released anything',
  },
  {
    slug: 'blue-green',
    id: 'export',
    everyMinutes: 15,
    where: 'serving',
    starts: { function: 'export' },
    because: 'what is recorded goes where nobody can change it',
  },
];

export const urls: readonly UrlRow[] = [
  {
    slug: 'alert-routing',
    id: 'webhook',
    starts: { function: 'webhook' },
    because: 'Alertmanager, Sentry, PagerDuty and others tell by signed webhooks',
  },
  {
    slug: 'alert-routing',
    id: 'acknowledge',
    starts: { function: 'acknowledge' },
    because: 'people acknowledge and silence by the signed links in messages',
  },
];
