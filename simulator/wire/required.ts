/** Required members of an input, wherever they are nested, checked before an operation sees it. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../errors.ts';
import type { Client } from './clients.ts';
import { requiredCount } from './schemas.ts';

/**
 * Throws the service's error for the first missing member. What the error is called differs by protocol: query services
 * say MissingParameter, the others ValidationException (each service's API reference, "Common Errors").
 */
export function checkRequired(client: Client, schema: NormalizedSchema, input: Record<string, unknown>): void {
  const missing = firstMissing(schema, input, '');
  if (missing === undefined) return;
  if (client.protocol === 'awsQuery' || client.protocol === 'ec2Query')
    throw new AwsError('MissingParameter', `The request must contain the parameter ${missing}`, { status: 400 });
  const message = `1 validation error detected: Value null at '${missing}' failed to satisfy constraint: Member must not be null`;
  throw new AwsError('ValidationException', message, { status: 400 });
}

const checkable = new WeakMap<object, boolean>();

/** Whether any member at any depth is required; such structures alone are walked. */
function needsCheck(schema: NormalizedSchema): boolean {
  if (schema.isListSchema() || schema.isMapSchema()) return needsCheck(schema.getValueSchema());
  if (!schema.isStructSchema()) return false;
  const raw = schema.getSchema() as object;
  const known = checkable.get(raw);
  if (known !== undefined) return known;
  // A shape that holds itself needs no check for its own sake.
  checkable.set(raw, false);
  const needed = requiredCount(schema) > 0 || [...schema.structIterator()].some(([, member]) => needsCheck(member));
  checkable.set(raw, needed);
  return needed;
}

function firstMissing(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || !needsCheck(schema)) return undefined;
  if (schema.isListSchema() || schema.isMapSchema()) {
    for (const [key, item] of Object.entries(value)) {
      const missing = firstMissing(schema.getValueSchema(), item, `${path}.${key}`);
      if (missing !== undefined) return missing;
    }
    return undefined;
  }
  const members = value as Record<string, unknown>;
  const required = requiredCount(schema);
  let index = 0;
  for (const [name, member] of schema.structIterator()) {
    const where = path === '' ? name : `${path}.${name}`;
    if (index++ < required && members[name] === undefined) return where;
    const missing = firstMissing(member, members[name], where);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
