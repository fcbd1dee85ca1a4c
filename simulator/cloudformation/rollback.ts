/** Takes a failed update back to exactly what was, and goes on with it where it got stuck. Reached through engine.ts. */
import type { Cloud } from '../cloud.ts';
import { type Doomed, deleteAll } from './clean-up.ts';
import { rollBackCreation } from './create.ts';
import { failureReason } from './endings.ts';
import type { ContinueRollbackRequest, RollbackRequest, StackOperation } from './engine.ts';
import { noteResource, noteStack } from './events.ts';
import { invalid, requireStack, requireStatus } from './lookup.ts';
import { begin } from './operations.ts';
import { publishOutputs } from './outputs.ts';
import { adopt, converge, isThere, leave, takeInOrder } from './resource-steps.ts';
import { callerOf } from './resource-work.ts';
import { lastApplied } from './snapshots.ts';
import type { StackRun, StackWork } from './stack-run.ts';
import type { ResourceRecord, StableStack } from './state.ts';
import { takeOver } from './update.ts';
import { runTowards, secretsIn } from './versions.ts';

/** Begins to roll back a stack that was left in CREATE_FAILED or UPDATE_FAILED. Throws AwsError ValidationError. */
export function beginRollback(cloud: Cloud, request: RollbackRequest): StackOperation {
  const work = workOn(cloud, request);
  const { record } = work;
  requireStatus(record, ['CREATE_FAILED', 'UPDATE_FAILED'], 'rolledback');
  if (request.retainExceptOnCreate !== undefined) record.retainExceptOnCreate = request.retainExceptOnCreate;
  const reason = 'Rollback requested by user.';
  if (record.stable === undefined) return begin(work, () => rollBackCreation(work, reason), 'ROLLBACK_FAILED');
  return begin(work, () => restore(work, reason), 'UPDATE_ROLLBACK_FAILED');
}

/**
 * ContinueUpdateRollback: begins to roll back again after UPDATE_ROLLBACK_FAILED. Throws AwsError ValidationError, also
 * for a resource to skip that did not fail.
 */
export function beginContinueRollback(cloud: Cloud, request: ContinueRollbackRequest): StackOperation {
  const work = workOn(cloud, request);
  const { record } = work;
  requireStatus(record, ['UPDATE_ROLLBACK_FAILED'], 'rolledback');
  const skipped = (request.resourcesToSkip ?? []).map((logicalId) => {
    const resource = record.resources[logicalId];
    if (resource?.status === 'UPDATE_FAILED') return resource;
    throw invalid(
      `The following resources could not be skipped: [${logicalId}]. Only resources in UPDATE_FAILED can be skipped`,
    );
  });
  for (const resource of skipped) skip(work, resource);
  return begin(work, () => restore(work), 'UPDATE_ROLLBACK_FAILED');
}

function workOn(cloud: Cloud, request: RollbackRequest): StackWork {
  const record = requireStack(cloud, request.region, request.stackName);
  const { token } = request;
  return {
    ...{ cloud, record, table: request.resources, secrets: secretsIn(cloud, record) },
    caller: callerOf(request.roleArn ?? record.roleArn, request.caller),
    ...(token !== undefined && { token }),
  };
}

/** It counts as what it was; what it really is may differ, and the next update of it may fail because of that. */
function skip(work: StackWork, resource: ResourceRecord): void {
  const was = work.record.stable?.resources[resource.logicalId];
  if (was !== undefined) adopt(resource, was);
  noteResource(work, resource, 'UPDATE_COMPLETE', 'Resource was skipped in the rollback.');
}

/**
 * Brings a stack back to its stable version: old properties are sent again, replaced resources come back into their
 * place, and what the update made is deleted. A failure ends in UPDATE_ROLLBACK_FAILED.
 */
export async function restore(work: StackWork, reason?: string): Promise<void> {
  const { cloud, record } = work;
  const stable = record.stable!;
  takeOver(record, stable);
  noteStack(work, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
  const { table, caller, token } = work;
  const run = runTowards(cloud, record, stable, { table, caller, ...(token !== undefined && { token }) });
  for (const secret of work.secrets) run.secrets.add(secret);
  takeBackReplacements(run, stable);
  await takeInOrder(run, converge);
  keepWhatIsInUse(run);
  if (run.failure === undefined) await publishOutputs(run);
  if (run.failure !== undefined) {
    work.failure ??= run.failure;
    noteStack(work, 'UPDATE_ROLLBACK_FAILED', failureReason(run, 'update'));
    return;
  }
  noteStack(work, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  await deleteAll(run, madeByTheUpdate(run, stable));
  record.leftovers = [];
  for (const logicalId of Object.keys(record.resources)) {
    if (stable.resources[logicalId] === undefined) delete record.resources[logicalId];
  }
  delete record.stable;
  noteStack(work, 'UPDATE_ROLLBACK_COMPLETE');
}

/**
 * Puts the old physical resources back and gives the new ones to the clean-up. A custom resource that took another id by
 * itself stays: its function is asked to update the new one back, and says which id that has.
 */
function takeBackReplacements(run: StackRun, stable: StableStack): void {
  const { record } = run;
  for (const [logicalId, was] of Object.entries(stable.resources)) {
    const is = record.resources[logicalId];
    if (is === undefined) {
      record.resources[logicalId] = structuredClone(was);
      continue;
    }
    if (is.generation === was.generation) continue;
    if (is.physicalId !== undefined) leave(run, is, 'Delete');
    adopt(is, structuredClone(was));
    noteResource(run, is, 'UPDATE_COMPLETE');
  }
  keepWhatIsInUse(run);
}

/** What is in its place again, by replacement taken back or because a function named its old id, is not deleted. */
function keepWhatIsInUse({ record }: StackRun): void {
  record.leftovers = record.leftovers.filter(({ logicalId, generation, physicalId }) => {
    const current = record.resources[logicalId];
    return current?.generation !== generation || current.physicalId !== physicalId;
  });
}

/** Guess: a replacement that is taken back is deleted whatever its policies say; AWS documents the old one's only. */
function madeByTheUpdate(run: StackRun, stable: StableStack): Doomed[] {
  const { cloud, record } = run;
  const added = Object.values(record.resources)
    .filter(({ logicalId }) => stable.resources[logicalId] === undefined)
    .filter((resource) => isThere(resource) || resource.status === 'CREATE_FAILED')
    .map((resource): Doomed => {
      // RetainExceptOnCreate keeps what was there before, not what the failed update made.
      const retained = lastApplied(cloud, resource)?.deletionPolicy === 'Retain' && resource.status !== 'CREATE_FAILED';
      return { resource, policy: retained && !record.retainExceptOnCreate ? 'Retain' : 'Delete' };
    });
  return [...record.leftovers.map((resource): Doomed => ({ resource, policy: 'Delete' })), ...added];
}
