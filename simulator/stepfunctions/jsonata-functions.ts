/**
 * The functions that Step Functions adds to JSONata, and JSONata's own functions of time and chance on the virtual
 * clock and the seed. Source: Step Functions Developer Guide, "Transforming data with JSONata", "JSONata functions
 * provided by Step Functions".
 */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { NotModelled } from '../errors.ts';
import { Random, seedStream } from '../random.ts';

/** Where time and chance come from. */
export interface Sources {
  readonly nowMs: number;
  readonly random: Random;
}

/** Thrown to the expression; becomes States.QueryEvaluationError. */
class FunctionError extends Error {
  readonly code = 'SFN';
}

// The library reads the machine's own clock; these give its formatting and parsing without it.
const formatMillis = jsonata('$fromMillis($millis, $picture, $timezone)');
const parseMillis = jsonata('$toMillis($timestamp, $picture)');

/** Source: as above, "$range", as States.ArrayRange: up to 1,000 numbers. */
const RANGE_LENGTH_MAX = 1_000;

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Bindings for one evaluation. */
export function jsonataFunctions({ nowMs, random }: Sources): Record<string, unknown> {
  return {
    partition,
    range,
    hash,
    parse,
    random: (seed?: unknown) => (seed === undefined ? random.next() : seededRandom(seed)),
    uuid: () => random.uuid(),
    millis: () => nowMs,
    now: (picture?: string, timezone?: string) =>
      formatMillis.evaluate(undefined, { millis: nowMs, picture, timezone }),
    toMillis: (timestamp?: string, picture?: string) => toMillis(timestamp, picture),
    eval: () => {
      throw new FunctionError('The function $eval is not supported. Use $parse to deserialize JSON.');
    },
  };
}

function partition(array: unknown, size: unknown): unknown {
  if (array === undefined) return undefined;
  if (!Array.isArray(array)) throw new FunctionError('$partition: the first argument must be an array');
  if (!Number.isInteger(size) || Number(size) < 1) {
    throw new FunctionError('$partition: the second argument must be a positive integer');
  }
  const chunks: unknown[] = [];
  for (let at = 0; at < array.length; at += Number(size)) chunks.push(array.slice(at, at + Number(size)));
  return chunks;
}

/** One number is answered as that number: recorded on AWS (`$range(1, 9, 9)` is 1), as for any JSONata sequence. */
function range(first: unknown, last: unknown, step: unknown): unknown {
  const [start, end, delta] = [first, last, step].map((argument) => {
    if (typeof argument !== 'number') throw new FunctionError('$range: all three arguments must be numbers');
    return argument;
  }) as [number, number, number];
  if (delta === 0) throw new FunctionError('$range: the step must not be 0');
  const length = Math.floor((end - start) / delta) + 1;
  if (length > RANGE_LENGTH_MAX) throw new FunctionError(`$range: more than ${RANGE_LENGTH_MAX} numbers`);
  const numbers = Array.from({ length: Math.max(0, length) }, (_, i) => start + i * delta);
  return numbers.length === 1 ? numbers[0] : numbers;
}

function hash(data: unknown, algorithm: unknown): unknown {
  if (data === undefined) return undefined;
  const name = HASHES[String(algorithm)];
  if (typeof data !== 'string') throw new FunctionError('$hash: the first argument must be a string');
  if (!name) throw new FunctionError(`$hash: the algorithm must be one of ${Object.keys(HASHES).join(', ')}`);
  return createHash(name).update(data).digest('hex');
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new FunctionError('$parse: the argument must be a string');
  try {
    return JSON.parse(text);
  } catch {
    throw new FunctionError('$parse: the string is not valid JSON');
  }
}

/** Guess: AWS documents that one seed gives one number, not which; ours comes from the simulator's generator. */
function seededRandom(seed: unknown): number {
  if (typeof seed !== 'number') throw new FunctionError('$random: the seed must be a number');
  return new Random(seedStream(seed, '$random')).next();
}

/** The library fills left-out parts of a date from the machine's clock, which would break replays. */
function toMillis(timestamp?: string, picture?: string): Promise<unknown> {
  if (picture !== undefined && !picture.includes('[Y')) {
    throw new NotModelled(`$toMillis with a picture without a year ('${picture}') is not modelled by the simulator`);
  }
  return parseMillis.evaluate(undefined, { timestamp, picture });
}
