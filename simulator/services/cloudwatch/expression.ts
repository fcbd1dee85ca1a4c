/**
 * Simple metric math: + - * / and parentheses over metric ids and numbers, and FILL(id, number). Anything else is refused
 * by name. Used by GetMetricData and by alarms on expressions.
 */
import { AwsError, NotModelled } from '../../errors.ts';

/** One value per period, null where data is missing. */
export type Values = readonly (number | null)[];

type Node = (of: (id: string) => Values, count: number) => Values;

/** Compiles an expression. Throws NotModelled naming it. */
export function compileExpression(text: string): Node {
  const tokens = text.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/(),]/g) ?? [];
  if (tokens.join('') !== text.replace(/\s+/g, '')) throw refuse(text);
  const reader = new Reader(text, tokens);
  const node = reader.sum();
  if (!reader.done) throw refuse(text);
  return node;
}

/** What ids of a request or an alarm stand for. */
export interface Sources {
  /** Undefined when the id is a metric's. */
  expressionOf(id: string): string | undefined;
  metric(id: string): Values;
}

/**
 * An id's values: a metric's, or those of an expression over metrics and other expressions.
 * @throws AwsError ValidationError for an expression that by whatever way refers to itself
 */
export function valuesOf(id: string, sources: Sources, count: number, path: readonly string[] = []): Values {
  const text = sources.expressionOf(id);
  if (text === undefined) return sources.metric(id);
  if (path.includes(id)) throw new AwsError('ValidationError', `The expression with id '${id}' refers to itself.`);
  return compileExpression(text)((other) => valuesOf(other, sources, count, [...path, id]), count);
}

const refuse = (text: string): NotModelled => new NotModelled(`metric math expression '${text}' is not modelled`);

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** A period without one of its operands, or with a division by zero, has no result. */
function combine(operator: string, left: Node, right: Node): Node {
  const operation = OPERATIONS[operator]!;
  return (of, count) => {
    const a = left(of, count);
    const b = right(of, count);
    return a.map((value, i) => {
      const other = b[i];
      if (value === null || other === null || other === undefined) return null;
      const result = operation(value, other);
      return Number.isFinite(result) ? result : null;
    });
  };
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string, tokens: readonly string[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  sum(): Node {
    let node = this.#product();
    while (this.#peek('+') || this.#peek('-')) node = combine(this.#next(), node, this.#product());
    return node;
  }

  #product(): Node {
    let node = this.#factor();
    while (this.#peek('*') || this.#peek('/')) node = combine(this.#next(), node, this.#factor());
    return node;
  }

  #factor(): Node {
    const token = this.#next();
    if (token === '(') {
      const node = this.sum();
      this.#expect(')');
      return node;
    }
    if (token === '-') return combine('-', constant(0), this.#factor());
    if (/^\d/.test(token)) return constant(Number(token));
    if (token === 'FILL') return this.#fill();
    if (!/^[a-z]/.test(token) || this.#peek('(')) throw refuse(this.#text);
    return (of) => of(token);
  }

  #fill(): Node {
    this.#expect('(');
    const node = this.sum();
    this.#expect(',');
    const filler = Number(this.#next());
    this.#expect(')');
    if (Number.isNaN(filler)) throw refuse(this.#text);
    return (of, count) => node(of, count).map((value) => value ?? filler);
  }

  #peek(token: string): boolean {
    return this.#tokens[this.#at] === token;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw refuse(this.#text);
    return token;
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw refuse(this.#text);
  }
}

const constant =
  (value: number): Node =>
  (_of, count) =>
    Array<number>(count).fill(value);
