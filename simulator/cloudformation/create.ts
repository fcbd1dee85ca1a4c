/** Creates stacks, and takes back what a failed creation made. Reached through engine.ts. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { type Doomed, deleteAll } from './clean-up.ts';
import { bury, deletionReason, failureReason } from './endings.ts';
import type { CreateRequest, StackOperation } from './engine.ts';
import { noteStack } from './events.ts';
import { begin, interrupt } from './operations.ts';
import { publishOutputs } from './outputs.ts';
import { createResource, isThere, takeInOrder } from './resource-steps.ts';
import { callerOf } from './resource-work.ts';
import { lastApplied } from './snapshots.ts';
import type { StackRun, StackWork } from './stack-run.ts';
import { cloudFormationState, type StackRecord, type StackVersion, stacksIn } from './state.ts';
import { readVersion, runTowards } from './versions.ts';

/**
 * Begins to create a stack; one that is only reserved (REVIEW_IN_PROGRESS) is filled. Before anything is made it throws
 * AwsError ValidationError or AlreadyExistsException for what CloudFormation refuses, NotModelled naming every resource
 * whose type is in no table.
 */
export async function beginCreate(cloud: Cloud, request: CreateRequest): Promise<StackOperation> {
  const { region } = request;
  const caller = callerOf(request.roleArn, request.caller);
  const reserved = nameIsFree(cloud, region, request.stackName);
  const { version } = await readVersion(cloud, { ...request, caller });
  const record = recordOf(cloud, request, version, reserved);
  const { token } = request;
  const run = runTowards(cloud, record, version, {
    ...{ table: request.resources, caller },
    ...(token !== undefined && { token }),
  });
  // Looked at again: parameters were looked up in between.
  nameIsFree(cloud, region, record.stackName);
  stacksIn(cloud, region).stacks[record.stackName] = record;
  noteStack(run, 'CREATE_IN_PROGRESS');
  const onFailure = request.onFailure ?? (record.disableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  return begin(run, () => create(run, onFailure), 'CREATE_FAILED');
}

/**
 * Reserves a name for a stack that a change set will create: the stack is there, in REVIEW_IN_PROGRESS, without
 * resources. Throws AwsError AlreadyExistsException when the name is taken.
 */
export function reserveStack(cloud: Cloud, stack: { region: string; stackName: string }): StackRecord {
  const reserved = nameIsFree(cloud, stack.region, stack.stackName);
  if (reserved !== undefined) return reserved;
  const { blobs } = cloud;
  const empty: StackVersion = {
    template: blobs.put('{}'),
    sealedParameters: blobs.put(JSON.stringify({ given: {}, values: {} })),
    parameters: {},
    resolvedParameters: {},
    tags: {},
  };
  const record = { ...recordOf(cloud, stack, empty, undefined), status: 'REVIEW_IN_PROGRESS' as const };
  stacksIn(cloud, stack.region).stacks[stack.stackName] = record;
  noteStack({ cloud, record, table: {}, caller: { kind: 'account' }, secrets: new Set() }, 'REVIEW_IN_PROGRESS');
  return record;
}

/** The reserved stack of this name, if any. Throws AlreadyExistsException for any other. */
function nameIsFree(cloud: Cloud, region: string, stackName: string): StackRecord | undefined {
  if (!cloud.services.has(cloudFormationState.name)) {
    throw new Error('this cloud was made without the cloudFormation service');
  }
  const existing = stacksIn(cloud, region).stacks[stackName];
  if (existing === undefined || existing.status === 'REVIEW_IN_PROGRESS') return existing;
  throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`, { status: 400 });
}

function recordOf(
  cloud: Cloud,
  request: Pick<CreateRequest, 'region' | 'stackName'> & Partial<CreateRequest>,
  version: StackVersion,
  reserved: StackRecord | undefined,
): StackRecord {
  const { region, stackName, roleArn, timeoutMinutes } = request;
  const { account } = cloud.state;
  const uuid = () => cloud.random(`cloudformation@${region}`).uuid();
  const { deleted } = stacksIn(cloud, region);
  return {
    stackName,
    stackId: reserved?.stackId ?? `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${uuid()}`,
    region,
    createdAt: reserved?.createdAt ?? cloud.now,
    status: 'CREATE_IN_PROGRESS',
    ...version,
    ...(roleArn !== undefined && { roleArn }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    terminationProtection: request.terminationProtection ?? false,
    disableRollback: request.disableRollback ?? false,
    retainExceptOnCreate: request.retainExceptOnCreate ?? false,
    outputs: {},
    imports: [],
    resources: {},
    events: reserved?.events ?? [],
    leftovers: [],
    incarnation: Object.values(deleted).filter((stack) => stack.stackName === stackName).length,
    generations: {},
  };
}

async function create(run: StackRun, onFailure: NonNullable<CreateRequest['onFailure']>): Promise<void> {
  const { cloud, record } = run;
  const timer = limitTime(cloud, record);
  await takeInOrder(run, createResource);
  if (run.failure === undefined) await publishOutputs(run);
  if (timer !== undefined) cloud.clock.cancel(timer);
  if (run.failure === undefined) {
    noteStack(run, 'CREATE_COMPLETE');
    return;
  }
  const reason = failureReason(run, 'create');
  if (onFailure === 'DO_NOTHING') noteStack(run, 'CREATE_FAILED', reason);
  else if (onFailure === 'ROLLBACK') await rollBackCreation(run, `${reason} Rollback requested by user.`);
  else await deleteAfterFailure(run, `${reason} Delete requested by user.`);
}

/** TimeoutInMinutes: the timer interrupts the work. */
function limitTime(cloud: Cloud, record: StackRecord): number | undefined {
  if (record.timeoutMinutes === undefined) return undefined;
  const context = cloud.context(cloudFormationState, record.region, { kind: 'account' });
  const { stackId } = record;
  return context.schedule('stackTimeout', record.timeoutMinutes * 60_000, { stackId });
}

/** Called by the service's timer when a creation took longer than it may. */
export function expireCreation(cloud: Cloud, region: string, stackId: string): void {
  const record = Object.values(stacksIn(cloud, region).stacks).find((stack) => stack.stackId === stackId);
  if (record?.status === 'CREATE_IN_PROGRESS') {
    interrupt(cloud, record, 'Stack creation time exceeded the specified timeout.');
  }
}

/** Deletes what was made; the stack stays, empty. Also started by RollbackStack after CREATE_FAILED. */
export async function rollBackCreation(run: StackWork, reason: string): Promise<void> {
  noteStack(run, 'ROLLBACK_IN_PROGRESS', reason);
  const failed = await deleteAll(run, madeBy(run));
  run.record.imports = [];
  if (failed.size === 0) noteStack(run, 'ROLLBACK_COMPLETE');
  else noteStack(run, 'ROLLBACK_FAILED', deletionReason(failed));
}

async function deleteAfterFailure(run: StackRun, reason: string): Promise<void> {
  noteStack(run, 'DELETE_IN_PROGRESS', reason);
  const failed = await deleteAll(run, madeBy(run));
  if (failed.size === 0) bury(run);
  else noteStack(run, 'DELETE_FAILED', deletionReason(failed));
}

/** Template Reference, "DeletionPolicy attribute": Retain keeps even what the failed creation made. */
function madeBy({ cloud, record }: StackWork): Doomed[] {
  return Object.values(record.resources)
    .filter((resource) => isThere(resource) || resource.status === 'CREATE_FAILED')
    .map((resource) => {
      const attribute = lastApplied(cloud, resource)?.deletionPolicy;
      const kept = attribute === 'Retain' && !record.retainExceptOnCreate && resource.status !== 'CREATE_FAILED';
      return { resource, policy: kept ? 'Retain' : 'Delete' };
    });
}
