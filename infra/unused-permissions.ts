/**
 * Why a role is granted what no run in the simulator uses. Read by `mainstay permissions` and by the suite: an unused
 * permission that is not explained here fails them, and so does an explanation that no longer applies.
 */

export interface Explanation {
  /** Logical id of the role without its hash; '*' stands for any text. */
  readonly role: string;
  /** As the policy writes them. */
  readonly actions: readonly string[];
  /** As the policy writes it, with {own}, {other} and {witness} for regions; '*' stands for any text. Left out: any. */
  readonly resource?: string;
  readonly because: string;
  /** The test that uses it although no scenario does; the suite checks that it does. */
  readonly usedBy?: string;
}

/** Of the channels that intake tells itself. */
const STORE_AWAY =
  'with the store away intake itself tells whom a P0 concerns; those of the drill concern one channel, and the heartbeat';

export const explanations: readonly Explanation[] = [
  {
    role: '*FunctionServiceRole',
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    because: 'AWSLambdaBasicExecutionRole: Lambda writes logs by it; in the simulator they go to the trace',
  },
  {
    role: '*MachineRole',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    because: 'the CDK grants what Step Functions needs to deliver its logs; log delivery is not simulated',
  },
  {
    role: '*MachineRole',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    because: 'the CDK grants what tracing needs; X-Ray is not simulated',
  },
  {
    role: 'NetworkVpcCloudWatchIAMRole',
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    because: 'the flow log writes by it; packets are not simulated',
  },
  {
    role: 'InstanceRole',
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:GetAuthorizationToken'],
    because: 'docker pull needs them; the simulated instance asks for the image by BatchGetImage alone',
  },
  {
    role: 'InstanceRole',
    actions: ['dynamodb:GetItem'],
    resource: '*:dynamodb:{other}:*',
    because:
      'an instance that starts while its own endpoint is silent learns the epoch from the next one; no drill starts one then',
  },
  {
    role: 'InstanceRole',
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    resource: '*:dynamodb:{witness}:*',
    because:
      'the lease goes to the witness when both serving endpoints are silent, which no drill arranges for a healthy instance',
  },
  {
    role: 'ScaleFunctionServiceRole',
    actions: ['autoscaling:UpdateAutoScalingGroup'],
    resource: '*autoScalingGroupName/orders-prod-green',
    because: 'raises the colour that serves, which is blue where no release was made before the failover',
  },
  {
    role: 'HoldIdleFunctionServiceRole',
    actions: ['autoscaling:SuspendProcesses'],
    resource: '*autoScalingGroupName/orders-prod-blue',
    because:
      'blue is idle only where the stack is made beside a region whose users are on green; drills begin with blue',
  },
  {
    role: 'MendLatchFunctionServiceRole',
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resource: '*-{witness}/moved',
    because:
      'mends the witness’s object after a move without the witness, which asks a person; no drill answers and waits',
  },
  {
    role: 'MendLatchFunctionServiceRole',
    actions: ['s3:DeleteObject'],
    resource: '*-{own}/moved',
    because: 'mends the second region’s object when it returns after a move back; no drill waits for that',
  },
  {
    role: 'LoadBalancerForwardKeeperFunctionServiceRole',
    actions: [
      'elasticloadbalancing:ModifyRule',
      'elasticloadbalancing:SetRulePriorities',
      'elasticloadbalancing:DeleteRule',
    ],
    because: 'updates and deletions of the stack, which no drill makes',
    usedBy: 'test/core/forward-rule.slow.test.ts',
  },
  {
    role: 'StartCleanUpFunctionServiceRole',
    actions: ['sns:Publish'],
    because: 'Lambda tells people by it when the clean-up could not be started; no run makes it give up',
  },
  {
    role: 'DeclareFunctionServiceRole',
    actions: ['sns:Publish'],
    because: 'Lambda tells people by it of an event that could not be read; no scenario sends one',
    usedBy: 'test/region-failover/malformed-events.scenario.ts',
  },
  {
    role: 'AnswerFunctionServiceRole',
    actions: ['sns:Publish'],
    because: 'Lambda tells people by it of an answer that could not be read; no scenario sends one',
    usedBy: 'test/region-failover/malformed-events.scenario.ts',
  },
  {
    role: 'AdmitFunctionServiceRole',
    actions: ['ecr:GetDownloadUrlForLayer', 'ecr:DescribeImageScanFindings', 'ecr:DescribeImageSigningStatus'],
    resource: '*:ecr:{other}:*',
    because:
      'a person asks here for what was pushed, and so signed, in the other region; in drills the reconciler is the first that looks at a copy',
  },
  {
    role: 'AdmitFunctionServiceRole',
    actions: ['ssm:GetParameter'],
    resource: '*/green/digest',
    because: 'before the first release here the colour that serves is asked what it runs; a drill begins with blue',
  },
  ...(
    [
      ['Pin', 'green', 'the live colour is held at its size; a drill begins with blue'],
      [
        'Shift',
        'blue',
        'the new colour gets as many machines as the old one was given since; a drill begins with blue',
      ],
      ['Reconcile', 'green', 'the colour that is kept is given its machines back; a drill begins with blue'],
    ] as const
  ).map(([step, colour, because]) => ({
    role: `${step}FunctionServiceRole`,
    actions: ['autoscaling:UpdateAutoScalingGroup'],
    resource: `*autoScalingGroupName/orders-prod-${colour}`,
    because,
  })),
  {
    role: 'MigrateFunctionServiceRole',
    actions: ['dynamodb:Query', 'dynamodb:PutItem'],
    resource: '*-releases',
    because:
      'the record says which schema was expanded to; production names no migration (test/blue-green/migration.scenario.ts does)',
  },
  {
    role: 'IntakeFunctionServiceRole',
    actions: ['ses:SendEmail', 'sns:Publish'],
    because: STORE_AWAY,
  },
  ...['pagerduty-??????', 'pagerduty-managers-??????', 'slack-??????'].map((secret) => ({
    role: 'IntakeFunctionServiceRole',
    actions: ['secretsmanager:GetSecretValue'],
    resource: `*/${secret}`,
    because: STORE_AWAY,
  })),
  {
    role: 'DispatchFunctionServiceRole',
    actions: ['sns:Publish'],
    resource: '*LastResort*',
    because: 'people hear by it of a provider that refuses messages for good; in drills providers are away, or slow',
  },
  {
    role: 'SweepFunctionServiceRole',
    actions: ['dynamodb:DeleteItem'],
    because:
      'a page that is sent again moves the time of the next look, and the old one is taken away; in drills the second channel was told before',
  },
  ...['Intake', 'Dispatch', 'Follow', 'Remediate'].map((name) => ({
    role: `${name}FunctionServiceRole`,
    actions: ['sqs:GetQueueAttributes'],
    because:
      'Lambda’s poller needs it (Lambda Developer Guide, "Execution role permissions"); the simulated one counts by itself',
  })),
];
