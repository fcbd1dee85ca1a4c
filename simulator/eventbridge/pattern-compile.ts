/**
 * Event pattern text → alternatives, each a set of fields that must all match. `$or` multiplies alternatives. Called by
 * pattern.ts. The order of reading matters: a later mention of a path replaces an earlier one (EventBridge keeps the last).
 */
import { InvalidJson, type JsonValue, Members, parseJson } from './json.ts';
import { InvalidPattern, type Matcher, readMatcher } from './value-matchers.ts';
import { tooComplex } from './wildcard.ts';

/** Path ('detail.state') → what its value may be. */
export type Alternative = ReadonlyMap<string, readonly Matcher[]>;

/** event-ruler, GenericMachine: fields in one rule. */
const FIELDS_MAX = 256;
/** EventBridge user guide, "Or matching": combinations in one rule. */
const ALTERNATIVES_MAX = 1000;

/** Words that cannot be field names inside `$or` (event-ruler, Constants). */
const RESERVED_IN_OR = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'],
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
]);

const fail = (reason: string): never => {
  throw new InvalidPattern(reason);
};

/** Throws InvalidPattern with AWS's reason. */
export function readPattern(text: string): readonly Alternative[] {
  const root = parse(text);
  if (!(root instanceof Members)) return fail('Filter is not an object');
  const alternatives = readObject(root, '', [], false);
  for (const alternative of alternatives) {
    if (alternative.size > FIELDS_MAX) fail(`Size of rule exceeds max value of ${FIELDS_MAX}`);
  }
  return alternatives;
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof InvalidJson) {
      throw new InvalidPattern(`${error.message}; position ${error.position}`, { cause: error });
    }
    throw error;
  }
}

/**
 * What EventBridge refuses though its rule engine would take it: wildcards that can be partly matched in too many ways.
 * Throws InvalidPattern.
 */
export function checkComplexity(fields: Iterable<readonly Matcher[]>): void {
  for (const matchers of fields) {
    const wildcards = matchers.flatMap((matcher) => (matcher.absent ? [] : (matcher.wildcards ?? [])));
    if (tooComplex(wildcards)) {
      fail(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      );
    }
  }
}

function readObject(node: Members, path: string, before: readonly Alternative[], inOr: boolean): Alternative[] {
  if (node.list.length === 0) fail('Empty objects are not allowed');
  let alternatives = [...before];
  for (const [name, value] of node.list) {
    if (name === '$or') {
      alternatives = readOr(value, path, alternatives);
      continue;
    }
    if (inOr && RESERVED_IN_OR.has(name)) fail(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    const fullName = path === '' ? name : `${path}.${name}`;
    if (value instanceof Members) alternatives = readObject(value, fullName, alternatives, inOr);
    else if (Array.isArray(value)) alternatives = withField(alternatives, fullName, value);
    else fail(`"${name}" must be an object or an array`);
  }
  return alternatives;
}

function withField(before: readonly Alternative[], name: string, elements: readonly JsonValue[]): Alternative[] {
  const matchers = elements.map(readMatcher);
  if (matchers.length === 0) fail('Empty arrays are not allowed');
  const base: readonly Alternative[] = before.length === 0 ? [new Map()] : before;
  return base.map((alternative) => new Map([...alternative, [name, matchers]]));
}

function readOr(value: JsonValue, path: string, before: readonly Alternative[]): Alternative[] {
  if (!Array.isArray(value)) return fail('It must be an Array followed with $or.');
  const base: readonly Alternative[] = before.length === 0 ? [new Map()] : before;
  const result: Alternative[] = [];
  for (const branch of value as readonly JsonValue[]) {
    if (!(branch instanceof Members)) return fail('Only JSON object is allowed in array of $or relationship.');
    result.push(...readObject(branch, path, base, true));
    if (result.length > ALTERNATIVES_MAX) fail(`$or makes more than ${ALTERNATIVES_MAX} combinations`);
  }
  if (value.length < 2) fail('There must have at least 2 Objects in $or relationship.');
  return result;
}
