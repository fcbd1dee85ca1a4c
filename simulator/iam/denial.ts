/**
 * How each service says no. Code: the "Common errors" page of the service's API reference (json services raise
 * AccessDeniedException, query and XML services AccessDenied; EC2 and SNS have their own). Message: IAM User Guide,
 * "Troubleshoot access denied error messages".
 */
import { AwsError } from '../errors.ts';
import type { Denial } from './role-decision.ts';

const CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  autoscaling: ['AccessDenied', 403],
  cloudwatch: ['AccessDeniedException', 400],
  dynamodb: ['AccessDeniedException', 400],
  ec2: ['UnauthorizedOperation', 403],
  ecr: ['AccessDeniedException', 400],
  elasticloadbalancing: ['AccessDenied', 403],
  events: ['AccessDeniedException', 400],
  iam: ['AccessDenied', 403],
  kms: ['AccessDeniedException', 400],
  lambda: ['AccessDeniedException', 403],
  logs: ['AccessDeniedException', 400],
  rds: ['AccessDenied', 403],
  route53: ['AccessDenied', 403],
  s3: ['AccessDenied', 403],
  scheduler: ['AccessDeniedException', 403],
  secretsmanager: ['AccessDeniedException', 400],
  ses: ['AccessDeniedException', 403],
  // Shape name; on the wire its code is AuthorizationError.
  sns: ['AuthorizationErrorException', 403],
  sqs: ['AccessDeniedException', 403],
  ssm: ['AccessDeniedException', 400],
  states: ['AccessDeniedException', 400],
  sts: ['AccessDenied', 403],
};

const REASONS: Readonly<Record<Denial, (action: string) => string>> = {
  identityDeny: () => 'with an explicit deny in an identity-based policy',
  identityImplicit: (action) => `because no identity-based policy allows the ${action} action`,
  resourceDeny: () => 'with an explicit deny in a resource-based policy',
  resourceImplicit: (action) => `because no resource-based policy allows the ${action} action`,
  trustDeny: () => 'with an explicit deny in the role trust policy',
  trustImplicit: (action) => `because no role trust policy allows the ${action} action`,
  boundaryDeny: () => 'with an explicit deny in a permissions boundary',
  boundaryImplicit: (action) => `because no permissions boundary allows the ${action} action`,
  sessionDeny: () => 'with an explicit deny in a session policy',
  sessionImplicit: (action) => `because no session policy allows the ${action} action`,
};

/** The error that a service raises for a caller who may not do something. */
export function denial(
  service: string,
  request: { readonly user: string; readonly action: string; readonly resource: string; readonly why: Denial },
): AwsError {
  const [code, status] = CODES[service] ?? ['AccessDeniedException', 403];
  const { user, action, resource, why } = request;
  const sentence = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${REASONS[why](action)}`;
  const message = service === 'ec2' ? `You are not authorized to perform this operation. ${sentence}` : sentence;
  return new AwsError(code, message, { status });
}
