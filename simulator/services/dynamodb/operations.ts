/**
 * One read or write of items as plain data, and what carrying it out on a set of items gives. Pure: regional tables
 * carry it out at once, strongly consistent global tables when a quorum has it.
 */
import { AwsError } from '../../errors.ts';
import { applyUpdate } from './expressions/apply-update.ts';
import type { Condition, Path, RangeCondition, Update } from './expressions/ast.ts';
import { beginsWith, holds, project } from './expressions/evaluate.ts';
import { attributesOf, byPartition, byRange, checkIndexKeys, checkItem, keyOf, keyText, segmentOf } from './keys.ts';
import type { Index, Items, KeySchema, Table } from './state.ts';
import { compareValues, equalValues, type Item, itemToWire, sizeOfItem, type Value } from './values.ts';

export interface Write {
  readonly type: 'put' | 'update' | 'delete' | 'check';
  readonly key: Item;
  /** Of a put. */
  readonly item?: Item;
  readonly update?: Update;
  readonly condition?: Condition;
  /** Whether a failed condition's error carries the item. */
  readonly returnOnFailure?: boolean;
}

export interface Written {
  readonly before?: Item;
  readonly after?: Item;
}

export interface Get {
  readonly type: 'get';
  readonly key: Item;
}

export interface Search {
  readonly type: 'query' | 'scan';
  readonly index?: Index;
  /** Of a query. */
  readonly partition?: Value;
  readonly range?: RangeCondition;
  readonly forward: boolean;
  readonly filter?: Condition;
  readonly limit?: number;
  readonly after?: Item;
  readonly segment?: { readonly number: number; readonly of: number };
}

export interface Found {
  readonly items: Item[];
  readonly scanned: number;
  readonly last?: Item;
}

/** Developer guide, quotas: an item holds 400 KB with its attribute names. */
const ITEM_BYTES_MAX = 400 * 1024;
/** Query and Scan read 1 MB a page. */
const PAGE_BYTES_MAX = 1024 * 1024;

/**
 * What the write would leave; changes nothing. Throws ConditionalCheckFailedException, or ValidationException where an
 * update does not fit the item.
 */
export function evaluateWrite(table: Table, items: Items, write: Write): Written {
  const before = items[keyText(table.keys, write.key)];
  if (write.condition && !holds(write.condition, before ?? {})) {
    const members = write.returnOnFailure && before ? { members: { Item: itemToWire(before) } } : {};
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', members);
  }
  const after = afterWrite(table, before, write);
  return { ...(before && { before }), ...(after && { after }) };
}

function afterWrite(table: Table, before: Item | undefined, write: Write): Item | undefined {
  switch (write.type) {
    case 'check':
      return before;
    case 'delete':
      return undefined;
    case 'put': {
      const item = write.item as Item;
      if (sizeOfItem(item) > ITEM_BYTES_MAX) throw invalid('Item size has exceeded the maximum allowed size');
      return item;
    }
    case 'update': {
      const current = before ?? write.key;
      const item = write.update ? applyUpdate(current, write.update) : current;
      checkIndexKeys(table, item);
      if (sizeOfItem(item) > ITEM_BYTES_MAX) throw invalid('Item size to update has exceeded the maximum allowed size');
      return item;
    }
  }
}

/** Puts a written item in place. */
export function store(items: Items, key: string, item: Item | null | undefined): void {
  if (item) items[key] = item;
  else delete items[key];
}

/** Refuses updates of key attributes; throws ValidationException. */
export function checkUpdate(table: Table, update: Update): void {
  const names = attributesOf(table.keys);
  const paths = [...update.sets, ...update.adds, ...update.deletes].map(({ path }) => path);
  for (const [name] of [...paths, ...update.removes]) {
    if (!names.includes(String(name))) continue;
    throw invalid(
      `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
    );
  }
}

/** The paths that an update names, for UPDATED_OLD and UPDATED_NEW. */
export const updatedPaths = (update: Update): Path[] => [
  ...[...update.sets, ...update.adds, ...update.deletes].map(({ path }) => path),
  ...update.removes,
];

/** Throws ValidationException for an item that the table cannot hold. */
export const putOf = (table: Table, item: Item): Pick<Write, 'type' | 'key' | 'item'> => {
  checkItem(table, item);
  return { type: 'put', key: keyOf(table.keys, item), item };
};

/** One page of a query or scan. */
export function search(table: Table, items: Items, request: Search): Found {
  const keys = request.index?.keys ?? table.keys;
  const ordered = candidates(table, items, request, keys);
  const page: Item[] = [];
  let size = 0;
  let last: Item | undefined;
  for (const item of ordered) {
    page.push(item);
    size += sizeOfItem(item);
    if (page.length === request.limit || size >= PAGE_BYTES_MAX) {
      last = { ...keyOf(table.keys, item), ...keyOf(keys, item) };
      break;
    }
  }
  const { filter } = request;
  const found = page
    .map((item) => projectedBy(request.index, table, item))
    .filter((item) => !filter || holds(filter, item));
  return { items: found, scanned: page.length, ...(last && { last }) };
}

function candidates(table: Table, items: Items, request: Search, keys: KeySchema): Item[] {
  const { partition, range, segment, after } = request;
  const inIndex = attributesOf(keys);
  const order = request.type === 'query' ? byRange(keys, table) : byPartition(keys, table);
  const direction = request.forward ? 1 : -1;
  return Object.values(items)
    .filter((item) => inIndex.every((name) => item[name] !== undefined))
    .filter((item) => !partition || equalValues(item[keys.hash] as Value, partition))
    .filter((item) => !range || inRange(item[keys.range as string] as Value, range))
    .filter((item) => !segment || segmentOf(keys, item, segment.of) === segment.number)
    .filter((item) => !after || direction * order(item, after) > 0)
    .sort((a, b) => direction * order(a, b));
}

function inRange(value: Value, range: RangeCondition): boolean {
  switch (range.type) {
    case 'beginsWith':
      return beginsWith(value, range.prefix);
    case 'between':
      return (compareValues(value, range.low) ?? -1) >= 0 && (compareValues(value, range.high) ?? 1) <= 0;
    case 'compare': {
      const order = compareValues(value, range.value);
      if (order === undefined) return false;
      return { '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[range.comparator];
    }
  }
}

function projectedBy(index: Index | undefined, table: Table, item: Item): Item {
  if (!index || index.projected === 'ALL') return item;
  const names = [...attributesOf(table.keys), ...attributesOf(index.keys), ...index.projected];
  return project(
    item,
    names.map((name) => [name]),
  );
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
