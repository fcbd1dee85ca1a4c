/** The Conditions section and the functions that may stand in it: And, Or, Not, Equals, and references by name. */
import { isDeepStrictEqual } from 'node:util';
import type { Site } from './intrinsics.ts';
import type { Scope } from './scope.ts';
import { isRecord, templateError } from './template.ts';

/**
 * Answers the template's conditions, each once, when first asked. Throws ValidationError when they refer to each other
 * in a circle.
 */
export function conditionAnswers(
  expressions: Readonly<Record<string, unknown>>,
  siteAt: (path: string) => Site,
): Scope['condition'] {
  const answers = new Map<string, boolean | 'open'>();
  return (name) => {
    if (!Object.hasOwn(expressions, name)) return undefined;
    const path = `Conditions.${name}`;
    const known = answers.get(name);
    if (known === 'open') throw templateError(path, `Circular dependency between conditions: ${name}`);
    if (known !== undefined) return known;
    answers.set(name, 'open');
    const value = holdsCondition(expressions[name], siteAt(path));
    answers.set(name, value);
    return value;
  };
}

/** Whether a condition expression holds. Throws ValidationError for anything that is none. */
export function holdsCondition(expression: unknown, site: Site): boolean {
  if (isRecord(expression) && Object.keys(expression).length === 1) {
    const [name, argument] = Object.entries(expression)[0]!;
    const all = () => list(argument, name, site).map((item) => holdsCondition(item, site));
    switch (name) {
      case 'Condition':
        return named(argument, site);
      case 'Fn::And':
        return all().every(Boolean);
      case 'Fn::Or':
        return all().some(Boolean);
      case 'Fn::Not':
        return !all()[0];
      case 'Fn::Equals': {
        const [left, right] = list(argument, name, site).map((item) => site.evaluate(item));
        return isDeepStrictEqual(comparable(left), comparable(right));
      }
    }
  }
  const value = site.evaluate(expression);
  if (typeof value === 'boolean') return value;
  throw templateError(site.path, `expected a condition, found ${JSON.stringify(expression)}`);
}

/** Parameters are text, so a literal 3 and the parameter '3' are equal. */
const comparable = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

function named(name: unknown, site: Site): boolean {
  if (typeof name !== 'string') return holdsCondition(name, site);
  const value = site.scope.condition(name);
  if (value === undefined) throw templateError(site.path, `Unresolved condition dependency ${name}`);
  return value;
}

/** Counts as documented: And and Or take 2 to 10, Not one, Equals two. */
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  'Fn::And': [2, 10],
  'Fn::Or': [2, 10],
  'Fn::Not': [1, 1],
  'Fn::Equals': [2, 2],
};

function list(argument: unknown, name: string, site: Site): unknown[] {
  const [least, most] = COUNTS[name]!;
  if (!Array.isArray(argument) || argument.length < least || argument.length > most) {
    throw templateError(site.path, `${name} needs a list of ${least === most ? least : `${least} to ${most}`} members`);
  }
  return argument;
}
