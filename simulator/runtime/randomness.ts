/** Seeded randomness as a program sees it: Math.random, Web Crypto and node:crypto. Made per sandbox. */
import crypto from 'node:crypto';
import type { Machine } from './machine.ts';
import { inNextTurn } from './next-turn.ts';
import { allowedModule, refused } from './refusal.ts';

export function createMath(machine: Machine): Math {
  const own = { ...Object.getOwnPropertyDescriptors(Math), random: { value: () => machine.random.next() } };
  return Object.create(Object.prototype, own) as Math;
}

/** The global `crypto`. Its subtle half works on threads, outside virtual time, and is refused. */
export function createWebCrypto(machine: Machine) {
  return {
    randomUUID: () => machine.random.uuid(),
    getRandomValues: <T extends ArrayBufferView>(array: T): T => fill(machine, array),
    get subtle(): never {
      return refused('crypto.subtle')();
    },
  };
}

/** Members of node:crypto that are pure functions of their arguments. */
const pure = [
  'constants',
  'createCipheriv',
  'createDecipheriv',
  'createHash',
  'createHmac',
  'createPrivateKey',
  'createPublicKey',
  'createSecretKey',
  'createVerify',
  'getCiphers',
  'getCurves',
  'getHashes',
  'hash',
  'Hash',
  'Hmac',
  'hkdfSync',
  'KeyObject',
  'pbkdf2Sync',
  'scryptSync',
  'timingSafeEqual',
  'X509Certificate',
];

const offered = allowedModule('crypto', crypto, pure);

/** node:crypto: pure functions as they are, randomness from the seed, everything else refused where it is used. */
export function createNodeCrypto(machine: Machine, webcrypto: object): Record<string, unknown> {
  return {
    ...offered,
    webcrypto,
    getRandomValues: (array: ArrayBufferView) => fill(machine, array),
    randomUUID: () => machine.random.uuid(),
    randomInt: (...args: unknown[]) => randomInt(machine, args),
    randomBytes: (size: number, callback?: BytesCallback) =>
      answer(machine, fill(machine, Buffer.alloc(size)), callback),
    randomFillSync: (array: ArrayBufferView) => fill(machine, array),
    randomFill: (array: ArrayBufferView, callback: BytesCallback) => answer(machine, fill(machine, array), callback),
  };
}

type Callback<T> = (error: null, value: T) => void;
type BytesCallback = Callback<ArrayBufferView>;

/** Returns the value, or hands it to the callback in a moment. */
function answer<T>(machine: Machine, value: T, callback: Callback<T> | undefined): T | undefined {
  if (!callback) return value;
  inNextTurn(machine, () => callback(null, value));
  return undefined;
}

function fill<T extends ArrayBufferView>(machine: Machine, array: T): T {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let i = 0; i < bytes.length; i++) bytes[i] = machine.random.integer(256);
  return array;
}

function randomInt(machine: Machine, args: unknown[]): number | undefined {
  const callback = typeof args.at(-1) === 'function' ? (args.pop() as Callback<number>) : undefined;
  const [low, high] = (args.length === 1 ? [0, args[0]] : args) as [number, number];
  return answer(machine, low + machine.random.integer(high - low), callback);
}
