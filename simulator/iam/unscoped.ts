/**
 * The modelled actions that no policy can restrict to a resource: they are asked for on '*'. Every other operation has a row
 * in its service's `access`; a test compares. Source: Service Authorization Reference, column "Resource types".
 */
export const UNSCOPED: Readonly<Record<string, readonly string[]>> = {
  'application-autoscaling': ['DescribeScalableTargets', 'DescribeScalingPolicies', 'DescribeScheduledActions'],
  autoscaling: [
    'DescribeAutoScalingGroups',
    'DescribePolicies',
    'DescribeScalingActivities',
    'DescribeScheduledActions',
  ],
  cloudformation: ['DescribeStackDriftDetectionStatus', 'ListExports', 'ListImports', 'ListStacks', 'ValidateTemplate'],
  cloudwatch: ['GetMetricData', 'GetMetricStatistics', 'ListMetrics'],
  dynamodb: ['ListTables'],
  ec2: ['DescribeAvailabilityZones', 'DescribeInstances', 'DescribeLaunchTemplateVersions', 'DescribeLaunchTemplates'],
  ecr: [
    'DeleteSigningConfiguration',
    'DescribeRegistry',
    'GetSigningConfiguration',
    'PutReplicationConfiguration',
    'PutSigningConfiguration',
  ],
  ecs: ['DeregisterTaskDefinition', 'DescribeTaskDefinition', 'ListTaskDefinitions'],
  elasticloadbalancing: [
    'DescribeListeners',
    'DescribeLoadBalancerAttributes',
    'DescribeLoadBalancers',
    'DescribeRules',
    'DescribeTags',
    'DescribeTargetGroupAttributes',
    'DescribeTargetGroups',
    'DescribeTargetHealth',
  ],
  events: ['ListEventBuses', 'ListRuleNamesByTarget', 'ListRules', 'TestEventPattern'],
  kms: ['CreateKey', 'ListAliases'],
  lambda: ['ListEventSourceMappings', 'ListFunctions'],
  route53: [
    'CreateHealthCheck',
    'CreateHostedZone',
    'GetCheckerIpRanges',
    'ListHealthChecks',
    'ListHostedZones',
    'ListHostedZonesByName',
  ],
  scheduler: ['ListSchedules'],
  secretsmanager: ['GetRandomPassword'],
  ses: ['ListEmailIdentities'],
  signer: ['GetRevocationStatus'],
  sns: ['ListTopics', 'Unsubscribe'],
  sqs: ['ListQueues'],
  ssm: ['DescribeParameters'],
  states: ['ListStateMachines', 'ValidateStateMachineDefinition'],
};
