/** What a change set would do to a stack, worked out without doing it, for a stack that is there or only announced. */
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import type { CreateRequest, UpdateRequest } from '../engine.ts';
import { isWork } from '../foresight.ts';
import { callerOf } from '../resource-work.ts';
import type { StackRecord, StackVersion } from '../state.ts';
import { prepareUpdate } from '../update.ts';
import { readVersion, runTowards } from '../versions.ts';
import { changesOf } from './planned-changes.ts';

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** Whether there is anything to do at all. */
  readonly isWork: boolean;
  /** As described: NoEcho values are '****'. */
  readonly parameters: StackVersion['parameters'];
  /** Why it could never be carried out, as far as that shows beforehand. */
  readonly problem?: string;
}

/**
 * Throws AwsError ValidationError for a template or parameters that are refused at once, NotModelled for what the
 * simulator cannot do. `record` is the reserved stack.
 */
export async function planCreation(cloud: Cloud, record: StackRecord, request: CreateRequest): Promise<Plan> {
  const caller = callerOf(request.roleArn, request.caller);
  const { version } = await readVersion(cloud, { ...request, stackName: record.stackName, caller });
  const run = runTowards(cloud, record, version, { table: request.resources, caller });
  return withProblem(version, async () => ({ changes: await changesOf(run, false), isWork: true }));
}

/** The same for a stack that is there. */
export async function planChange(cloud: Cloud, request: UpdateRequest): Promise<Plan> {
  const { run, version } = await prepareUpdate(cloud, request);
  const revertDrift = request.revertDrift ?? false;
  return withProblem(version, async () => {
    const changes = await changesOf(run, revertDrift);
    return { changes, isWork: changes.length > 0 || (await isWork(run, version, revertDrift)) };
  });
}

async function withProblem(
  version: StackVersion,
  work: () => Promise<Pick<Plan, 'changes' | 'isWork'>>,
): Promise<Plan> {
  const { parameters } = version;
  try {
    return { ...(await work()), parameters };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { changes: [], isWork: true, parameters, problem: error.message };
  }
}
