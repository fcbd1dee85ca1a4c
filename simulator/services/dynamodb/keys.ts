/** Keys: which attributes make an item's identity, what DynamoDB demands of them, and the order of items. */
import { AwsError } from '../../errors.ts';
import type { KeySchema, Table } from './state.ts';
import { bytes, compareValues, type Item, typeOf, type Value } from './values.ts';

/** Developer guide, quotas: partition key 2048 bytes, sort key 1024 bytes. */
const HASH_BYTES_MAX = 2048;
const RANGE_BYTES_MAX = 1024;

export const attributesOf = (keys: KeySchema): string[] =>
  keys.range === undefined ? [keys.hash] : [keys.hash, keys.range];

/** An item's key as one text; items are stored under it. */
export function keyText(keys: KeySchema, item: Item): string {
  return JSON.stringify(attributesOf(keys).map((name) => item[name]));
}

export const keyOf = (keys: KeySchema, item: Item): Item =>
  Object.fromEntries(attributesOf(keys).map((name) => [name, item[name] as Value]));

/** Throws ValidationException unless these are the table's key attributes and no others. */
export function checkKey(table: Table, key: Item): void {
  const names = attributesOf(table.keys);
  const matches =
    Object.keys(key).length === names.length &&
    names.every((name) => Object.hasOwn(key, name) && typeOf(key[name] as Value) === table.types[name]);
  if (!matches) throw invalid('The provided key element does not match the schema');
  checkContents(table, key);
}

/** Throws ValidationException unless an item to be put has its key, and its index keys are of their types. */
export function checkItem(table: Table, item: Item): void {
  for (const name of attributesOf(table.keys)) {
    const value = item[name];
    if (value === undefined) throw wrong(`Missing the key ${name} in the item`);
    if (typeOf(value) !== table.types[name]) {
      throw wrong(`Type mismatch for key ${name} expected: ${table.types[name]} actual: ${typeOf(value)}`);
    }
  }
  checkContents(table, item);
  checkIndexKeys(table, item);
}

/** Throws ValidationException when an attribute that an index uses as key has another type. */
export function checkIndexKeys(table: Table, item: Item): void {
  for (const index of table.indexes) {
    for (const name of attributesOf(index.keys)) {
      const value = item[name];
      if (value === undefined || typeOf(value) === table.types[name]) continue;
      throw wrong(
        `Type mismatch for Index Key ${name} Expected: ${table.types[name]} Actual: ${typeOf(value)} IndexName: ${index.name}`,
      );
    }
  }
}

function checkContents(table: Table, item: Item): void {
  attributesOf(table.keys).forEach((name, index) => {
    const value = item[name] as Value;
    const size = 'S' in value ? Buffer.byteLength(value.S) : 'B' in value ? bytes(value.B).length : 1;
    if (size === 0) {
      const kind = 'S' in value ? 'string' : 'binary';
      throw invalid(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
          `${kind} value. Key: ${name}`,
      );
    }
    if (index === 0 && size > HASH_BYTES_MAX) {
      throw wrong(`Size of hashkey has exceeded the maximum size limit of${HASH_BYTES_MAX} bytes`);
    }
    if (index === 1 && size > RANGE_BYTES_MAX) {
      throw wrong(`Aggregated size of all range keys has exceeded the size limit of ${RANGE_BYTES_MAX} bytes`);
    }
  });
}

/** Order inside a partition: by the sort attribute, then by the table's own key (indexes may hold equal sort values). */
export function byRange(keys: KeySchema, table: Table): (left: Item, right: Item) => number {
  return (left, right) => {
    const [a, b] = keys.range === undefined ? [] : [left[keys.range], right[keys.range]];
    const order = a && b ? (compareValues(a, b) ?? 0) : 0;
    return order || compareTexts(keyText(table.keys, left), keyText(table.keys, right));
  };
}

/** Order of a scan: partitions by a hash of their key, items by sort key inside. The hash itself is AWS's secret. */
export function byPartition(keys: KeySchema, table: Table): (left: Item, right: Item) => number {
  const inside = byRange(keys, table);
  return (left, right) => {
    const [a, b] = [partitionText(keys, left), partitionText(keys, right)];
    return hash(a) - hash(b) || compareTexts(a, b) || inside(left, right);
  };
}

/** Which of a parallel scan's segments an item belongs to. */
export const segmentOf = (keys: KeySchema, item: Item, segments: number): number =>
  hash(partitionText(keys, item)) % segments;

const partitionText = (keys: KeySchema, item: Item): string => JSON.stringify(item[keys.hash]);
const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
const wrong = (message: string): AwsError => invalid(`One or more parameter values were invalid: ${message}`);
