/**
 * Attribute values as they are stored: plain JSON (binaries in base64, numbers canonical), made from and turned back
 * into the client's shapes. Also equality, order and size.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../errors.ts';
import { canonicalNumber, compareNumbers, significantDigits } from './numbers.ts';

export type Value =
  | { readonly S: string }
  | { readonly N: string }
  /** Base64. */
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly M: Item }
  | { readonly L: readonly Value[] };

export type Item = Readonly<Record<string, Value>>;

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'M' | 'L';

const typeNames: readonly TypeName[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'M', 'L'];
/** Developer guide, "Service, account, and table quotas": nested attribute depth. */
const DEPTH_MAX = 32;

export const typeOf = (value: Value): TypeName => Object.keys(value)[0] as TypeName;

/** Throws ValidationException when a value is none of DynamoDB's, or more than one. */
export function fromWire(wire: AttributeValue, depth = 0): Value {
  if (depth > DEPTH_MAX) throw invalid('Nesting Levels have exceeded supported limits');
  const given = typeNames.filter((name) => (wire as unknown as Record<string, unknown>)[name] !== undefined);
  const [type] = given;
  if (type === undefined) {
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (given.length > 1) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  const content = (wire as unknown as Record<string, unknown>)[type];
  switch (type) {
    case 'S':
      return { S: content as string };
    case 'N':
      return { N: canonicalNumber(content as string) };
    case 'B':
      return { B: base64(content as Uint8Array) };
    case 'BOOL':
      return { BOOL: content as boolean };
    case 'NULL':
      if (content !== true) throw wrong('Null attribute value types must have the value of true');
      return { NULL: true };
    case 'M':
      return { M: itemFromWire(content as Record<string, AttributeValue>, depth + 1) };
    case 'L':
      return { L: (content as AttributeValue[]).map((element) => fromWire(element, depth + 1)) };
    case 'SS':
      return { SS: distinct(content as string[], 'string') };
    case 'NS':
      return { NS: distinct((content as string[]).map(canonicalNumber), 'number') };
    case 'BS':
      return { BS: distinct((content as Uint8Array[]).map(base64), 'binary') };
  }
}

/** A whole item or key; throws as `fromWire`. */
export function itemFromWire(wire: Record<string, AttributeValue>, depth = 0): Item {
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, fromWire(value, depth)]));
}

function distinct(members: readonly string[], kind: string): readonly string[] {
  if (members.length === 0) throw wrong(`An ${kind} set  may not be empty`);
  if (new Set(members).size < members.length) {
    throw wrong(`Input collection [${members.join(', ')}] contains duplicates.`);
  }
  return [...members];
}

/** As the client's type. */
export function toWire(value: Value): AttributeValue {
  if ('B' in value) return { B: bytes(value.B) };
  if ('BS' in value) return { BS: value.BS.map(bytes) };
  if ('M' in value) return { M: itemToWire(value.M) };
  if ('L' in value) return { L: value.L.map(toWire) };
  if ('SS' in value) return { SS: [...value.SS] };
  if ('NS' in value) return { NS: [...value.NS] };
  return value;
}

export function itemToWire(item: Item): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toWire(value)]));
}

/** Sets are equal whatever their order. */
export function equalValues(left: Value, right: Value): boolean {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if ('M' in left && 'M' in right) {
    const names = Object.keys(left.M);
    return (
      names.length === Object.keys(right.M).length &&
      names.every((name) => Object.hasOwn(right.M, name) && equalValues(left.M[name] as Value, right.M[name] as Value))
    );
  }
  if ('L' in left && 'L' in right) {
    return left.L.length === right.L.length && left.L.every((value, i) => equalValues(value, right.L[i] as Value));
  }
  const [a, b] = [membersOf(left), membersOf(right)];
  if (a && b) return a.length === b.length && a.every((member) => b.includes(member));
  return Object.values(left)[0] === Object.values(right)[0];
}

/** A set's members, or undefined for any other type. */
export function membersOf(value: Value): readonly string[] | undefined {
  if ('SS' in value) return value.SS;
  if ('NS' in value) return value.NS;
  return 'BS' in value ? value.BS : undefined;
}

/** Order of two scalars of one type: numbers by value, strings by UTF-8 bytes, binaries by unsigned bytes. */
export function compareValues(left: Value, right: Value): number | undefined {
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('S' in left && 'S' in right) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if ('B' in left && 'B' in right) return Buffer.compare(bytes(left.B), bytes(right.B));
  return undefined;
}

/** Bytes, as the developer guide's "DynamoDB item sizes and formats" counts them. */
export function sizeOfItem(item: Item): number {
  return Object.entries(item).reduce((total, [name, value]) => total + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: Value): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return sizeOfNumber(value.N);
  if ('B' in value) return bytes(value.B).length;
  if ('SS' in value) return value.SS.reduce((total, member) => total + Buffer.byteLength(member), 0);
  if ('NS' in value) return value.NS.reduce((total, member) => total + sizeOfNumber(member), 0);
  if ('BS' in value) return value.BS.reduce((total, member) => total + bytes(member).length, 0);
  if ('M' in value) return 3 + Object.keys(value.M).length + sizeOfItem(value.M);
  if ('L' in value) return 3 + value.L.reduce((total, element) => total + 1 + sizeOf(element), 0);
  return 1;
}

const sizeOfNumber = (text: string): number =>
  Math.ceil(significantDigits(text) / 2) + 1 + (text.startsWith('-') ? 1 : 0);

export const bytes = (base64Text: string): Buffer => Buffer.from(base64Text, 'base64');
const base64 = (content: Uint8Array): string => Buffer.from(content).toString('base64');

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
const wrong = (message: string): AwsError => invalid(`One or more parameter values were invalid: ${message}`);
