/** The intrinsic functions that only compute: Join, Split, Select, Cidr, Length. Arguments arrive evaluated. */
import { isIP } from 'node:net';
import { templateError } from './template.ts';

/** Text of a scalar; functions turn numbers and booleans into text, and nothing else. */
function scalar(value: unknown, path: string, what: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(path, `${what}, found ${JSON.stringify(value)}`);
}

export function join(argument: unknown, path: string): string {
  const [delimiter, list] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string' || !Array.isArray(list)) {
    throw templateError(path, 'Fn::Join needs a delimiter and a list of texts');
  }
  return list.map((item) => scalar(item, path, 'Fn::Join needs texts')).join(delimiter);
}

export function split(argument: unknown, path: string): string[] {
  const [delimiter, text] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string' || delimiter === '' || typeof text !== 'string') {
    throw templateError(path, 'Fn::Split needs a delimiter and a text');
  }
  return text.split(delimiter);
}

export function select(argument: unknown, path: string): unknown {
  const [position, list] = Array.isArray(argument) ? argument : [];
  const index = Number(position);
  if (!Number.isInteger(index) || !Array.isArray(list))
    throw templateError(path, 'Fn::Select needs an index and a list');
  if (index < 0 || index >= list.length) {
    throw templateError(path, `Fn::Select cannot select nonexistent value at index ${index}`);
  }
  return list[index];
}

export function length(argument: unknown, path: string): number {
  if (!Array.isArray(argument)) throw templateError(path, 'Fn::Length needs a list');
  return argument.length;
}

/**
 * The first `count` blocks of `cidrBits` host bits in an address range, for IPv4 and IPv6
 * (Template Reference, "Fn::Cidr": count 1 to 256, cidrBits is the inverse of the mask).
 */
export function cidr(argument: unknown, path: string): string[] {
  const [range, count, bits] = Array.isArray(argument) ? argument.map(String) : [];
  const [address, prefixText] = (range ?? '').split('/') as [string, string | undefined];
  const family = isIP(address);
  const width = family === 6 ? 128 : 32;
  const prefix = Number(prefixText);
  const blocks = Number(count);
  const hostBits = Number(bits);
  if (family === 0 || !Number.isInteger(prefix) || !(blocks >= 1 && blocks <= 256) || !(hostBits >= 1)) {
    throw templateError(path, 'Fn::Cidr needs an address range, a count of 1 to 256 and the number of host bits');
  }
  const hostWidth = width - prefix;
  if (hostBits > hostWidth || 2 ** (hostWidth - hostBits) < blocks) {
    throw templateError(path, `Fn::Cidr: ${range} does not hold ${blocks} blocks of ${hostBits} bits`);
  }
  const first = (numberOf(address, family) >> BigInt(hostWidth)) << BigInt(hostWidth);
  return Array.from({ length: blocks }, (_, index) => {
    const block = first + (BigInt(index) << BigInt(hostBits));
    return `${addressOf(block, family)}/${width - hostBits}`;
  });
}

function numberOf(address: string, family: number): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  const [head, tail] = address.split('::') as [string, string | undefined];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function addressOf(value: bigint, family: number): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  // A URL writes its host in the short form of RFC 5952.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
