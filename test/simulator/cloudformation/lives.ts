/** One life of each modelled type, as data: how it is made, what is changed of it in place, and what it needs beside it. */
import { ACCOUNT, REGION } from './fakes.ts';

export type Properties = Record<string, unknown>;

export interface Life {
  readonly type: string;
  readonly before: Properties;
  /** Laid over `before`; undefined takes a property away. */
  readonly edit: Properties;
  /** What a reading tells after the edit, where that is not the edit itself. */
  readonly told?: Properties;
  /** Further resources that it needs. */
  readonly with?: Record<string, object>;
}

const ref = (name: string, attribute?: string) =>
  attribute === undefined ? { Ref: name } : { 'Fn::GetAtt': [name, attribute] };

const statement = (action: string, resource: unknown = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
});
const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: `${service}.amazonaws.com` } }],
});
const Role = (service = 'lambda') => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust(service) },
});
const keyPolicy = (sid: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: sid, Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } },
  ],
});
const allowing = (action: string, resource: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'S', Effect: 'Allow', Action: action, Resource: resource, Principal: { Service: 'events.amazonaws.com' } },
  ],
});
const Topic = { Type: 'AWS::SNS::Topic', Properties: {} };
const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } };
const Handler = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ref('Role', 'Arn'),
    Code: { ZipFile: 'exports.handler = () => 1' },
  },
};
const Subnet = {
  Type: 'AWS::EC2::Subnet',
  Properties: { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24', AvailabilityZone: `${REGION}a` },
};
const Balancer = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Subnets: [ref('Subnet')] } };
const Group = {
  Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  Properties: { Port: 80, Protocol: 'HTTP', VpcId: 'vpc-1', TargetType: 'instance' },
};
const fixed = (StatusCode: string) => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }];
const Listener = {
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: { LoadBalancerArn: ref('Balancer'), Port: 80, Protocol: 'HTTP', DefaultActions: fixed('503') },
};
const Template = {
  Type: 'AWS::EC2::LaunchTemplate',
  Properties: { LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'm7g.large' } },
};
const Zone = { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } };
const Cluster = {
  Type: 'AWS::DocDB::DBCluster',
  Properties: { MasterUsername: 'admin1', MasterUserPassword: 'x'.repeat(12) },
};
const httpCheck = {
  Type: 'HTTPS',
  FullyQualifiedDomainName: 'a.example.com',
  RequestInterval: 10,
  FailureThreshold: 1,
};

const Fleet = {
  Type: 'AWS::AutoScaling::AutoScalingGroup',
  Properties: {
    ...{ MinSize: '0', MaxSize: '3', VPCZoneIdentifier: [ref('Subnet')] },
    LaunchTemplate: { LaunchTemplateId: ref('Template'), Version: ref('Template', 'LatestVersionNumber') },
  },
};

