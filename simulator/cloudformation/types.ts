/** Finding the model of a resource type, and refusing a template that needs one there is none of. */
import { NotModelled } from '../errors.ts';
import { customResource } from './custom-resource.ts';
import type { Inert, Modelled, ResourceTable } from './resource.ts';
import type { ResourceDeclaration } from './template.ts';

/** Undefined for a type in no table. Every Custom:: type is modelled by its own function. */
export function modelOf(table: ResourceTable, type: string): Modelled | Inert | undefined {
  if (Object.hasOwn(table, type)) return table[type];
  return type.startsWith('Custom::') ? customResource(type) : undefined;
}

/** Throws NotModelled naming every resource of these stacks whose type is in no table. */
export function refuseUnmodelled(
  table: ResourceTable,
  stacks: readonly { stackName: string; resources: Readonly<Record<string, ResourceDeclaration>> }[],
): void {
  const missing = stacks.flatMap(({ stackName, resources }) =>
    Object.entries(resources)
      .filter(([, { Type: type }]) => modelOf(table, type) === undefined)
      .map(([logicalId, { Type: type }]) => `stack ${stackName}: ${logicalId} (${type})`),
  );
  if (missing.length > 0) {
    throw new NotModelled(`these resource types are in no table of the simulator: ${missing.join('; ')}`);
  }
}
