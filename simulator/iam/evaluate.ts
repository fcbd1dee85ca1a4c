/** What a set of policy documents says about one request. Services use it for resource and trust policies. */
import { compileDocument, type PolicyDocument, type PolicyPrincipal } from './document.ts';
import type { ContextLookup } from './pattern.ts';

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';

export interface PolicyRequest {
  /** 'states:StartExecution'. */
  readonly action: string;
  /** An ARN, or '*' for actions without resources. */
  readonly resource: string;
  /** Needed for policies with a Principal (resource and trust policies): see `principalOf`. Left out: anonymous. */
  readonly principal?: PolicyPrincipal;
  /** Condition keys of the request; their case does not matter. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * An explicit deny wins; without an allow the answer is an implicit deny (IAM User Guide, "Policy evaluation logic").
 * Throws AwsError MalformedPolicyDocumentException when a document is none.
 */
export function evaluate(documents: readonly PolicyDocument[], request: PolicyRequest): Decision {
  const context = lookupIn(request.context);
  let decision: Decision = 'implicitDeny';
  for (const document of documents) {
    for (const statement of compileDocument(document)) {
      if (decision === 'allow' && statement.effect === 'Allow') continue;
      if (
        statement.action(request.action) &&
        statement.resource(request.resource, context) &&
        statement.principal?.(request.principal ?? {}) !== false &&
        statement.condition?.(context) !== false
      ) {
        if (statement.effect === 'Deny') return 'explicitDeny';
        decision = 'allow';
      }
    }
  }
  return decision;
}

/** Reads condition keys out of a record, whatever their case. */
export function lookupIn(record: PolicyRequest['context'] = {}): ContextLookup {
  let byLowerCase: Map<string, readonly string[]> | undefined;
  return (key) => {
    byLowerCase ??= new Map(
      Object.entries(record).map(([name, value]) => [
        name.toLowerCase(),
        typeof value === 'string' ? [value] : (value as readonly string[]),
      ]),
    );
    return byLowerCase.get(key);
  };
}
