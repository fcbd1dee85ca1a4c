/**
 * Checks a whole definition before a state machine is made of it: JSON, form, transitions, names, scopes. What AWS accepts
 * and the simulator does not model is refused by name.
 */
import { LimitedMap } from '../limited-map.ts';
import { stateTypes } from '../states/index.ts';
import { type Diagnostic, isObject, type JsonObject, Report } from './diagnostic.ts';
import { BRANCH_FIELDS, checkFields, checkInteger, MACHINE_FIELDS, objectsIn } from './fields.ts';
import { checkState, type Transition } from './state.ts';

/** Source: Amazon States Language, "TimeoutSeconds". */
const SECONDS_MAX = 99_999_999;
/** Source: Developer Guide, "State": at most 80 characters. */
const STATE_NAME_LENGTH_MAX = 80;

const checked = new LimitedMap<string, readonly Diagnostic[]>(500);

/** Everything wrong with a definition; empty when a state machine can be made of it. */
export function checkDefinition(text: string): readonly Diagnostic[] {
  return checked.get(text, () => check(text));
}

/** AWS's message of InvalidDefinition. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const parts = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
  return `Invalid State Machine Definition: '${parts.join(', ')}'`;
}

interface Walk {
  readonly report: Report;
  /** Of the machine. */
  readonly queryLanguage: string;
  readonly names: Set<string>;
}

function check(text: string): Diagnostic[] {
  const report = new Report();
  if (text.trim() === '') {
    report.add('MISSING_DESCRIPTION', 'The definition is empty', '/');
    return report.diagnostics;
  }
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    report.add('INVALID_JSON_DESCRIPTION', (error as Error).message, '/');
    return report.diagnostics;
  }
  if (!isObject(definition)) {
    report.schema('Expected value of type Object', '/');
    return report.diagnostics;
  }
  checkFields(definition, MACHINE_FIELDS, ['StartAt', 'States'], '', report);
  checkInteger(definition, 'TimeoutSeconds', { min: 1, max: SECONDS_MAX }, '', report);
  const { QueryLanguage = 'JSONPath' } = definition;
  if (QueryLanguage !== 'JSONPath' && QueryLanguage !== 'JSONata') {
    report.schema('Value must be one of [JSONPath, JSONata]', '/QueryLanguage');
  }
  checkScope(definition, '', { report, queryLanguage: String(QueryLanguage), names: new Set() });
  return report.diagnostics;
}

/** One `States` map and everything below it. */
function checkScope(scope: JsonObject, location: string, walk: Walk): void {
  const { report } = walk;
  if (scope.States === undefined) return;
  if (!isObject(scope.States)) {
    report.schema('Expected value of type Object', `${location}/States`);
    return;
  }
  const states = Object.entries(scope.States);
  if (states.length === 0) report.schema('Value cannot be empty', `${location}/States`);
  const transitions: Transition[] = [];
  if (scope.StartAt !== undefined) {
    transitions.push({ field: 'StartAt', target: scope.StartAt, location: `${location}/StartAt` });
  }
  for (const [name, state] of states) {
    const at = `${location}/States/${name}`;
    checkName(name, at, walk);
    if (!isObject(state)) {
      report.schema('Expected value of type Object', at);
      continue;
    }
    if (!checkTypeAndLanguage(state, at, walk)) continue;
    transitions.push(...checkState(state, at, report));
    if (state.Type !== 'Parallel') continue;
    for (const [branch, here] of objectsIn(state.Branches, `${at}/Branches`, report, { mayBeEmpty: false })) {
      checkFields(branch, BRANCH_FIELDS, ['StartAt', 'States'], here, report);
      checkScope(branch, here, walk);
    }
  }
  for (const { field, target, location: at } of transitions) {
    if (typeof target !== 'string' || !Object.hasOwn(scope.States, target)) {
      report.add('MISSING_TRANSITION_TARGET', `Missing '${field}' target: ${target}`, at);
    }
  }
  if (states.length > 0 && !states.some(([, state]) => isTerminal(state))) {
    report.add('MISSING_END_STATE', 'The workflow does not have a terminal state', `${location}/States`);
  }
}

function checkName(name: string, location: string, { names, report }: Walk): void {
  if (name.length === 0 || name.length > STATE_NAME_LENGTH_MAX) {
    report.add('INVALID_STATE_NAME', `A state name has 1 to ${STATE_NAME_LENGTH_MAX} characters`, location);
  }
  if (names.has(name)) report.add('DUPLICATE_STATE_NAME', `The state name '${name}' appears more than once`, location);
  names.add(name);
}

/** Whether the state is one that can be checked further. */
function checkTypeAndLanguage(state: JsonObject, location: string, { report, queryLanguage }: Walk): boolean {
  const { Type: type, QueryLanguage = queryLanguage } = state;
  if (type === 'Map') {
    report.notModelled('State type Map', `${location}/Type`);
    return false;
  }
  if (typeof type !== 'string' || !Object.hasOwn(stateTypes, type)) {
    report.schema(`Value must be one of [${Object.keys(stateTypes).join(', ')}, Map]`, `${location}/Type`);
    return false;
  }
  if (queryLanguage === 'JSONata' && QueryLanguage === 'JSONPath') {
    report.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", location);
    return false;
  }
  if (QueryLanguage !== 'JSONata') {
    report.notModelled(`Query language ${QueryLanguage}`, location);
    return false;
  }
  return true;
}

const isTerminal = (state: unknown): boolean =>
  isObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
