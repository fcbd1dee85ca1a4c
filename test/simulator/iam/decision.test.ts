/**
 * Which policies together let a session of a role through. Re-expressed from the IAM User Guide, "How AWS enforcement code
 * logic evaluates requests to allow or deny access", "Permissions boundaries", "Session policies" and "Principal", and the
 * KMS Developer Guide, "Key policies".
 */
import { describe, expect, it } from 'vitest';
import { CHECKS, decideForRole } from '../../../simulator/iam/role-decision.ts';
import { ACCOUNT, type Policies, ROLE, requestWith, SESSION, stateWith } from './roles.ts';

const THING = 'arn:aws:s3:::shelf/book';
const request = { action: 's3:GetObject', on: THING };

const allow = (rest: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...rest });
const deny = (rest: object = {}) => ({ ...allow(rest), Effect: 'Deny' });
const other = { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' };
const toRole = { Principal: { AWS: ROLE } };
const toSession = { Principal: { AWS: SESSION } };
const toAccount = { Principal: { AWS: ACCOUNT } };
const toRoot = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
const toEveryone = { Principal: '*' };

type Row = readonly [title: string, policies: Policies, expected: string];

const decide = (policies: Policies, checks?: (keyof typeof CHECKS)[]): string => {
  const decision = decideForRole(stateWith(policies), 'reader', requestWith(policies, request), checks);
  return decision.allowed ? (decision.by === undefined ? 'allowed by the resource' : 'allowed') : decision.why;
};

const identityAndResource: Row[] = [
  ['nothing', {}, 'identityImplicit'],
  ['an identity policy that allows', { identity: [allow()] }, 'allowed'],
  ['an identity policy that allows something else', { identity: [other] }, 'identityImplicit'],
  ['an identity policy that allows and denies', { identity: [allow(), deny()] }, 'identityDeny'],
  ['a resource without a policy', { resource: [] }, 'identityImplicit'],
  ['a resource that allows the role', { resource: [allow(toRole)] }, 'allowed by the resource'],
  ['a resource that allows the session', { resource: [allow(toSession)] }, 'allowed by the resource'],
  ['a resource that allows everyone', { resource: [allow(toEveryone)] }, 'allowed by the resource'],
  ['a resource that allows the account, which lets IAM decide', { resource: [allow(toAccount)] }, 'identityImplicit'],
  [
    'a resource that allows another session',
    { resource: [allow({ Principal: { AWS: `${SESSION}2` } })] },
    'identityImplicit',
  ],
  [
    'a resource that allows a service',
    { resource: [allow({ Principal: { Service: 's3.amazonaws.com' } })] },
    'identityImplicit',
  ],
  ['both, of which the identity is counted', { identity: [allow()], resource: [allow(toRole)] }, 'allowed'],
  [
    'a resource that denies the role what its identity allows',
    { identity: [allow()], resource: [deny(toRole)] },
    'resourceDeny',
  ],
  ['a resource that denies the account', { identity: [allow()], resource: [deny(toAccount)] }, 'resourceDeny'],
  [
    'an identity that denies what the resource allows the session',
    { identity: [deny()], resource: [allow(toSession)] },
    'identityDeny',
  ],
  [
    'a resource that denies all but another role',
    { identity: [allow()], resource: [deny({ NotPrincipal: { AWS: [ACCOUNT, `${ROLE}2`] } })] },
    'resourceDeny',
  ],
  [
    'a resource that denies all but this role, its session and its account',
    { identity: [allow()], resource: [deny({ NotPrincipal: { AWS: [ACCOUNT, ROLE, SESSION] } })] },
    'allowed',
  ],
  [
    'a resource that denies all but this role, and forgets the account',
    { identity: [allow()], resource: [deny({ NotPrincipal: { AWS: [ROLE, SESSION] } })] },
    'resourceDeny',
  ],
  [
    'a resource that denies all but a role with a permissions boundary, which no name saves',
    { identity: [allow()], boundary: [allow()], resource: [deny({ NotPrincipal: { AWS: [ACCOUNT, ROLE, SESSION] } })] },
    'resourceDeny',
  ],
  [
    'a resource that allows all but another',
    { resource: [allow({ NotPrincipal: { AWS: `${ROLE}2` } })] },
    'allowed by the resource',
  ],
];

const limits: Row[] = [
  ['a boundary that allows too', { identity: [allow()], boundary: [allow()] }, 'allowed'],
  ['a boundary that allows something else', { identity: [allow()], boundary: [other] }, 'boundaryImplicit'],
  ['a boundary alone', { boundary: [allow()] }, 'identityImplicit'],
  ['a boundary that denies', { identity: [allow()], boundary: [allow(), deny()] }, 'boundaryDeny'],
  [
    'a boundary, and a resource that allows the role',
    { boundary: [other], resource: [allow(toRole)] },
    'boundaryImplicit',
  ],
  [
    'a boundary, and a resource that allows the session',
    { boundary: [other], resource: [allow(toSession)] },
    'allowed by the resource',
  ],
  [
    'a boundary, and a resource that allows everyone who is this role',
    { boundary: [other], resource: [allow(toEveryone)] },
    'allowed by the resource',
  ],
  [
    'a boundary that denies what the resource allows the session',
    { boundary: [deny()], resource: [allow(toSession)] },
    'boundaryDeny',
  ],
  ['a session policy that allows too', { identity: [allow()], session: [allow()] }, 'allowed'],
  ['a session policy that allows something else', { identity: [allow()], session: [other] }, 'sessionImplicit'],
  ['a session policy alone', { session: [allow()] }, 'identityImplicit'],
  ['a session policy that denies', { identity: [allow()], session: [allow(), deny()] }, 'sessionDeny'],
  [
    'a session policy, and a resource that allows the role',
    { session: [other], resource: [allow(toRole)] },
    'sessionImplicit',
  ],
  [
    'a session policy, and a resource that allows the session',
    { session: [other], resource: [allow(toSession)] },
    'allowed by the resource',
  ],
  [
    'boundary and session policy that allow',
    { identity: [allow()], boundary: [allow()], session: [allow()] },
    'allowed',
  ],
];

const key = (resource: object[]): Policies => ({ resource, mustAllow: 'key' });
const trust = (resource: object[]): Policies => ({ resource, mustAllow: 'trust' });

const mustAllow: Row[] = [
  [
    'a key that lets IAM decide, and an identity that allows',
    { identity: [allow()], ...key([allow(toRoot)]) },
    'allowed',
  ],
  ['a key that lets IAM decide, and no identity policy', key([allow(toRoot)]), 'identityImplicit'],
  [
    'a key that names another role only',
    { identity: [allow()], ...key([allow({ Principal: { AWS: `${ROLE}2` } })]) },
    'resourceImplicit',
  ],
  ['a key without a word for anyone', { identity: [allow()], ...key([]) }, 'resourceImplicit'],
  ['a key that names the role', key([allow(toRole)]), 'allowed by the resource'],
  [
    'a key that names the role, beyond its boundary',
    { boundary: [other], ...key([allow(toRole)]) },
    'boundaryImplicit',
  ],
  ['a key that denies the role', { identity: [allow()], ...key([allow(toRoot), deny(toRole)]) }, 'resourceDeny'],
  ['a trust policy that names the caller', trust([allow(toRole)]), 'allowed by the resource'],
  ['a trust policy that names the account only', trust([allow(toAccount)]), 'identityImplicit'],
  ['a trust policy that names nobody', { identity: [allow()], ...trust([]) }, 'trustImplicit'],
  ['a trust policy that denies', { identity: [allow()], ...trust([allow(toAccount), deny(toSession)]) }, 'trustDeny'],
];

describe('a session of a role with', () => {
  it.each([...identityAndResource, ...limits, ...mustAllow])('%s', (_title, policies, expected) => {
    expect(decide(policies)).toBe(expected);
  });
});

const guards: Readonly<Record<keyof typeof CHECKS, Policies>> = {
  identityDeny: { identity: [allow(), deny()] },
  resourceDeny: { identity: [allow()], resource: [deny(toRole)] },
  boundaryDeny: { identity: [allow()], boundary: [allow(), deny()] },
  sessionDeny: { identity: [allow()], session: [allow(), deny()] },
  resourceImplicit: { identity: [allow()], ...key([]) },
  identityImplicit: {},
  boundaryImplicit: { identity: [allow()], boundary: [other] },
  sessionImplicit: { identity: [allow()], session: [other] },
};

describe('without the check', () => {
  const names = Object.keys(CHECKS) as (keyof typeof CHECKS)[];
  it.each(names)('%s, a request that it refuses goes through', (name) => {
    expect(decide(guards[name])).toBe(name);
    const rest = names.filter((each) => each !== name);
    expect(decide(guards[name], rest)).toMatch(/^allowed/);
  });
});
