/** How stacks, resources and events look to clients (API Reference, data types of these names). */
import { createHash } from 'node:crypto';
import type {
  ResourceStatus,
  Stack,
  StackEvent as StackEventOutput,
  StackResourceSummary,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../../cloud.ts';
import type { ResourceRecord, ResourceSnapshot, StackEvent, StackRecord } from '../state.ts';
import { apiIn, type ResourceDrift } from './state.ts';

export const parametersOf = (shown: Readonly<Record<string, string>>, resolved?: Readonly<Record<string, string>>) =>
  Object.entries(shown).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
    ...(resolved?.[ParameterKey] !== undefined && { ResolvedValue: resolved[ParameterKey] }),
  }));

export const tagsOf = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function stackOutput(cloud: Cloud, stack: StackRecord): Stack {
  return {
    StackName: stack.stackName,
    StackId: stack.stackId,
    CreationTime: new Date(stack.createdAt),
    ...(stack.updatedAt !== undefined && { LastUpdatedTime: new Date(stack.updatedAt) }),
    ...(stack.deletedAt !== undefined && { DeletionTime: new Date(stack.deletedAt) }),
    StackStatus: stack.status,
    ...(stack.reason !== undefined && { StackStatusReason: stack.reason }),
    ...(stack.description !== undefined && { Description: stack.description }),
    Parameters: parametersOf(stack.parameters, stack.resolvedParameters),
    Outputs: Object.entries(stack.outputs).map(([OutputKey, { value, description, exportName }]) => ({
      OutputKey,
      OutputValue: value,
      ...(description !== undefined && { Description: description }),
      ...(exportName !== undefined && { ExportName: exportName }),
    })),
    Tags: tagsOf(stack.tags),
    ...(stack.roleArn !== undefined && { RoleARN: stack.roleArn }),
    ...(stack.timeoutMinutes !== undefined && { TimeoutInMinutes: stack.timeoutMinutes }),
    DisableRollback: stack.disableRollback,
    RetainExceptOnCreate: stack.retainExceptOnCreate,
    EnableTerminationProtection: stack.terminationProtection,
    NotificationARNs: [],
    RollbackConfiguration: {},
    DriftInformation: stackDrift(cloud, stack),
  };
}

export const stackSummary = (cloud: Cloud, stack: StackRecord): StackSummary => {
  const { StackName, StackId, CreationTime, StackStatus, ...rest } = stackOutput(cloud, stack);
  return {
    StackName,
    StackId,
    CreationTime,
    StackStatus,
    ...(rest.Description !== undefined && { TemplateDescription: rest.Description }),
    ...(rest.LastUpdatedTime && { LastUpdatedTime: rest.LastUpdatedTime }),
    ...(rest.DeletionTime && { DeletionTime: rest.DeletionTime }),
    ...(rest.StackStatusReason !== undefined && { StackStatusReason: rest.StackStatusReason }),
    DriftInformation: stackDrift(cloud, stack),
  };
};

/** A stack has drifted when one of its resources has; without a detection nothing is known. */
export function driftStatusOf(drifts: readonly ResourceDrift[]): 'DRIFTED' | 'IN_SYNC' {
  return drifts.some(({ status }) => status === 'MODIFIED' || status === 'DELETED') ? 'DRIFTED' : 'IN_SYNC';
}

function stackDrift(cloud: Cloud, stack: StackRecord): NonNullable<Stack['DriftInformation']> {
  const drifts = Object.values(apiIn(cloud, stack.region).drifts[stack.stackId] ?? {});
  if (drifts.length === 0) return { StackDriftStatus: 'NOT_CHECKED' };
  const checkedAt = Math.max(...drifts.map((drift) => drift.checkedAt));
  return { StackDriftStatus: driftStatusOf(drifts), LastCheckTimestamp: new Date(checkedAt) };
}

export function resourceSummary(cloud: Cloud, stack: StackRecord, record: ResourceRecord): StackResourceSummary {
  const drift = apiIn(cloud, stack.region).drifts[stack.stackId]?.[record.logicalId];
  return {
    LogicalResourceId: record.logicalId,
    ...(record.physicalId !== undefined && { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    LastUpdatedTimestamp: new Date(record.updatedAt),
    ResourceStatus: record.status,
    ...(record.reason !== undefined && { ResourceStatusReason: record.reason }),
    DriftInformation:
      drift === undefined
        ? { StackResourceDriftStatus: 'NOT_CHECKED' }
        : { StackResourceDriftStatus: drift.status, LastCheckTimestamp: new Date(drift.checkedAt) },
  };
}

/** A stack's own events with these words begin an operation; a rollback is one of its own. */
const BEGINS = /^(REVIEW|CREATE|UPDATE|DELETE|ROLLBACK|UPDATE_ROLLBACK)_IN_PROGRESS$/;

/** Newest first, as DescribeStackEvents answers. */
export function eventsOf(cloud: Cloud, stack: StackRecord): StackEventOutput[] {
  let operation = 0;
  return stack.events
    .map((event, index) => {
      const own = event.physicalId === stack.stackId;
      if (own && BEGINS.test(event.status)) operation = index;
      return eventOutput(cloud, stack, event, { index, operation, own });
    })
    .reverse();
}

function eventOutput(
  cloud: Cloud,
  stack: StackRecord,
  event: StackEvent,
  { index, operation, own }: { index: number; operation: number; own: boolean },
): StackEventOutput {
  const stamp = new Date(event.at).toISOString();
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    EventId: own
      ? uuidFor(`${stack.stackId}#${index}`)
      : `${event.logicalId}-${uuidFor(`${stack.stackId}#${index}`)}-${event.status}-${stamp}`,
    OperationId: uuidFor(`${stack.stackId}@${operation}`),
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? '',
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    // The stack's own events carry the stack's status, which has more words.
    ResourceStatus: event.status as ResourceStatus,
    ...(event.reason !== undefined && { ResourceStatusReason: event.reason }),
    ...(event.token !== undefined && { ClientRequestToken: event.token }),
    ...(event.snapshot !== undefined && { ResourceProperties: propertiesIn(cloud, event.snapshot) }),
  };
}

const propertiesIn = (cloud: Cloud, snapshot: string): string =>
  JSON.stringify((JSON.parse(cloud.blobs.text(snapshot)) as ResourceSnapshot).properties);

/** An id that follows from what it is for, so that describing changes nothing. */
function uuidFor(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
