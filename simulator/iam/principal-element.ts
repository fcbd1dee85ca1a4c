/**
 * The Principal and NotPrincipal elements of resource and trust policies: whom a statement means, and how directly. Rules:
 * IAM User Guide, "AWS JSON policy elements: Principal" and "…: NotPrincipal".
 */

/** A caller as policies name it. An anonymous caller answers to no name. */
export type PolicyPrincipal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'account'; readonly account: string }
  | {
      readonly kind: 'role';
      readonly account: string;
      readonly role: string;
      /** ARN of the session. */
      readonly session: string;
      /** Whether a permissions boundary is attached to the role. */
      readonly bounded: boolean;
    };

/**
 * How a statement came to mean the caller. It decides how far an Allow reaches: 'account' only lets the account's own
 * policies decide; 'role' is limited by boundary and session policies; the others are limited by nothing.
 */
export type PrincipalMatch = 'account' | 'role' | 'session' | 'everyone' | 'service';

export type PrincipalTest = (principal: PolicyPrincipal) => PrincipalMatch | undefined;

const KINDS = ['AWS', 'Service', 'Federated'] as const;

interface Named {
  readonly AWS: ReadonlySet<string>;
  readonly Service: ReadonlySet<string>;
}

/** Compiles the elements of one statement; undefined when it has neither. Throws when one is malformed. */
export function compilePrincipals(
  wanted: unknown,
  excluded: unknown,
  effect: 'Allow' | 'Deny',
): PrincipalTest | undefined {
  if (wanted !== undefined && excluded !== undefined) throw new Error('it has both Principal and NotPrincipal');
  if (wanted !== undefined) return compilePrincipal(wanted);
  if (excluded === undefined) return undefined;
  const named = namedIn(excluded);
  if (named === 'everyone') return () => undefined;
  return effect === 'Deny'
    ? (principal) => deniedUnlessNamed(named, principal)
    : (principal) => unlessNamed(named, principal);
}

function compilePrincipal(element: unknown): PrincipalTest {
  const named = namedIn(element);
  return named === 'everyone' ? () => 'everyone' : (principal) => matchOf(named, principal);
}

function matchOf(named: Named, principal: PolicyPrincipal): PrincipalMatch | undefined {
  switch (principal.kind) {
    case 'anonymous':
      return undefined;
    case 'service':
      return named.Service.has(globalName(principal.name)) || named.Service.has('*') ? 'service' : undefined;
    case 'account':
      return namesAccount(named, principal.account) ? 'account' : undefined;
    case 'role':
      if (named.AWS.has(principal.session)) return 'session';
      if (named.AWS.has(principal.role)) return 'role';
      return namesAccount(named, principal.account) ? 'account' : undefined;
  }
}

const namesAccount = (named: Named, account: string): boolean =>
  named.AWS.has(account) || named.AWS.has(`arn:aws:iam::${account}:root`);

/** Allow with NotPrincipal means everyone who is not named, the anonymous too. */
const unlessNamed = (named: Named, principal: PolicyPrincipal): PrincipalMatch | undefined =>
  matchOf(named, principal) === undefined ? 'everyone' : undefined;

/**
 * Deny with NotPrincipal: account, role and session are looked at one after the other, and each has to be named; whoever
 * has a permissions boundary is denied in any case.
 */
function deniedUnlessNamed(named: Named, principal: PolicyPrincipal): PrincipalMatch | undefined {
  if (principal.kind !== 'role') return unlessNamed(named, principal);
  const spared =
    !principal.bounded &&
    namesAccount(named, principal.account) &&
    named.AWS.has(principal.role) &&
    named.AWS.has(principal.session);
  return spared ? undefined : 'everyone';
}

/** "*" and {"AWS": "*"} mean the same. */
function namedIn(element: unknown): Named | 'everyone' {
  if (element === '*') return 'everyone';
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new Error("Principal must be '*' or an object");
  }
  const unknown = Object.keys(element).find((kind) => !KINDS.includes(kind as 'AWS'));
  if (unknown !== undefined) throw new Error(`principals of kind '${unknown}' are not modelled`);
  const names = (kind: (typeof KINDS)[number]): string[] => {
    const value = (element as Record<string, unknown>)[kind] ?? [];
    const list = Array.isArray(value) ? value : [value];
    const wrong = list.find((name) => typeof name !== 'string');
    if (wrong !== undefined) throw new Error(`expected text, found ${JSON.stringify(wrong)}`);
    return list;
  };
  const aws = names('AWS');
  if (aws.includes('*')) return 'everyone';
  const wildcard = aws.find((name) => /[*?]/.test(name));
  if (wildcard !== undefined) throw new Error(`Invalid principal in policy: ${wildcard} holds a wildcard`);
  return { AWS: new Set(aws), Service: new Set(names('Service').map(globalName)) };
}

/** 'states.us-west-2.amazonaws.com' means the same service as 'states.amazonaws.com'. */
const globalName = (service: string): string =>
  service.replace(/^([a-z0-9-]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$/, '$1.amazonaws.com');
