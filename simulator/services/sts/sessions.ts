/** What AssumeRole checks of the session that is asked for. Source: AWS STS API Reference, "AssumeRole". */
import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import { AwsError, NotModelled } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import { awsManagedDocument } from '../../iam/managed-policies.ts';
import { iam } from '../../iam/service.ts';
import type { IamState, RoleState } from '../../iam/state.ts';
import type { Caller, Context } from '../../service.ts';

const SECONDS_MIN = 900;
/** A role that is assumed with the credentials of another lasts an hour at most. */
const CHAINED_SECONDS_MAX = 3600;
const POLICY_ARNS_MAX = 10;
/** Of session policies, given as text and by ARN, together. */
const CHARACTERS_MAX = 2048;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message, { status: 400 });

/** Throws NotModelled for what a session cannot have here, ValidationError for a name that none can have. */
export function checkSession(input: AssumeRoleRequest): void {
  const members = [
    'Tags',
    'TransitiveTagKeys',
    'SourceIdentity',
    'SerialNumber',
    'TokenCode',
    'ProvidedContexts',
  ] as const;
  const unmodelled = members.find((member) => [input[member] ?? []].flat().length > 0);
  if (unmodelled !== undefined) throw new NotModelled(`sts:AssumeRole with ${unmodelled} is not modelled`);
  if (!/^[\w+=,.@-]{2,64}$/.test(input.RoleSessionName ?? '')) {
    throw invalid(
      `1 validation error detected: Value '${input.RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }
}

/** Throws ValidationError. */
export function checkDuration(seconds: number, role: RoleState, caller: Caller): void {
  if (seconds < SECONDS_MIN) {
    throw invalid(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
        `Member must have value greater than or equal to ${SECONDS_MIN}`,
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  if (caller.kind === 'role' && seconds > CHAINED_SECONDS_MAX) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  }
}

/** The session's policies as text; undefined when it has none. Throws MalformedPolicyDocument, PackedPolicyTooLarge. */
export function sessionPoliciesOf(
  { Policy: inline, PolicyArns: arns = [] }: AssumeRoleRequest,
  context: Context<unknown>,
): string[] | undefined {
  if (inline === undefined && arns.length === 0) return undefined;
  if (arns.length > POLICY_ARNS_MAX) throw invalid(`PolicyArns: got ${arns.length}, at most ${POLICY_ARNS_MAX}`);
  const { policies } = context.cloud.stateOf<IamState>(iam, context.region);
  const managed = arns.map(({ arn = '' }) => {
    const document = policies[arn]?.document ?? awsManagedDocument(arn);
    if (document === undefined)
      throw new NotModelled(`session policy ${arn} is not in the simulator's table of policies`);
    return document;
  });
  const length = (inline ?? '').length + arns.reduce((sum, { arn = '' }) => sum + arn.length, 0);
  if (length > CHARACTERS_MAX) {
    throw new AwsError(
      'PackedPolicyTooLargeException',
      `Session policies are longer than ${CHARACTERS_MAX} characters`,
    );
  }
  if (inline !== undefined) checkGrammar('identity', inline);
  return inline === undefined ? managed : [inline, ...managed];
}
