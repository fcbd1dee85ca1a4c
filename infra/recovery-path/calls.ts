/**
 * The calls that recovery may make, and the planes that it must not touch. What is on neither list is refused too: a
 * new call is added here, with its plane, after reading the service's own words about what it depends on.
 */

/**
 * data: keeps working while its region's control plane does not. control: a control plane of one region, allowed in the
 * region being activated only (DESIGN decision 3).
 */
export type Plane = 'data' | 'control';

interface Call {
  readonly plane: Plane;
  readonly changes: boolean;
  /** What IAM asks for. @default the call's own name */
  readonly actions?: readonly string[];
}

const read = (plane: Plane, ...actions: string[]): Call => ({
  plane,
  changes: false,
  ...(actions.length > 0 && { actions }),
});
const change = (plane: Plane, ...actions: string[]): Call => ({ ...read(plane, ...actions), changes: true });

/** By the SDK package that makes the call: the service's IAM prefix, and the operations. */
export const CLIENTS: Readonly<Record<string, { readonly service: string; readonly calls: Record<string, Call> }>> = {
  '@aws-sdk/client-dynamodb': {
    service: 'dynamodb',
    calls: { GetItem: read('data'), PutItem: change('data'), UpdateItem: change('data') },
  },
  '@aws-sdk/client-s3': {
    service: 's3',
    calls: {
      HeadObject: read('data', 's3:GetObject', 's3:ListBucket'),
      PutObject: change('data'),
      DeleteObject: change('data'),
    },
  },
  '@aws-sdk/client-sfn': {
    service: 'states',
    calls: {
      StartExecution: change('data'),
      ListExecutions: read('data'),
      DescribeExecution: read('data'),
      SendTaskSuccess: change('data'),
    },
  },
  '@aws-sdk/client-sns': { service: 'sns', calls: { Publish: change('data') } },
  '@aws-sdk/client-ssm': {
    service: 'ssm',
    calls: { GetParameter: read('control'), PutParameter: change('control') },
  },
  '@aws-sdk/client-docdb': {
    service: 'rds',
    calls: {
      DescribeGlobalClusters: read('control'),
      DescribeDBClusters: read('control'),
      DescribeDBInstances: read('control'),
      FailoverGlobalCluster: change('control'),
    },
  },
  '@aws-sdk/client-auto-scaling': {
    service: 'autoscaling',
    calls: { DescribeAutoScalingGroups: read('control'), UpdateAutoScalingGroup: change('control') },
  },
  '@aws-sdk/client-ecs': {
    service: 'ecs',
    calls: { DescribeServices: read('control'), UpdateService: change('control') },
  },
  '@aws-sdk/client-application-auto-scaling': {
    service: 'application-autoscaling',
    calls: { DescribeScalableTargets: read('control'), RegisterScalableTarget: change('control') },
  },
  '@aws-sdk/client-elastic-load-balancing-v2': {
    service: 'elasticloadbalancing',
    calls: { DescribeRules: read('control'), DescribeTargetHealth: read('control') },
  },
};

/** IAM action → its plane, for every action that a role on the path may hold. */
export const ACTIONS: ReadonlyMap<string, Plane> = new Map([
  ...Object.values(CLIENTS).flatMap(({ service, calls }) =>
    Object.entries(calls).flatMap(([operation, { plane, actions = [`${service}:${operation}`] }]) =>
      actions.map((action) => [action, plane] as const),
    ),
  ),
  ['lambda:InvokeFunction', 'data'],
]);

/**
 * What a state machine's role holds besides: AWS wants these for logs and traces and knows no resource for them (Step
 * Functions Developer Guide, "Logging to CloudWatch Logs"). They are used when a machine is made or changed; no step of
 * a run waits for them.
 */
export const DELIVERY_ACTIONS: ReadonlySet<string> = new Set([
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
]);

/** It only lets a function write its own log. */
export const MANAGED_POLICIES: ReadonlySet<string> = new Set([
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
]);

/** IAM prefixes whose control plane all regions share (whitepaper "AWS Fault Isolation Boundaries", appendix A). */
const GLOBAL_PLANES: Readonly<Record<string, string>> = {
  account: 'us-east-1',
  cloudfront: 'us-east-1',
  'cloudfront-keyvaluestore': 'us-east-1',
  globalaccelerator: 'us-west-2',
  iam: 'us-east-1',
  networkmanager: 'us-west-2',
  organizations: 'us-east-1',
  route53: 'us-east-1',
  route53domains: 'us-east-1',
  'route53-recovery-control-config': 'us-west-2',
  'route53-recovery-readiness': 'us-west-2',
  'arc-region-switch': 'us-east-1',
  shield: 'us-east-1',
};

/** Of services that are regional otherwise. */
const GLOBAL_CALLS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern: /^s3:(Create|Delete)Bucket|^s3:(Put|Delete)(Bucket|\w*(Configuration|PublicAccessBlock|Acl)$)/i,
    why: "a bucket's configuration is a control plane in us-east-1 that all regions share",
  },
  { pattern: /^sts:/i, why: 'the global endpoint of STS is in us-east-1, and a function has its credentials already' },
  {
    pattern: /^(acm|wafv2|waf):/i,
    why: 'what CloudFront takes from this service is kept in us-east-1, for all regions',
  },
];

/** Why this IAM action may not be on the path; null when it is on the list. */
export function refusalOf(action: string): string | null {
  if (/[*?]/.test(action)) return 'a wildcard holds calls that nobody looked at';
  if (ACTIONS.has(action)) return null;
  const home = GLOBAL_PLANES[action.split(':')[0]?.toLowerCase() ?? ''];
  if (home) return `it is a control plane in ${home} that all regions share`;
  const global = GLOBAL_CALLS.find(({ pattern }) => pattern.test(action));
  return global ? global.why : 'it is not on the list of calls that recovery may make (infra/recovery-path/calls.ts)';
}
