/**
 * The matchers of one field's value: exact, prefix, suffix, anything-but, numeric, cidr, equals-ignore-case, wildcard,
 * exists. Read from a pattern by `readMatcher`, tried by pattern.ts. Semantics: EventBridge user guide, "Comparison
 * operators", and AWS's rule engine (github.com/aws/event-ruler) where the guide is silent.
 */
import { addressDigits, COMPARABLE_MAX, cidrRange, comparable, inRange, numberText } from './comparable.ts';
import { type JsonValue, Members, NumberText } from './json.ts';
import { matchesWildcard, parseWildcard, type Wildcard } from './wildcard.ts';

/** A leaf of an event. */
export type Scalar = string | number | boolean | null | NumberText;

export type Matcher =
  | { readonly absent: true }
  | { readonly absent?: false; readonly test: (value: Scalar) => boolean; readonly wildcards?: readonly Wildcard[] };

/** The pattern breaks a rule; the message is AWS's reason. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

const fail = (reason: string): never => {
  throw new InvalidPattern(reason);
};

const isNumber = (value: JsonValue): value is number | NumberText =>
  typeof value === 'number' || value instanceof NumberText;

const onStrings =
  (test: (text: string) => boolean) =>
  (value: Scalar): boolean =>
    typeof value === 'string' && test(value);

/** Reads one element of a field's array. Throws InvalidPattern. */
export function readMatcher(element: JsonValue): Matcher {
  if (typeof element === 'string') return { test: exactString(element) };
  if (isNumber(element)) return { test: exactNumber(element) };
  if (element === null || typeof element === 'boolean') return { test: (value) => value === element };
  if (element instanceof Members) return readExpression(element);
  return fail('Match value must be String, number, true, false, or null');
}

function exactString(text: string): (value: Scalar) => boolean {
  const address = addressDigits(text);
  if (address === undefined) return (value) => value === text;
  // A string that is an address is compared as an address, in whatever form the event writes it.
  return onStrings((value) => addressDigits(value)?.startsWith(address) === true);
}

function exactNumber(number: number | NumberText): (value: Scalar) => boolean {
  const wanted = comparable(number);
  const text = numberText(number);
  return (value) =>
    isNumber(value) &&
    (wanted === undefined ? numberText(value) === text : comparable(value) === wanted || numberText(value) === text);
}

function readExpression(expression: Members): Matcher {
  const [first, ...others] = expression.list;
  if (!first) return fail('Match expression name not found');
  const [name, operand] = first;
  const read = OPERATORS[name];
  if (!read) return fail(`Unrecognized match type ${name}`);
  const matcher = read(operand);
  if (others.length > 0) fail('Only one key allowed in match expression');
  return matcher;
}

const text = (operand: JsonValue, complaint: string): string =>
  typeof operand === 'string' ? operand : fail(`${complaint} match pattern must be a string`);

const OPERATORS: Readonly<Record<string, ((operand: JsonValue) => Matcher) | undefined>> = Object.assign(
  Object.create(null),
  {
    exactly: (operand: JsonValue): Matcher => {
      const wanted = text(operand, 'exact');
      return { test: (value) => value === wanted };
    },
    prefix: (operand: JsonValue): Matcher => {
      if (operand instanceof Members) return { test: ignoringCase(operand, 'Prefix', 'prefix') };
      const prefix = text(operand, 'prefix');
      return { test: onStrings((value) => value.startsWith(prefix)) };
    },
    suffix: (operand: JsonValue): Matcher => {
      if (operand instanceof Members) return { test: ignoringCase(operand, 'Suffix', 'suffix') };
      const suffix = text(operand, 'suffix');
      return { test: onStrings((value) => value.endsWith(suffix)) };
    },
    'equals-ignore-case': (operand: JsonValue): Matcher => {
      const folded = foldCase(text(operand, 'equals-ignore-case'));
      return { test: onStrings((value) => equalsFolded(folded, value, 'whole')) };
    },
    wildcard: (operand: JsonValue): Matcher => {
      const wildcard = readWildcard(operand);
      return { test: onStrings((value) => matchesWildcard(wildcard, value)), wildcards: [wildcard] };
    },
    // The rule engine complains of a 'prefix' here; kept, because AWS answers with its message.
    cidr: (operand: JsonValue): Matcher => {
      const { bottom, top } = asPatternError(() => cidrRange(text(operand, 'prefix')));
      return {
        test: onStrings((value) => {
          const digits = addressDigits(value);
          return digits !== undefined && inRange(digits, bottom, top);
        }),
      };
    },
    exists: (operand: JsonValue): Matcher => {
      if (typeof operand !== 'boolean') return fail('exists match pattern must be either true or false.');
      return operand ? { test: () => true } : { absent: true };
    },
    numeric: readNumeric,
    'anything-but': readAnythingBut,
  } satisfies Record<string, (operand: JsonValue) => Matcher>,
);

