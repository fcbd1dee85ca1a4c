/**
 * The AWS managed policies in use, with the statements that AWS publishes. Others are refused by name when attached.
 * Source: AWS Managed Policy Reference, page of each policy, as of 2026-11; the version read is given beside the name.
 */

interface ManagedStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}

const allow = (actions: readonly string[]): ManagedStatement => ({ Effect: 'Allow', Action: actions, Resource: '*' });

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const READ_ONLY = [
  'autoscaling:Describe*',
  'cloudformation:Describe*',
  'cloudformation:Detect*',
  'cloudformation:EstimateTemplateCost',
  'cloudformation:Get*',
  'cloudformation:List*',
  'cloudformation:ValidateTemplate',
  'cloudwatch:Describe*',
  'cloudwatch:Get*',
  'cloudwatch:List*',
  'dynamodb:BatchGet*',
  'dynamodb:Describe*',
  'dynamodb:Get*',
  'dynamodb:List*',
  'dynamodb:Query',
  'dynamodb:Scan',
  'ec2:Describe*',
  'ec2:Get*',
  'ecr:BatchCheck*',
  'ecr:BatchGet*',
  'ecr:Describe*',
  'ecr:Get*',
  'ecr:List*',
  'elasticloadbalancing:Describe*',
  'events:Describe*',
  'events:List*',
  'events:Test*',
  'iam:Generate*',
  'iam:Get*',
  'iam:List*',
  'iam:Simulate*',
  'kms:Describe*',
  'kms:Get*',
  'kms:List*',
  'lambda:Get*',
  'lambda:List*',
  'rds:Describe*',
  'rds:List*',
  'route53:Get*',
  'route53:List*',
  'route53:Test*',
  's3:Get*',
  's3:List*',
  'scheduler:Get*',
  'scheduler:List*',
  'secretsmanager:Describe*',
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:List*',
  'sns:Get*',
  'sns:List*',
  'ssm:Describe*',
  'ssm:Get*',
  'ssm:List*',
  'states:Describe*',
  'states:GetExecutionHistory',
  'states:List*',
  'sts:GetCallerIdentity',
];

const STATEMENTS: Readonly<Record<string, readonly ManagedStatement[]>> = {
  // v1
  AdministratorAccess: [allow(['*'])],
  // v5
  AWSCloudFormationReadOnlyAccess: [
    allow([
      'cloudformation:Describe*',
      'cloudformation:EstimateTemplateCost',
      'cloudformation:Get*',
      'cloudformation:List*',
      'cloudformation:ValidateTemplate',
      'cloudformation:Detect*',
    ]),
  ],
  // Guess: the part that concerns the services here; the published policy names some two thousand actions.
  ReadOnlyAccess: [allow(READ_ONLY)],
  // v1
  'service-role/AWSLambdaBasicExecutionRole': [allow(LOGS)],
  // v3
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    allow([
      ...LOGS,
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ]),
  ],
  // v2
  AWSXRayDaemonWriteAccess: [
    allow([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ]),
  ],
  // v2
  AmazonSSMManagedInstanceCore: [
    allow([
      'ssm:DescribeAssociation',
      'ssm:GetDeployablePatchSnapshotForInstance',
      'ssm:GetDocument',
      'ssm:DescribeDocument',
      'ssm:GetManifest',
      'ssm:GetParameter',
      'ssm:GetParameters',
      'ssm:ListAssociations',
      'ssm:ListInstanceAssociations',
      'ssm:PutInventory',
      'ssm:PutComplianceItems',
      'ssm:PutConfigurePackageResult',
      'ssm:UpdateAssociationStatus',
      'ssm:UpdateInstanceAssociationStatus',
      'ssm:UpdateInstanceInformation',
    ]),
    allow([
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]),
    allow([
      'ec2messages:AcknowledgeMessage',
      'ec2messages:DeleteMessage',
      'ec2messages:FailMessage',
      'ec2messages:GetEndpoint',
      'ec2messages:GetMessages',
      'ec2messages:SendReply',
    ]),
  ],
};

const PREFIX = 'arn:aws:iam::aws:policy/';

export const isAwsManaged = (policyArn: string): boolean => policyArn.startsWith(PREFIX);

const documents = new Map(
  Object.entries(STATEMENTS).map(([name, statements]) => [
    `${PREFIX}${name}`,
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
  ]),
);

/** The document of an AWS managed policy; undefined when it is not in the table. */
export const awsManagedDocument = (policyArn: string): string | undefined => documents.get(policyArn);
