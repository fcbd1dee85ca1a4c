/**
 * What EventBridge compares by something other than text: numbers and IP addresses. Used by the value matchers.
 * Limits are those of AWS's rule engine (github.com/aws/event-ruler, ComparableNumber and CIDR).
 */
import { NumberText } from './json.ts';

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const DECIMALS_MAX = 6;
/** ±500 billion, in millionths. */
export const COMPARABLE_MAX = 500_000_000_000_000_000n;

/**
 * A number in millionths, or undefined when it cannot be compared: more than six decimals or beyond ±5e11. Such a number
 * matches only a pattern with the very same text.
 */
export function comparable(value: number | NumberText): bigint | undefined {
  const parts = NUMBER.exec(numberText(value));
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return 0n;
  const trailingZeros = (whole + fraction).length - (whole + fraction).replace(/0+$/, '').length;
  // The number is 0.digits… scaled: digits × 10^power.
  const power = Number(exponent) - fraction.length + trailingZeros;
  if (power < -DECIMALS_MAX || digits.length + power > 13) return undefined;
  const millionths = BigInt(digits) * 10n ** BigInt(power + DECIMALS_MAX);
  if (millionths > COMPARABLE_MAX) return undefined;
  return sign === '-' ? -millionths : millionths;
}

/** A number as it stands in the JSON text. */
export function numberText(value: number | NumberText): string {
  return value instanceof NumberText ? value.text : String(value);
}

/**
 * An IPv4 or IPv6 literal as hex digits (8 or 32), or undefined. As Java reads it: octets are decimal with leading zeros
 * allowed, an IPv4-mapped IPv6 address is the IPv4 address, no dotted tail and no zone.
 */
export function addressDigits(text: string): string | undefined {
  if (/^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/.test(text)) return ipv4Digits(text);
  if (/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return ipv6Digits(text);
  return undefined;
}

const hex = (value: number, length: number): string => value.toString(16).toUpperCase().padStart(length, '0');

function ipv4Digits(text: string): string | undefined {
  const octets = text.split('.').map(Number);
  if (text.length > 15 || octets.some((octet) => octet > 255)) return undefined;
  return octets.map((octet) => hex(octet, 2)).join('');
}

function ipv6Digits(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const all = [...head, ...tail];
  if (all.some((group) => group === '' || Number.parseInt(group, 16) > 0xffff)) return undefined;
  const missing = 8 - all.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const digits = [...head, ...Array<string>(missing).fill('0'), ...tail]
    .map((group) => hex(Number.parseInt(group, 16), 4))
    .join('');
  return digits.startsWith('00000000000000000000FFFF') ? digits.slice(24) : digits;
}

/** Lowest and highest address of a CIDR block as hex digits. Throws RangeError with the rule engine's message. */
export function cidrRange(cidr: string): { bottom: string; top: string } {
  // Java's split drops trailing empty parts.
  const parts = cidr.replace(/\/+$/, '').split('/');
  if (parts.length !== 2) throw new RangeError("Malformed CIDR, one '/' required");
  const [address = '', mask = ''] = parts;
  if (!/^[+-]?\d+$/.test(mask) || Math.abs(Number(mask)) > 0x7fffffff) {
    throw new RangeError('Malformed CIDR, mask bits must be an integer');
  }
  const maskBits = Number(mask);
  if (maskBits < 0) throw new RangeError('Malformed CIDR, mask bits must not be negative');
  const digits = addressDigits(address);
  if (digits === undefined) throw new RangeError(`Invalid IP address: ${address}`);
  const bits = digits.length * 4;
  if (maskBits >= bits) throw new RangeError(`IPv${bits === 32 ? 4 : 6} mask bits must be < ${bits}`);
  const hostMask = (1n << BigInt(bits - maskBits)) - 1n;
  const number = BigInt(`0x${digits}`);
  const text = (value: bigint): string => value.toString(16).toUpperCase().padStart(digits.length, '0');
  return { bottom: text(number & ~hostMask), top: text(number | hostMask) };
}

/**
 * Whether an address lies in a range, digit by digit as the rule engine's automaton decides it: as soon as the digits so
 * far are strictly inside. So an IPv6 address can lie in an IPv4 block with the same first digits.
 */
export function inRange(digits: string, bottom: string, top: string): boolean {
  let onBottom = true;
  let onTop = true;
  for (let i = 0; i < bottom.length; i++) {
    const digit = digits[i];
    if (digit === undefined) return false;
    if ((onBottom && digit < bottom[i]!) || (onTop && digit > top[i]!)) return false;
    onBottom &&= digit === bottom[i];
    onTop &&= digit === top[i];
    if (!onBottom && !onTop) return true;
  }
  return true;
}
