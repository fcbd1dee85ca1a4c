/** Condition expressions, row by row: what they answer and why they are refused. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../../simulator/services/dynamodb/expressions/conditions.ts';
import { holds } from '../../../simulator/services/dynamodb/expressions/evaluate.ts';
import { Placeholders } from '../../../simulator/services/dynamodb/expressions/placeholders.ts';
import { itemFromWire } from '../../../simulator/services/dynamodb/values.ts';

/** The developer guide's ProductCatalog item, shortened. */
const bicycle = itemFromWire({
  Id: { N: '123' },
  Title: { S: 'Bicycle 123' },
  Brand: { S: 'Brand-Company C' },
  Price: { N: '500' },
  Color: { SS: ['Red', 'Black'] },
  ProductCategory: { S: 'Bicycle' },
  InStock: { BOOL: true },
  QuantityOnHand: { NULL: true },
  RelatedItems: { L: [{ N: '341' }, { N: '472' }, { N: '649' }] },
  Pictures: { M: { FrontView: { S: 'http://example.com/front.jpg' } } },
  'Safety.Warning': { S: 'Always wear a helmet' },
});

const values: Record<string, AttributeValue> = {
  ':cat1': { S: 'Bicycle' },
  ':cat2': { S: 'Sporting Goods' },
  ':lo': { N: '500' },
  ':hi': { N: '600' },
  ':five': { N: '500.0' },
  ':text': { S: '500' },
  ':red': { S: 'Red' },
  ':brand': { S: 'Brand' },
  ':n472': { N: '472' },
  ':two': { N: '2' },
  ':true': { BOOL: true },
  ':typeSS': { S: 'SS' },
  ':front': { S: 'front' },
  ':colors': { SS: ['Black', 'Red'] },
};
const names = { '#c': 'Color', '#w': 'Safety.Warning' };

/** Only the placeholders that the text uses. */
function placeholdersFor(text: string): Placeholders {
  const used = <T>(map: Record<string, T>): Record<string, T> | undefined => {
    const entries = Object.entries(map).filter(([key]) => new RegExp(`${key}(?![A-Za-z0-9_])`).test(text));
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  return new Placeholders({ ExpressionAttributeNames: used(names), ExpressionAttributeValues: used(values) });
}

const parse = (text: string) => parseCondition('ConditionExpression', text, placeholdersFor(text));

describe('a condition answers', () => {
  test.each([
    ['(ProductCategory IN (:cat1, :cat2)) and (Price between :lo and :hi)', true],
    ['attribute_exists(Pictures.FrontView)', true],
    ['attribute_not_exists(Pictures.RearView)', true],
    ['attribute_type(Color, :typeSS)', true],
    ['begins_with(Pictures.FrontView, :front)', false],
    ['contains(Pictures.FrontView, :front)', true],
    ['contains(#c, :red)', true],
    ['contains(RelatedItems, :n472)', true],
    ['begins_with(Brand, :brand)', true],
    ['size(Color) = :two', true],
    ['size(Title) > :two', true],
    ['RelatedItems[1] = :n472', true],
    ['RelatedItems[7] = :n472', false],
    ['Price = :five', true],
    ['Price = :text', false],
    ['Price <> :text', true],
    ['Color = :colors', true],
    ['InStock = :true', true],
    ['Absent <> :lo', true],
    ['Absent < :lo', false],
    ['NOT Absent < :lo', true],
    ['Price < :hi AND NOT Price < :lo', true],
    ['Price > :hi OR Price >= :lo AND InStock = :true', true],
    ['attribute_exists(#w)', true],
    ['attribute_not_exists(Id) or ProductCategory = :cat2', false],
    ['size(Price) = :two', false],
  ])('%s: %s', (text, expected) => {
    expect(holds(parse(text), bicycle)).toBe(expected);
  });
});

describe('a condition is refused', () => {
  test.each([
    ['', 'Invalid ConditionExpression: The expression can not be empty;'],
    ['Price > ', 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: ">"'],
    ['Price ! :lo', 'Invalid ConditionExpression: Syntax error; token: "!", near: "rice ! :lo"'],
    ['Price = :lo Id', 'Invalid ConditionExpression: Syntax error; token: "Id", near: ":lo Id"'],
    ['Counter = :lo', 'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Counter'],
    [
      '#nope = :lo',
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #nope',
    ],
    [
      'Price = :nope',
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :nope',
    ],
    ['exists(Price)', 'Invalid ConditionExpression: Invalid function name; function: exists'],
    [
      'attribute_exists(:lo)',
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    ],
    [
      'begins_with(Title, :lo)',
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'Price < :true',
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
    ],
    [
      'size(Title, Brand) = :two',
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: size, number of operands: 2',
    ],
    [
      'Price = contains(Title, :red)',
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: contains',
    ],
    ['((Price = :lo))', 'Invalid ConditionExpression: The expression has redundant parentheses;'],
    [
      'attribute_type(Price, :red)',
      'Invalid ConditionExpression: Invalid attribute type name found; type: Red, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'Price = Price',
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [Price]',
    ],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

test('placeholders that no expression uses are refused by name', () => {
  const placeholders = new Placeholders({
    ExpressionAttributeNames: { '#a': 'a', '#b': 'b' },
    ExpressionAttributeValues: { ':v': { S: 'x' } },
  });
  parseCondition('ConditionExpression', '#a = :v', placeholders);
  expect(() => placeholders.assertAllUsed(true)).toThrow(
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
  );
});

test('placeholders without any expression are refused', () => {
  const placeholders = new Placeholders({ ExpressionAttributeNames: { '#a': 'a' } });
  expect(() => placeholders.assertAllUsed(false)).toThrow(
    'ExpressionAttributeNames can only be specified when using expressions',
  );
});
