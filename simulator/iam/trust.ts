/** Whether a service may act as a role: the role's trust policy. Services ask when they are given a role. */
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import { evaluate } from './evaluate.ts';
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
 * What each service tells IAM about itself when it assumes a role (its guide's page on the confused deputy). Guess: of
 * Lambda, EC2 and CloudFormation it is not documented, so a trust policy that asks them is refused as not modelled.
 */
const TELLS_SOURCE: readonly string[] = ['states.amazonaws.com', 'events.amazonaws.com', 'scheduler.amazonaws.com'];

/**
 * Throws the service's own error when the role does not exist or does not let the service assume it, and NotModelled when
 * the trust policy asks for a condition key that is not known. `sourceArn` is on whose behalf the service acts.
 */
export function assertTrusted(cloud: Cloud, roleArn: string, servicePrincipal: string, sourceArn?: string): void {
  const role = cloud.stateOf<IamState>(iam, 'us-east-1').roles[roleNameOf(roleArn)];
  const decision =
    role?.arn === roleArn
      ? evaluate([role.trust], {
          action: 'sts:AssumeRole',
          resource: roleArn,
          principal: { kind: 'service', name: servicePrincipal },
          context: (key) => keyOf(key, cloud, servicePrincipal, sourceArn),
        })
      : 'implicitDeny';
  if (decision === 'allow') return;
  const refusal = REFUSALS[servicePrincipal.split('.')[0]!];
  throw (
    refusal?.(roleArn, servicePrincipal) ??
    new AwsError(
      'AccessDenied',
      `${servicePrincipal} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      { status: 403 },
    )
  );
}

function keyOf(
  key: string,
  cloud: Cloud,
  servicePrincipal: string,
  sourceArn: string | undefined,
): readonly string[] | undefined {
  const told = TELLS_SOURCE.includes(servicePrincipal);
  if (key === 'aws:sourceaccount' && told) return [cloud.state.account];
  if (key === 'aws:sourcearn' && told && sourceArn !== undefined) return [sourceArn];
  if (key === 'sts:externalid') return undefined;
  throw new NotModelled(
    `condition key ${key}: its value when ${servicePrincipal} assumes a role is not known to the simulator`,
  );
}
