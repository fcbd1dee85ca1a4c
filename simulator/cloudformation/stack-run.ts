/** A stack in the making: what its steps share, how a failure looks, and how things are named. */
import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { DependencyGraph } from './dependencies.ts';
import type { ResourceTable } from './resource.ts';
import type { Scope } from './scope.ts';
import type { StackRecord } from './state.ts';
import type { ResourceDeclaration } from './template.ts';

export interface StackRun {
  readonly cloud: Cloud;
  readonly record: StackRecord;
  readonly scope: Scope;
  readonly table: ResourceTable;
  /** Resources whose condition holds. */
  readonly resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly graph: DependencyGraph;
  /** Values that no event, trace or state may show. */
  readonly secrets: Set<string>;
  failure?: StackFailed;
}

/** A stack that could not be made; `cause` is the error that the resource's service raised. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
  readonly stackName: string;
  readonly logicalId: string;

  constructor(stack: { stackName: string; region: string }, logicalId: string, reason: string, cause: unknown) {
    super(`stack ${stack.stackName} (${stack.region}): ${logicalId}: ${reason}`, { cause });
    this.stackName = stack.stackName;
    this.logicalId = logicalId;
  }
}

/** A physical name as CloudFormation makes them. It depends on the stack's place only, so a new resource shifts no other. */
export function physicalName(run: StackRun, logicalId: string, lengthMax = 255): string {
  const { stackName, region } = run.record;
  const digest = createHash('sha256').update(`${run.cloud.state.seed}/${region}/${stackName}/${logicalId}`).digest();
  const suffix = [...digest.subarray(0, 12)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[byte % 32]).join('');
  const room = lengthMax - suffix.length - 2;
  const name = logicalId.slice(0, Math.max(Math.ceil(room / 2), room - stackName.length));
  // Several services refuse two hyphens in a row.
  const start = stackName.slice(0, Math.max(0, room - name.length)).replace(/-+$/, '');
  return `${start}-${name}-${suffix}`;
}
