/**
 * Evaluates JSONata in a state's fields as Step Functions does: a string that begins with '{%' and ends with '%}' is an
 * expression, everything else is itself, at any depth. The library is the reference implementation (jsonata 2).
 */
import jsonata from 'jsonata';
import { NotModelled } from '../errors.ts';
import { StateFailure, whileExecuting } from './failure.ts';
import { jsonataFunctions, type Sources } from './jsonata-functions.ts';
import { LimitedMap } from './limited-map.ts';

/** `$states` of one evaluation. */
export interface StatesVariable {
  readonly input: unknown;
  readonly context: unknown;
  readonly result?: unknown;
  readonly errorOutput?: unknown;
}

/** What an expression sees. */
export interface Scope {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly states: StatesVariable;
  readonly sources: Sources;
  /** For the words of a failure. */
  readonly stateName: string;
  readonly enteredEventId: number;
}

/**
 * Only against endless expressions, which would hang the process: no expression of a sound machine comes near.
 * AWS's own limits are not documented. The timeout is real time, so it is wide enough that load cannot trip it.
 */
const LIMITS = { timeout: 10_000, stack: 500 };

const compiled = new LimitedMap<string, jsonata.Expression>(2_000);

/** The source inside '{% … %}', or undefined when the value is no expression. */
export function expressionIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('{%') || !value.endsWith('%}') || value.length < 4)
    return undefined;
  return value.slice(2, -2).trim();
}

/** Throws the library's error (`code`, `message`, `position`) when the source is not JSONata. */
export function compile(source: string): jsonata.Expression {
  return compiled.get(source, () => jsonata(source, LIMITS));
}

/**
 * The value of a field with every expression in it answered. `field` is its name ('Output', 'Arguments').
 * Throws StateFailure States.QueryEvaluationError.
 */
export async function evaluate(value: unknown, field: string, scope: Scope): Promise<unknown> {
  const source = expressionIn(value);
  if (source !== undefined) return evaluateExpression(source, field, scope);
  if (Array.isArray(value)) {
    const elements: unknown[] = [];
    for (const [i, element] of value.entries()) elements.push(await evaluate(element, `${field}[${i}]`, scope));
    return elements;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    members[name] = await evaluate(member, `${field}/${name}`, scope);
  }
  return members;
}

/** The same, for a field that must have one JSON type ('integer', 'boolean', 'string'). */
export async function evaluateTyped<T>(
  value: unknown,
  field: string,
  expected: { readonly name: string; readonly holds: (result: unknown) => boolean },
  scope: Scope,
): Promise<T> {
  const result = await evaluate(value, field, scope);
  if (expected.holds(result)) return result as T;
  const source = expressionIn(value) ?? String(value);
  throw queryFailure(
    field,
    scope,
    `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. ` +
      `Expected '${expected.name}', but was '${typeName(result)}' for value: ${JSON.stringify(result)}`,
  );
}

export const BOOLEAN = { name: 'boolean', holds: (result: unknown) => typeof result === 'boolean' };
export const STRING = { name: 'string', holds: (result: unknown) => typeof result === 'string' };
export const INTEGER = { name: 'integer', holds: (result: unknown) => Number.isInteger(result) };

/** States.QueryEvaluationError of a field, with AWS's opening words. */
export function queryFailure(field: string, scope: Scope, what: string): StateFailure {
  const reason = `${whileExecuting(scope.stateName, scope.enteredEventId)} ${what}`;
  return new StateFailure('States.QueryEvaluationError', reason, { location: field });
}

async function evaluateExpression(source: string, field: string, scope: Scope): Promise<unknown> {
  let result: unknown;
  try {
    result = await compile(source).evaluate(undefined, {
      ...jsonataFunctions(scope.sources),
      ...scope.variables,
      states: scope.states,
    });
  } catch (error) {
    if (error instanceof NotModelled) throw error;
    const { code, message } = error as { code?: string; message?: string };
    throw queryFailure(
      field,
      scope,
      `The JSONata expression '${source}' specified for the field '${field}' threw an error during evaluation. ${code}: ${message}`,
    );
  }
  const plain = toJson(result);
  if (plain !== undefined) return plain;
  throw queryFailure(
    field,
    scope,
    `The JSONata expression '${source}' specified for the field '${field}' returned nothing (undefined).`,
  );
}

/** A plain copy: results carry hidden members and share parts with the input. Undefined when JSON has no word for it. */
function toJson(result: unknown): unknown {
  if (result === undefined) return undefined;
  const text = JSON.stringify(result, (_key, value: unknown) => (hasJson(value) ? value : undefined));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Infinity and functions have none; the library's own functions are objects marked as such. */
function hasJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || !('_jsonata_lambda' in value || '_jsonata_function' in value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
