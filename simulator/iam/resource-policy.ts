/**
 * What a resource's own policy says about a caller. Rules: IAM User Guide, "How AWS enforcement code logic evaluates
 * requests to allow or deny access", part "Resource-based policies".
 */
import { applies, compileDocument, type PolicyDocument, type Statement } from './document.ts';
import type { ContextLookup } from './pattern.ts';
import type { PolicyPrincipal, PrincipalMatch } from './principal-element.ts';

/** The policy of one resource, as its service keeps it. */
export interface ResourcePolicy {
  /** None when the resource has no policy of its own. */
  readonly documents: readonly PolicyDocument[];
  /**
   * Set where the resource's policy has to allow, if only by naming the account: KMS keys ('key') and roles that are to
   * be assumed ('trust').
   */
  readonly mustAllow?: 'key' | 'trust';
}

export interface ResourceRequest {
  readonly action: string;
  readonly resource: string;
  readonly principal: PolicyPrincipal;
  readonly context: ContextLookup;
}

/** Whether a statement denies. */
export const deniedByResource = (policy: ResourcePolicy, request: ResourceRequest): boolean =>
  statementsOf(policy).some((statement) => statement.effect === 'Deny' && matchOf(statement, request) !== undefined);

const RANK: Readonly<Record<PrincipalMatch, number>> = { account: 1, role: 2, session: 3, service: 3, everyone: 3 };

/** How directly an Allow names the caller; the most direct one counts. Undefined when none does. */
export function grantedByResource(policy: ResourcePolicy, request: ResourceRequest): PrincipalMatch | undefined {
  let best: PrincipalMatch | undefined;
  for (const statement of statementsOf(policy)) {
    if (statement.effect !== 'Allow') continue;
    const match = matchOf(statement, request);
    if (match !== undefined && RANK[match] > (best === undefined ? 0 : RANK[best])) best = match;
    if (best !== undefined && RANK[best] === 3) return best;
  }
  return best;
}

const statementsOf = ({ documents }: ResourcePolicy): Statement[] => documents.flatMap(compileDocument);

function matchOf(statement: Statement, request: ResourceRequest): PrincipalMatch | undefined {
  if (statement.actions.match(request.action) < 0) return undefined;
  const match = statement.principal?.(request.principal);
  return match !== undefined && applies(statement, request.resource, request.context) ? match : undefined;
}
