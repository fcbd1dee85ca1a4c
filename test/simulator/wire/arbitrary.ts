/** Random inputs and outputs for any operation, made from its Smithy schema. Used by the round-trip test. */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Random } from '../../../simulator/random.ts';
import type { ProtocolName } from '../../../simulator/wire/clients.ts';

const texts = ['a', 'x y', 'Zürich', 'a&b<c>"d\'', 'k=v;p', '/path/seg ment', 'plus+percent%41', '日本', 'true', '007'];

/** Where a value travels: headers, query and path take plain text only. */
type Place = 'body' | 'bound';

/** Makes values that the protocol can carry at all. */
export class Arbitrary {
  readonly #random: Random;
  readonly #protocol: ProtocolName;

  constructor(random: Random, protocol: ProtocolName) {
    this.#random = random;
    this.#protocol = protocol;
  }

  /** A value for an operation's input or output; `{}` when it has none. */
  of(schema: NormalizedSchema): Record<string, unknown> {
    return (this.#value(schema, 0, 'body') ?? {}) as Record<string, unknown>;
  }

  #value(schema: NormalizedSchema, depth: number, place: Place): unknown {
    if (schema.isUnitSchema()) return undefined;
    if (schema.isStructSchema()) return this.#structure(schema, depth, place);
    if (schema.isListSchema()) return this.#list(schema, depth, place);
    if (schema.isMapSchema()) return this.#map(schema, depth, place);
    return this.#scalar(schema, place);
  }

  #list(schema: NormalizedSchema, depth: number, place: Place): unknown[] {
    // A list whose items stand directly in its parent has nowhere to be empty.
    const flat = this.#protocol === 'ec2Query' || schema.getMergedTraits().xmlFlattened === 1 || place === 'bound';
    const length = flat ? 1 + this.#random.integer(2) : depth > 5 ? 0 : this.#random.integer(3);
    return Array.from({ length }, () => this.#value(schema.getValueSchema(), depth + 1, place)).filter(
      (item) => this.#carriesEmpty || !isEmptyObject(item),
    );
  }

  #map(schema: NormalizedSchema, depth: number, place: Place): Record<string, unknown> {
    const names = depth > 5 ? [] : place === 'bound' ? ['k-one', 'k-two'] : ['k1', 'k two'];
    return Object.fromEntries(names.map((name) => [name, this.#value(schema.getValueSchema(), depth + 1, place)]));
  }

  #structure(schema: NormalizedSchema, depth: number, place: Place): Record<string, unknown> {
    const members = [...schema.structIterator()];
    const raw = schema.getSchema() as unknown[];
    const required = typeof raw[6] === 'number' ? raw[6] : 0;
    const union = schema.isUnionSchema();
    const chosen = union ? [this.#random.pick(members.filter(([, each]) => !each.isUnitSchema()))] : members;
    const result: Record<string, unknown> = {};
    for (const [index, [name, member]] of chosen.entries()) {
      const traits = member.getMergedTraits();
      // What HTTP or the client fills in when it is left out: status, empty payload, tokens, a map of no headers.
      const filledIn = filledInTraits.some((name) => traits[name] !== undefined);
      const optional = index >= required && !traits.httpLabel && !filledIn && !union;
      const skipped = this.#random.chance(0.2) && (this.#carriesEmpty || Object.keys(result).length > 0);
      if (optional && (skipped || (depth > 3 && isContainer(member)))) continue;
      const made = this.#value(member, depth + 1, isBound(member) ? 'bound' : place);
      if (optional && !this.#carriesEmpty && (isEmptyObject(made) || (Array.isArray(made) && made.length === 0)))
        continue;
      result[name] = made;
    }
    return result;
  }

  #scalar(schema: NormalizedSchema, place: Place): unknown {
    if (schema.isBlobSchema()) return new Uint8Array([1, 2, 254, 255, this.#random.integer(256)]);
    if (schema.isTimestampSchema()) return new Date(1_790_000_000_000 + this.#random.integer(1_000_000) * 1000);
    if (schema.isBooleanSchema()) return this.#random.chance(0.5);
    if (schema.isNumericSchema()) return this.#random.integer(100) + 1;
    if (schema.isBigIntegerSchema()) return 5n;
    if (schema.isDocumentSchema()) return { a: 1, b: ['c'] };
    if (!schema.isStringSchema()) throw new Error(`no arbitrary value for ${schema.getName(true)}`);
    if (schema.getMergedTraits().mediaType) return '{"a":1}';
    return place === 'bound' ? `ab-${this.#random.integer(1e6)}` : this.#random.pick(texts);
  }

  /** A form cannot tell an empty structure from a missing one, and a list of nothing but such is empty too. */
  get #carriesEmpty(): boolean {
    return this.#protocol !== 'awsQuery' && this.#protocol !== 'ec2Query';
  }
}

const filledInTraits = ['idempotencyToken', 'httpPayload', 'httpResponseCode', 'httpPrefixHeaders'];

const isContainer = (schema: NormalizedSchema): boolean =>
  schema.isStructSchema() || schema.isListSchema() || schema.isMapSchema();

function isBound(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  const names = ['httpLabel', 'httpHeader', 'httpQuery', 'httpQueryParams', 'httpPrefixHeaders'];
  return names.some((name) => traits[name] !== undefined);
}

function isEmptyObject(made: unknown): boolean {
  const plain = typeof made === 'object' && made !== null && Object.getPrototypeOf(made) === Object.prototype;
  return plain && Object.keys(made).length === 0;
}
