/** Update expressions and projections, row by row. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { applyUpdate } from '../../../simulator/services/dynamodb/expressions/apply-update.ts';
import { project } from '../../../simulator/services/dynamodb/expressions/evaluate.ts';
import { Placeholders } from '../../../simulator/services/dynamodb/expressions/placeholders.ts';
import { parseProjection, parseUpdate } from '../../../simulator/services/dynamodb/expressions/updates.ts';
import { itemFromWire, itemToWire } from '../../../simulator/services/dynamodb/values.ts';

type Wire = Record<string, AttributeValue>;

function update(before: Wire, text: string, values?: Wire, names?: Record<string, string>): Wire {
  const placeholders = new Placeholders({ ExpressionAttributeNames: names, ExpressionAttributeValues: values });
  return itemToWire(applyUpdate(itemFromWire(before), parseUpdate(text, placeholders)));
}

const n = (value: number): AttributeValue => ({ N: String(value) });
const s = (value: string): AttributeValue => ({ S: value });
const numbers = (...list: number[]): AttributeValue => ({ L: list.map(n) });

describe('an update', () => {
  test.each<[string, Wire, string, Wire | undefined, Wire]>([
    [
      'sets attributes',
      { Id: n(1) },
      'SET Brand = :b, Price = :p',
      { ':b': s('x'), ':p': n(5) },
      { Id: n(1), Brand: s('x'), Price: n(5) },
    ],
    [
      'sets inside maps',
      { Pictures: { M: {} } },
      'SET Pictures.Front = :f',
      { ':f': s('x') },
      { Pictures: { M: { Front: s('x') } } },
    ],
    [
      'adds and subtracts',
      { Price: n(10), Former: n(3) },
      'SET Price = Price - :d, Altogether = Price + Former',
      { ':d': n(2.5) },
      { Price: n(7.5), Former: n(3), Altogether: n(13) },
    ],
    ['reads old values only', { a: n(1), b: n(2) }, 'SET a = b, b = a', undefined, { a: n(2), b: n(1) }],
    [
      'keeps what exists',
      { Price: n(1) },
      'SET Price = if_not_exists(Price, :p), Size2 = if_not_exists(Size2, :p)',
      { ':p': n(9) },
      { Price: n(1), Size2: n(9) },
    ],
    [
      'counts from nothing',
      {},
      'SET Hits = if_not_exists(Hits, :zero) + :one',
      { ':zero': n(0), ':one': n(1) },
      { Hits: n(1) },
    ],
    [
      'appends to lists',
      { Items2: numbers(1) },
      'SET Items2 = list_append(Items2, :more)',
      { ':more': numbers(2, 3) },
      { Items2: numbers(1, 2, 3) },
    ],
    [
      'prepends to lists',
      { Items2: numbers(1) },
      'SET Items2 = list_append(:more, Items2)',
      { ':more': numbers(2) },
      { Items2: numbers(2, 1) },
    ],
    [
      'puts elements behind the end',
      { Items2: numbers(1) },
      'SET Items2[9] = :b, Items2[5] = :a',
      { ':a': n(2), ':b': n(3) },
      { Items2: numbers(1, 2, 3) },
    ],
    [
      'removes attributes and elements',
      { a: n(1), b: n(2), l: numbers(0, 1, 2, 3) },
      'REMOVE a, l[1], l[2]',
      undefined,
      { b: n(2), l: numbers(0, 3) },
    ],
    ['removing nothing is no error', { a: n(1) }, 'REMOVE zzz', undefined, { a: n(1) }],
    [
      'adds to numbers and sets',
      { q: n(1), c: { SS: ['a'] } },
      'ADD q :q, c :c, fresh :q',
      { ':q': n(4), ':c': { SS: ['a', 'b'] } },
      { q: n(5), c: { SS: ['a', 'b'] }, fresh: n(4) },
    ],
    [
      'takes members out of sets',
      { c: { SS: ['a', 'b'] }, d: { NS: ['1'] } },
      'DELETE c :c, d :d',
      { ':c': { SS: ['b', 'z'] }, ':d': { NS: ['1'] } },
      { c: { SS: ['a'] } },
    ],
    ['has several clauses in any case', { a: n(1), b: n(2) }, 'set a = :v remove b', { ':v': n(3) }, { a: n(3) }],
  ])('%s', (_title, before, text, values, after) => {
    expect(update(before, text, values)).toEqual(after);
  });

  test.each<[string, Wire, string, Wire | undefined]>([
    ['The provided expression refers to an attribute that does not exist in the item', {}, 'SET a = b', undefined],
    ['The document path provided in the update expression is invalid for update', {}, 'SET a.b = :v', { ':v': n(1) }],
    [
      'The document path provided in the update expression is invalid for update',
      { a: n(1) },
      'SET a[0] = :v',
      { ':v': n(1) },
    ],
    ['An operand in the update expression has an incorrect data type', { a: s('x') }, 'SET a = a + :v', { ':v': n(1) }],
    ['An operand in the update expression has an incorrect data type', { a: s('x') }, 'ADD a :v', { ':v': n(1) }],
    [
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
      {},
      'SET a = :v SET b = :v',
      { ':v': n(1) },
    ],
    [
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
      {},
      'SET a = :v, a.b = :v',
      { ':v': n(1) },
    ],
    [
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]',
      {},
      'SET a.b = :v, a[0] = :v',
      { ':v': n(1) },
    ],
    [
      'Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
      {},
      'ADD a :v',
      { ':v': s('x') },
    ],
    [
      'Incorrect operand type for operator or function; operator or function: +, operand type: S',
      {},
      'SET a = a + :v',
      { ':v': s('x') },
    ],
    [
      'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: counter',
      {},
      'ADD counter :v',
      { ':v': n(1) },
    ],
    ['Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="', {}, 'SET a =', undefined],
    ['Invalid UpdateExpression: Syntax error; token: "PUT", near: "PUT a"', {}, 'PUT a = :v', { ':v': n(1) }],
  ])('is refused: %s', (message, before, text, values) => {
    expect(() => update(before, text, values)).toThrow(message);
  });
});

test('a projection keeps the paths asked for, elements of lists together', () => {
  const item = itemFromWire({
    a: n(1),
    m: { M: { x: n(1), y: n(2) } },
    l: { L: [n(0), n(1), { M: { z: n(2), w: n(3) } }] },
  });
  const paths = parseProjection('m.x, l[2].z, l[0], nothing', new Placeholders({}));
  expect(itemToWire(project(item, paths))).toEqual({
    m: { M: { x: n(1) } },
    l: { L: [n(0), { M: { z: n(2) } }] },
  });
});
