/** Wildcards of event patterns: reading, matching and how complex EventBridge lets them be. Used by the value matchers. */

/** One piece of a wildcard: a run of literal text; between two pieces stands one '*'. */
export type Wildcard = readonly string[];

/** Reads '\*' and '\\' escapes. Throws RangeError for '**' and for any other escape. */
export function parseWildcard(text: string): Wildcard {
  const pieces = [''];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '*') {
      if (text[i + 1] === '*') throw new RangeError(`Consecutive wildcard characters at pos ${i + 1}`);
      pieces.push('');
    } else if (character === '\\') {
      const next = text[i + 1];
      if (next !== '*' && next !== '\\') throw new RangeError(`Invalid escape character at pos ${i + 1}`);
      pieces[pieces.length - 1] += next;
      i++;
    } else {
      pieces[pieces.length - 1] += character;
    }
  }
  return pieces;
}

export function matchesWildcard(pieces: Wildcard, text: string): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1)!;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i]!;
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return at <= end;
}

/**
 * EventBridge refuses a rule whose wildcards can be partly matched in this many ways at once. Guess: AWS publishes the
 * measure (event-ruler, MachineComplexityEvaluator) but not the limit. '*:*:*:*:*:event-bus/*', which the user guide
 * names as refused, measures 10; range 7–10.
 */
const COMPLEXITY_LIMIT = 10;
const SETS_MAX = 5_000;
const ANY = '';

interface Position {
  readonly pattern: number;
  readonly index: number;
}

/** Whether a worst-case value can be in too many places of these wildcards at the same time. */
export function tooComplex(wildcards: readonly Wildcard[]): boolean {
  if (wildcards.reduce((stars, pieces) => stars + pieces.length - 1, 0) < 2) return false;
  const tokens = wildcards.map(tokensOf);
  const alphabet = [...new Set(tokens.flat())];
  const seen = new Set<string>();
  const pending: Position[][] = [tokens.map((_, pattern) => ({ pattern, index: 0 }))];
  for (let set = pending.pop(); set !== undefined && seen.size < SETS_MAX; set = pending.pop()) {
    for (const character of alphabet) {
      const next = advance(tokens, set, character);
      if (next.size === 0) continue;
      if (places(tokens, next) >= COMPLEXITY_LIMIT) return true;
      const key = [...next.keys()].sort().join(' ');
      if (seen.has(key)) continue;
      seen.add(key);
      pending.push([...next.values()]);
    }
  }
  return false;
}

/** Characters and stars (ANY), between the quotes that the rule engine adds. */
function tokensOf(pieces: Wildcard): string[] {
  const tokens = ['"'];
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) tokens.push(ANY);
    tokens.push(...piece);
  }
  return [...tokens, '"'];
}

function advance(tokens: readonly string[][], set: readonly Position[], character: string): Map<string, Position> {
  const next = new Map<string, Position>();
  const add = (pattern: number, index: number): void => {
    next.set(`${pattern}:${index}`, { pattern, index });
  };
  for (const { pattern, index } of set) {
    const list = tokens[pattern]!;
    if (index > 0 && list[index - 1] === ANY) add(pattern, index);
    if (list[index] === ANY) {
      add(pattern, index + 1);
      if (list[index + 1] === character) add(pattern, index + 2);
    } else if (list[index] === character && character !== ANY) {
      add(pattern, index + 1);
    }
  }
  return next;
}

/** A place before a star counts as a place inside the star too. */
function places(tokens: readonly string[][], set: ReadonlyMap<string, Position>): number {
  let count = 0;
  for (const { pattern, index } of set.values()) {
    count++;
    if (tokens[pattern]![index] === ANY && !set.has(`${pattern}:${index + 1}`)) count++;
  }
  return count;
}
