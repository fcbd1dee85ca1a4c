/** Cuts an expression into tokens and reads the parts that all expressions share: words, placeholders, paths. */
import { AwsError } from '../../../errors.ts';
import type { Path } from './ast.ts';
import type { Placeholders } from './placeholders.ts';
import { isReserved } from './reserved-words.ts';

export type TokenKind = 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** Developer guide, "Service, account, and table quotas": expression parameters. */
const EXPRESSION_BYTES_MAX = 4096;

const shapes: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['name', /#[A-Za-z0-9_]+/y],
  ['value', /:[A-Za-z0-9_]+/y],
  ['number', /[0-9]+/y],
  ['symbol', /<>|<=|>=|[=<>()[\],.+-]/y],
];

/** A position in one expression. `label` is the parameter's name, 'ConditionExpression', for AWS's messages. */
export class Tokens {
  readonly label: string;
  readonly placeholders: Placeholders;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(label: string, text: string, placeholders: Placeholders) {
    this.label = label;
    this.placeholders = placeholders;
    this.#text = text;
    if (text.trim() === '') throw this.invalid('The expression can not be empty;');
    const size = Buffer.byteLength(text);
    if (size > EXPRESSION_BYTES_MAX) {
      throw this.invalid(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    }
    this.#tokens = this.#cut();
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  /** Keywords are written in any case. */
  isKeyword(keyword: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toUpperCase() === keyword;
  }

  acceptSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.next();
    return found;
  }

  acceptKeyword(keyword: string): boolean {
    const found = this.isKeyword(keyword);
    if (found) this.next();
    return found;
  }

  expectSymbol(text: string): void {
    if (!this.acceptSymbol(text)) throw this.syntaxError();
  }

  expectKeyword(keyword: string): void {
    if (!this.acceptKeyword(keyword)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.syntaxError();
  }

  /** A document path: a name, then names after dots and indexes in brackets. */
  path(): Path {
    const path: (string | number)[] = [this.#attributeName()];
    for (;;) {
      if (this.acceptSymbol('.')) {
        path.push(this.#attributeName());
      } else if (this.acceptSymbol('[')) {
        const token = this.peek();
        if (token.kind !== 'number') throw this.syntaxError();
        this.next();
        path.push(Number(token.text));
        this.expectSymbol(']');
      } else {
        return path;
      }
    }
  }

  /** The error for the next token, in AWS's words: the token and its neighbours. */
  syntaxError(): AwsError {
    const token = this.peek();
    const from = this.#tokens[Math.max(0, this.#next - 1)] as Token;
    const to = this.peek(1);
    const near = this.#text.slice(from.at, to.at + (to.kind === 'end' ? 0 : to.text.length)).trim();
    return this.invalid(`Syntax error; token: "${token.kind === 'end' ? '<EOF>' : token.text}", near: "${near}"`);
  }

  invalid(message: string): AwsError {
    return new AwsError('ValidationException', `Invalid ${this.label}: ${message}`);
  }

  #attributeName(): string {
    const token = this.peek();
    if (token.kind === 'name') {
      this.next();
      return this.placeholders.name(token.text, this.label);
    }
    if (token.kind !== 'word') throw this.syntaxError();
    if (isReserved(token.text)) {
      throw this.invalid(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    this.next();
    return token.text;
  }

  #cut(): Token[] {
    const tokens: Token[] = [];
    let at = 0;
    for (;;) {
      while (/\s/.test(this.#text[at] ?? '')) at += 1;
      if (at >= this.#text.length) {
        tokens.push({ kind: 'end', text: '', at });
        return tokens;
      }
      const token = tokenAt(this.#text, at);
      if (!token) {
        const character = this.#text[at];
        const near = this.#text.slice(Math.max(0, at - 5), at + 6).trim();
        throw this.invalid(`Syntax error; token: "${character}", near: "${near}"`);
      }
      tokens.push(token);
      at += token.text.length;
    }
  }
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (match) return { kind, text: match[0], at };
  }
  return undefined;
}
