/**
 * JSON as an event pattern needs it read: duplicate keys kept, numbers kept as they were written. Nothing in package.json
 * does both (`JSON.parse` drops duplicates), so this reader is ours. Used by pattern.ts and pattern-compile.ts.
 */

/** A number with its own text, so that 27.807807921694092 and huge integers lose nothing. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object's members in order, duplicates included. */
export class Members {
  readonly list: readonly (readonly [name: string, value: JsonValue])[];
  constructor(list: readonly (readonly [name: string, value: JsonValue])[]) {
    this.list = list;
  }
}

/** What `parseJson` returns, and also any plain JavaScript value: both can be matched. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | NumberText
  | Members
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The text is not JSON; `position` is where reading stopped. */
export class InvalidJson extends Error {
  override readonly name = 'InvalidJson';
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** Jackson's default limits (StreamReadConstraints), which AWS's rule engine reads patterns and events with. */
const DEPTH_MAX = 1000;
const NUMBER_LENGTH_MAX = 1000;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them unescaped
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const LITERALS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads one JSON value. What follows it is not looked at, as the rule engine's streaming reader stops there.
 * Throws InvalidJson.
 */
export function parseJson(text: string): JsonValue {
  return new Reader(text).value(0);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    this.#skipSpace();
    const character = this.#text[this.#at];
    if (depth >= DEPTH_MAX && (character === '{' || character === '[')) {
      this.#fail(`Document nesting depth exceeds the maximum allowed (${DEPTH_MAX})`);
    }
    if (character === '{') return this.#object(depth);
    if (character === '[') return this.#array(depth);
    if (character === '"') return this.#string();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at) && !/[A-Za-z0-9_$]/.test(this.#text[this.#at + word.length] ?? '')) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #object(depth: number): Members {
    const list: [string, JsonValue][] = [];
    this.#at++;
    if (this.#accept('}')) return new Members(list);
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') this.#fail('was expecting double-quote to start field name');
      const name = this.#string();
      if (!this.#accept(':')) this.#fail('was expecting a colon to separate field name and value');
      list.push([name, this.value(depth + 1)]);
    } while (this.#accept(','));
    if (!this.#accept('}')) this.#fail('was expecting comma to separate Object entries');
    return new Members(list);
  }

  #array(depth: number): JsonValue[] {
    const list: JsonValue[] = [];
    this.#at++;
    if (this.#accept(']')) return list;
    do list.push(this.value(depth + 1));
    while (this.#accept(','));
    if (!this.#accept(']')) this.#fail('was expecting comma to separate Array entries');
    return list;
  }

  #string(): string {
    this.#at++;
    let result = '';
    for (;;) {
      PLAIN_TEXT.lastIndex = this.#at;
      const plain = PLAIN_TEXT.exec(this.#text)?.[0] ?? '';
      result += plain;
      this.#at += plain.length;
      const character = this.#text[this.#at++];
      if (character === '"') return result;
      if (character !== '\\') this.#fail('unexpected end-of-input or control character in a String value');
      result += this.#escape();
    }
  }

  #escape(): string {
    const character = this.#text[this.#at++] ?? '';
    if (character === 'u') {
      const hex = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail('expected a hex-digit for character escape sequence');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = ESCAPES[character];
    if (plain === undefined) this.#fail(`Unrecognized character escape '${character}'`);
    return plain;
  }

  #number(): NumberText {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    const after = this.#text[this.#at + (text?.length ?? 0)];
    // '01' and '1a' and '1.' are not JSON.
    if (text === undefined || (after !== undefined && /[\w.+-]/.test(after))) {
      this.#fail(`Unexpected character '${this.#text[this.#at] ?? 'end-of-input'}'`);
    }
    if (text.replace(/[^0-9]/g, '').length > NUMBER_LENGTH_MAX)
      this.#fail('Number value length exceeds the maximum allowed');
    this.#at += text.length;
    return new NumberText(text);
  }

  #accept(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #fail(message: string): never {
    throw new InvalidJson(message, this.#at);
  }
}
