/**
 * DynamoDB's number type: exact decimals of at most 38 significant digits, magnitude 1E-130 to 9.99…E+125 or zero
 * (developer guide, "Supported data types", Number). Kept as the canonical text that DynamoDB answers with: plain
 * notation without leading or trailing zeros.
 */
import { AwsError } from '../../errors.ts';

const DIGITS_MAX = 38;
const EXPONENT_MAX = 125;
const EXPONENT_MIN = -130;

/** value = coefficient × 10^exponent; the coefficient ends in no zero, and zero is 0 × 10^0. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** The canonical text of a number. Throws ValidationException when it is no number or outside DynamoDB's range. */
export function canonicalNumber(text: string): string {
  return format(checked(parse(text)));
}

/** The exact sum. Throws ValidationException when it needs more digits or magnitude than a number holds. */
export function addNumbers(left: string, right: string): string {
  return format(checked(sum(parse(left), parse(right))));
}

/** The exact difference; throws as `addNumbers`. */
export function subtractNumbers(left: string, right: string): string {
  const subtrahend = parse(right);
  return format(checked(sum(parse(left), { ...subtrahend, coefficient: -subtrahend.coefficient })));
}

/** Negative, zero or positive, as a sort wants it. */
export function compareNumbers(left: string, right: string): number {
  const { coefficient } = sum(parse(left), negated(parse(right)));
  if (coefficient === 0n) return 0;
  return coefficient < 0n ? -1 : 1;
}

/** Significant digits, for the item's size. */
export function significantDigits(text: string): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return digits.length;
}

const negated = (value: Decimal): Decimal => ({ ...value, coefficient: -value.coefficient });

function parse(text: string): Decimal {
  const match = pattern.exec(text.trim());
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') {
    throw new AwsError('ValidationException', `The parameter cannot be converted to a numeric value: ${text}`);
  }
  const coefficient = BigInt(whole + fraction) * (match[1] === '-' ? -1n : 1n);
  return normalized(coefficient, Number(match[4] ?? '0') - fraction.length);
}

function normalized(coefficient: bigint, exponent: number): Decimal {
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  const digits = coefficient.toString();
  const trailing = digits.length - digits.replace(/0+$/, '').length;
  return { coefficient: coefficient / 10n ** BigInt(trailing), exponent: exponent + trailing };
}

function sum(left: Decimal, right: Decimal): Decimal {
  if (left.coefficient === 0n) return right;
  if (right.coefficient === 0n) return left;
  const exponent = Math.min(left.exponent, right.exponent);
  const aligned = (value: Decimal): bigint => value.coefficient * 10n ** BigInt(value.exponent - exponent);
  return normalized(aligned(left) + aligned(right), exponent);
}

/** Guess: a sum with more than 38 digits is refused with the message that storing such a number gets. */
function checked(value: Decimal): Decimal {
  if (value.coefficient === 0n) return value;
  const digits = value.coefficient.toString().replace('-', '').length;
  const magnitude = value.exponent + digits - 1;
  if (magnitude > EXPONENT_MAX) {
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude < EXPONENT_MIN) {
    throw invalid('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits > DIGITS_MAX) throw invalid('Attempting to store more than 38 significant digits in a Number');
  return value;
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function format({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = coefficient.toString().replace('-', '');
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
