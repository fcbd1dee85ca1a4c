/** Parses KeyConditionExpression: equality on the partition key and at most one condition on the sort key. */
import { AwsError } from '../../../errors.ts';
import { compareValues, typeOf, type Value } from '../values.ts';
import type { Condition, Operand, RangeCondition } from './ast.ts';
import { parseCondition } from './conditions.ts';
import type { Placeholders } from './placeholders.ts';

const LABEL = 'KeyConditionExpression';

export interface KeyCondition {
  readonly partition: Value;
  readonly range?: RangeCondition;
}

/** Throws ValidationException in AWS's words. `types` are the key attributes' types. */
export function parseKeyCondition(
  text: string,
  keys: {
    readonly hash: string;
    readonly range?: string | undefined;
    readonly types: Readonly<Record<string, string>>;
  },
  placeholders: Placeholders,
): KeyCondition {
  const conditions = flatten(parseCondition(LABEL, text, placeholders));
  const byName = new Map<string, RangeCondition>();
  for (const condition of conditions) {
    const [name, parsed] = keyTest(condition);
    if (byName.has(name)) {
      throw invalid(`Invalid ${LABEL}: KeyConditionExpressions must only contain one condition per key`);
    }
    byName.set(name, parsed);
  }
  const partition = byName.get(keys.hash);
  if (!partition) throw invalid(`Query condition missed key schema element: ${keys.hash}`);
  if (partition.type !== 'compare' || partition.comparator !== '=') throw invalid('Query key condition not supported');
  const range = keys.range === undefined ? undefined : byName.get(keys.range);
  if (byName.size > (range ? 2 : 1)) {
    const missed = keys.range;
    throw invalid(
      missed ? `Query condition missed key schema element: ${missed}` : 'Query key condition not supported',
    );
  }
  for (const [name, test] of byName) checkTypes(keys.types[name], test);
  return range ? { partition: partition.value, range } : { partition: partition.value };
}

function flatten(condition: Condition): Condition[] {
  if (condition.type === 'and') return [...flatten(condition.left), ...flatten(condition.right)];
  if (condition.type === 'or') throw invalid(`Invalid operator used in ${LABEL}: OR`);
  if (condition.type === 'not') throw invalid(`Invalid operator used in ${LABEL}: NOT`);
  return [condition];
}

/** The key attribute's name and its condition. */
function keyTest(condition: Condition): [string, RangeCondition] {
  switch (condition.type) {
    case 'compare': {
      const { comparator } = condition;
      if (comparator === '<>') throw invalid(`Invalid operator used in ${LABEL}: <>`);
      if (condition.left.type !== 'path' && condition.right.type === 'path') {
        throw invalid(`Invalid condition in ${LABEL}: Multiple attribute names used in one condition`);
      }
      return [nameOf(condition.left), { type: 'compare', comparator, value: literal(condition.right) }];
    }
    case 'between': {
      const [low, high] = [literal(condition.low), literal(condition.high)];
      if ((compareValues(low, high) ?? 0) > 0) {
        throw invalid(
          `Invalid ${LABEL}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ` +
            `lower bound operand: AttributeValue: ${show(low)}, upper bound operand: AttributeValue: ${show(high)}`,
        );
      }
      return [nameOf(condition.operand), { type: 'between', low, high }];
    }
    case 'beginsWith':
      return [nameOf(condition.operand), { type: 'beginsWith', prefix: literal(condition.argument) }];
    case 'in':
      throw invalid(`Invalid operator used in ${LABEL}: IN`);
    case 'contains':
      throw invalid(`Invalid operator used in ${LABEL}: contains`);
    case 'attributeType':
      throw invalid(`Invalid operator used in ${LABEL}: attribute_type`);
    case 'exists':
      throw invalid(`Invalid operator used in ${LABEL}: attribute_${condition.wanted ? '' : 'not_'}exists`);
    default:
      throw invalid('Query key condition not supported');
  }
}

function nameOf(operand: Operand): string {
  if (operand.type === 'size') throw invalid(`Invalid operator used in ${LABEL}: size`);
  if (operand.type === 'value') {
    throw invalid(`Invalid condition in ${LABEL}: No key attribute specified`);
  }
  const [name] = operand.path;
  if (operand.path.length > 1)
    throw invalid(`Invalid ${LABEL}: KeyConditionExpressions cannot have conditions on nested attributes`);
  return String(name);
}

function literal(operand: Operand): Value {
  if (operand.type === 'value') return operand.value;
  throw invalid(`Invalid condition in ${LABEL}: Multiple attribute names used in one condition`);
}

function checkTypes(expected: string | undefined, test: RangeCondition): void {
  const values =
    test.type === 'compare' ? [test.value] : test.type === 'between' ? [test.low, test.high] : [test.prefix];
  if (values.every((value) => typeOf(value) === expected)) return;
  throw invalid('One or more parameter values were invalid: Condition parameter type does not match schema type');
}

const show = (value: Value): string => `{${typeOf(value)}:${Object.values(value)[0]}}`;
const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
