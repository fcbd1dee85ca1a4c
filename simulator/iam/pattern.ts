/**
 * Wildcard patterns of IAM policies: actions, ARNs and condition values. Compiled once per policy document.
 * Rules: IAM User Guide, "IAM JSON policy elements: Resource", "…: Action", "…: Variables and tags".
 */

/** Values of one condition key in a request; keys are asked for in lower case. */
export type ContextLookup = (lowerCaseKey: string) => readonly string[] | undefined;

export type Matcher = (text: string, context: ContextLookup) => boolean;

// Wildcards are kept as private-use characters, so a '*' that came out of a policy variable stays a plain '*'.
const ANY = '\u{E000}';
const ONE = '\u{E001}';

const encode = (pattern: string): string => pattern.replaceAll('*', ANY).replaceAll('?', ONE);

const VARIABLE = /\$\{([^}]*)\}/g;

export interface TextOptions {
  readonly ignoreCase?: boolean;
  /** Whether `${key}` stands for a value of the request. */
  readonly variables?: boolean;
  /** `*` and `?` are plain characters. */
  readonly literal?: boolean;
}

/** Compiles a pattern for plain text: `*` is any run of characters, `?` any one. */
export function compileText(pattern: string, options: TextOptions = {}): Matcher {
  const fold = (text: string): string => (options.ignoreCase ? text.toLowerCase() : text);
  const read = options.literal ? (text: string): string => text : encode;
  if (options.variables && pattern.includes('${')) {
    return (text, context) => {
      const filled = substitute(pattern, context, read);
      return filled !== undefined && glob(fold(filled), fold(text));
    };
  }
  const match = compileGlob(fold(read(pattern)));
  return options.ignoreCase ? (text) => match(fold(text)) : match;
}

/**
 * Compiles a pattern for ARNs. The six parts are compared one by one, so a wildcard never crosses a colon except in the
 * last part; parts that are missing at the end stand for `*`.
 */
export function compileArn(pattern: string, options: { variables?: boolean } = {}): Matcher {
  if (pattern === '*') return () => true;
  if (options.variables === true && pattern.includes('${')) {
    return (text, context) => {
      const filled = substitute(pattern, context, encode);
      return filled !== undefined && compileEncodedArn(filled)(text);
    };
  }
  return compileEncodedArn(encode(pattern));
}

function compileEncodedArn(pattern: string): (text: string) => boolean {
  const parts = splitArn(pattern);
  while (parts.length < 6) parts.push(ANY);
  // Without a wildcard in the first five parts, one comparison of the whole text says the same and is quicker.
  if (parts.slice(0, 5).every((part) => !hasWildcard(part))) return compileGlob(parts.join(':'));
  const matchers = parts.map(compileGlob);
  return (text) => {
    const segments = splitArn(text);
    return segments.length === 6 && segments.every((segment, index) => matchers[index]!(segment));
  };
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const hasWildcard = (pattern: string): boolean => pattern.includes(ANY) || pattern.includes(ONE);

function compileGlob(pattern: string): (text: string) => boolean {
  if (pattern === ANY) return () => true;
  if (!hasWildcard(pattern)) return (text) => text === pattern;
  const head = pattern.slice(0, -1);
  if (pattern.endsWith(ANY) && !hasWildcard(head)) return (text) => text.startsWith(head);
  return (text) => glob(pattern, text);
}

/** Linear: on a mismatch it goes back to the last `*` only. */
function glob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === ONE || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (pattern[p] === ANY) {
      star = p++;
      starText = t;
    } else if (star >= 0) {
      p = star + 1;
      t = ++starText;
    } else return false;
  }
  while (pattern[p] === ANY) p++;
  return p === pattern.length;
}

/**
 * Fills `${key}`, `${key, 'default'}` and the escapes `${*}` `${?}` `${$}`.
 * Undefined when a key has no single value in the request: such an element matches nothing.
 */
function substitute(pattern: string, context: ContextLookup, read: (text: string) => string): string | undefined {
  let missing = false;
  let filled = '';
  let end = 0;
  for (const match of pattern.matchAll(VARIABLE)) {
    filled += read(pattern.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[1]!;
    if (name === '*' || name === '?' || name === '$') {
      filled += name;
      continue;
    }
    const [key, fallback] = name.split(/,\s*/, 2) as [string, string | undefined];
    const values = context(key.trim().toLowerCase());
    const value = values?.length === 1 ? values[0] : fallback?.replace(/^'(.*)'$/, '$1');
    if (value === undefined) missing = true;
    else filled += value;
  }
  return missing ? undefined : filled + read(pattern.slice(end));
}
