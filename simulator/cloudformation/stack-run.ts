/** Work on a stack under way: what its steps share, how a failure looks, and how things are named. */
import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Caller } from '../service.ts';
import type { DependencyGraph } from './dependencies.ts';
import type { ResourceTable } from './resource.ts';
import type { Scope } from './scope.ts';
import type { StackRecord } from './state.ts';
import type { ResourceDeclaration } from './template.ts';

/** What every operation on a stack has. */
export interface StackWork {
  readonly cloud: Cloud;
  readonly record: StackRecord;
  readonly table: ResourceTable;
  /** Makes the calls to the services. */
  readonly caller: Caller;
  readonly token?: string;
  /** Values that no event, trace or state may show. */
  readonly secrets: Set<string>;
  failure?: StackFailed;
}

/** Work towards a template. */
export interface StackRun extends StackWork {
  readonly scope: Scope;
  /** Of the stack, as it is to be. */
  readonly tags: Readonly<Record<string, string>>;
  /** Resources whose condition holds. */
  readonly resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly graph: DependencyGraph;
  /** Names of the exports that were read. */
  readonly imports: Set<string>;
}

/** A stack that did not become what was asked for; `cause` is the error that the resource's service raised. */
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

/**
 * A physical name as CloudFormation makes them. It depends on the stack's place only, so a new resource shifts no other;
 * a second resource of the same logical id, or of a second stack of the same name, gets another one.
 */
export function physicalName(work: StackWork, logicalId: string, lengthMax = 255): string {
  const { stackName, region, incarnation, generations } = work.record;
  const generation = generations[logicalId] ?? 0;
  const again = incarnation === 0 && generation === 0 ? '' : `/${incarnation}.${generation}`;
  const place = `${work.cloud.state.seed}/${region}/${stackName}/${logicalId}${again}`;
  const digest = createHash('sha256').update(place).digest();
  const suffix = [...digest.subarray(0, 12)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[byte % 32]).join('');
  const room = lengthMax - suffix.length - 2;
  const name = logicalId.slice(0, Math.max(Math.ceil(room / 2), room - stackName.length));
  // Several services refuse two hyphens in a row.
  const start = stackName.slice(0, Math.max(0, room - name.length)).replace(/-+$/, '');
  return `${start}-${name}-${suffix}`;
}
