/** Finds the stack that a request means and refuses what its status does not allow. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { findStack, type StackRecord, type StackStatus } from './state.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message, { status: 400 });

/** Throws AwsError ValidationError when there is no such stack, or it is deleted. */
export function requireStack(cloud: Cloud, region: string, nameOrId: string): StackRecord {
  const stack = findStack(cloud, region, nameOrId);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') {
    throw invalid(`Stack [${nameOrId}] does not exist`);
  }
  return stack;
}

/** Throws AwsError ValidationError when the stack is in none of these. `what` is 'updated', 'rolledback'… */
export function requireStatus(stack: StackRecord, allowed: readonly StackStatus[], what: string): void {
  if (allowed.includes(stack.status)) return;
  throw invalid(`Stack:${stack.stackId} is in ${stack.status} state and can not be ${what}.`);
}
