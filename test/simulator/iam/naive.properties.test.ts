/**
 * The evaluator beside one that was written without looking at it: sets of patterns by regular expression, every policy
 * looked at in full, no order, no shortcuts. The rules are the same pages of the IAM User Guide.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideForRole } from '../../../simulator/iam/role-decision.ts';
import { ACCOUNT, type Policies, ROLE, requestWith, SESSION, stateWith } from './roles.ts';

interface Statement {
  readonly Effect: string;
  readonly [element: string]: unknown;
}

const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:GetBucketPolicy'];
const THINGS = ['arn:aws:s3:::shelf/book', 'arn:aws:s3:::shelf/a/b', 'arn:aws:s3:::attic/box'];

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const actions = someOf(['s3:GetObject', 's3:get*', '*', 's3:PutObject', 's3:?etObject', 'sns:*']);
const resources = someOf([
  '*',
  'arn:aws:s3:::shelf/*',
  'arn:aws:s3:::shelf/book',
  'arn:aws:s3:*:*:attic/*',
  'arn:aws:s3:::*/b*',
]);
const condition = fc.constantFrom<object | undefined>(
  undefined,
  undefined,
  { StringEquals: { 's3:prefix': 'a' } },
  { StringNotEquals: { 's3:prefix': ['a', 'b'] } },
  { StringLikeIfExists: { 's3:prefix': 'a*' } },
  { Null: { 's3:prefix': 'true' } },
  { 'ForAllValues:StringEquals': { 's3:prefix': ['a', 'b'] } },
  { 'ForAnyValue:StringNotEquals': { 's3:prefix': ['a'] } },
);
const named = fc.constantFrom('AWS', 'NOT');
const principals = someOf([ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, ROLE, SESSION, `${ROLE}2`]);

const identityStatement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    not: fc.constantFrom('', '', '', 'Not'),
    actions,
    resources,
    condition,
  })
  .map(
    ({ Effect, not, actions: a, resources: r, condition: Condition }): Statement => ({
      Effect,
      [not === '' ? 'Action' : 'NotAction']: a,
      Resource: r,
      ...(Condition && { Condition }),
    }),
  );

const resourceStatement = fc
  .record({ statement: identityStatement, kind: named, principals, everyone: fc.constantFrom(false, false, true) })
  .map(({ statement, kind, principals: AWS, everyone }): Statement => {
    if (everyone) return { ...statement, Principal: '*' };
    return kind === 'NOT' && statement.Effect === 'Deny'
      ? { ...statement, NotPrincipal: { AWS } }
      : { ...statement, Principal: { AWS } };
  });

const some = (statement: fc.Arbitrary<Statement>) => fc.array(statement, { minLength: 1, maxLength: 3 });
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const scenes = fc.record({
  identity: some(identityStatement),
  boundary: perhaps(some(identityStatement)),
  session: perhaps(some(identityStatement)),
  resource: perhaps(some(resourceStatement)),
  mustAllow: fc.constantFrom(undefined, 'key' as const),
  action: fc.constantFrom(...ACTIONS),
  on: fc.constantFrom(...THINGS),
  prefix: fc.constantFrom(undefined, [], ['a'], ['b'], ['a', 'c'], ['ab']),
});

const list = (value: unknown): string[] => [value].flat() as string[];
const fits = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);
const fitsArn = (pattern: string, arn: string): boolean => {
  if (pattern === '*') return true;
  const parts = (text: string) => [...text.split(':').slice(0, 5), text.split(':').slice(5).join(':')];
  return parts(pattern).every((part, index) => fits(part, parts(arn)[index] ?? ''));
};

