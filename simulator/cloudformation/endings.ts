/** How work on a stack ends: the reasons that CloudFormation gives, and the end of a deleted stack. */
import { noteStack } from './events.ts';
import type { StackWork } from './stack-run.ts';
import { stacksIn } from './state.ts';

/** Which resources failed, as the stack's reason tells it; or what else went wrong. */
export function failureReason(work: StackWork, verb: 'create' | 'update'): string {
  const resources = Object.values(work.record.resources);
  const named = (status: string) => resources.filter((each) => each.status === status).map((each) => each.logicalId);
  const parts = [
    ['create', named('CREATE_FAILED')],
    ['update', named('UPDATE_FAILED')],
  ] as const;
  const failed = parts.filter(([, names]) => names.length > 0);
  if (failed.length === 0) return (work.failure?.cause as Error | undefined)?.message ?? `The stack failed to ${verb}.`;
  return failed.map(([what, names]) => `The following resource(s) failed to ${what}: [${names.join(', ')}].`).join(' ');
}

export const deletionReason = (failed: ReadonlySet<string>): string =>
  `The following resource(s) failed to delete: [${[...failed].join(', ')}]. `;

/** Takes a stack whose resources are gone out of the living ones. */
export function bury(work: StackWork): void {
  const { cloud, record } = work;
  const { stacks, deleted, exports } = stacksIn(cloud, record.region);
  record.imports = [];
  record.deletedAt = cloud.now;
  noteStack(work, 'DELETE_COMPLETE');
  for (const [name, { stackId }] of Object.entries(exports)) if (stackId === record.stackId) delete exports[name];
  delete stacks[record.stackName];
  deleted[record.stackId] = record;
}
