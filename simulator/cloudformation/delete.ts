/** Deletes stacks: their resources in reverse order, as their policies say. Reached through engine.ts. */
import type { Cloud } from '../cloud.ts';
import { type Doomed, deleteAll } from './clean-up.ts';
import { bury, deletionReason } from './endings.ts';
import type { DeleteRequest, StackOperation } from './engine.ts';
import { noteStack } from './events.ts';
import { invalid } from './lookup.ts';
import { begin } from './operations.ts';
import { exportsOf, importersOf, inWords } from './outputs.ts';
import { isThere, policyOf } from './resource-steps.ts';
import { callerOf } from './resource-work.ts';
import { lastApplied } from './snapshots.ts';
import type { StackWork } from './stack-run.ts';
import { findStack, type StackRecord, type StackStatus } from './state.ts';
import { secretsIn } from './versions.ts';

/** Guess: work that is under way is not broken off by a deletion; AWS lets a creation be. */
const DELETABLE: readonly StackStatus[] = [
  'REVIEW_IN_PROGRESS',
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'DELETE_FAILED',
];

/**
 * Begins to delete a stack; undefined when there is none, or its deletion is under way, which AWS takes for success.
 * Throws AwsError ValidationError under termination protection and for what its status does not allow.
 */
export function beginDelete(cloud: Cloud, request: DeleteRequest): StackOperation | undefined {
  const record = findStack(cloud, request.region, request.stackName);
  if (record === undefined || record.status === 'DELETE_COMPLETE' || record.status === 'DELETE_IN_PROGRESS') {
    return undefined;
  }
  if (record.terminationProtection) {
    throw invalid(`Stack [${record.stackName}] cannot be deleted while TerminationProtection is enabled`);
  }
  const { retainResources = [], force = false, token } = request;
  refuseWhatDoesNotFit(record, retainResources, force);
  const work: StackWork = {
    ...{ cloud, record, table: request.resources, secrets: secretsIn(cloud, record) },
    caller: callerOf(request.roleArn ?? record.roleArn, request.caller),
    ...(token !== undefined && { token }),
  };
  const { status, reason } = record;
  noteStack(work, 'DELETE_IN_PROGRESS', 'User Initiated');
  const inUse = exportInUse(cloud, record);
  if (inUse !== undefined) {
    // As AWS does: the stack goes back to where it was, so a waiter sees no failure.
    noteStack(work, status, inUse);
    if (reason !== undefined) record.reason = inUse;
    return { stack: record, done: Promise.resolve({ stack: record }) };
  }
  return begin(work, () => deleteResources(work, new Set(retainResources), force), 'DELETE_FAILED');
}

function refuseWhatDoesNotFit(record: StackRecord, retainResources: readonly string[], force: boolean): void {
  if (!DELETABLE.includes(record.status)) {
    throw invalid(`Stack:${record.stackId} is in ${record.status} state and can not be deleted.`);
  }
  if (record.status !== 'DELETE_FAILED' && retainResources.length > 0) {
    throw invalid(
      `Invalid operation on stack [${record.stackId}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  }
  if (record.status !== 'DELETE_FAILED' && force) {
    throw invalid(
      `Invalid operation on stack [${record.stackId}]. Deletion mode FORCE_DELETE_STACK is allowed only in the DELETE_FAILED state.`,
    );
  }
  const unknown = retainResources.filter((logicalId) => record.resources[logicalId]?.status !== 'DELETE_FAILED');
  if (unknown.length > 0) {
    throw invalid(`The specified resources to retain must be in a DELETE_FAILED state: [${unknown.join(', ')}]`);
  }
}

function exportInUse(cloud: Cloud, record: StackRecord): string | undefined {
  for (const name of exportsOf(cloud, record).keys()) {
    const users = importersOf(cloud, record.region, name);
    if (users.length > 0) {
      return `Delete canceled. Cannot delete export ${name} as it is in use by ${inWords(users)}.`;
    }
  }
  return undefined;
}

async function deleteResources(work: StackWork, retained: ReadonlySet<string>, force: boolean): Promise<void> {
  const { cloud, record } = work;
  const own = Object.values(record.resources)
    .filter((resource) => isThere(resource) || resource.status === 'CREATE_FAILED')
    .map((resource): Doomed => {
      const kept = retained.has(resource.logicalId);
      const attribute = lastApplied(cloud, resource)?.deletionPolicy;
      return { resource, policy: kept ? 'Retain' : policyOf(attribute) };
    });
  const failed = await deleteAll(work, [
    ...record.leftovers.map((resource) => ({ resource, policy: resource.policy })),
    ...own,
  ]);
  record.leftovers = record.leftovers.filter(({ logicalId }) => failed.has(logicalId));
  if (failed.size === 0 || force) bury(work);
  else noteStack(work, 'DELETE_FAILED', deletionReason(failed));
}
