/** Updates stacks: what differs is changed or replaced, then what is no longer needed is deleted. Reached through engine.ts. */
import type { Cloud } from '../cloud.ts';
import { deleteAll } from './clean-up.ts';
import { failureReason } from './endings.ts';
import type { StackOperation, UpdateRequest } from './engine.ts';
import { noteStack } from './events.ts';
import { isWork } from './foresight.ts';
import { invalid, requireStack, requireStatus } from './lookup.ts';
import { begin, interrupt } from './operations.ts';
import { publishOutputs } from './outputs.ts';
import { converge, convergeFromLive, isThere, policyOf, takeInOrder } from './resource-steps.ts';
import { callerOf } from './resource-work.ts';
import { restore } from './rollback.ts';
import { lastApplied } from './snapshots.ts';
import type { StackRun } from './stack-run.ts';
import type { StableStack, StackRecord, StackStatus, StackVersion } from './state.ts';
import { readVersion, runTowards, versionOf } from './versions.ts';

/** User Guide, "Stack failure options": after a failure that was kept, an update goes on from there. */
const UPDATABLE: readonly StackStatus[] = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_FAILED',
];

/**
 * Begins to update a stack. Throws AwsError ValidationError for what CloudFormation refuses, "No updates are to be
 * performed." among it, and NotModelled naming what the simulator cannot make or change.
 */
export async function beginUpdate(cloud: Cloud, request: UpdateRequest): Promise<StackOperation> {
  const { run, version } = await prepareUpdate(cloud, request);
  const { record } = run;
  const found = await isWork(run, version, request.revertDrift ?? false);
  const retries = record.status === 'CREATE_FAILED' || record.status === 'UPDATE_FAILED';
  if (!found && !retries) throw invalid('No updates are to be performed.');
  requireStatus(record, UPDATABLE, 'updated');
  // A stack whose creation failed has nothing to go back to.
  if (record.status !== 'CREATE_FAILED') record.stable ??= stableOf(record);
  takeOver(record, version, request);
  record.updatedAt = cloud.now;
  noteStack(run, 'UPDATE_IN_PROGRESS');
  return begin(run, () => update(run, request), 'UPDATE_FAILED');
}

/** Reads and checks what an update is to bring. Also used for change sets. */
export async function prepareUpdate(
  cloud: Cloud,
  request: UpdateRequest,
): Promise<{ run: StackRun; version: StackVersion }> {
  const { region, token } = request;
  const record = requireStack(cloud, region, request.stackName);
  requireStatus(record, UPDATABLE, 'updated');
  const caller = callerOf(request.roleArn ?? record.roleArn, request.caller);
  const { version } = await readVersion(cloud, { ...request, stackName: record.stackName, caller }, record);
  const options = { table: request.resources, caller, ...(token !== undefined && { token }) };
  return { run: runTowards(cloud, record, version, options), version };
}

function stableOf(record: StackRecord): StableStack {
  const { outputs, resources } = record;
  return { ...versionOf(record), ...structuredClone({ outputs, resources }) };
}

/** Makes the stack's record that of another version. */
export function takeOver(record: StackRecord, version: StackVersion, request: Partial<UpdateRequest> = {}): void {
  delete record.description;
  Object.assign(record, versionOf(version));
  if (request.roleArn !== undefined) record.roleArn = request.roleArn;
  if (request.disableRollback !== undefined) record.disableRollback = request.disableRollback;
  if (request.retainExceptOnCreate !== undefined) record.retainExceptOnCreate = request.retainExceptOnCreate;
}

async function update(run: StackRun, request: UpdateRequest): Promise<void> {
  const { record } = run;
  await takeInOrder(run, request.revertDrift ? convergeFromLive : converge);
  if (run.failure === undefined) await publishOutputs(run);
  if (run.failure === undefined) await finishUpdate(run);
  else if ((request.disableRollback ?? record.disableRollback) || record.stable === undefined) {
    noteStack(run, 'UPDATE_FAILED', failureReason(run, 'update'));
  } else await restore(run, failureReason(run, 'update'));
}

/** From here on nothing is taken back. What cannot be deleted is left behind and told, as AWS does. */
async function finishUpdate(run: StackRun): Promise<void> {
  const { cloud, record } = run;
  delete record.stable;
  noteStack(run, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  const dropped = Object.values(record.resources).filter(({ logicalId }) => run.resources[logicalId] === undefined);
  const doomed = dropped
    .filter((resource) => isThere(resource) || resource.status === 'CREATE_FAILED')
    .map((resource) => ({ resource, policy: policyOf(lastApplied(cloud, resource)?.deletionPolicy) }));
  const leftovers = record.leftovers.map((resource) => ({ resource, policy: resource.policy }));
  await deleteAll(run, [...leftovers, ...doomed]);
  record.leftovers = [];
  for (const { logicalId } of dropped) delete record.resources[logicalId];
  noteStack(run, 'UPDATE_COMPLETE');
}

/** CancelUpdateStack. Throws AwsError ValidationError when no update is under way. */
export function cancelUpdate(cloud: Cloud, request: { region: string; stackName: string }): void {
  const record = requireStack(cloud, request.region, request.stackName);
  if (record.status !== 'UPDATE_IN_PROGRESS') {
    throw invalid(`CancelUpdateStack cannot be called from current stack status`);
  }
  interrupt(cloud, record, 'User Initiated');
}
