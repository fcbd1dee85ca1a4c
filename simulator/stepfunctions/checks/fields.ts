/** Which fields a JSONata state may have. Source: Developer Guide, "State fields" of each state type. */
import { isObject, type JsonObject, type Report } from './diagnostic.ts';

const EVERY_STATE = ['Type', 'Comment', 'QueryLanguage'];
const TRANSITION = ['Next', 'End'];
const RECOVERY = ['Retry', 'Catch'];
const LEAVING = ['Output', 'Assign'];

/** State type → its own fields. */
export const STATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Choice: [...EVERY_STATE, ...LEAVING, 'Choices', 'Default'],
  Fail: [...EVERY_STATE, 'Error', 'Cause'],
  Parallel: [...EVERY_STATE, ...LEAVING, ...TRANSITION, ...RECOVERY, 'Arguments', 'Branches'],
  Pass: [...EVERY_STATE, ...LEAVING, ...TRANSITION],
  Succeed: [...EVERY_STATE, 'Output'],
  Task: [
    ...EVERY_STATE,
    ...LEAVING,
    ...TRANSITION,
    ...RECOVERY,
    'Arguments',
    'Credentials',
    'HeartbeatSeconds',
    'Resource',
    'TimeoutSeconds',
  ],
  Wait: [...EVERY_STATE, ...LEAVING, ...TRANSITION, 'Seconds', 'Timestamp'],
};

export const REQUIRED_STATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Choice: ['Choices'],
  Parallel: ['Branches'],
  Task: ['Resource'],
};

export const MACHINE_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];
export const BRANCH_FIELDS = ['Comment', 'StartAt', 'States'];
export const CHOICE_RULE_FIELDS = ['Assign', 'Comment', 'Condition', 'Next', 'Output'];
export const CATCHER_FIELDS = ['Assign', 'Comment', 'ErrorEquals', 'Next', 'Output'];
export const RETRIER_FIELDS = [
  'BackoffRate',
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'JitterStrategy',
  'MaxAttempts',
  'MaxDelaySeconds',
];

/** Fields whose values are evaluated, so that '{% … %}' in them is an expression. */
export const EVALUATED_FIELDS = [
  'Arguments',
  'Assign',
  'Cause',
  'Condition',
  'Error',
  'HeartbeatSeconds',
  'Output',
  'Seconds',
  'TimeoutSeconds',
  'Timestamp',
];

/** Fields of JSONPath states, named in the message so that the reader knows what to change. */
const JSONPATH_FIELDS = ['InputPath', 'OutputPath', 'Parameters', 'Result', 'ResultPath', 'ResultSelector', 'Variable'];

/** Reports fields that do not belong and required ones that are missing. */
export function checkFields(
  object: JsonObject,
  allowed: readonly string[],
  required: readonly string[],
  location: string,
  report: Report,
): void {
  for (const field of Object.keys(object)) {
    if (allowed.includes(field)) continue;
    const jsonPath = JSONPATH_FIELDS.includes(field) || /^(Error|Cause|Seconds|Timestamp|\w+Seconds)Path$/.test(field);
    const why = jsonPath ? `Field '${field}' is not supported by the JSONata query language` : 'Field is not supported';
    report.schema(why, `${location}/${field}`);
  }
  const missing = required.filter((field) => object[field] === undefined);
  if (missing.length > 0) report.schema(`These fields are required: [${missing.join(', ')}]`, location || '/');
}

/** A whole number in a range, where a literal is wanted. */
export function checkInteger(
  object: JsonObject,
  field: string,
  range: { min: number; max: number },
  location: string,
  report: Report,
): void {
  const value = object[field];
  if (value === undefined) return;
  if (Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max) return;
  report.schema(`Value must be an integer between ${range.min} and ${range.max}`, `${location}/${field}`);
}

/** The elements of an array of objects; anything else is reported and left out. */
export function objectsIn(
  value: unknown,
  location: string,
  report: Report,
  options: { mayBeEmpty: boolean },
): [JsonObject, string][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report.schema('Expected value of type Array', location);
    return [];
  }
  if (value.length === 0 && !options.mayBeEmpty) report.schema('Value cannot be empty', location);
  const found: [JsonObject, string][] = [];
  for (const [i, element] of value.entries()) {
    if (isObject(element)) found.push([element, `${location}[${i}]`]);
    else report.schema('Expected value of type Object', `${location}[${i}]`);
  }
  return found;
}