function holds(condition: unknown, values: readonly string[] | undefined): boolean {
  const [[operator, keys]] = Object.entries(condition as object) as [[string, Record<string, unknown>]];
  const wanted = list(Object.values(keys)[0]);
  switch (operator) {
    case 'StringEquals':
      return values?.some((value) => wanted.includes(value)) ?? false;
    case 'StringNotEquals':
      return values?.every((value) => !wanted.includes(value)) ?? true;
    case 'StringLikeIfExists':
      return values?.some((value) => wanted.some((pattern) => fits(pattern, value))) ?? true;
    case 'Null':
      return values === undefined;
    case 'ForAllValues:StringEquals':
      return values?.every((value) => wanted.includes(value)) ?? true;
    default:
      return values?.some((value) => !wanted.includes(value)) ?? false;
  }
}

interface Scene {
  readonly action: string;
  readonly on: string;
  readonly prefix: readonly string[] | undefined;
}

function about(statement: Statement, { action, on, prefix }: Scene): boolean {
  const patterns = list(statement.Action ?? statement.NotAction);
  const hit = patterns.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase()));
  if (hit !== (statement.Action !== undefined)) return false;
  if (!list(statement.Resource).some((pattern) => fitsArn(pattern, on))) return false;
  return statement.Condition === undefined || holds(statement.Condition, prefix);
}

const ALL_NAMES = [ROLE, SESSION];
const ACCOUNT_NAMES = [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`];

function naive(policies: Policies, scene: Scene): boolean {
  const matching = (statements: readonly object[] | undefined, effect: string): Statement[] =>
    ((statements ?? []) as Statement[]).filter((statement) => statement.Effect === effect && about(statement, scene));
  const names = (statement: Statement): string[] => list((statement.Principal as { AWS: string[] }).AWS);
  const deniesMe = (statement: Statement): boolean => {
    if (statement.NotPrincipal !== undefined) {
      const spared = list((statement.NotPrincipal as { AWS: string[] }).AWS);
      const account = ACCOUNT_NAMES.some((name) => spared.includes(name));
      return policies.boundary !== undefined || !account || !ALL_NAMES.every((name) => spared.includes(name));
    }
    return (
      statement.Principal === '*' || names(statement).some((name) => [...ALL_NAMES, ...ACCOUNT_NAMES].includes(name))
    );
  };
  const denied =
    matching(policies.identity, 'Deny').length +
    matching(policies.boundary, 'Deny').length +
    matching(policies.session, 'Deny').length +
    matching(policies.resource, 'Deny').filter(deniesMe).length;
  if (denied > 0) return false;

  const grants = matching(policies.resource, 'Allow');
  const toEveryone = grants.some(({ Principal }) => Principal === '*');
  const specific = grants.filter(({ Principal }) => Principal !== '*');
  const directly = toEveryone || specific.some((grant) => names(grant).includes(SESSION));
  if (directly) return true;
  const toRole = specific.some((grant) => names(grant).includes(ROLE));
  const toAccount = specific.some((grant) => names(grant).some((name) => ACCOUNT_NAMES.includes(name)));
  const identity = matching(policies.identity, 'Allow').length > 0;
  const given = policies.resource && policies.mustAllow ? toRole || (toAccount && identity) : identity || toRole;
  const within = (limit: readonly object[] | undefined): boolean =>
    limit === undefined || matching(limit, 'Allow').length > 0;
  return given && within(policies.boundary) && within(policies.session);
}

it('decides as a naive evaluator does, whatever the policies', () => {
  let allowed = 0;
  let runs = 0;
  fc.assert(
    fc.property(scenes, ({ action, on, prefix, ...policies }) => {
      const keys: Record<string, string[]> = prefix === undefined ? {} : { 's3:prefix': [...prefix] };
      const given = Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== undefined)) as Policies;
      const decision = decideForRole(stateWith(given), 'reader', requestWith(given, { action, on, keys }));
      const expected = naive(given, { action, on, prefix });
      runs += 1;
      if (expected) allowed += 1;
      expect(decision.allowed).toBe(expected);
    }),
    { numRuns: 1500, seed: 20261121 },
  );
  // Not a property of nothing: both answers come often.
  expect(allowed).toBeGreaterThan(runs / 20);
  expect(runs - allowed).toBeGreaterThan(runs / 5);
});
