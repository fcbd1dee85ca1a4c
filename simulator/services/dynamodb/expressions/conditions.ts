/**
 * Parses condition and filter expressions (developer guide, "Comparison operator and function reference"). Precedence:
 * comparisons and functions, then NOT, AND, OR.
 */
import { type TypeName, typeOf, type Value } from '../values.ts';
import type { Comparator, Condition, Operand, Path } from './ast.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];
const ordered: readonly TypeName[] = ['S', 'N', 'B'];
const functions = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains', 'size'];
const attributeTypes: readonly TypeName[] = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];
/** Comparison operator reference: IN takes up to 100 values. */
const IN_OPERANDS_MAX = 100;

/** Throws ValidationException in AWS's words. `label` is the request parameter's name. */
export function parseCondition(label: string, text: string, placeholders: Placeholders): Condition {
  const tokens = new Tokens(label, text, placeholders);
  const condition = either(tokens);
  tokens.expectEnd();
  return condition;
}

function either(tokens: Tokens): Condition {
  let left = both(tokens);
  while (tokens.acceptKeyword('OR')) left = { type: 'or', left, right: both(tokens) };
  return left;
}

function both(tokens: Tokens): Condition {
  let left = negation(tokens);
  while (tokens.acceptKeyword('AND')) left = { type: 'and', left, right: negation(tokens) };
  return left;
}

function negation(tokens: Tokens): Condition {
  return tokens.acceptKeyword('NOT') ? { type: 'not', condition: negation(tokens) } : primary(tokens);
}

function primary(tokens: Tokens): Condition {
  if (!tokens.acceptSymbol('(')) return test(tokens);
  if (tokens.isSymbol('(') && closesTwice(tokens)) throw tokens.invalid('The expression has redundant parentheses;');
  const condition = either(tokens);
  tokens.expectSymbol(')');
  return condition;
}

/** Whether the parenthesis that comes next is closed right before the one already open, as in ((a = b)). */
function closesTwice(tokens: Tokens): boolean {
  let depth = 0;
  for (let ahead = 0; tokens.peek(ahead).kind !== 'end'; ahead++) {
    if (tokens.isSymbol('(', ahead)) depth += 1;
    if (tokens.isSymbol(')', ahead)) depth -= 1;
    if (depth === 0) return tokens.isSymbol(')', ahead + 1);
  }
  return false;
}

/** A comparison, BETWEEN, IN or a function that answers true or false. */
function test(tokens: Tokens): Condition {
  const call = isCall(tokens) && tokens.peek().text !== 'size';
  if (call) return booleanFunction(tokens);
  const left = operand(tokens);
  if (tokens.acceptKeyword('BETWEEN')) return between(tokens, left);
  if (tokens.acceptKeyword('IN')) return membership(tokens, left);
  const token = tokens.peek();
  if (!comparators.includes(token.text)) throw tokens.syntaxError();
  tokens.next();
  const comparator = token.text as Comparator;
  const right = operand(tokens);
  checkDistinct(tokens, comparator, left, right);
  if (comparator !== '=' && comparator !== '<>') checkOrdered(tokens, comparator, left, right);
  return { type: 'compare', comparator, left, right };
}

function between(tokens: Tokens, left: Operand): Condition {
  const low = operand(tokens);
  tokens.expectKeyword('AND');
  const high = operand(tokens);
  checkOrdered(tokens, 'BETWEEN', left, low, high);
  return { type: 'between', operand: left, low, high };
}

function membership(tokens: Tokens, left: Operand): Condition {
  tokens.expectSymbol('(');
  const list = [operand(tokens)];
  while (tokens.acceptSymbol(',')) list.push(operand(tokens));
  tokens.expectSymbol(')');
  if (list.length > IN_OPERANDS_MAX) throw wrongCount(tokens, 'IN', list.length + 1);
  return { type: 'in', operand: left, list };
}

const isCall = (tokens: Tokens): boolean => tokens.peek().kind === 'word' && tokens.isSymbol('(', 1);

function operand(tokens: Tokens): Operand {
  const token = tokens.peek();
  if (token.kind === 'value') {
    tokens.next();
    return { type: 'value', value: tokens.placeholders.value(token.text, tokens.label) };
  }
  if (!isCall(tokens)) return { type: 'path', path: tokens.path() };
  checkFunctionName(tokens);
  if (token.text !== 'size') {
    throw tokens.invalid(`The function is not allowed to be used this way in an expression; function: ${token.text}`);
  }
  const [argument] = callArguments(tokens, 1);
  return { type: 'size', path: needPath(tokens, 'size', argument as Operand) };
}

