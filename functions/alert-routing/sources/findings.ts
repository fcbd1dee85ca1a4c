/** Signals of findings and violations: GuardDuty, Security Hub, Inspector, Health, CloudTrail, Config, image scans. Pure. */
import type { ConfigViolation } from '../../../events/config-violation.ts';
import type { GuarddutyFinding } from '../../../events/guardduty-finding.ts';
import type { HealthEvent } from '../../../events/health-event.ts';
import type { ImageScan } from '../../../events/image-scan.ts';
import type { InspectorFinding } from '../../../events/inspector-finding.ts';
import type { SecurityHubFinding } from '../../../events/security-hub-finding.ts';
import type { TrailViolation } from '../../../events/trail-violation.ts';
import type { Severity, Signal } from '../signal.ts';
import { arnParts, type Context, DAY_MS, moment, NO_LINKS, signal } from './common.ts';

/** Bands of GuardDuty's console: critical from 9, high from 7, medium from 4. */
const band = (severity: number): Severity =>
  severity >= 9 ? 'P0' : severity >= 7 ? 'P1' : severity >= 4 ? 'P2' : 'P3';

export function ofGuardduty({ detail, source }: GuarddutyFinding, { now }: Context): Signal[] {
  const { id, accountId: account, region, type, severity, title, description, updatedAt, service } = detail;
  return [
    signal({
      kind: 'guardduty-finding',
      source,
      account,
      region,
      resource: id,
      name: type,
      state: service.archived ? 'resolved' : 'firing',
      at: moment(updatedAt, now),
      // GuardDuty never says that it is over: what it does not repeat within two of its longest intervals is.
      until: moment(updatedAt, now) + DAY_MS,
      severity: band(severity),
      summary: title,
      description,
      labels: { count: String(service.count) },
    }),
  ];
}

const ASFF = { CRITICAL: 'P1', HIGH: 'P2', MEDIUM: 'P3', LOW: 'P3', INFORMATIONAL: 'P3' } as const;

export function ofSecurityHub({ detail, source, region: home }: SecurityHubFinding, { now }: Context): Signal[] {
  return detail.findings.map((finding) => {
    const passed = finding.Compliance?.Status === 'PASSED';
    const isOver = passed || finding.RecordState === 'ARCHIVED' || finding.Workflow.Status === 'RESOLVED';
    return signal({
      kind: 'security-hub-finding',
      source,
      account: finding.AwsAccountId,
      region: finding.Region ?? home,
      resource: finding.Id,
      name: finding.GeneratorId || finding.Title,
      state: isOver ? 'resolved' : 'firing',
      at: moment(finding.UpdatedAt, now),
      severity: ASFF[finding.Severity.Label],
      summary: finding.Title,
      description: finding.Description,
      labels: { product: finding.ProductName },
      muted: finding.Workflow.Status === 'SUPPRESSED' ? { by: 'Security Hub workflow', until: null } : null,
    });
  });
}

const INSPECTOR = {
  CRITICAL: 'P1',
  HIGH: 'P2',
  MEDIUM: 'P3',
  LOW: 'P3',
  INFORMATIONAL: 'P3',
  UNTRIAGED: 'P3',
} as const;

export function ofInspector({ detail, region }: InspectorFinding, { now }: Context): Signal[] {
  const { findingArn, awsAccountId, severity, status, title, description, type, updatedAt, resources } = detail;
  const written = Date.parse(`${updatedAt} UTC`);
  return [
    signal({
      kind: 'inspector-finding',
      source: 'aws.inspector2',
      account: awsAccountId,
      region: arnParts(findingArn).region || region,
      resource: findingArn,
      name: type || 'Inspector finding',
      state: status === 'ACTIVE' ? 'firing' : 'resolved',
      at: Number.isNaN(written) ? now : written,
      severity: INSPECTOR[severity],
      summary: title,
      description,
      labels: { target: resources[0]?.id ?? '' },
    }),
  ];
}

