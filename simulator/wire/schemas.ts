/** Shapes of our own around AWS's: the envelopes that protocols put around an output or an error. */
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';

/** Smithy's number for a string member. */
export const stringSchema: $SchemaRef = 0;

/** A structure with these members, in this order. */
export function structure(name: string, members: Readonly<Record<string, $SchemaRef>>): NormalizedSchema {
  const schema: StaticStructureSchema = [3, 'simulator.wire', name, 0, Object.keys(members), Object.values(members)];
  return NormalizedSchema.of(schema);
}

/** The members of a structure, by name, as references for `structure`; none for an operation without input or output. */
export function membersOf(schema: NormalizedSchema): Record<string, $SchemaRef> {
  if (schema.isUnitSchema()) return {};
  const raw = schema.getSchema() as StaticStructureSchema;
  return Object.fromEntries(raw[4].map((name, i) => [name, raw[5][i] as $SchemaRef]));
}

/** How many of a structure's members, counted from the first, are required. */
export function requiredCount(schema: NormalizedSchema): number {
  const raw = schema.getSchema();
  return Array.isArray(raw) && raw[0] === 3 ? (raw[6] ?? 0) : 0;
}
