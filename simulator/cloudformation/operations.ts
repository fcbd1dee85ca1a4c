/** Work on stacks that is under way in this process: one at a time per stack, and how it is told to stop. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import type { StackOperation, StackOutcome } from './engine.ts';
import { noteStack } from './events.ts';
import { failResponses } from './pending-responses.ts';
import { StackFailed, type StackWork } from './stack-run.ts';
import type { StackRecord, StackStatus } from './state.ts';

/**
 * Starts the work and answers at once. What escapes the work is a defect of the simulator: it ends the stack's work with
 * `failed` and is told as the failure.
 */
export function begin(work: StackWork, run: () => Promise<void>, failed: StackStatus): StackOperation {
  const { cloud, record } = work;
  underWay(cloud).set(record.stackId, work);
  const done = run()
    .catch((error: unknown) => {
      work.failure ??= new StackFailed(record, record.stackName, String(error), error);
      noteStack(work, failed, `Internal failure: ${String(error)}`);
    })
    .then((): StackOutcome => {
      underWay(cloud).delete(record.stackId);
      return { stack: record, ...(work.failure !== undefined && { failure: work.failure }) };
    });
  return { stack: record, done };
}

/** Makes the work on a stack fail with this reason; custom resources that it waits for are waited for no longer. */
export function interrupt(cloud: Cloud, record: StackRecord, reason: string): void {
  const work = underWay(cloud).get(record.stackId);
  if (work === undefined) return;
  work.failure ??= new StackFailed(record, record.stackName, reason, new AwsError('OperationCancelled', reason));
  failResponses(cloud, record, 'Resource operation cancelled');
}

/** The work in progress, by stack id. */
function underWay(cloud: Cloud): Map<string, StackWork> {
  const name = 'cloudformation.operations';
  if (!cloud.running.has(name)) cloud.running.set(name, new Map<string, StackWork>());
  return cloud.running.get(name) as Map<string, StackWork>;
}
