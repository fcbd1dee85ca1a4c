/** Whether a service may act as a role: the role's trust policy. Services ask when they are given a role. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { evaluate, type PolicyRequest } from './evaluate.ts';
import { roleNameOf } from './principal.ts';
import { iam } from './service.ts';
import type { IamState } from './state.ts';

/** What each service answers, as its API reference or its users quote it. */
const REFUSALS: Readonly<Record<string, (roleArn: string, principal: string) => AwsError>> = {
  lambda: () =>
    new AwsError('InvalidParameterValueException', 'The role defined for the function cannot be assumed by Lambda.'),
  states: () =>
    new AwsError(
      'AccessDeniedException',
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
      { status: 400 },
    ),
  events: (roleArn, principal) =>
    new AwsError('ValidationException', `Provided role '${roleArn}' cannot be assumed by principal '${principal}'.`, {
      status: 400,
    }),
  scheduler: () =>
    new AwsError(
      'ValidationException',
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    ),
};

/**
 * Throws the service's own error when the role does not exist or does not let the service assume it.
 * `context` holds further condition keys of the assumption, such as aws:SourceArn.
 */
export function assertTrusted(
  cloud: Cloud,
  roleArn: string,
  servicePrincipal: string,
  context: PolicyRequest['context'] = {},
): void {
  const role = cloud.stateOf<IamState>(iam, 'us-east-1').roles[roleNameOf(roleArn)];
  const decision =
    role?.arn === roleArn
      ? evaluate([role.trust], {
          action: 'sts:AssumeRole',
          resource: roleArn,
          principal: { Service: [servicePrincipal] },
          context: { 'aws:SourceAccount': cloud.state.account, ...context },
        })
      : 'implicitDeny';
  if (decision === 'allow') return;
  const refusal = REFUSALS[servicePrincipal.split('.')[0]!];
  throw (
    refusal?.(roleArn, servicePrincipal) ??
    new AwsError(
      'AccessDenied',
      `${servicePrincipal} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      {
        status: 403,
      },
    )
  );
}
