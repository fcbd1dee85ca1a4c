/** What each kind of policy may and must hold, checked when one is attached (IAM User Guide, "Grammar of the IAM JSON policy language"). */
import { AwsError } from '../errors.ts';
import { compileDocument, type Statement } from './document.ts';

export type PolicyKind = 'identity' | 'resource' | 'trust';

/** Guess: the sentences are those that IAM is often quoted with; the reference does not list them. */
const RULES: Readonly<Record<PolicyKind, readonly [broken: (statement: Statement) => boolean, message: string][]>> = {
  identity: [
    [({ principal }) => principal !== undefined, 'Policy document should not specify a principal.'],
    [({ resources }) => resources === undefined, 'Policy statement must contain resources.'],
  ],
  resource: [[({ principal }) => principal === undefined, 'Missing required field Principal']],
  trust: [
    [({ principal }) => principal === undefined, 'Missing required field Principal'],
    [({ resources }) => resources !== undefined, 'Has prohibited field Resource'],
    [
      ({ actions }) => actions.written.some((action) => !/^(sts:|\*$)/i.test(action)),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ],
};

/** Throws AwsError MalformedPolicyDocument when the document is not one of this kind. */
export function checkGrammar(kind: PolicyKind, document: string | object): void {
  for (const statement of compileDocument(document)) {
    const [, message] = RULES[kind].find(([broken]) => broken(statement)) ?? [];
    if (message !== undefined) throw new AwsError('MalformedPolicyDocumentException', message, { status: 400 });
  }
}
