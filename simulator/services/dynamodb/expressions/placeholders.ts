/** A request's ExpressionAttributeNames and ExpressionAttributeValues, and which of them its expressions used. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../errors.ts';
import { fromWire, type Value } from '../values.ts';

export interface PlaceholderInput {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, Value>>;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  /** Throws ValidationException for empty maps, keys that are no placeholders and values that are none of DynamoDB's. */
  constructor({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }: PlaceholderInput) {
    for (const [title, map, pattern] of [
      ['ExpressionAttributeNames', names, /^#[A-Za-z0-9_]+$/],
      ['ExpressionAttributeValues', values, /^:[A-Za-z0-9_]+$/],
    ] as const) {
      if (map === undefined) continue;
      if (Object.keys(map).length === 0) throw invalid(`${title} must not be empty`);
      for (const key of Object.keys(map)) {
        if (!pattern.test(key)) throw invalid(`${title} contains invalid key: Syntax error; key: "${key}"`);
      }
    }
    this.#names = names ?? {};
    this.#values = Object.fromEntries(
      Object.entries(values ?? {}).map(([key, value]) => [key, this.#parse(key, value)]),
    );
  }

  name(key: string, label: string): string {
    const name = this.#names[key];
    if (name === undefined) {
      throw invalid(
        `Invalid ${label}: An expression attribute name used in the document path is not defined; attribute name: ${key}`,
      );
    }
    this.#usedNames.add(key);
    return name;
  }

  value(key: string, label: string): Value {
    const value = this.#values[key];
    if (value === undefined) {
      throw invalid(
        `Invalid ${label}: An expression attribute value used in expression is not defined; attribute value: ${key}`,
      );
    }
    this.#usedValues.add(key);
    return value;
  }

  /** Throws ValidationException when a placeholder was given for nothing. `expressions` says whether there was any. */
  assertAllUsed(expressions: boolean): void {
    for (const [title, map, used] of [
      ['ExpressionAttributeNames', this.#names, this.#usedNames],
      ['ExpressionAttributeValues', this.#values, this.#usedValues],
    ] as const) {
      const unused = Object.keys(map).filter((key) => !used.has(key));
      if (unused.length === 0) continue;
      if (!expressions) throw invalid(`${title} can only be specified when using expressions`);
      throw invalid(`Value provided in ${title} unused in expressions: keys: {${unused.join(', ')}}`);
    }
  }

  #parse(key: string, value: AttributeValue): Value {
    try {
      return fromWire(value);
    } catch (error) {
      const { message } = error as Error;
      throw invalid(`ExpressionAttributeValues contains invalid value: ${message} for key ${key}`);
    }
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
