/** Arithmetic of DynamoDB's decimal numbers, against integers of any size. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  subtractNumbers,
} from '../../../simulator/services/dynamodb/numbers.ts';

test.each([
  ['0', '0'],
  ['-0', '0'],
  ['007', '7'],
  ['1.50', '1.5'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['1e3', '1000'],
  ['-1.2E-3', '-0.0012'],
  ['+42', '42'],
  ['9'.repeat(38), '9'.repeat(38)],
  ['1e125', `1${'0'.repeat(125)}`],
  ['1e-130', `0.${'0'.repeat(129)}1`],
])('the number %s is kept as %s', (text, canonical) => {
  expect(canonicalNumber(text)).toBe(canonical);
});

test.each([
  ['abc', /cannot be converted to a numeric value: abc/],
  ['', /cannot be converted/],
  ['.', /cannot be converted/],
  ['1e126', /Number overflow/],
  ['1e-131', /Number underflow/],
  ['1'.repeat(39), /more than 38 significant digits/],
])('the number %s is refused', (text, message) => {
  expect(() => canonicalNumber(text)).toThrow(message);
});

const scale = 10n ** 10n;
/** Up to 18 digits before and 10 behind the point, as an integer of 10^-10. */
const scaled = fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n });
function written(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  return `${value < 0n ? '-' : ''}${magnitude / scale}.${(magnitude % scale).toString().padStart(10, '0')}`;
}

test('sums, differences and order agree with integer arithmetic', () => {
  fc.assert(
    fc.property(scaled, scaled, (a, b) => {
      expect(addNumbers(written(a), written(b))).toBe(canonicalNumber(written(a + b)));
      expect(subtractNumbers(written(a), written(b))).toBe(canonicalNumber(written(a - b)));
      expect(compareNumbers(written(a), written(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('a canonical number is its own canonical form', () => {
  fc.assert(
    fc.property(scaled, (a) => {
      const once = canonicalNumber(written(a));
      expect(canonicalNumber(once)).toBe(once);
    }),
  );
});