export function ofHealth({ detail, account, region }: HealthEvent, { now }: Context): Signal[] {
  const written = Date.parse(detail.lastUpdatedTime ?? detail.startTime);
  return [
    signal({
      kind: 'health-event',
      source: 'aws.health',
      account,
      region: detail.eventRegion ?? region,
      resource: detail.eventArn,
      name: detail.eventTypeCode,
      state: detail.statusCode === 'closed' || detail.endTime ? 'resolved' : 'firing',
      at: Number.isNaN(written) ? now : written,
      severity: detail.eventTypeCategory === 'issue' ? 'P1' : 'P3',
      summary: `${detail.service}: ${detail.eventTypeCode}`,
      description: detail.eventDescription[0]?.latestDescription ?? '',
      labels: { service: detail.service, category: detail.eventTypeCategory },
      links: { ...NO_LINKS, source: 'https://health.aws.amazon.com/health/home' },
    }),
  ];
}

/** What cannot be undone, or opens the door. */
const GRAVE = /^(ScheduleKeyDeletion|DisableKey|StopLogging|DeleteTrail|DeleteRecoveryPoint|DeleteBackupVault)$/;

export function ofTrail(event: TrailViolation, { now }: Context): Signal[] {
  const { detail, account } = event;
  const { eventName, eventSource, eventTime, awsRegion, userIdentity, errorCode, eventID } = detail;
  // Signing in is no violation, but as root it is.
  if (eventName === 'ConsoleLogin' && userIdentity.type !== 'Root') return [];
  const who = userIdentity.arn ?? userIdentity.type;
  const at = moment(eventTime, now);
  return [
    signal({
      kind: 'trail-violation',
      source: 'aws.cloudtrail',
      account,
      region: awsRegion,
      resource: eventID,
      name: eventName,
      state: 'firing',
      at,
      until: at + DAY_MS,
      severity: userIdentity.type === 'Root' || GRAVE.test(eventName) ? 'P1' : 'P2',
      summary: `${who} called ${eventName} of ${eventSource}${errorCode ? `, refused with ${errorCode}` : ''}`,
      labels: { service: eventSource, actor: who },
    }),
  ];
}

export function ofConfig({ detail }: ConfigViolation, { now }: Context): Signal[] {
  const { awsAccountId, awsRegion, configRuleName, resourceType, resourceId, newEvaluationResult } = detail;
  const { complianceType, resultRecordedTime, annotation } = newEvaluationResult;
  const states = {
    COMPLIANT: 'resolved',
    NOT_APPLICABLE: 'resolved',
    NON_COMPLIANT: 'firing',
    INSUFFICIENT_DATA: 'unknown',
  } as const;
  return [
    signal({
      kind: 'config-violation',
      source: 'aws.config',
      account: awsAccountId,
      region: awsRegion,
      resource: `${configRuleName}/${resourceType}/${resourceId}`,
      name: configRuleName,
      state: states[complianceType],
      at: moment(resultRecordedTime, now),
      severity: 'P3',
      summary: `${resourceType} ${resourceId} is ${complianceType} with ${configRuleName}`,
      description: annotation ?? '',
      labels: { resourceType },
    }),
  ];
}

export function ofImageScan({ detail, account, region, time, source }: ImageScan, { now }: Context): Signal[] {
  const counts = detail['finding-severity-counts'];
  const failed = detail['scan-status'] === 'FAILED';
  const isFiring = failed || counts.CRITICAL + counts.HIGH > 0;
  return [
    signal({
      kind: 'image-scan',
      source,
      account,
      region,
      resource: `${detail['repository-name']}@${detail['image-digest']}`,
      name: `image scan of ${detail['repository-name']}`,
      state: isFiring ? 'firing' : 'resolved',
      at: moment(time, now),
      severity: counts.CRITICAL > 0 ? 'P2' : 'P3',
      summary: failed ? 'the scan failed' : `${counts.CRITICAL} critical and ${counts.HIGH} high findings`,
      labels: { repository: detail['repository-name'], tags: detail['image-tags'].join(',') },
    }),
  ];
}
