/** Stacks whose operation was under way when the process ended: they stand as failed, and can be rolled back or deleted. */
import type { Cloud } from '../cloud.ts';
import {
  allStacks,
  type ResourceStatus,
  type StackRecord,
  type StackStatus,
  stacksIn,
} from '../cloudformation/state.ts';

/** What becomes of each. AWS has no such case: its engine outlives its machines. */
const outcomes: Readonly<Partial<Record<StackStatus, StackStatus>>> = {
  CREATE_IN_PROGRESS: 'CREATE_FAILED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_FAILED',
  UPDATE_IN_PROGRESS: 'UPDATE_FAILED',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_FAILED',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
};

const REASON = 'The operation was interrupted by a restart of the simulator';

export function endInterruptedOperations(cloud: Cloud): void {
  for (const stack of allStacks(cloud)) {
    const status = outcomes[stack.status];
    if (status !== undefined) endOperation(cloud, stack, status);
  }
  for (const region of cloud.state.regions) {
    // Nobody waits for these answers any more.
    const { pending } = stacksIn(cloud, region);
    for (const [requestId, { timer }] of Object.entries(pending)) {
      cloud.clock.cancel(timer);
      delete pending[requestId];
    }
  }
}

function endOperation(cloud: Cloud, stack: StackRecord, status: StackStatus): void {
  const at = cloud.now;
  for (const resource of Object.values(stack.resources)) {
    if (!resource.status.endsWith('_IN_PROGRESS')) continue;
    resource.status = resource.status.replace('_IN_PROGRESS', '_FAILED') as ResourceStatus;
    resource.reason = REASON;
    resource.updatedAt = at;
    const { logicalId, type } = resource;
    stack.events.push({ at, logicalId, type, status: resource.status, reason: REASON });
  }
  stack.status = status;
  stack.reason = REASON;
  const { stackName: logicalId, stackId: physicalId } = stack;
  stack.events.push({ at, logicalId, type: 'AWS::CloudFormation::Stack', status, physicalId, reason: REASON });
}
