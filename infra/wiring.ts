/**
 * Who reacts to what: the one table. Stacks make rules and schedules from it; no CDK import, so that the console, the
 * simulator and the tests can read it too. The functions a machine calls are in its ASL file, not here.
 */
import { alarmStateChangePattern } from '../events/alarm-state-change.ts';
import { executionStatusChangePattern } from '../events/execution-status-change.ts';
import { failoverDecisionPattern } from '../events/failover-decision.ts';
import { failoverRequestPattern } from '../events/failover-request.ts';
import { imagePushPattern } from '../events/image-push.ts';
import { imageScanPattern } from '../events/image-scan.ts';
import { releaseDecisionPattern } from '../events/release-decision.ts';
import { releaseRequestPattern } from '../events/release-request.ts';

export interface EventRow {
  readonly slug: string;
  readonly id: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  /** Never a machine: EventBridge gives an execution no name, so an event that comes twice would be two executions. */
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
