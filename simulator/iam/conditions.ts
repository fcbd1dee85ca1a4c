/**
 * The Condition element of a policy. Rules: IAM User Guide, "IAM JSON policy elements: Condition operators" and
 * "Conditions with multiple context keys or values".
 */
import { BlockList, isIP } from 'node:net';
import { type ContextLookup, compileArn, compileText } from './pattern.ts';

export type Condition = (context: ContextLookup) => boolean;

/** Whether one value of the request matches any value of the policy. */
type Test = (value: string, context: ContextLookup) => boolean;

interface Operator {
  compile(policyValues: readonly string[], variables: boolean): Test;
  /** Satisfied when no policy value matches, and when the key is absent. */
  readonly negated?: true;
}

/** An operator that compares with one policy value at a time. */
function each(compile: (policyValue: string, variables: boolean) => Test): Operator['compile'] {
  return (policyValues, variables) => {
    const tests = policyValues.map((value) => compile(value, variables));
    return (value, context) => tests.some((test) => test(value, context));
  };
}

const equal = each((wanted, variables) => compileText(wanted, { variables, literal: true }));
const equalIgnoringCase = each((wanted, variables) =>
  compileText(wanted, { variables, literal: true, ignoreCase: true }),
);
const like = each((wanted, variables) => compileText(wanted, { variables }));
const arn = each((wanted, variables) => compileArn(wanted, { variables }));

type Comparison = (value: number, wanted: number) => boolean;

/** Policy variables are no numbers and no dates: the guide allows them with strings and ARNs only. */
const compared = (what: string, read: (text: string) => number, holds: Comparison) =>
  each((wanted) => {
    const limit = read(wanted);
    if (Number.isNaN(limit)) throw new Error(`'${wanted}' is no ${what}`);
    return (value) => holds(read(value), limit);
  });
const decimal = (text: string): number => (/^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);
const number = (holds: Comparison) => compared('number', decimal, holds);
/** One of the W3C's forms of ISO 8601, or seconds since the epoch. */
const instant = (text: string): number => (/^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const date = (holds: Comparison) => compared('date', instant, holds);

const truth = each((wanted) => {
  const expected = wanted.toLowerCase();
  if (expected !== 'true' && expected !== 'false') throw new Error(`'${wanted}' is neither true nor false`);
  return (value) => value.toLowerCase() === expected;
});

/** Base64 on both sides; the bytes are compared. */
const bytes = each((wanted) => {
  const expected = Buffer.from(wanted, 'base64');
  return (value) => Buffer.from(value, 'base64').equals(expected);
});

/** All ranges of a condition in one list: bucket policies hold dozens, and health checkers ask every second. */
const address: Operator['compile'] = (ranges) => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network, prefix] = range.split('/') as [string, string | undefined];
    const family = isIP(network);
    if (family === 0) throw new Error(`'${range}' is no IP address or range`);
    const whole = family === 6 ? 128 : 32;
    list.addSubnet(network, prefix === undefined ? whole : Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return (value) => {
    const family = isIP(value);
    return family !== 0 && list.check(value, family === 6 ? 'ipv6' : 'ipv4');
  };
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { compile: equal },
  StringNotEquals: { compile: equal, negated: true },
  StringEqualsIgnoreCase: { compile: equalIgnoringCase },
  StringNotEqualsIgnoreCase: { compile: equalIgnoringCase, negated: true },
  StringLike: { compile: like },
  StringNotLike: { compile: like, negated: true },
  // ArnEquals and ArnLike behave the same, says the guide.
  ArnEquals: { compile: arn },
  ArnLike: { compile: arn },
  ArnNotEquals: { compile: arn, negated: true },
  ArnNotLike: { compile: arn, negated: true },
  NumericEquals: { compile: number((a, b) => a === b) },
  NumericNotEquals: { compile: number((a, b) => a === b), negated: true },
  NumericLessThan: { compile: number((a, b) => a < b) },
  NumericLessThanEquals: { compile: number((a, b) => a <= b) },
  NumericGreaterThan: { compile: number((a, b) => a > b) },
  NumericGreaterThanEquals: { compile: number((a, b) => a >= b) },
  DateEquals: { compile: date((a, b) => a === b) },
  DateNotEquals: { compile: date((a, b) => a === b), negated: true },
  DateLessThan: { compile: date((a, b) => a < b) },
  DateLessThanEquals: { compile: date((a, b) => a <= b) },
  DateGreaterThan: { compile: date((a, b) => a > b) },
  DateGreaterThanEquals: { compile: date((a, b) => a >= b) },
  Bool: { compile: truth },
  BinaryEquals: { compile: bytes },
  IpAddress: { compile: address },
  NotIpAddress: { compile: address, negated: true },
};

/** Compiles a Condition element: every operator and every key must hold. Throws on an operator IAM does not have. */
export function compileConditions(element: unknown, variables: boolean): Condition | undefined {
  if (element === undefined) return undefined;
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new Error('Condition must be an object');
  }
  const conditions = Object.entries(element).flatMap(([operator, keys]) => {
    if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
      throw new Error(`condition operator '${operator}' must hold an object of keys`);
    }
    return Object.entries(keys).map(([key, values]) =>
      compileCondition(operator, key.toLowerCase(), listOf(values), variables),
    );
  });
  return (context) => conditions.every((condition) => condition(context));
}

const listOf = (values: unknown): string[] => (Array.isArray(values) ? values : [values]).map(String);

function compileCondition(name: string, key: string, wanted: string[], variables: boolean): Condition {
  if (name === 'Null') {
    const tests = wanted.map((value) => truth([value], false));
    return (context) => tests.some((matches) => matches(String(context(key) === undefined), context));
  }
  const set = /^(ForAnyValue|ForAllValues):/.exec(name)?.[1];
  let base = set === undefined ? name : name.slice(set.length + 1);
  const ifExists = base.endsWith('IfExists');
  if (ifExists) base = base.slice(0, -'IfExists'.length);
  const operator = OPERATORS[base];
  if (operator === undefined) throw new Error(`condition operator '${name}' is not one of IAM's`);
  const matches = operator.compile(wanted, variables);
  const negated = operator.negated === true;
  const holds = (value: string, context: ContextLookup): boolean => matches(value, context) !== negated;
  return (context) => {
    const values = context(key);
    if (values === undefined) return ifExists || set === 'ForAllValues' || (negated && set === undefined);
    // An empty text counts as no value at all, the guide says.
    if (set === 'ForAllValues') return values.every((value) => value === '' || holds(value, context));
    // A negated operator on several values asks that none of them matches; ForAnyValue asks that one does not.
    if (negated && set === undefined) return values.every((value) => holds(value, context));
    return values.some((value) => holds(value, context));
  };
}
