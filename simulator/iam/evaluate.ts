/** What a set of policy documents says about one request by itself, for callers whose own policies do not count. */
import { applies, compileDocument, type PolicyDocument } from './document.ts';
import type { ContextLookup } from './pattern.ts';
import type { PolicyPrincipal } from './principal-element.ts';

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';

/** Condition keys with their values; their case does not matter. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PolicyRequest {
  /** 'states:StartExecution'. */
  readonly action: string;
  /** An ARN, or '*' for actions without resources. */
  readonly resource: string;
  /** Needed for policies with a Principal: see `principalOf`. Left out: anonymous. */
  readonly principal?: PolicyPrincipal;
  /** All of the request's condition keys, or where to look them up. */
  readonly context?: ConditionKeys | ContextLookup;
}

const anonymous: PolicyPrincipal = { kind: 'anonymous' };

/**
 * An explicit deny wins; without an allow the answer is an implicit deny (IAM User Guide, "Policy evaluation logic").
 * Throws AwsError MalformedPolicyDocumentException when a document is none.
 */
export function evaluate(documents: readonly PolicyDocument[], request: PolicyRequest): Decision {
  const { action, resource, principal = anonymous } = request;
  const context = typeof request.context === 'function' ? request.context : lookupIn(request.context);
  let decision: Decision = 'implicitDeny';
  for (const document of documents) {
    for (const statement of compileDocument(document)) {
      if (decision === 'allow' && statement.effect === 'Allow') continue;
      if (statement.actions.match(action) < 0) continue;
      if (statement.principal !== undefined && statement.principal(principal) === undefined) continue;
      if (!applies(statement, resource, context)) continue;
      if (statement.effect === 'Deny') return 'explicitDeny';
      decision = 'allow';
    }
  }
  return decision;
}

/** Reads condition keys out of a record, whatever their case; what is not in it is absent from the request. */
export function lookupIn(record: ConditionKeys = {}): ContextLookup {
  let byLowerCase: ReadonlyMap<string, readonly string[] | undefined> | undefined;
  return (key) => {
    byLowerCase ??= byLowerCaseKey(record);
    return byLowerCase.get(key);
  };
}

export const byLowerCaseKey = (record: ConditionKeys): Map<string, readonly string[] | undefined> =>
  new Map(
    Object.entries(record).map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? [value] : value]),
  );
