/** Parses update expressions (developer guide, "Update expressions") and projections, and refuses paths that collide. */
import { membersOf, type TypeName, typeOf, type Value } from '../values.ts';
import { type Path, type SetValue, showPath, type Update } from './ast.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';

/** How AWS's update messages name the types. */
const longNames: Readonly<Record<TypeName, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  M: 'MAP',
  L: 'LIST',
};

/** Throws ValidationException in AWS's words. */
export function parseUpdate(text: string, placeholders: Placeholders): Update {
  const tokens = new Tokens('UpdateExpression', text, placeholders);
  const sets: { path: Path; value: SetValue }[] = [];
  const removes: Path[] = [];
  const adds: { path: Path; value: Value }[] = [];
  const deletes: { path: Path; value: Value }[] = [];
  const clauses: Readonly<Record<string, () => void>> = {
    SET: () => sets.push(assignment(tokens)),
    REMOVE: () => removes.push(tokens.path()),
    ADD: () => adds.push(pathAndValue(tokens, 'ADD')),
    DELETE: () => deletes.push(pathAndValue(tokens, 'DELETE')),
  };
  const seen = new Set<string>();
  while (tokens.peek().kind !== 'end') {
    const keyword = tokens.peek().text.toUpperCase();
    const clause = tokens.peek().kind === 'word' ? clauses[keyword] : undefined;
    if (!clause) throw tokens.syntaxError();
    if (seen.has(keyword))
      throw tokens.invalid(`The "${keyword}" section can only be used once in an update expression;`);
    seen.add(keyword);
    tokens.next();
    do clause();
    while (tokens.acceptSymbol(','));
  }
  const paths = [...sets.map((each) => each.path), ...removes, ...[...adds, ...deletes].map((each) => each.path)];
  checkPaths(tokens, paths);
  return { sets, removes, adds, deletes };
}

/** ProjectionExpression: a list of paths. */
export function parseProjection(text: string, placeholders: Placeholders): Path[] {
  const tokens = new Tokens('ProjectionExpression', text, placeholders);
  const paths = [tokens.path()];
  while (tokens.acceptSymbol(',')) paths.push(tokens.path());
  tokens.expectEnd();
  checkPaths(tokens, paths);
  return paths;
}

function assignment(tokens: Tokens): { path: Path; value: SetValue } {
  const path = tokens.path();
  tokens.expectSymbol('=');
  const left = setOperand(tokens);
  for (const [symbol, type] of [
    ['+', 'plus'],
    ['-', 'minus'],
  ] as const) {
    if (!tokens.acceptSymbol(symbol)) continue;
    const right = setOperand(tokens);
    for (const side of [left, right]) checkLiteral(tokens, symbol, side, 'N');
    return { path, value: { type, left, right } };
  }
  return { path, value: left };
}

function setOperand(tokens: Tokens): SetValue {
  const token = tokens.peek();
  if (tokens.acceptSymbol('(')) {
    const inner = setOperand(tokens);
    tokens.expectSymbol(')');
    return inner;
  }
  if (token.kind === 'value') {
    tokens.next();
    return { type: 'value', value: tokens.placeholders.value(token.text, tokens.label) };
  }
  if (token.kind !== 'word' || !tokens.isSymbol('(', 1)) return { type: 'path', path: tokens.path() };
  return setFunction(tokens);
}

function setFunction(tokens: Tokens): SetValue {
  const name = tokens.next().text;
  if (name !== 'if_not_exists' && name !== 'list_append') {
    throw tokens.invalid(`Invalid function name; function: ${name}`);
  }
  tokens.expectSymbol('(');
  const list = [setOperand(tokens)];
  while (tokens.acceptSymbol(',')) list.push(setOperand(tokens));
  tokens.expectSymbol(')');
  const [left, right] = list;
  if (left === undefined || right === undefined || list.length > 2) {
    throw tokens.invalid(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${list.length}`,
    );
  }
  if (name === 'list_append') {
    for (const side of [left, right]) checkLiteral(tokens, name, side, 'L');
    return { type: 'listAppend', left, right };
  }
  if (left.type !== 'path') {
    throw tokens.invalid(`Operator or function requires a document path; operator or function: ${name}`);
  }
  return { type: 'ifNotExists', path: left.path, otherwise: right };
}

function pathAndValue(tokens: Tokens, clause: 'ADD' | 'DELETE'): { path: Path; value: Value } {
  const path = tokens.path();
  const token = tokens.next();
  if (token.kind !== 'value') throw tokens.syntaxError();
  const value = tokens.placeholders.value(token.text, tokens.label);
  const allowed = membersOf(value) !== undefined || (clause === 'ADD' && 'N' in value);
  if (!allowed) {
    throw tokens.invalid(
      `Incorrect operand type for operator or function; operator: ${clause}, ` +
        `operand type: ${longNames[typeOf(value)]}, typeSet: ALLOWED_FOR_${clause}_OPERAND`,
    );
  }
  return { path, value };
}

function checkLiteral(tokens: Tokens, name: string, operand: SetValue, allowed: TypeName): void {
  if (operand.type !== 'value' || typeOf(operand.value) === allowed) return;
  throw tokens.invalid(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${typeOf(operand.value)}`,
  );
}

/** Overlap: one path is the other or its ancestor. Conflict: they read one attribute both as a list and as a map. */
function checkPaths(tokens: Tokens, paths: readonly Path[]): void {
  paths.forEach((one, index) => {
    for (const two of paths.slice(index + 1)) {
      const shared = Math.min(one.length, two.length);
      const apart = one.slice(0, shared).findIndex((step, i) => step !== two[i]);
      const word = apart < 0 ? 'overlap' : typeof one[apart] !== typeof two[apart] ? 'conflict' : undefined;
      if (word === undefined) continue;
      throw tokens.invalid(
        `Two document paths ${word} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${showPath(one)}, path two: ${showPath(two)}`,
      );
    }
  });
}
