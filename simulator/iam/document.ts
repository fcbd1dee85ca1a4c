/** Policy documents, compiled: each statement becomes a few functions. Documents never change, so they are kept by text. */
import { AwsError } from '../errors.ts';
import { type Condition, compileConditions } from './conditions.ts';
import { type ContextLookup, compileArn, compileText, type Matcher } from './pattern.ts';
import { compilePrincipals, type PrincipalTest } from './principal-element.ts';

/** What a request needs to match in a statement: a list of patterns, or everything but a list. */
export interface Patterns<Test> {
  /** As written; a negated list is one entry, 'not a, b'. */
  readonly written: readonly string[];
  /** The place in `written` of the first pattern that matches; -1 for none. */
  readonly match: Test;
}

export interface Statement {
  /** Its Sid, or its place in the document ('#0'). */
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Patterns<(action: string) => number>;
  /** Undefined in trust policies. */
  readonly resources: Patterns<(arn: string, context: ContextLookup) => number> | undefined;
  /** Undefined in identity policies. */
  readonly principal: PrincipalTest | undefined;
  readonly condition: Condition | undefined;
}

/** Whether the statement is about this resource and its conditions hold. */
export const applies = (statement: Statement, resource: string, context: ContextLookup): boolean =>
  (statement.resources === undefined || statement.resources.match(resource, context) >= 0) &&
  statement.condition?.(context) !== false;

/** A policy document as JSON text or already parsed. */
export type PolicyDocument = string | object;

const byText = new Map<string, readonly Statement[]>();
const byObject = new WeakMap<object, readonly Statement[]>();

/** Throws AwsError MalformedPolicyDocument that names the statement and what is wrong with it. */
export function compileDocument(document: PolicyDocument): readonly Statement[] {
  if (typeof document !== 'string') return remember(byObject, document, () => compileParsed(document));
  return remember(byText, document, () => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(document);
    } catch (cause) {
      throw malformed('it is not JSON', cause);
    }
    return compileParsed(parsed);
  });
}

function remember<K>(
  cache: { get(key: K): readonly Statement[] | undefined; set(key: K, value: readonly Statement[]): unknown },
  key: K,
  make: () => readonly Statement[],
): readonly Statement[] {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

export const malformed = (what: string, cause?: unknown): AwsError =>
  new AwsError('MalformedPolicyDocumentException', `This policy contains invalid Json: ${what}`, {
    status: 400,
    cause,
  });

function compileParsed(document: unknown): readonly Statement[] {
  if (!isRecord(document)) throw malformed('it is not an object');
  for (const key of Object.keys(document)) {
    if (!['Version', 'Id', 'Statement'].includes(key)) throw malformed(`unknown element '${key}'`);
  }
  if (document.Statement === undefined) throw malformed('it has no Statement');
  // Without the version of 2012, `${…}` is plain text.
  const variables = document.Version === '2012-10-17';
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return statements.map((statement, index) => {
    try {
      return compileStatement(statement, `#${index}`, variables);
    } catch (cause) {
      const place = isRecord(statement) && statement.Sid !== undefined ? statement.Sid : `#${index}`;
      throw malformed(`statement ${place}: ${(cause as Error).message}`, cause);
    }
  });
}

const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function compileStatement(statement: unknown, place: string, variables: boolean): Statement {
  if (!isRecord(statement)) throw new Error('it is not an object');
  const unknown = Object.keys(statement).find((key) => !ELEMENTS.has(key));
  if (unknown !== undefined) throw new Error(`unknown element '${unknown}'`);
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`Effect must be Allow or Deny, not '${effect}'`);
  return {
    id: typeof statement.Sid === 'string' && statement.Sid !== '' ? statement.Sid : place,
    effect,
    actions: compileActions(statement),
    resources: compileResources(statement, variables),
    principal: compilePrincipals(statement.Principal, statement.NotPrincipal, effect),
    condition: compileConditions(statement.Condition, variables),
  };
}

function compileActions(statement: Record<string, unknown>): Statement['actions'] {
  const [values, negated] = either(statement, 'Action', 'NotAction');
  if (values === undefined) throw new Error('it has neither Action nor NotAction');
  const matchers = values.map((value) => {
    if (value !== '*' && !value.includes(':')) throw new Error(`action '${value}' has no service prefix`);
    return compileText(value, { ignoreCase: true });
  });
  return patterns(values, negated, (action: string) => matchers.findIndex((matches) => matches(action, noContext)));
}

function compileResources(statement: Record<string, unknown>, variables: boolean): Statement['resources'] {
  const [values, negated] = either(statement, 'Resource', 'NotResource');
  if (values === undefined) return undefined;
  const matchers: Matcher[] = values.map((value) => compileArn(value, { variables }));
  return patterns(values, negated, (arn: string, context: ContextLookup) =>
    matchers.findIndex((matches) => matches(arn, context)),
  );
}

function patterns<Arguments extends unknown[]>(
  values: readonly string[],
  negated: boolean,
  find: (...args: Arguments) => number,
): Patterns<(...args: Arguments) => number> {
  if (!negated) return { written: values, match: find };
  return { written: [`not ${values.join(', ')}`], match: (...args) => (find(...args) < 0 ? 0 : -1) };
}

function either(statement: Record<string, unknown>, plain: string, not: string): [string[] | undefined, boolean] {
  if (statement[plain] !== undefined && statement[not] !== undefined) {
    throw new Error(`it has both ${plain} and ${not}`);
  }
  const negated = statement[not] !== undefined;
  const value = statement[negated ? not : plain];
  return [value === undefined ? undefined : listOf(value), negated];
}

const noContext: ContextLookup = () => undefined;

function listOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  const wrong = list.find((item) => typeof item !== 'string');
  if (wrong !== undefined) throw new Error(`expected text, found ${JSON.stringify(wrong)}`);
  return list;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
