/** Answers a parsed condition for one item, and reads and projects document paths. */
import { bytes, compareValues, equalValues, type Item, membersOf, typeOf, type Value } from '../values.ts';
import type { Comparator, Condition, Operand, Path } from './ast.ts';

/** The value at a path, or undefined where the item has none. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let value = { M: item } as Value | undefined;
  for (const step of path) {
    if (value === undefined) return undefined;
    if (typeof step === 'number') value = 'L' in value ? value.L[step] : undefined;
    else value = 'M' in value && Object.hasOwn(value.M, step) ? value.M[step] : undefined;
  }
  return value;
}

/** Whether the condition holds; `item` is empty when there is none. */
export function holds(condition: Condition, item: Item): boolean {
  switch (condition.type) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.condition, item);
    case 'compare':
      return compare(condition.comparator, read(condition.left, item), read(condition.right, item));
    case 'between': {
      const value = read(condition.operand, item);
      return compare('>=', value, read(condition.low, item)) && compare('<=', value, read(condition.high, item));
    }
    case 'in': {
      const value = read(condition.operand, item);
      return condition.list.some((each) => compare('=', value, read(each, item)));
    }
    case 'exists':
      return (valueAt(item, condition.path) !== undefined) === condition.wanted;
    case 'attributeType': {
      const value = valueAt(item, condition.path);
      return value !== undefined && typeOf(value) === condition.name;
    }
    case 'beginsWith':
      return beginsWith(read(condition.operand, item), read(condition.argument, item));
    case 'contains':
      return contains(read(condition.operand, item), read(condition.argument, item));
  }
}

function read(operand: Operand, item: Item): Value | undefined {
  if (operand.type === 'value') return operand.value;
  const value = valueAt(item, operand.path);
  if (operand.type === 'path' || value === undefined) return value;
  const size = sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** What size() answers. Guess: a string's length counts UTF-16 units, as in Java; the guide says only "length". */
function sizeOf(value: Value): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return bytes(value.B).length;
  if ('M' in value) return Object.keys(value.M).length;
  if ('L' in value) return value.L.length;
  return membersOf(value)?.length;
}

/** An attribute that is missing is unequal to everything and neither less nor greater. */
function compare(comparator: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  const equal = left !== undefined && right !== undefined && equalValues(left, right);
  if (comparator === '=') return equal;
  if (comparator === '<>') return !equal;
  const order = left && right ? compareValues(left, right) : undefined;
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

/** begins_with on strings and binaries; false for anything else. */
export function beginsWith(value: Value | undefined, prefix: Value | undefined): boolean {
  if (!value || !prefix) return false;
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if ('B' in value && 'B' in prefix) {
    const start = bytes(prefix.B);
    return bytes(value.B).subarray(0, start.length).equals(start);
  }
  return false;
}

function contains(value: Value | undefined, wanted: Value | undefined): boolean {
  if (!value || !wanted) return false;
  if ('S' in value && 'S' in wanted) return value.S.includes(wanted.S);
  if ('B' in value && 'B' in wanted) return bytes(value.B).includes(bytes(wanted.B));
  if ('L' in value) return value.L.some((element) => equalValues(element, wanted));
  if ('SS' in value && 'S' in wanted) return value.SS.includes(wanted.S);
  if ('NS' in value && 'N' in wanted) return value.NS.includes(wanted.N);
  return 'BS' in value && 'B' in wanted && value.BS.includes(wanted.B);
}

/** Only the given paths of an item; elements of lists move together, as DynamoDB answers them. */
export function project(item: Item, paths: readonly Path[]): Item {
  return Object.fromEntries(
    [...Map.groupBy(paths, ([name]) => String(name))].flatMap(([name, group]) => {
      const value = Object.hasOwn(item, name) ? item[name] : undefined;
      const part =
        value &&
        keep(
          value,
          group.map((path) => path.slice(1)),
        );
      return part ? [[name, part]] : [];
    }),
  );
}

/** The parts of a value under the given paths, or undefined where it has none of them. */
function keep(value: Value, paths: readonly Path[]): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if ('M' in value) {
    const part = project(
      value.M,
      paths.filter(([step]) => typeof step === 'string'),
    );
    return Object.keys(part).length > 0 ? { M: part } : undefined;
  }
  if (!('L' in value)) return undefined;
  const byIndex = [
    ...Map.groupBy(
      paths.filter(([step]) => typeof step === 'number'),
      ([step]) => Number(step),
    ),
  ];
  const elements = byIndex
    .sort(([a], [b]) => a - b)
    .flatMap(([index, group]) => {
      const element = value.L[index];
      return element
        ? (keep(
            element,
            group.map((path) => path.slice(1)),
          ) ?? [])
        : [];
    });
  return elements.length > 0 ? { L: elements } : undefined;
}
