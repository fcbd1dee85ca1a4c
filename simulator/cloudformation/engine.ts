/**
 * The stack engine's door: everything that CloudFormation's API, a deployment or a test can have done to a stack.
 * `begin…` answers as the API does, once the request is accepted, and the work goes on in virtual time; the plain verbs
 * wait for the end. Custom resources take virtual time, so drive them with `cloud.resolve(…)` or an advancing clock.
 */
import type { Cloud } from '../cloud.ts';
import type { Caller } from '../service.ts';
import { beginCreate } from './create.ts';
import { beginDelete } from './delete.ts';
import { requireStack } from './lookup.ts';
import type { ResourceTable } from './resource.ts';
import { beginContinueRollback, beginRollback } from './rollback.ts';
import type { StackFailed } from './stack-run.ts';
import type { StackRecord } from './state.ts';
import { beginUpdate } from './update.ts';

export { beginCreate, reserveStack } from './create.ts';
export { beginDelete } from './delete.ts';
export { requireStack } from './lookup.ts';
export { beginContinueRollback, beginRollback } from './rollback.ts';
export { beginUpdate, cancelUpdate } from './update.ts';

/** A parameter's value, or the wish to keep the one that the stack has. */
export type ParameterChoice = string | { readonly usePrevious: true };

export interface StackRequest {
  readonly region: string;
  /** A name, or for all but creation a stack id. */
  readonly stackName: string;
  /** JSON; left out in an update: the template that the stack has. */
  readonly template?: string;
  readonly parameters?: Readonly<Record<string, ParameterChoice>>;
  /** Left out in an update: those that the stack has. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How each resource type is modelled. */
  readonly resources: ResourceTable;
  /** Service role that makes the calls; kept with the stack. Without one, `caller` does. */
  readonly roleArn?: string;
  /** Who asks; the administrator when left out. */
  readonly caller?: Caller;
  /** ClientRequestToken, shown in events. */
  readonly token?: string;
  /** DisableRollback: a failure leaves everything as it is. */
  readonly disableRollback?: boolean;
  /** API parameter of this name: at a rollback new resources are deleted even where their policy is Retain. */
  readonly retainExceptOnCreate?: boolean;
}

export interface CreateRequest extends StackRequest {
  readonly template: string;
  /** Default ROLLBACK, or DO_NOTHING where `disableRollback` is set. */
  readonly onFailure?: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  readonly timeoutMinutes?: number;
  readonly terminationProtection?: boolean;
}

export interface UpdateRequest extends StackRequest {
  /** DeploymentMode REVERT_DRIFT: what was changed beside CloudFormation is set back, unchanged in the template or not. */
  readonly revertDrift?: boolean;
}

export interface DeleteRequest {
  readonly region: string;
  readonly stackName: string;
  readonly resources: ResourceTable;
  readonly roleArn?: string;
  readonly caller?: Caller;
  readonly token?: string;
  /** Only in DELETE_FAILED: logical ids to leave alone. */
  readonly retainResources?: readonly string[];
  /** DeletionMode FORCE_DELETE_STACK, only in DELETE_FAILED: what cannot be deleted is left alone. */
  readonly force?: boolean;
}

export interface RollbackRequest {
  readonly region: string;
  readonly stackName: string;
  readonly resources: ResourceTable;
  readonly roleArn?: string;
  readonly caller?: Caller;
  readonly token?: string;
  readonly retainExceptOnCreate?: boolean;
}

export interface ContinueRollbackRequest extends RollbackRequest {
  /** Logical ids that stay as they are and count as rolled back. */
  readonly resourcesToSkip?: readonly string[];
}

/** Work on a stack that was accepted. */
export interface StackOperation {
  /** Live: its status and events grow while the work goes on. */
  readonly stack: StackRecord;
  /** Settles when the stack's status is final; never rejects. */
  readonly done: Promise<StackOutcome>;
}

export interface StackOutcome {
  readonly stack: StackRecord;
  /** What went wrong first, whether or not it was rolled back. */
  readonly failure?: StackFailed;
}

/** Creates a stack and waits. Throws what `beginCreate` throws, and StackFailed after whatever onFailure asks for. */
export const createStack = (cloud: Cloud, request: CreateRequest): Promise<StackRecord> =>
  beginCreate(cloud, request).then(completed);

/** Updates a stack and waits. Throws what `beginUpdate` throws, and StackFailed after the rollback. */
export const updateStack = (cloud: Cloud, request: UpdateRequest): Promise<StackRecord> =>
  beginUpdate(cloud, request).then(completed);

/** Deletes a stack and waits; the status tells what became of it. Undefined when there was none. */
export async function deleteStack(cloud: Cloud, request: DeleteRequest): Promise<StackRecord | undefined> {
  const outcome = await beginDelete(cloud, request)?.done;
  return outcome?.stack;
}

/** RollbackStack, waited for; the status tells what became of it. Throws what `beginRollback` throws. */
export const rollbackStack = async (cloud: Cloud, request: RollbackRequest): Promise<StackRecord> =>
  (await beginRollback(cloud, request).done).stack;

/** ContinueUpdateRollback, waited for; the status tells what became of it. Throws what `beginContinueRollback` throws. */
export const continueUpdateRollback = async (cloud: Cloud, request: ContinueRollbackRequest): Promise<StackRecord> =>
  (await beginContinueRollback(cloud, request).done).stack;

async function completed({ done }: StackOperation): Promise<StackRecord> {
  const { stack, failure } = await done;
  if (failure !== undefined) throw failure;
  return stack;
}

/** UpdateTerminationProtection. Throws AwsError ValidationError when there is no such stack. */
export function setTerminationProtection(
  cloud: Cloud,
  request: { region: string; stackName: string; enabled: boolean },
): StackRecord {
  const stack = requireStack(cloud, request.region, request.stackName);
  stack.terminationProtection = request.enabled;
  return stack;
}