function asPatternError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidPattern(error.message, { cause: error });
    throw error;
  }
}

const readWildcard = (operand: JsonValue): Wildcard => asPatternError(() => parseWildcard(text(operand, 'wildcard')));

function ignoringCase(operand: Members, label: string, name: 'prefix' | 'suffix'): (value: Scalar) => boolean {
  const [first, ...others] = operand.list;
  if (!first) return fail(`${label} expression name not found`);
  if (first[0] !== 'equals-ignore-case') return fail(`Unsupported ${name} pattern: ${first[0]}`);
  const folded = foldCase(text(first[1], 'equals-ignore-case'));
  if (others.length > 0) fail('Only one key allowed in match expression');
  return onStrings((value) => equalsFolded(folded, value, name));
}

/** Per character of the pattern: the forms that match it, lower and upper case. Folding is of the pattern only. */
type Folded = readonly (readonly string[])[];

function foldCase(pattern: string): Folded {
  return Array.from(pattern, (character) => [...new Set([character.toLowerCase(), character.toUpperCase()])]);
}

function equalsFolded(folded: Folded, value: string, mode: 'whole' | 'prefix' | 'suffix'): boolean {
  if (mode === 'suffix') return endsAt(folded, value, folded.length - 1, value.length);
  const end = (at: number, i: number): boolean => {
    const forms = folded[i];
    if (!forms) return mode === 'prefix' || at === value.length;
    return forms.some((form) => value.startsWith(form, at) && end(at + form.length, i + 1));
  };
  return end(0, 0);
}

function endsAt(folded: Folded, value: string, i: number, end: number): boolean {
  const forms = folded[i];
  if (!forms) return true;
  return forms.some((form) => value.endsWith(form, end) && endsAt(folded, value, i - 1, end - form.length));
}

function mustCompare(number: number | NumberText): bigint {
  return comparable(number) ?? fail(`Cannot compare number : ${numberText(number)}`);
}

