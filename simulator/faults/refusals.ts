/**
 * How each service says "too fast" and "too many". Source: the services' API references ("Common errors" and the errors
 * of each operation), and which codes the SDKs take for throttling (Smithy, service-error-classification).
 */
import { AwsError } from '../errors.ts';

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

const throttling: Refusal = { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 };
/** Of the query protocols. */
const queryThrottling: Refusal = { code: 'Throttling', message: 'Rate exceeded', status: 400 };

const THROTTLES: Readonly<Record<string, Refusal>> = {
  autoscaling: queryThrottling,
  cloudformation: queryThrottling,
  cloudwatch: queryThrottling,
  elasticloadbalancing: queryThrottling,
  iam: queryThrottling,
  rds: queryThrottling,
  route53: queryThrottling,
  sns: queryThrottling,
  sts: queryThrottling,
  ec2: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
  lambda: { code: 'TooManyRequestsException', message: 'Rate exceeded', status: 429 },
  s3: { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 },
  scheduler: { code: 'ThrottlingException', message: 'Rate exceeded', status: 429 },
  dynamodb: {
    code: 'ProvisionedThroughputExceededException',
    message:
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    status: 400,
  },
};

/** The error with which a service refuses a call that comes too fast. */
export const throttlingError = (service: string): AwsError => errorOf(THROTTLES[service] ?? throttling);

const errorOf = ({ code, message, status }: Refusal): AwsError =>
  new AwsError(code, message, status === undefined ? {} : { status });

/** By service, or by '<service>:<operation>' where one has an error of its own. */
const QUOTAS: Readonly<Record<string, string>> = {
  autoscaling: 'LimitExceeded',
  cloudformation: 'LimitExceededException',
  cloudwatch: 'LimitExceeded',
  dynamodb: 'LimitExceededException',
  ec2: 'InstanceLimitExceeded',
  ecr: 'LimitExceededException',
  'elasticloadbalancing:RegisterTargets': 'TooManyTargets',
  'elasticloadbalancing:ModifyRule': 'TooManyTargets',
  'elasticloadbalancing:CreateRule': 'TooManyRules',
  events: 'LimitExceededException',
  iam: 'LimitExceeded',
  kms: 'LimitExceededException',
  'lambda:CreateFunction': 'CodeStorageExceededException',
  'lambda:UpdateFunctionCode': 'CodeStorageExceededException',
  'rds:CreateDBCluster': 'DBClusterQuotaExceededFault',
  'rds:CreateDBInstance': 'InstanceQuotaExceeded',
  'rds:CreateGlobalCluster': 'GlobalClusterQuotaExceededFault',
  route53: 'LimitsExceeded',
  'route53:CreateHealthCheck': 'TooManyHealthChecks',
  's3:CreateBucket': 'TooManyBuckets',
  scheduler: 'ServiceQuotaExceededException',
  secretsmanager: 'LimitExceededException',
  'sns:CreateTopic': 'TopicLimitExceeded',
  'sns:Subscribe': 'SubscriptionLimitExceeded',
  'ssm:PutParameter': 'ParameterLimitExceeded',
  'states:StartExecution': 'ExecutionLimitExceeded',
  'states:CreateStateMachine': 'StateMachineLimitExceeded',
};

/** The error of a used-up quota; undefined for calls that have none. */
export function quotaError(service: string, operation: string): AwsError | undefined {
  const code = QUOTAS[`${service}:${operation}`] ?? QUOTAS[service] ?? (operation === '' ? anyOf(service) : undefined);
  return code === undefined ? undefined : new AwsError(code, 'The quota of this account in this region is used up.');
}

const anyOf = (service: string): string | undefined =>
  Object.entries(QUOTAS).find(([name]) => name.startsWith(`${service}:`))?.[1];
