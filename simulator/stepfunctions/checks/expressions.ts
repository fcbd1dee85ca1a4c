/** Checks everything that is evaluated: that expressions are JSONata and that variables have names they may have. */
import { compile, expressionIn } from '../jsonata.ts';
import { isObject, type JsonObject, type Report } from './diagnostic.ts';
import { EVALUATED_FIELDS } from './fields.ts';

/** Source: Developer Guide, "Passing data between states with variables": Unicode identifier, at most 80 characters. */
const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

/** Checks the evaluated fields of a state, a Choice rule or a Catcher. */
export function checkExpressions(object: JsonObject, location: string, report: Report): void {
  for (const field of EVALUATED_FIELDS) {
    if (field in object) checkValue(object[field], `${location}/${field}`, report);
  }
  const { Assign } = object;
  if (Assign === undefined) return;
  if (!isObject(Assign)) {
    report.schema('Expected value of type Object', `${location}/Assign`);
    return;
  }
  for (const name of Object.keys(Assign)) {
    if (name === 'states') report.schema("The variable name 'states' is reserved", `${location}/Assign/${name}`);
    else if (!VARIABLE_NAME.test(name)) {
      report.schema(`'${name}' is not a valid variable name`, `${location}/Assign/${name}`);
    }
  }
}

function checkValue(value: unknown, location: string, report: Report): void {
  const source = expressionIn(value);
  if (source !== undefined) checkSource(source, location, report);
  else if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) checkValue(element, `${location}[${i}]`, report);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) checkValue(member, `${location}/${name}`, report);
  }
}

function checkSource(source: string, location: string, report: Report): void {
  try {
    if (callsEval(compile(source).ast())) {
      report.schema('The JSONata function $eval is not supported, use $parse', location);
    }
  } catch (error) {
    const { message, position } = error as { message: string; position?: number };
    report.schema(`Invalid JSONata expression at position ${position ?? 0}: ${message}`, location);
  }
}

function callsEval(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(callsEval);
  if (!isObject(node)) return false;
  const { procedure } = node;
  if (isObject(procedure) && procedure.type === 'variable' && procedure.value === 'eval') return true;
  return Object.values(node).some(callsEval);
}
