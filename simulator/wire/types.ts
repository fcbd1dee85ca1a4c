/**
 * Whether a decoded input has the types of its schema: the codecs pass on what a body holds, and clients of the SDK cannot
 * hold anything else. Called by simulator/local for requests that come from anywhere.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../errors.ts';
import type { Client } from './clients.ts';

/** Throws the service's error for the first value of a wrong type. */
export function checkTypes(client: Client, schema: NormalizedSchema, input: unknown): void {
  if (schema.isUnitSchema()) return;
  const found = firstMistyped(schema, input, '');
  if (found === undefined) return;
  const message = `the value of ${found === '' ? 'the input' : `'${found}'`} has a wrong type`;
  throw new AwsError(codeOf(client), message, { status: 400 });
}

/** Guess: those of the query services, S3 and Route 53. The JSON services' is documented ("Common Errors" of each). */
function codeOf({ service, protocol }: Client): string {
  if (protocol === 'awsJson' || protocol === 'restJson1') return 'SerializationException';
  if (service === 's3') return 'InvalidArgument';
  return service === 'route53' ? 'InvalidInput' : 'MalformedInput';
}

function firstMistyped(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (schema.isStructSchema()) return inStructure(schema, value, path);
  if (schema.isListSchema()) return inList(schema, value, path);
  if (schema.isMapSchema()) return inMap(schema, value, path);
  return fits(schema, value) ? undefined : path;
}

const at = (path: string, name: string | number): string => (path === '' ? String(name) : `${path}.${name}`);

function inStructure(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (!isObject(value)) return path;
  for (const [name, member] of schema.structIterator()) {
    const given = value[name];
    if (given === undefined || given === null) continue;
    const found = firstMistyped(member, given, at(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inList(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) return path;
  for (const [index, item] of value.entries()) {
    const found = firstMistyped(schema.getValueSchema(), item, at(path, index));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inMap(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  if (!isObject(value)) return path;
  for (const [name, item] of Object.entries(value)) {
    const found = firstMistyped(schema.getValueSchema(), item, at(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function fits(schema: NormalizedSchema, value: unknown): boolean {
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime());
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isNumericSchema()) return typeof value === 'number' && !Number.isNaN(value);
  // A string that holds JSON is an object that looks like one.
  if (schema.isStringSchema()) return typeof value === 'string' || value instanceof String;
  return true;
}
