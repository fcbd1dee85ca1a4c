/** Each kind of event: what its pattern lets through, its schema can read; what it must not start, it does not match. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  AlarmContributorTransition,
  alarmContributorTransitionPattern,
} from '../../events/alarm-contributor-transition.ts';
import { AlarmDeletion, alarmDeletionPattern } from '../../events/alarm-deletion.ts';
import { AlarmStateChange, alarmStateChangePattern } from '../../events/alarm-state-change.ts';
import { AlarmTransition, alarmTransitionPattern } from '../../events/alarm-transition.ts';
import { AlertmanagerWebhook } from '../../events/alertmanager-webhook.ts';
import { BackupJob, backupJobPattern } from '../../events/backup-job.ts';
import { BudgetAlert } from '../../events/budget-alert.ts';
import { CanaryRun, canaryRunPattern } from '../../events/canary-run.ts';
import { ConfigViolation, configViolationPattern } from '../../events/config-violation.ts';
import { CostAnomaly, costAnomalyPattern } from '../../events/cost-anomaly.ts';
import { ExecutionEnd, executionEndPattern } from '../../events/execution-end.ts';
import { ExecutionStatusChange, executionStatusChangePattern } from '../../events/execution-status-change.ts';
import { FailoverDecision, failoverDecisionPattern } from '../../events/failover-decision.ts';
import { FailoverRequest, failoverRequestPattern } from '../../events/failover-request.ts';
import { GenericAlert } from '../../events/generic-alert.ts';
import { GuarddutyFinding, guarddutyFindingPattern } from '../../events/guardduty-finding.ts';
import { HealthEvent, healthEventPattern } from '../../events/health-event.ts';
import { ImagePush, imagePushPattern } from '../../events/image-push.ts';
import { ImageScan, imageScanPattern } from '../../events/image-scan.ts';
import { InspectorFinding, inspectorFindingPattern } from '../../events/inspector-finding.ts';
import { OperationsAlert, operationsAlertPattern } from '../../events/operations-alert.ts';
import { ReleaseDecision, releaseDecisionPattern } from '../../events/release-decision.ts';
import { ReleaseRequest, releaseRequestPattern } from '../../events/release-request.ts';
import { RotationOutcome, rotationOutcomePattern } from '../../events/rotation-outcome.ts';
import { SecurityHubFinding, securityHubFindingPattern } from '../../events/security-hub-finding.ts';
import { SentryIssue } from '../../events/sentry-issue.ts';
import { TopicMessage } from '../../events/topic-message.ts';
import { TrailViolation, trailViolationPattern } from '../../events/trail-violation.ts';
import { events } from '../../infra/wiring.ts';
import { compileForService, matches } from '../../simulator/eventbridge/pattern.ts';

/** Without a pattern: a webhook's body or a topic's message, which no rule of EventBridge sees. */
const kinds: Readonly<Record<string, { pattern: object | null; schema: z.ZodType }>> = {
  'alarm-contributor-transition': { pattern: alarmContributorTransitionPattern, schema: AlarmContributorTransition },
  'alarm-deletion': { pattern: alarmDeletionPattern, schema: AlarmDeletion },
  'alarm-state-change': { pattern: alarmStateChangePattern, schema: AlarmStateChange },
  'alarm-transition': { pattern: alarmTransitionPattern, schema: AlarmTransition },
  'alertmanager-webhook': { pattern: null, schema: AlertmanagerWebhook },
  'backup-job': { pattern: backupJobPattern, schema: BackupJob },
  'budget-alert': { pattern: null, schema: BudgetAlert },
  'canary-run': { pattern: canaryRunPattern, schema: CanaryRun },
  'config-violation': { pattern: configViolationPattern, schema: ConfigViolation },
  'cost-anomaly': { pattern: costAnomalyPattern, schema: CostAnomaly },
  'execution-end': { pattern: executionEndPattern, schema: ExecutionEnd },
  'execution-status-change': { pattern: executionStatusChangePattern, schema: ExecutionStatusChange },
  'failover-decision': { pattern: failoverDecisionPattern, schema: FailoverDecision },
  'failover-request': { pattern: failoverRequestPattern, schema: FailoverRequest },
  'generic-alert': { pattern: null, schema: GenericAlert },
  'guardduty-finding': { pattern: guarddutyFindingPattern, schema: GuarddutyFinding },
  'health-event': { pattern: healthEventPattern, schema: HealthEvent },
  'image-push': { pattern: imagePushPattern, schema: ImagePush },
  'image-scan': { pattern: imageScanPattern, schema: ImageScan },
  'inspector-finding': { pattern: inspectorFindingPattern, schema: InspectorFinding },
  'operations-alert': { pattern: operationsAlertPattern, schema: OperationsAlert },
  'release-decision': { pattern: releaseDecisionPattern, schema: ReleaseDecision },
  'release-request': { pattern: releaseRequestPattern, schema: ReleaseRequest },
  'rotation-outcome': { pattern: rotationOutcomePattern, schema: RotationOutcome },
  'security-hub-finding': { pattern: securityHubFindingPattern, schema: SecurityHubFinding },
  'sentry-issue': { pattern: null, schema: SentryIssue },
  'topic-message': { pattern: null, schema: TopicMessage },
  'trail-violation': { pattern: trailViolationPattern, schema: TrailViolation },
};

const samples = globSync('events/samples/*/*.{json,txt}').sort();

describe('the kinds', () => {
  it('are the files of events/, each with samples of all three sorts and a row in the wiring', () => {
    expect(Object.keys(kinds)).toEqual(
      globSync('events/*.ts')
        .map((file) => basename(file, '.ts'))
        .sort(),
    );
    for (const kind of Object.keys(kinds)) {
      const sorts = samples
        .filter((file) => dirname(file).endsWith(`/${kind}`))
        .map((file) => basename(file).split('.')[0]);
      if (kinds[kind]?.pattern) expect(sorts).toContain('near-miss');
      expect(sorts).toContain('reject');
      expect(sorts.some((sort) => sort !== 'near-miss' && sort !== 'reject')).toBe(true);
    }
    const wired = new Set<unknown>(events.map(({ pattern }) => pattern));
    const unwired = Object.entries(kinds).filter(([, { pattern }]) => pattern && !wired.has(pattern));
    expect(unwired.map(([kind]) => kind)).toEqual([]);
  });
});

describe.each(samples)('%s', (file) => {
  const { pattern, schema } = kinds[basename(dirname(file))] as (typeof kinds)[string];
  const text = readFileSync(file, 'utf8');
  const event = file.endsWith('.txt') ? text : JSON.parse(text);
  const matched = pattern && matches(compileForService(JSON.stringify(pattern)), event);
  const [sort] = basename(file).split('.');

  if (!pattern) it('is no near miss, for want of a pattern', () => expect(sort).not.toBe('near-miss'));
  else if (sort === 'near-miss') it('does not match the pattern', () => expect(matched).toBe(false));
  else it('matches the pattern', () => expect(matched).toBe(true));
  if (sort === 'reject') it('is refused by the schema', () => expect(schema.safeParse(event).success).toBe(false));
  else if (sort !== 'near-miss')
    it('is read by the schema', () => expect(schema.safeParse(event).error).toBeUndefined());
});
