/** One policy against one request, row by row, and the policies that are malformed. */
import { describe, expect, test } from 'vitest';
import { type Decision, evaluate, type PolicyRequest } from '../../../simulator/iam/evaluate.ts';

const ROLE = 'arn:aws:iam::123456789012:role/app/reader';
const session = {
  kind: 'role',
  account: '123456789012',
  role: ROLE,
  session: 'arn:aws:sts::123456789012:assumed-role/reader/run-1',
  bounded: false,
} as const;
const BUCKET = 'arn:aws:s3:::orders-moved/moved';

interface Row {
  readonly title: string;
  readonly statement: Record<string, unknown>;
  readonly request?: Partial<PolicyRequest>;
  readonly expected: Decision;
}

const allow = (rest: Record<string, unknown>) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...rest });
const when = (operator: string, key: string, value: unknown) => allow({ Condition: { [operator]: { [key]: value } } });
const context = (values: Record<string, string | string[]>) => ({ context: values });

const rows: Row[] = [
  { title: 'an action in other case', statement: allow({ Action: 'S3:getobject' }), expected: 'allow' },
  { title: 'an action by wildcard', statement: allow({ Action: ['sns:*', 's3:Get*'] }), expected: 'allow' },
  { title: 'an action by question mark', statement: allow({ Action: 's3:GetObjec?' }), expected: 'allow' },
  { title: 'another action', statement: allow({ Action: 's3:GetObjectAcl' }), expected: 'implicitDeny' },
  {
    title: 'NotAction of another',
    statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    expected: 'allow',
  },
  {
    title: 'NotAction of this',
    statement: { Effect: 'Allow', NotAction: 's3:*', Resource: '*' },
    expected: 'implicitDeny',
  },
  { title: 'a resource by wildcard', statement: allow({ Resource: 'arn:aws:s3:::orders-*/*' }), expected: 'allow' },
  {
    title: 'a resource by question mark',
    statement: allow({ Resource: 'arn:aws:s3:::orders-moved/move?' }),
    expected: 'allow',
  },
  {
    title: 'the bucket instead of its object',
    statement: allow({ Resource: 'arn:aws:s3:::orders-moved' }),
    expected: 'implicitDeny',
  },
  { title: 'an ARN cut short', statement: allow({ Resource: 'arn:aws:s3' }), expected: 'allow' },
  {
    title: 'a wildcard that would cross a colon',
    statement: allow({ Action: 'sqs:*', Resource: 'arn:aws:sqs:*:queue' }),
    request: { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-west-2:123456789012:queue' },
    expected: 'implicitDeny',
  },
  {
    title: 'a wildcard across colons of the last part',
    statement: allow({ Action: 'lambda:*', Resource: 'arn:aws:lambda:*:*:function:*' }),
    request: { action: 'lambda:InvokeFunction', resource: 'arn:aws:lambda:us-west-2:1:function:claim:live' },
    expected: 'allow',
  },
  {
    title: 'NotResource of another',
    statement: { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::private/*' },
    expected: 'allow',
  },
  {
    title: 'a policy variable',
    statement: allow({ Resource: 'arn:aws:s3:::orders-${aws:PrincipalTag/team}/*' }),
    request: context({ 'aws:PrincipalTag/Team': 'moved' }),
    expected: 'allow',
  },
  {
    title: 'a policy variable with no value',
    statement: allow({ Resource: 'arn:aws:s3:::orders-${aws:PrincipalTag/team}/*' }),
    expected: 'implicitDeny',
  },
  {
    title: 'a policy variable with a default',
    statement: allow({ Resource: "arn:aws:s3:::orders-${aws:PrincipalTag/team, 'moved'}/*" }),
    expected: 'allow',
  },
  {
    title: 'a star out of a policy variable, which is no wildcard',
    statement: allow({ Resource: 'arn:aws:s3:::${aws:username}/moved' }),
    request: context({ 'aws:username': '*' }),
    expected: 'implicitDeny',
  },
  {
    title: 'StringEquals',
    statement: when('StringEquals', 'aws:x', ['a', 'b']),
    request: context({ 'AWS:X': 'b' }),
    expected: 'allow',
  },
  {
    title: 'StringEquals with a star, which is no wildcard',
    statement: when('StringEquals', 'k', 'a*'),
    request: context({ k: 'ab' }),
    expected: 'implicitDeny',
  },
  { title: 'StringEquals of an absent key', statement: when('StringEquals', 'k', 'a'), expected: 'implicitDeny' },
  {
    title: 'StringEqualsIfExists of an absent key',
    statement: when('StringEqualsIfExists', 'k', 'a'),
    expected: 'allow',
  },
  { title: 'StringNotEquals of an absent key', statement: when('StringNotEquals', 'k', 'a'), expected: 'allow' },
  {
    title: 'StringNotEquals of several',
    statement: when('StringNotEquals', 'k', ['a', 'b']),
    request: context({ k: 'b' }),
    expected: 'implicitDeny',
  },
  {
    title: 'StringEqualsIgnoreCase',
    statement: when('StringEqualsIgnoreCase', 'k', 'Abc'),
    request: context({ k: 'aBC' }),
    expected: 'allow',
  },
  {
    title: 'StringLike',
    statement: when('StringLike', 'k', 'a*z'),
    request: context({ k: 'a to z' }),
    expected: 'allow',
  },
  {
    title: 'StringNotLike',
    statement: when('StringNotLike', 'k', 'a*'),
    request: context({ k: 'abc' }),
    expected: 'implicitDeny',
  },
  {
    title: 'ArnLike',
    statement: when('ArnLike', 'aws:SourceArn', 'arn:aws:events:*:*:rule/x*'),
    request: context({ 'aws:SourceArn': 'arn:aws:events:us-west-2:1:rule/xy' }),
    expected: 'allow',
  },
  {
    title: 'ArnEquals with a wildcard',
    statement: when('ArnEquals', 'k', 'arn:aws:s3:::*'),
    request: context({ k: 'arn:aws:s3:::b' }),
    expected: 'allow',
  },
  {
    title: 'ArnNotEquals',
    statement: when('ArnNotEquals', 'k', ROLE),
    request: context({ k: ROLE }),
    expected: 'implicitDeny',
  },
  {
    title: 'Bool',
    statement: when('Bool', 'aws:SecureTransport', false),
    request: context({ 'aws:SecureTransport': 'false' }),
    expected: 'allow',
  },
  {
    title: 'IpAddress',
    statement: when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '15.177.0.0/18']),
    request: context({ 'aws:SourceIp': '15.177.63.255' }),
    expected: 'allow',
  },
  {
    title: 'IpAddress of IPv6',
    statement: when('IpAddress', 'aws:SourceIp', '2600:1f1c::/36'),
    request: context({ 'aws:SourceIp': '2600:1f1c:7ff::1' }),
    expected: 'allow',
  },
  {
    title: 'IpAddress outside',
    statement: when('IpAddress', 'aws:SourceIp', '15.177.0.0/18'),
    request: context({ 'aws:SourceIp': '15.177.64.0' }),
    expected: 'implicitDeny',
  },
  {
    title: 'NotIpAddress',
    statement: when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8'),
    request: context({ 'aws:SourceIp': '10.1.1.1' }),
    expected: 'implicitDeny',
  },
  { title: 'Null true of an absent key', statement: when('Null', 'k', 'true'), expected: 'allow' },
  { title: 'Null false of an absent key', statement: when('Null', 'k', false), expected: 'implicitDeny' },
  {
    title: 'NumericLessThanEquals',
    statement: when('NumericLessThanEquals', 'k', '10'),
    request: context({ k: '9.5' }),
    expected: 'allow',
  },
  {
    title: 'DateGreaterThan',
    statement: when('DateGreaterThan', 'k', '2026-01-01T00:00:00Z'),
    request: context({ k: '2026-02-01T00:00:00Z' }),
    expected: 'allow',
  },
  {
    title: 'ForAnyValue',
    statement: when('ForAnyValue:StringEquals', 'k', ['a', 'b']),
    request: context({ k: ['z', 'b'] }),
    expected: 'allow',
  },
  {
    title: 'ForAnyValue of an absent key',
    statement: when('ForAnyValue:StringEquals', 'k', 'a'),
    expected: 'implicitDeny',
  },
  {
    title: 'ForAllValues',
    statement: when('ForAllValues:StringEquals', 'k', ['a', 'b']),
    request: context({ k: ['a', 'z'] }),
    expected: 'implicitDeny',
  },
  { title: 'ForAllValues of an absent key', statement: when('ForAllValues:StringEquals', 'k', 'a'), expected: 'allow' },
  {
    title: 'ForAllValues of an empty text, which is no value',
    statement: when('ForAllValues:StringEquals', 'k', 'a'),
    request: context({ k: '' }),
    expected: 'allow',
  },
  {
    title: 'ForAllValues of a negated operator',
    statement: when('ForAllValues:StringNotLike', 'k', 'a*'),
    request: context({ k: ['b', 'ab'] }),
    expected: 'implicitDeny',
  },
  {
    title: 'ForAnyValue of a negated operator',
    statement: when('ForAnyValue:StringNotEquals', 'k', ['a', 'b']),
    request: context({ k: ['a', 'z'] }),
    expected: 'allow',
  },
  {
    title: 'ForAnyValue…IfExists of an absent key',
    statement: when('ForAnyValue:StringLikeIfExists', 'k', 'a*'),
    expected: 'allow',
  },
  { title: 'Null for an absent key', statement: when('Null', 'k', 'true'), expected: 'allow' },
  {
    title: 'Null false for a key that is there',
    statement: when('Null', 'k', false),
    request: context({ k: 'x' }),
    expected: 'allow',
  },
  { title: 'Null false for an absent key', statement: when('Null', 'k', 'false'), expected: 'implicitDeny' },
  {
    title: 'BinaryEquals of the same bytes',
    statement: when('BinaryEquals', 'k', 'AQID'),
    request: context({ k: 'AQID' }),
    expected: 'allow',
  },
  {
    title: 'BinaryEquals of other bytes',
    statement: when('BinaryEquals', 'k', 'AQID'),
    request: context({ k: 'AQIE' }),
    expected: 'implicitDeny',
  },
  {
    title: 'NumericNotEquals of no number',
    statement: when('NumericNotEquals', 'k', '1'),
    request: context({ k: 'many' }),
    expected: 'allow',
  },
  {
    title: 'NumericLessThanEquals at the limit',
    statement: when('NumericLessThanEquals', 'k', '7200'),
    request: context({ k: '7200' }),
    expected: 'allow',
  },
  {
    title: 'DateLessThan in seconds since the epoch',
    statement: when('DateLessThan', 'k', '1767225600'),
    request: context({ k: '2025-12-31T23:59:59Z' }),
    expected: 'allow',
  },
  {
    title: 'BoolIfExists of false',
    statement: when('BoolIfExists', 'k', 'true'),
    request: context({ k: 'false' }),
    expected: 'implicitDeny',
  },
  {
    title: 'a policy variable in a condition',
    statement: when('StringLike', 'k', '${aws:PrincipalTag/team}-*'),
    request: context({ k: 'a-1', 'aws:PrincipalTag/team': 'a' }),
    expected: 'allow',
  },
  {
    title: 'an escaped star',
    statement: when('StringLike', 'k', 'a${*}'),
    request: context({ k: 'ab' }),
    expected: 'implicitDeny',
  },
  {
    title: 'two operators of which one fails',
    statement: allow({ Condition: { StringEquals: { k: 'a' }, Bool: { b: 'true' } } }),
    request: context({ k: 'a', b: 'false' }),
    expected: 'implicitDeny',
  },
  { title: 'Principal *', statement: allow({ Principal: '*' }), expected: 'allow' },
  {
    title: 'Principal {"AWS": "*"} for nobody in particular',
    statement: allow({ Principal: { AWS: '*' } }),
    expected: 'allow',
  },
  {
    title: 'a service principal',
    statement: allow({ Principal: { Service: 'events.amazonaws.com' } }),
    request: { principal: { kind: 'service', name: 'events.amazonaws.com' } },
    expected: 'allow',
  },
  {
    title: 'another service principal',
    statement: allow({ Principal: { Service: 'events.amazonaws.com' } }),
    request: { principal: { kind: 'service', name: 'sns.amazonaws.com' } },
    expected: 'implicitDeny',
  },
  {
    title: 'a role as principal',
    statement: allow({ Principal: { AWS: [ROLE] } }),
    request: { principal: session },
    expected: 'allow',
  },
  { title: 'a role for the anonymous', statement: allow({ Principal: { AWS: [ROLE] } }), expected: 'implicitDeny' },
  {
    title: 'NotPrincipal',
    statement: allow({ NotPrincipal: { AWS: [ROLE] } }),
    request: { principal: session },
    expected: 'implicitDeny',
  },
];

describe('a policy statement', () => {
  test.each(rows)('with $title gives $expected', ({ statement, request, expected }) => {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    expect(evaluate([document], { action: 's3:GetObject', resource: BUCKET, ...request })).toBe(expected);
  });

  test('that denies wins over any that allows, in whatever order they stand', () => {
    const deny = { Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: BUCKET }] };
    const permit = { Statement: [allow({})] };
    const request = { action: 's3:GetObject', resource: BUCKET };
    expect(evaluate([permit, deny], request)).toBe('explicitDeny');
    expect(evaluate([deny, permit], request)).toBe('explicitDeny');
  });

  test('without the version of 2012 has no policy variables', () => {
    const document = { Statement: allow({ Resource: 'arn:aws:s3:::${aws:username}/moved' }) };
    const request = { action: 's3:GetObject', resource: BUCKET, context: { 'aws:username': 'orders-moved' } };
    expect(evaluate([document], request)).toBe('implicitDeny');
    expect(evaluate([{ ...document, Version: '2012-10-17' }], request)).toBe('allow');
  });
});

const malformed: [title: string, document: unknown, message: RegExp][] = [
  ['an unknown operator', { Statement: when('StringSortOf', 'k', 'a') }, /operator 'StringSortOf'/],
  ['no effect', { Statement: { Action: '*', Resource: '*' } }, /Effect must be Allow or Deny/],
  ['an action without a service', { Statement: allow({ Action: 'GetObject' }) }, /'GetObject' has no service prefix/],
  ['a number that is none', { Statement: when('NumericEquals', 'k', 'ten') }, /'ten' is no number/],
  ['a date that is none', { Statement: when('DateEquals', 'k', 'soon') }, /'soon' is no date/],
  ['a truth that is none', { Statement: when('Bool', 'k', 'yes') }, /'yes' is neither true nor false/],
  ['an address that is none', { Statement: when('IpAddress', 'k', 'home') }, /'home' is no IP address/],
  ['NullIfExists', { Statement: when('NullIfExists', 'k', 'true') }, /operator 'NullIfExists'/],
  ['an operator without keys', { Statement: allow({ Condition: { Bool: 'true' } }) }, /must hold an object of keys/],
  [
    'a wildcard in a principal',
    { Statement: allow({ Principal: { AWS: `${ROLE}*` } }) },
    /Invalid principal in policy/,
  ],
  ['both Action and NotAction', { Statement: allow({ NotAction: 's3:*' }) }, /both Action and NotAction/],
  [
    'a misspelt element',
    { Statement: allow({ Resources: '*', Sid: 'Read' }) },
    /statement Read: unknown element 'Resources'/,
  ],
  ['no statement', { Version: '2012-10-17' }, /has no Statement/],
];

describe('a malformed policy', () => {
  test.each(malformed)('with %s is refused by what is wrong', (_title, document, message) => {
    expect(() => evaluate([document as object], { action: 'a:b', resource: '*' })).toThrow(message);
  });
});
