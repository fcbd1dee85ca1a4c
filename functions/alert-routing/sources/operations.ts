/** Signals of what runs: canaries, executions, backups, rotations, costs, and Mainstay itself. Pure. */
import type { BackupJob } from '../../../events/backup-job.ts';
import type { BudgetAlert } from '../../../events/budget-alert.ts';
import type { CanaryRun } from '../../../events/canary-run.ts';
import type { CostAnomaly } from '../../../events/cost-anomaly.ts';
import type { ExecutionEnd } from '../../../events/execution-end.ts';
import type { OperationsAlert } from '../../../events/operations-alert.ts';
import type { RotationOutcome } from '../../../events/rotation-outcome.ts';
import type { Signal } from '../signal.ts';
import { arnParts, type Context, DAY_MS, moment, NO_LINKS, signal, webLink } from './common.ts';

/** Best effort and one event per run, so never graver than P2: the canary's alarm is what pages. */
export function ofCanary({ detail, account, region, ...event }: CanaryRun): Signal[] {
  const failed = event['detail-type'] === 'Synthetics Canary TestRun Failure';
  return [
    signal({
      kind: 'canary-run',
      source: 'aws.synthetics',
      account,
      region,
      resource: detail['canary-name'],
      name: `canary ${detail['canary-name']}`,
      state: failed ? 'firing' : 'resolved',
      at: Math.round(detail['canary-run-timeline'].completed * 1000),
      severity: 'P2',
      summary: detail['state-reason'] ?? detail.message ?? detail['test-run-status'],
      labels: { canary: detail['canary-name'] },
    }),
  ];
}

export function ofExecution({ detail, account, region }: ExecutionEnd): Signal[] {
  const machine = arnParts(detail.stateMachineArn).resource.replace(/^stateMachine:/, '');
  const failed = detail.status !== 'SUCCEEDED';
  return [
    signal({
      kind: 'execution-end',
      source: 'aws.states',
      account,
      region,
      resource: detail.stateMachineArn,
      name: `execution of ${machine}`,
      state: failed ? 'firing' : 'resolved',
      at: detail.stopDate,
      severity: 'P2',
      summary: `${detail.name} ended ${detail.status}${detail.error ? ` with ${detail.error}` : ''}`,
      labels: { machine },
    }),
  ];
}

const JOB_ENDS = {
  COMPLETED: 'resolved',
  ABORTED: 'firing',
  FAILED: 'firing',
  EXPIRED: 'firing',
  PARTIAL: 'firing',
} as const;

/** Jobs under way say nothing yet. */
export function ofBackup(event: BackupJob, { now }: Context): Signal[] {
  const { detail, account, region, time } = event;
  const state = JOB_ENDS[detail.state as keyof typeof JOB_ENDS];
  if (state === undefined) return [];
  const what = event['detail-type'].replace(' State Change', '').toLowerCase();
  const resource = detail.resourceArn ?? event.resources[0] ?? detail.backupVaultName ?? '';
  return [
    signal({
      kind: 'backup-job',
      source: 'aws.backup',
      account,
      region,
      resource: `${what}/${resource}`,
      name: what,
      state,
      at: moment(detail.completionDate ?? time, now),
      severity: 'P2',
      summary: `${what} of ${resource || 'an unnamed resource'} is ${detail.state}`,
      description: detail.statusMessage ?? '',
      labels: { resourceType: detail.resourceType ?? '', vault: detail.backupVaultName ?? '' },
    }),
  ];
}

export function ofRotation({ detail, account, region }: RotationOutcome, { now }: Context): Signal[] {
  const secret = detail.additionalEventData.SecretId;
  const failed = detail.eventName === 'RotationFailed';
  return [
    signal({
      kind: 'rotation-outcome',
      source: 'aws.secretsmanager',
      account,
      region,
      resource: secret,
      name: 'secret rotation',
      state: failed ? 'firing' : 'resolved',
      at: moment(detail.eventTime, now),
      severity: 'P1',
      summary: `${secret} ${failed ? 'could not be rotated' : 'was rotated'}`,
      description: detail.errorMessage ?? '',
    }),
  ];
}

/** Budgets say neither when nor that it is over: a month has at most 31 days. */
export function ofBudget(alert: BudgetAlert, { now }: Context): Signal[] {
  const { budget, account, type, limit, alertType, threshold, actual } = alert;
  return [
    signal({
      kind: 'budget-alert',
      source: 'aws.budgets',
      account,
      region: '',
      resource: `${budget}/${alertType}/${threshold}`,
      name: `budget ${budget}`,
      state: 'firing',
      at: now,
      until: now + 31 * DAY_MS,
      severity: 'P3',
      summary: `${alertType.toLowerCase()} ${actual} of ${limit} (${threshold})`,
      labels: { budget, type },
    }),
  ];
}

export function ofCost({ detail, account, region, time }: CostAnomaly, { now }: Context): Signal[] {
  const at = moment(time, now);
  return [
    signal({
      kind: 'cost-anomaly',
      source: 'aws.ce',
      account: detail.accountId ?? account,
      region: detail.rootCauses[0]?.region ?? region,
      resource: detail.anomalyId,
      name: 'cost anomaly',
      state: 'firing',
      at,
      until: at + 7 * DAY_MS,
      severity: 'P3',
      summary: `${detail.impact.totalImpact} USD more than usual, ${detail.rootCauses[0]?.service ?? 'unknown service'}`,
      labels: { service: detail.rootCauses[0]?.service ?? '' },
      links: { ...NO_LINKS, source: webLink(detail.anomalyDetailsLink) },
    }),
  ];
}

export function ofMainstay({ detail, account, region }: OperationsAlert, { now }: Context): Signal[] {
  const { application, slug, name, resource, state, severity, summary, runbookUrl, lastsSeconds, labels } = detail;
  const at = moment(detail.at, now);
  return [
    signal({
      kind: 'operations-alert',
      source: 'mainstay',
      account,
      region,
      resource: `${application}/${slug}/${resource}`,
      name,
      state,
      at,
      until: lastsSeconds === undefined ? null : at + lastsSeconds * 1000,
      severity,
      summary,
      labels: { ...labels, application, slug },
      links: { ...NO_LINKS, runbook: webLink(runbookUrl) },
    }),
  ];
}
