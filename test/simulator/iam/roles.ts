/** One role as IAM keeps it, for tests that ask about decisions without a cloud. */
import { lookupIn } from '../../../simulator/iam/evaluate.ts';
import type { PolicyPrincipal } from '../../../simulator/iam/principal-element.ts';
import type { RoleRequest } from '../../../simulator/iam/role-decision.ts';
import { type IamState, initialIamState } from '../../../simulator/iam/state.ts';

export const ACCOUNT = '123456789012';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/run-1`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/limit`;

export const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** The documents that apply to one request; a list is one policy of several statements. */
export interface Policies {
  readonly identity?: readonly object[];
  readonly boundary?: readonly object[];
  readonly session?: readonly object[];
  readonly resource?: readonly object[];
  readonly mustAllow?: 'key' | 'trust';
}

export function stateWith({ identity = [], boundary }: Policies): IamState {
  const state = initialIamState();
  state.roles.reader = {
    name: 'reader',
    arn: ROLE,
    id: 'AROAEXAMPLE',
    path: '/',
    createdAt: 0,
    maxSessionSeconds: 3600,
    tags: {},
    trust: policy(),
    inline: identity.length === 0 ? {} : { own: policy(...identity) },
    attached: [],
    ...(boundary && { boundary: BOUNDARY }),
  };
  if (boundary) {
    const document = policy(...boundary);
    state.policies[BOUNDARY] = { name: 'limit', arn: BOUNDARY, id: 'ANPA', path: '/', createdAt: 0, document };
  }
  return state;
}

export function requestWith(
  { boundary, session, resource, mustAllow }: Policies,
  { action, on, keys = {} }: { action: string; on: string; keys?: Record<string, string | string[]> },
): RoleRequest {
  const principal: PolicyPrincipal = {
    kind: 'role',
    account: ACCOUNT,
    role: ROLE,
    session: SESSION,
    bounded: boundary !== undefined,
  };
  return {
    action,
    resource: on,
    context: lookupIn(keys),
    principal,
    ...(session && { sessionPolicies: [policy(...session)] }),
    ...(resource && {
      resourcePolicy: {
        documents: resource.length === 0 ? [] : [policy(...resource)],
        ...(mustAllow && { mustAllow }),
      },
    }),
  };
}
