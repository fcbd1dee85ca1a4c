/**
 * Applies a parsed update to an item. Every right-hand side reads the item as it was before; removals from lists come
 * last and count positions as they were before (developer guide, "Update expressions").
 */
import { AwsError } from '../../../errors.ts';
import { addNumbers, subtractNumbers } from '../numbers.ts';
import { type Item, membersOf, typeOf, type Value } from '../values.ts';
import type { Path, SetValue, Update } from './ast.ts';
import { valueAt } from './evaluate.ts';

/** A value while it is being changed. */
type Draft = { M?: Record<string, Draft>; L?: Draft[] } & Record<string, unknown>;

/** The item after the update. Throws ValidationException in AWS's words. */
export function applyUpdate(item: Item, update: Update): Item {
  const draft: Draft = { M: copy(item) as Record<string, Draft> };
  const assignments = [
    ...update.sets.map(({ path, value }) => ({ path, value: evaluate(value, item) })),
    ...update.adds.map(({ path, value }) => ({ path, value: added(valueAt(item, path), value) })),
  ];
  // Ascending positions, so that elements put behind the end of a list are appended in order.
  assignments.sort((a, b) => lastIndex(a.path) - lastIndex(b.path));
  for (const { path, value } of assignments) assign(draft, path, value);
  for (const { path, value } of update.deletes) {
    const rest = without(valueAt(item, path), value);
    if (rest === 'none') remove(draft, path);
    else if (rest) assign(draft, path, rest);
  }
  const removes = [...update.removes].sort((a, b) => lastIndex(b) - lastIndex(a));
  for (const path of removes) remove(draft, path);
  return draft.M as unknown as Item;
}

/** An item is plain data; structuredClone would copy it at twenty times the price. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copy(each)]));
}

const lastIndex = (path: Path): number => {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
};

function evaluate(value: SetValue, item: Item): Value {
  switch (value.type) {
    case 'value':
      return value.value;
    case 'path': {
      const found = valueAt(item, value.path);
      if (found) return found;
      throw invalid('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'ifNotExists':
      return valueAt(item, value.path) ?? evaluate(value.otherwise, item);
    case 'listAppend': {
      const [left, right] = [evaluate(value.left, item), evaluate(value.right, item)];
      if ('L' in left && 'L' in right) return { L: [...left.L, ...right.L] };
      throw wrongOperand();
    }
    case 'plus':
    case 'minus': {
      const [left, right] = [evaluate(value.left, item), evaluate(value.right, item)];
      if (!('N' in left && 'N' in right)) throw wrongOperand();
      return { N: value.type === 'plus' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

/** ADD: a number to a number, members to a set; a missing attribute counts as 0 or the empty set. */
function added(current: Value | undefined, value: Value): Value {
  if (current === undefined) return value;
  if ('N' in current && 'N' in value) return { N: addNumbers(current.N, value.N) };
  const [members, more] = [membersOf(current), membersOf(value)];
  if (!members || !more || typeOf(current) !== typeOf(value)) throw wrongOperand();
  return { [typeOf(current)]: [...new Set([...members, ...more])] } as unknown as Value;
}

/** DELETE: members from a set. An emptied set is no attribute any more. */
function without(current: Value | undefined, value: Value): Value | 'none' | undefined {
  if (current === undefined) return undefined;
  const [members, less] = [membersOf(current), membersOf(value)];
  if (!members || !less || typeOf(current) !== typeOf(value)) throw wrongOperand();
  const rest = members.filter((member) => !less.includes(member));
  return rest.length === 0 ? 'none' : ({ [typeOf(current)]: rest } as unknown as Value);
}

function assign(root: Draft, path: Path, value: Value): void {
  const parent = parentOf(root, path);
  const last = path.at(-1);
  const content = structuredClone(value) as unknown as Draft;
  if (typeof last === 'number' && parent.L) parent.L[Math.min(last, parent.L.length)] = content;
  else if (typeof last === 'string' && parent.M) parent.M[last] = content;
  else throw badPath();
}

function remove(root: Draft, path: Path): void {
  const parent = parentOf(root, path);
  const last = path.at(-1);
  if (typeof last === 'number' && parent.L) parent.L.splice(last, 1);
  else if (typeof last === 'string' && parent.M) delete parent.M[last];
  else throw badPath();
}

function parentOf(root: Draft, path: Path): Draft {
  let value: Draft | undefined = root;
  for (const step of path.slice(0, -1)) {
    value = typeof step === 'number' ? value.L?.[step] : value.M?.[step];
    if (value === undefined) throw badPath();
  }
  return value;
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
const wrongOperand = (): AwsError => invalid('An operand in the update expression has an incorrect data type');
const badPath = (): AwsError => invalid('The document path provided in the update expression is invalid for update');
