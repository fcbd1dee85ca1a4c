/**
 * Event pattern matching as EventBridge does it: `compilePattern(text)` once, `matches(pattern, event)` often. Used by the
 * bus for every event and by TestEventPattern.
 */
import { type JsonValue, Members, NumberText } from './json.ts';
import { type Alternative, checkComplexity, readPattern } from './pattern-compile.ts';
import type { Matcher, Scalar } from './value-matchers.ts';

export { InvalidPattern } from './value-matchers.ts';

/** Which element of which array of the event a value stands in; matched values must not contradict one another. */
interface Membership {
  readonly array: number;
  readonly index: number;
  readonly outer: Membership | null;
}

interface Leaf {
  readonly value: Scalar;
  readonly membership: Membership | null;
}

/** Tree of the path steps that the pattern names. */
interface Step {
  readonly children: Map<string, Step>;
  /** Set where a named path ends: its place in a list of leaves. */
  field?: number;
}

interface FieldRule {
  readonly field: number;
  readonly matchers: readonly Matcher[];
}

export interface CompiledPattern {
  readonly steps: Step;
  readonly fieldCount: number;
  /** Each with its fields in order of their paths: the order decides what exists:false sees. */
  readonly alternatives: readonly (readonly FieldRule[])[];
}

const CACHE_MAX = 2_000;
const cache = new Map<string, CompiledPattern>();

/** Throws InvalidPattern. Compiled patterns are kept by their text. */
export function compilePattern(text: string): CompiledPattern {
  const known = cache.get(text);
  if (known) return known;
  const compiled = build(readPattern(text));
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(text, compiled);
  return compiled;
}

/** The same, and within the limits that the service sets on top of its engine (PutRule, TestEventPattern). */
export function compileForService(text: string): CompiledPattern {
  const pattern = compilePattern(text);
  checkComplexity(pattern.alternatives.flatMap((fields) => fields.map((field) => field.matchers)));
  return pattern;
}

function build(alternatives: readonly Alternative[]): CompiledPattern {
  const steps: Step = { children: new Map() };
  let fieldCount = 0;
  const fieldOf = (path: string): number => {
    let step = steps;
    for (const name of path.split('.')) {
      let child = step.children.get(name);
      if (!child) {
        child = { children: new Map() };
        step.children.set(name, child);
      }
      step = child;
    }
    step.field ??= fieldCount++;
    return step.field;
  };
  const rules = alternatives.map((alternative) =>
    [...alternative]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, matchers]): FieldRule => ({ field: fieldOf(path), matchers })),
  );
  return { steps, fieldCount, alternatives: rules };
}

/** Whether the event, a plain object or one read by `parseJson`, matches. */
export function matches(pattern: CompiledPattern, event: JsonValue): boolean {
  const leaves: Leaf[][] = Array.from({ length: pattern.fieldCount }, () => []);
  new Collector(leaves).object(event, pattern.steps, null);
  return pattern.alternatives.some((fields) => matchFrom(fields, 0, leaves, null));
}

/** The members that an event on a bus has (API reference, TestEventPattern). */
const ENVELOPE = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** Whether this is a whole event, as a bus carries it, and not a bare object for the engine. */
export function hasEnvelope(event: Members): boolean {
  return ENVELOPE.every((name) => event.list.some(([member]) => member === name));
}

/** Walks the event along the steps that the pattern names. A dot in a member's name counts as a step. */
class Collector {
  readonly #leaves: Leaf[][];
  #arrayCount = 0;

  constructor(leaves: Leaf[][]) {
    this.#leaves = leaves;
  }

  object(value: JsonValue, step: Step, membership: Membership | null): void {
    if (step.children.size === 0) return;
    if (value instanceof Members) {
      for (const [name, member] of value.list) this.#member(name, member, step, membership);
    } else {
      const members = value as Readonly<Record<string, JsonValue>>;
      for (const name of Object.keys(members)) {
        const member = members[name];
        // A member that JSON leaves out.
        if (member !== undefined) this.#member(name, member, step, membership);
      }
    }
  }

  #member(name: string, value: JsonValue, step: Step, membership: Membership | null): void {
    let child = step.children.get(name);
    if (!child && name.includes('.')) {
      child = step;
      for (const part of name.split('.')) child = child?.children.get(part);
    }
    if (child) this.#value(value, child, membership);
  }

  #value(value: JsonValue, step: Step, membership: Membership | null): void {
    if (value === null || typeof value !== 'object' || value instanceof NumberText) {
      if (step.field !== undefined) this.#leaves[step.field]!.push({ value, membership });
    } else if (Array.isArray(value)) {
      const array = this.#arrayCount++;
      for (const [index, element] of (value as readonly JsonValue[]).entries()) {
        // A bare value in an array belongs to no element; objects and inner arrays do.
        const nested = element !== null && typeof element === 'object' && !(element instanceof NumberText);
        this.#value(element, step, nested ? { array, index, outer: membership } : membership);
      }
    } else {
      this.object(value, step, membership);
    }
  }
}

/** Tries every value of every field, keeping to one element of each array on the way. */
function matchFrom(
  fields: readonly FieldRule[],
  at: number,
  leaves: readonly (readonly Leaf[])[],
  soFar: Membership | null,
): boolean {
  const rule = fields[at];
  if (!rule) return true;
  const values = leaves[rule.field]!;
  for (const matcher of rule.matchers) {
    if (matcher.absent) {
      const present = values.some((leaf) => consistent(soFar, leaf.membership) !== undefined);
      if (!present && matchFrom(fields, at + 1, leaves, soFar)) return true;
    } else if (matchValue(matcher.test, values, soFar, (next) => matchFrom(fields, at + 1, leaves, next))) {
      return true;
    }
  }
  return false;
}

/** Tries the values of one field. Where a value narrows nothing and the rest failed once, the rest would fail again. */
function matchValue(
  test: (value: Scalar) => boolean,
  values: readonly Leaf[],
  soFar: Membership | null,
  rest: (next: Membership | null) => boolean,
): boolean {
  let restFailed = false;
  for (const leaf of values) {
    const next = consistent(soFar, leaf.membership);
    if (next === undefined || (next === soFar && restFailed) || !test(leaf.value)) continue;
    if (rest(next)) return true;
    if (next === soFar) restFailed = true;
  }
  return false;
}

/** Both memberships together, or undefined when they name different elements of one array. */
function consistent(soFar: Membership | null, added: Membership | null): Membership | null | undefined {
  let together = soFar;
  for (let one = added; one; one = one.outer) {
    const index = indexIn(soFar, one.array);
    if (index === undefined) together = { array: one.array, index: one.index, outer: together };
    else if (index !== one.index) return undefined;
  }
  return together;
}

function indexIn(membership: Membership | null, array: number): number | undefined {
  for (let one = membership; one; one = one.outer) if (one.array === array) return one.index;
  return undefined;
}
