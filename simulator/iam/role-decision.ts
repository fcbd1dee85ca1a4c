/**
 * Whether a session of a role may do something: its identity policies, the policy of the resource, the role's permissions
 * boundary, the session's own policies. Rules: IAM User Guide, "How AWS enforcement code logic evaluates requests to
 * allow or deny access". Service control policies are not there: the account belongs to no organization.
 */
import { applies, compileDocument, type Statement } from './document.ts';
import type { ContextLookup } from './pattern.ts';
import type { PolicyPrincipal, PrincipalMatch } from './principal-element.ts';
import { deniedByResource, grantedByResource, type ResourcePolicy } from './resource-policy.ts';
import { type ByAction, type ByEffect, byEffect, statementsFor } from './role-statements.ts';
import type { IamState } from './state.ts';

/** Which kind of policy said no: with a Deny, or by not allowing. */
export type Denial = `${'identity' | 'resource' | 'trust' | 'boundary' | 'session'}${'Deny' | 'Implicit'}`;

/** Which permission of the role allowed it, undefined where the resource's policy did; or why not. */
export type RoleDecision =
  | { readonly allowed: true; readonly by: string | undefined }
  | { readonly allowed: false; readonly why: Denial };

export interface RoleRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: ContextLookup;
  readonly principal: PolicyPrincipal;
  /** Documents given when the role was assumed. */
  readonly sessionPolicies?: readonly string[] | undefined;
  readonly resourcePolicy?: ResourcePolicy | undefined;
}

type Check = (facts: Facts) => boolean;

/**
 * What may stand against a request, in the order in which it is looked at. An explicit deny anywhere wins. Then something
 * has to allow: the role's own policies or the resource's; a key's and a trust policy in any case. Boundary and session
 * policies limit what these give, but not what a resource gives to the session itself or to everyone.
 */
export const CHECKS = {
  identityDeny: ({ own, apply }) => own.denies.some(apply),
  resourceDeny: ({ request }) =>
    request.resourcePolicy !== undefined && deniedByResource(request.resourcePolicy, request),
  boundaryDeny: ({ own, apply }) => own.boundary?.denies.some(apply) === true,
  sessionDeny: ({ session, apply }) => session?.denies.some(apply) === true,
  resourceImplicit: (facts) => facts.request.resourcePolicy?.mustAllow !== undefined && facts.grant === undefined,
  identityImplicit: (facts) => facts.by === undefined && (facts.grant === undefined || facts.grant === 'account'),
  boundaryImplicit: (facts) => isLimit(facts.own.boundary, facts),
  sessionImplicit: (facts) => isLimit(facts.session, facts),
} satisfies Partial<Record<Denial, Check>>;

type CheckName = keyof typeof CHECKS;

const ALL = Object.keys(CHECKS) as CheckName[];

const isLimit = (statements: ByEffect | undefined, facts: Facts): boolean =>
  statements !== undefined &&
  !statements.allows.some(facts.apply) &&
  facts.grant !== 'session' &&
  facts.grant !== 'everyone';

/** Decides one action on one resource. Tests leave checks out, to show what each is there for. */
export function decideForRole(
  state: IamState,
  roleName: string,
  request: RoleRequest,
  checks: readonly CheckName[] = ALL,
): RoleDecision {
  const facts = new Facts(statementsFor(state, roleName, request.action), request);
  const why = checks.find((name) => CHECKS[name](facts));
  if (why === undefined) return { allowed: true, by: facts.by };
  return { allowed: false, why: request.resourcePolicy?.mustAllow === 'trust' ? inTrustPolicy(why) : why };
}

function inTrustPolicy(why: CheckName): Denial {
  if (why === 'resourceDeny') return 'trustDeny';
  return why === 'resourceImplicit' ? 'trustImplicit' : why;
}

/** What the checks look at. What a resource's policy allows is found out only when it matters: for most calls it does not. */
class Facts {
  readonly own: ByAction;
  readonly request: RoleRequest;
  readonly session: ByEffect | undefined;
  readonly apply: (statement: Statement) => boolean;
  #grant: PrincipalMatch | 'none' | undefined;
  #by: string | null | undefined;

  constructor(own: ByAction, request: RoleRequest) {
    this.own = own;
    this.request = request;
    const { sessionPolicies, action, resource, context } = request;
    this.session = sessionPolicies && byEffect(sessionPolicies.flatMap(compileDocument), action);
    this.apply = (statement) => applies(statement, resource, context);
  }

  /** How the resource's policy allows it. */
  get grant(): PrincipalMatch | undefined {
    const { request } = this;
    this.#grant ??= (request.resourcePolicy && grantedByResource(request.resourcePolicy, request)) ?? 'none';
    return this.#grant === 'none' ? undefined : this.#grant;
  }

  /** The key of the role's first permission that allows it. */
  get by(): string | undefined {
    if (this.#by === undefined) this.#by = this.#allowing() ?? null;
    return this.#by ?? undefined;
  }

  #allowing(): string | undefined {
    const { resource, context } = this.request;
    for (const { statement, keys } of this.own.allows) {
      const place = statement.resources?.match(resource, context) ?? -1;
      if (place >= 0 && statement.condition?.(context) !== false) return keys[place];
    }
    return undefined;
  }
}
