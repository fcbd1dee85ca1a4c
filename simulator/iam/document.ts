/** Policy documents, compiled: each statement becomes a few functions. Documents never change, so they are kept by text. */
import { AwsError } from '../errors.ts';
import { type Condition, compileConditions } from './conditions.ts';
import { type ContextLookup, compileArn, compileText, type Matcher } from './pattern.ts';

/** The names a principal answers to, by kind; an anonymous caller answers to none. */
export type PolicyPrincipal = Readonly<Partial<Record<'AWS' | 'Service' | 'Federated', readonly string[]>>>;

export interface Statement {
  /** Its Sid, or its place in the document ('#0'). */
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  action(action: string): boolean;
  resource(arn: string, context: ContextLookup): boolean;
  /** Undefined in identity policies. */
  readonly principal: ((principal: PolicyPrincipal) => boolean) | undefined;
  readonly condition: Condition | undefined;
}

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

const malformed = (what: string, cause?: unknown): AwsError =>
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
    action: compileActions(statement),
    resource: compileResources(statement, variables),
    principal: compilePrincipals(statement),
    condition: compileConditions(statement.Condition, variables),
  };
}

function compileActions(statement: Record<string, unknown>): (action: string) => boolean {
  const [values, negated] = either(statement, 'Action', 'NotAction');
  if (values === undefined) throw new Error('it has neither Action nor NotAction');
  const matchers = values.map((value) => {
    if (value !== '*' && !value.includes(':')) throw new Error(`action '${value}' has no service prefix`);
    return compileText(value, { ignoreCase: true });
  });
  return (action) => matchers.some((matches) => matches(action, noContext)) !== negated;
}

function compileResources(statement: Record<string, unknown>, variables: boolean): Matcher {
  const [values, negated] = either(statement, 'Resource', 'NotResource');
  // Trust policies have none.
  if (values === undefined) return () => true;
  const matchers = values.map((value) => compileArn(value, { variables }));
  if (matchers.length === 1 && !negated) return matchers[0]!;
  return (arn, context) => matchers.some((matches) => matches(arn, context)) !== negated;
}

function compilePrincipals(statement: Record<string, unknown>): Statement['principal'] {
  const { Principal: wanted, NotPrincipal: excluded } = statement;
  if (wanted !== undefined && excluded !== undefined) throw new Error('it has both Principal and NotPrincipal');
  const element = wanted ?? excluded;
  if (element === undefined) return undefined;
  const matches = compilePrincipal(element);
  return excluded === undefined ? matches : (principal) => !matches(principal);
}

const PRINCIPAL_KINDS = ['AWS', 'Service', 'Federated'] as const;

function compilePrincipal(element: unknown): (principal: PolicyPrincipal) => boolean {
  if (element === '*') return () => true;
  if (!isRecord(element)) throw new Error("Principal must be '*' or an object");
  const unknown = Object.keys(element).find((kind) => !PRINCIPAL_KINDS.includes(kind as 'AWS'));
  if (unknown !== undefined) throw new Error(`principals of kind '${unknown}' are not modelled`);
  const wanted = PRINCIPAL_KINDS.map((kind) => [kind, new Set(listOf(element[kind]))] as const);
  // {"AWS": "*"} means everyone, the same as "*".
  if (wanted[0]![1].has('*')) return () => true;
  return (principal) =>
    wanted.some(([kind, names]) => principal[kind]?.some((name) => names.has(name) || names.has('*')) === true);
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
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const wrong = list.find((item) => typeof item !== 'string');
  if (wrong !== undefined) throw new Error(`expected text, found ${JSON.stringify(wrong)}`);
  return list;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
