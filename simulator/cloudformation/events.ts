/** Writes a stack's status and its resources' into their records, the stack's events and the trace. */
import type { StackWork } from './stack-run.ts';
import type { PhysicalResource, ResourceRecord, ResourceStatus, StackStatus } from './state.ts';

/** Sets the stack's status. Without a reason the stack has none from now on. */
export function noteStack(work: StackWork, status: StackStatus, reason?: string): void {
  const { cloud, record } = work;
  record.status = status;
  if (reason === undefined) delete record.reason;
  else record.reason = reason;
  record.events.push({
    at: cloud.now,
    logicalId: record.stackName,
    type: 'AWS::CloudFormation::Stack',
    status,
    physicalId: record.stackId,
    ...(reason !== undefined && { reason }),
    ...(work.token !== undefined && { token: work.token }),
  });
  cloud.note(record.region, 'cloudformation', `stack.${status}`, {
    stack: record.stackName,
    ...(reason !== undefined && { reason }),
  });
}

/** Sets a resource's status. Without a reason the resource has none from now on. */
export function noteResource(work: StackWork, record: ResourceRecord, status: ResourceStatus, reason?: string): void {
  record.status = status;
  record.updatedAt = work.cloud.now;
  if (reason === undefined) delete record.reason;
  else record.reason = reason;
  notePhysical(work, record, status, reason);
}

/** Tells what happens to a resource that the stack no longer counts as its own. */
export function notePhysical(
  work: StackWork,
  resource: PhysicalResource,
  status: ResourceStatus,
  reason?: string,
): void {
  const { cloud, record: stack, token } = work;
  const { logicalId, type, physicalId, snapshot } = resource;
  stack.events.push({
    at: cloud.now,
    logicalId,
    type,
    status,
    ...(physicalId !== undefined && { physicalId }),
    ...(reason !== undefined && { reason }),
    ...(snapshot !== undefined && { snapshot }),
    ...(token !== undefined && { token }),
  });
  if (status.endsWith('_IN_PROGRESS')) return;
  cloud.note(stack.region, 'cloudformation', `resource.${status}`, {
    stack: stack.stackName,
    logicalId,
    type,
    physicalId,
    ...(reason !== undefined && { reason }),
  });
}