/** ["=", n], ["<", n], [">=", n, "<", m] and so on; a lower bound comes first. */
function readNumeric(operand: JsonValue): Matcher {
  if (!Array.isArray(operand)) return fail('Value of numeric must be an array.');
  const [operator, bound, ...rest] = operand as readonly JsonValue[];
  if (typeof operator !== 'string') return fail('Invalid member in numeric match');
  if (!['=', '<', '<=', '>', '>='].includes(operator)) return fail(`Unrecognized numeric range operator: ${operator}`);
  if (bound === undefined || !isNumber(bound)) {
    return fail(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
  }
  const limit = mustCompare(bound);
  if (operator === '=') {
    if (rest.length > 0) fail('Too many elements in numeric expression');
    return { test: (value) => isNumber(value) && comparable(value) === limit };
  }
  if (operator.startsWith('<')) {
    if (rest.length > 0) fail('Too many elements in numeric expression');
    return range(-COMPARABLE_MAX, false, limit, operator === '<');
  }
  if (rest.length === 0) return range(limit, operator === '>', COMPARABLE_MAX, false);
  const [upper, top, ...more] = rest;
  if (upper !== '<' && upper !== '<=') return fail(`Bad numeric range operator: ${String(upper)}`);
  if (top === undefined || !isNumber(top)) return fail(`Value of ${upper} must be numeric`);
  if (more.length > 0) fail('Too many terms in numeric range expression');
  return range(limit, operator === '>', mustCompare(top), upper === '<');
}

function range(bottom: bigint, openBottom: boolean, top: bigint, openTop: boolean): Matcher {
  if (bottom >= top) fail('Bottom must be less than top');
  return {
    test: (value) => {
      if (!isNumber(value)) return false;
      const number = comparable(value);
      if (number === undefined) return false;
      return (openBottom ? number > bottom : number >= bottom) && (openTop ? number < top : number <= top);
    },
  };
}

const BUT_VALUE = 'Value of anything-but must be an array or single string/number value.';

function readAnythingBut(operand: JsonValue): Matcher {
  if (operand instanceof Members) return readAnythingButNested(operand);
  if (typeof operand === 'string') return { test: (value) => value !== operand };
  if (isNumber(operand)) return noneOf(new Set([mustCompare(operand)]));
  if (!Array.isArray(operand)) return fail(BUT_VALUE);
  const list = operand as readonly JsonValue[];
  const strings = list.filter((item) => typeof item === 'string');
  const numbers = list.filter(isNumber);
  if (strings.length + numbers.length < list.length) {
    fail('Inside anything but list, start|null|boolean is not supported.');
  }
  if (strings.length > 0 === numbers.length > 0) {
    fail('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  if (numbers.length > 0) return noneOf(new Set(numbers.map(mustCompare)));
  const excluded = new Set<unknown>(strings);
  return { test: (value) => !excluded.has(value) };
}

function noneOf(excluded: ReadonlySet<bigint>): Matcher {
  return {
    test: (value) => {
      const number = isNumber(value) ? comparable(value) : undefined;
      return number === undefined || !excluded.has(number);
    },
  };
}

function readAnythingButNested(operand: Members): Matcher {
  const [first, ...others] = operand.list;
  if (!first) return fail('Anything-But expression name not found');
  const [name, nested] = first;
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
    return fail(`Unsupported anything-but pattern: ${name}`);
  }
  if (!Array.isArray(nested) && typeof nested !== 'string' && !isNumber(nested)) return fail(BUT_VALUE);
  const values = (Array.isArray(nested) ? nested : [nested]) as readonly JsonValue[];
  // AWS's rule engine fails on an empty list without giving a reason.
  if (values.length === 0) return fail(`Empty list in anything-but/${name}`);
  const excluded = values.map((value) => readExcluded(name, value));
  if (others.length > 0) fail('Too many elements in numeric expression');
  const wildcards = name === 'wildcard' ? values.map(readWildcard) : [];
  return { test: (value) => !(typeof value === 'string' && excluded.some((matches) => matches(value))), wildcards };
}

function readExcluded(name: string, value: JsonValue): (text: string) => boolean {
  if (typeof value !== 'string') {
    if (name === 'wildcard') return fail('wildcard match pattern must be a string');
    if (name !== 'equals-ignore-case') return fail('prefix/suffix match pattern must be a string');
    return fail('Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.');
  }
  if (name === 'equals-ignore-case') {
    const folded = foldCase(value);
    return (candidate) => equalsFolded(folded, candidate, 'whole');
  }
  if (name === 'wildcard') {
    const wildcard = readWildcard(value);
    return (candidate) => matchesWildcard(wildcard, candidate);
  }
  if (value === '') fail('Null prefix/suffix not allowed');
  return name === 'prefix' ? (candidate) => candidate.startsWith(value) : (candidate) => candidate.endsWith(value);
}