function booleanFunction(tokens: Tokens): Condition {
  checkFunctionName(tokens);
  const name = tokens.peek().text;
  if (name === 'attribute_exists' || name === 'attribute_not_exists') {
    const [first] = callArguments(tokens, 1);
    return { type: 'exists', path: needPath(tokens, name, first as Operand), wanted: name === 'attribute_exists' };
  }
  const [first, second] = callArguments(tokens, 2) as [Operand, Operand];
  checkDistinct(tokens, name, first, second);
  if (name === 'attribute_type') {
    return { type: 'attributeType', path: needPath(tokens, name, first), name: attributeType(tokens, second) };
  }
  if (name === 'begins_with') {
    for (const argument of [first, second]) checkLiteral(tokens, name, argument, ['S', 'B']);
    return { type: 'beginsWith', operand: first, argument: second };
  }
  return { type: 'contains', operand: first, argument: second };
}

function checkFunctionName(tokens: Tokens): void {
  const { text } = tokens.peek();
  if (!functions.includes(text)) throw tokens.invalid(`Invalid function name; function: ${text}`);
}

function callArguments(tokens: Tokens, count: number): Operand[] {
  const name = tokens.next().text;
  tokens.expectSymbol('(');
  const list = [operand(tokens)];
  while (tokens.acceptSymbol(',')) list.push(operand(tokens));
  tokens.expectSymbol(')');
  if (list.length !== count) throw wrongCount(tokens, name, list.length);
  return list;
}

const wrongCount = (tokens: Tokens, name: string, count: number) =>
  tokens.invalid(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  );

function needPath(tokens: Tokens, name: string, argument: Operand): Path {
  if (argument.type === 'path') return argument.path;
  throw tokens.invalid(`Operator or function requires a document path; operator or function: ${name}`);
}

function attributeType(tokens: Tokens, argument: Operand): TypeName {
  const value: Value | undefined = argument.type === 'value' ? argument.value : undefined;
  if (value === undefined || !('S' in value)) {
    const type = value === undefined ? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}' : typeOf(value);
    throw wrongType(tokens, 'attribute_type', type);
  }
  const name = attributeTypes.find((known) => known === value.S);
  if (name !== undefined) return name;
  throw tokens.invalid(
    `Invalid attribute type name found; type: ${value.S}, valid types: {${attributeTypes.join(',')}}`,
  );
}

const wrongType = (tokens: Tokens, name: string, type: string) =>
  tokens.invalid(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );

function checkLiteral(tokens: Tokens, name: string, argument: Operand, allowed: readonly TypeName[]): void {
  if (argument.type !== 'value') return;
  const type = typeOf(argument.value);
  if (!allowed.includes(type)) throw wrongType(tokens, name, type);
}

function checkOrdered(tokens: Tokens, name: string, ...operands: Operand[]): void {
  for (const each of operands) checkLiteral(tokens, name, each, ordered);
}

function checkDistinct(tokens: Tokens, name: string, left: Operand, right: Operand): void {
  if (left.type !== 'path' || right.type !== 'path') return;
  if (JSON.stringify(left.path) !== JSON.stringify(right.path)) return;
  throw tokens.invalid(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}, ` +
      `first operand: [${left.path.join('.')}]`,
  );
}

/** The top-level attributes that a condition reads. */
export function attributesIn(condition: Condition): string[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return [...attributesIn(condition.left), ...attributesIn(condition.right)];
    case 'not':
      return attributesIn(condition.condition);
    case 'exists':
    case 'attributeType':
      return [String(condition.path[0])];
    case 'compare':
      return topNames([condition.left, condition.right]);
    case 'between':
      return topNames([condition.operand, condition.low, condition.high]);
    case 'in':
      return topNames([condition.operand, ...condition.list]);
    case 'beginsWith':
    case 'contains':
      return topNames([condition.operand, condition.argument]);
  }
}

const topNames = (operands: readonly Operand[]): string[] =>
  operands.flatMap((each) => (each.type === 'value' ? [] : [String(each.path[0])]));