const Tasks = { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'orders' } };
const Definition = {
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    ...{ Family: 'orders', RequiresCompatibilities: ['FARGATE'], Cpu: '512', Memory: '1024', NetworkMode: 'awsvpc' },
    ContainerDefinitions: [{ Name: 'app', Image: 'r/orders:1', PortMappings: [{ ContainerPort: '3000' }] }],
  },
};
const Service = {
  Type: 'AWS::ECS::Service',
  Properties: {
    ...{ Cluster: ref('Cluster'), ServiceName: 'blue', TaskDefinition: ref('Definition'), LaunchType: 'FARGATE' },
    DesiredCount: 0,
  },
};
const Scalable = {
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: {
    ...{ MinCapacity: '0', MaxCapacity: '4', ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' },
    ResourceId: { 'Fn::Join': ['/', ['service', ref('Cluster'), { 'Fn::GetAtt': ['Service', 'Name'] }]] },
  },
};

const scheduled = (ScheduledActionName: string, MinCapacity: string | number) => ({
  ...{ ScheduledActionName, Schedule: 'cron(0 7 * * ? *)', ScalableTargetAction: { MinCapacity } },
});

export const LIVES: readonly Life[] = [
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    before: {
      ...{ MinSize: '0', MaxSize: '3', VPCZoneIdentifier: [ref('Subnet')], TargetGroupARNs: [ref('Group')] },
      LaunchTemplate: { LaunchTemplateId: ref('Template'), Version: ref('Template', 'LatestVersionNumber') },
    },
    edit: { MaxSize: '5', TargetGroupARNs: [], HealthCheckGracePeriod: 30 },
    with: { Subnet, Group, Template },
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    before: { ...Scalable.Properties, ScheduledActions: [scheduled('day', '2'), scheduled('night', '1')] },
    edit: { MaxCapacity: 9, ScheduledActions: [scheduled('day', 3)] },
    with: { Cluster: Tasks, Definition, Service },
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    before: {
      ...{ PolicyName: 'load', PolicyType: 'TargetTrackingScaling', ScalingTargetId: ref('Scalable') },
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        TargetValue: '60',
      },
    },
    edit: {
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        TargetValue: 50,
      },
    },
    with: { Cluster: Tasks, Definition, Service, Scalable },
  },
  {
    type: 'AWS::ECS::Cluster',
    before: { ClusterName: 'orders' },
    edit: { ClusterSettings: [] },
    told: { ClusterName: 'orders' },
  },
  {
    type: 'AWS::ECS::Service',
    before: { ...Service.Properties, DesiredCount: '0' },
    edit: { HealthCheckGracePeriodSeconds: 30 },
    with: { Cluster: Tasks, Definition },
  },
  {
    type: 'AWS::AutoScaling::ScalingPolicy',
    before: {
      ...{ AutoScalingGroupName: ref('Fleet'), AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: '1' },
      PolicyType: 'SimpleScaling',
    },
    edit: { ScalingAdjustment: 2 },
    with: { Subnet, Template, Fleet },
  },
  {
    type: 'AWS::AutoScaling::ScheduledAction',
    before: { AutoScalingGroupName: ref('Fleet'), Recurrence: '0 22 * * *', DesiredCapacity: '1' },
    edit: { Recurrence: '0 23 * * *' },
    with: { Subnet, Template, Fleet },
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    before: {
      ...{ Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: 'GreaterThanThreshold',
    },
    edit: { Threshold: 2, AlarmDescription: 'd' },
  },
  {
    type: 'AWS::DocDB::DBCluster',
    before: Cluster.Properties,
    edit: { BackupRetentionPeriod: 7, EnableCloudwatchLogsExports: ['audit'] },
  },
  {
    type: 'AWS::DocDB::DBInstance',
    before: { DBClusterIdentifier: ref('Cluster'), DBInstanceClass: 'db.r6g.large' },
    edit: { DBInstanceClass: 'db.r6g.xlarge' },
    with: { Cluster },
  },
  {
    type: 'AWS::DocDB::GlobalCluster',
    before: { GlobalClusterIdentifier: 'shop', Engine: 'docdb', DeletionProtection: true },
    edit: { DeletionProtection: false },
  },
  {
    type: 'AWS::DocDB::DBSubnetGroup',
    before: { DBSubnetGroupDescription: 'd', SubnetIds: [ref('Subnet')] },
    edit: { DBSubnetGroupDescription: 'other' },
    with: { Subnet },
  },
  {
    type: 'AWS::DocDB::DBClusterParameterGroup',
    before: { Family: 'docdb5.0', Description: 'd', Parameters: { tls: 'enabled' } },
    edit: { Parameters: { tls: 'disabled' } },
  },
  {
    type: 'AWS::DynamoDB::Table',
    before: {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
    edit: { DeletionProtectionEnabled: false, TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } },
    told: { DeletionProtectionEnabled: false },
  },
  { type: 'AWS::EC2::Subnet', before: Subnet.Properties, edit: { MapPublicIpOnLaunch: true }, told: {} },
  {
    type: 'AWS::EC2::LaunchTemplate',
    before: Template.Properties,
    edit: { LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'm7g.xlarge' } },
  },
  {
    type: 'AWS::ECR::Repository',
    before: { RepositoryName: 'shop', ImageTagMutability: 'IMMUTABLE' },
    edit: { ImageTagMutability: 'MUTABLE', ImageScanningConfiguration: { ScanOnPush: true } },
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    before: { ...Balancer.Properties, LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] },
    edit: { SecurityGroups: ['sg-1'], LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '90' }] },
    with: { Subnet },
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    before: { ...Group.Properties, HealthCheckPath: '/health' },
    edit: { HealthCheckPath: undefined, HealthyThresholdCount: 3 },
    told: { HealthCheckPath: '/', HealthyThresholdCount: 3 },
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    before: Listener.Properties,
    edit: { DefaultActions: fixed('404') },
    with: { Subnet, Balancer },
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    before: {
      ListenerArn: ref('Listener'),
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
      Actions: fixed('200'),
    },
    edit: { Priority: 20, Actions: fixed('204') },
    with: { Subnet, Balancer, Listener },
  },
  {
    type: 'AWS::Events::Rule',
    before: {
      EventPattern: { source: ['a'] },
      Targets: [
        { Id: 'one', Arn: ref('Topic') },
        { Id: 'two', Arn: ref('Topic') },
      ],
    },
    edit: { EventPattern: { source: ['b'] }, State: 'DISABLED', Targets: [{ Id: 'two', Arn: ref('Topic') }] },
    told: { EventPattern: { source: ['b'] }, State: 'DISABLED' },
    with: { Topic },
  },
  {
    type: 'AWS::Events::EventBus',
    before: { Name: 'shop' },
    edit: { Policy: { ...allowing('events:PutEvents', '*') } },
    told: {},
  },
  {
    type: 'AWS::Events::EventBusPolicy',
    before: {
      EventBusName: ref('Bus'),
      StatementId: 'S',
      Statement: { Effect: 'Allow', Action: 'events:PutEvents', Principal: '*', Resource: '*' },
    },
    edit: { Statement: { Effect: 'Deny', Action: 'events:PutEvents', Principal: '*', Resource: '*' } },
    with: { Bus },
  },
  {
    type: 'AWS::IAM::Role',
    before: {
      AssumeRolePolicyDocument: trust('lambda'),
      Description: 'd',
      Policies: [{ PolicyName: 'a', PolicyDocument: statement('sns:Publish') }],
    },
    edit: {
      AssumeRolePolicyDocument: trust('states'),
      Description: undefined,
      MaxSessionDuration: 7200,
      PermissionsBoundary: ref('Boundary'),
      Policies: [{ PolicyName: 'b', PolicyDocument: statement('sqs:*') }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      Tags: [{ Key: 'team', Value: 'ops' }],
    },
    told: {
      AssumeRolePolicyDocument: trust('states'),
      MaxSessionDuration: 7200,
      Policies: [{ PolicyName: 'b', PolicyDocument: statement('sqs:*') }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    },
    with: { Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: statement('*') } } },
  },
  {
    type: 'AWS::IAM::Policy',
    before: { PolicyName: 'p', PolicyDocument: statement('sns:*'), Roles: [ref('Role')] },
    edit: { PolicyDocument: statement('sqs:*'), Roles: [ref('Other')] },
    told: { PolicyDocument: statement('sqs:*') },
    with: { Role: Role(), Other: Role() },
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    before: { PolicyDocument: statement('sns:*'), Roles: [ref('Role')] },
    edit: { PolicyDocument: statement('sqs:*'), Roles: [] },
    told: {},
    with: { Role: Role() },
  },
  {
    type: 'AWS::IAM::InstanceProfile',
    before: { Roles: [ref('Role')] },
    edit: { Roles: [ref('Other')] },
    with: { Role: Role('ec2'), Other: Role('ec2') },
  },
  {
    type: 'AWS::KMS::Key',
    before: { Description: 'd', KeyPolicy: keyPolicy('a'), EnableKeyRotation: true, PendingWindowInDays: 7 },
    edit: { Description: 'other', KeyPolicy: keyPolicy('b'), EnableKeyRotation: false, Enabled: false },
  },
  {
    type: 'AWS::KMS::Alias',
    before: { AliasName: 'alias/shop', TargetKeyId: ref('Key') },
    edit: { TargetKeyId: ref('Other') },
    told: {},
    with: { Key: { Type: 'AWS::KMS::Key' }, Other: { Type: 'AWS::KMS::Key' } },
  },
  {
    type: 'AWS::Lambda::Function',
    before: { ...Handler.Properties, Description: 'd', Environment: { Variables: { A: '1' } } },
    edit: {
      Code: { ZipFile: 'exports.other = () => 2' },
      Handler: 'index.other',
      Timeout: 30,
      Environment: undefined,
      ReservedConcurrentExecutions: 2,
      Architectures: ['arm64'],
      Tags: [{ Key: 'team', Value: 'ops' }],
    },
    told: {
      ...{ Handler: 'index.other', Timeout: 30, Environment: { Variables: {} }, ReservedConcurrentExecutions: 2 },
      Architectures: ['arm64'],
    },
    with: { Role: Role() },
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    before: { FunctionName: ref('Handler'), Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    edit: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 600 },
    with: { Role: Role(), Handler },
  },
  {
    type: 'AWS::Route53::HostedZone',
    before: { Name: 'example.com' },
    edit: { HostedZoneConfig: { Comment: 'c' } },
  },
  {
    type: 'AWS::Route53::RecordSet',
    before: { HostedZoneId: ref('Zone'), Name: 'a.example.com', Type: 'A', TTL: '60', ResourceRecords: ['192.0.2.1'] },
    edit: { TTL: '30', Weight: 1, SetIdentifier: 'one' },
    with: { Zone },
  },
  {
    type: 'AWS::Route53::RecordSetGroup',
    before: {
      HostedZoneId: ref('Zone'),
      RecordSets: [
        { Name: 'a.example.com', Type: 'A', TTL: '60', ResourceRecords: ['192.0.2.1'] },
        { Name: 'b.example.com', Type: 'A', TTL: '60', ResourceRecords: ['192.0.2.1'] },
      ],
    },
    edit: { RecordSets: [{ Name: 'b.example.com', Type: 'A', TTL: '30', ResourceRecords: ['192.0.2.2'] }] },
    told: {},
    with: { Zone },
  },
  {
    type: 'AWS::Route53::HealthCheck',
    before: { HealthCheckConfig: { ...httpCheck, ResourcePath: '/a' } },
    edit: { HealthCheckConfig: { ...httpCheck, Inverted: true } },
  },
  {
    type: 'AWS::S3::Bucket',
    before: { VersioningConfiguration: { Status: 'Suspended' } },
    edit: { VersioningConfiguration: { Status: 'Enabled' }, PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
    told: {
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false },
    },
  },
  {
    type: 'AWS::S3::BucketPolicy',
    before: { Bucket: ref('Bucket'), PolicyDocument: allowing('s3:GetObject', '*') },
    edit: { PolicyDocument: allowing('s3:PutObject', '*') },
    with: { Bucket: { Type: 'AWS::S3::Bucket', Properties: {} } },
  },
  {
    type: 'AWS::Scheduler::Schedule',
    before: {
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: ref('Handler', 'Arn'), RoleArn: ref('Caller', 'Arn') },
    },
    edit: { ScheduleExpression: 'rate(2 hours)', State: 'DISABLED' },
    with: { Role: Role(), Caller: Role('scheduler'), Handler },
  },
  {
    type: 'AWS::SecretsManager::Secret',
    before: { Name: 'shop', GenerateSecretString: { PasswordLength: 20 }, Description: 'd' },
    edit: { Description: undefined, ReplicaRegions: [{ Region: 'us-east-2' }] },
    told: { ReplicaRegions: [{ Region: 'us-east-2' }] },
  },
  {
    type: 'AWS::SecretsManager::SecretTargetAttachment',
    before: { SecretId: ref('Secret'), TargetId: ref('Cluster'), TargetType: 'AWS::DocDB::DBCluster' },
    edit: { TargetId: ref('Other') },
    told: {},
    with: {
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"username":"a"}' } },
      Cluster,
      Other: Cluster,
    },
  },
  {
    type: 'AWS::SNS::Topic',
    before: { DisplayName: 'd', Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }] },
    edit: { DisplayName: undefined, Subscription: [{ Protocol: 'email', Endpoint: 'b@example.com' }] },
    told: { Subscription: [{ Protocol: 'email', Endpoint: 'b@example.com' }] },
  },
  {
    type: 'AWS::SNS::TopicPolicy',
    before: { Topics: [ref('Topic')], PolicyDocument: allowing('sns:Publish', '*') },
    edit: { PolicyDocument: allowing('sns:Subscribe', '*') },
    with: { Topic },
  },
  {
    type: 'AWS::SSM::Parameter',
    before: { Type: 'String', Value: 'one', Description: 'd' },
    edit: { Value: 'two', Description: undefined, AllowedPattern: '^t' },
    told: { Value: 'two', AllowedPattern: '^t' },
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    before: {
      RoleArn: ref('Role', 'Arn'),
      DefinitionString: '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
    },
    edit: { DefinitionString: '{"QueryLanguage":"JSONata","StartAt":"B","States":{"B":{"Type":"Succeed"}}}' },
    with: { Role: Role('states') },
  },
];
