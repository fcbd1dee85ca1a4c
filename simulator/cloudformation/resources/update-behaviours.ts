/**
 * What an update of each property needs, type by type: "Replacement", or "No interruption" and "Some interruptions"
 * together as in place (CloudFormation Template Reference, "Update requires" of each property, read 2026-11; a test
 * compares it with the resource specification that comes with the CDK). Attached to the tables by index.ts.
 */
import type { UpdateBehaviour } from '../resource.ts';

interface Row {
  readonly replacement?: string;
  readonly inPlace?: string;
  readonly conditional?: UpdateBehaviour['conditional'];
  readonly name?: string;
  readonly tags?: string;
  readonly volatile?: string;
}

/** Lists of names, separated by blanks. */
const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');

const behaviour = ({ replacement, inPlace, conditional, name, tags, volatile }: Row): UpdateBehaviour => ({
  replacement: words(replacement),
  inPlace: words(inPlace),
  ...(conditional !== undefined && { conditional }),
  ...(name !== undefined && { name }),
  ...(tags !== undefined && { tags }),
  ...(volatile !== undefined && { volatile: words(volatile) }),
});

type Value = Record<string, unknown> | undefined;

/** Where an object's members differ in what they need: replacement when one of these is changed. */
const replacedBy =
  (...members: string[]) =>
  (before: unknown, after: unknown) =>
    members.some((member) => String((before as Value)?.[member]) !== String((after as Value)?.[member]))
      ? ('replacement' as const)
      : ('inPlace' as const);

const EC2_TAGS = { inPlace: 'Tags', tags: 'Tags' };

const ROWS: Readonly<Record<string, Row>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    replacement: 'ResourceId ScalableDimension ServiceNamespace',
    inPlace: 'MaxCapacity MinCapacity RoleARN ScheduledActions SuspendedState Tags',
    tags: 'Tags',
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    replacement: 'PolicyName ResourceId ScalableDimension ScalingTargetId ServiceNamespace',
    inPlace: 'PolicyType StepScalingPolicyConfiguration TargetTrackingScalingPolicyConfiguration',
    name: 'PolicyName',
  },
  'AWS::ECS::Cluster': {
    replacement: 'ClusterName',
    inPlace: 'ClusterSettings Configuration Tags',
    name: 'ClusterName',
    tags: 'Tags',
  },
  'AWS::ECS::TaskDefinition': {
    replacement: `ContainerDefinitions Cpu ExecutionRoleArn Family Memory NetworkMode RequiresCompatibilities RuntimePlatform
      TaskRoleArn`,
    inPlace: 'Tags',
    tags: 'Tags',
  },
  'AWS::ECS::Service': {
    replacement: 'Cluster LaunchType SchedulingStrategy ServiceName',
    inPlace: `AvailabilityZoneRebalancing DeploymentConfiguration DesiredCount EnableECSManagedTags EnableExecuteCommand
      HealthCheckGracePeriodSeconds LoadBalancers NetworkConfiguration PlatformVersion PropagateTags Tags TaskDefinition`,
    name: 'ServiceName',
    tags: 'Tags',
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    replacement: 'AutoScalingGroupName',
    inPlace: `AvailabilityZones Cooldown DefaultInstanceWarmup DesiredCapacity HealthCheckGracePeriod HealthCheckType
      LaunchTemplate MaxSize MinSize NewInstancesProtectedFromScaleIn Tags TargetGroupARNs VPCZoneIdentifier
      MetricsCollection`,
    name: 'AutoScalingGroupName',
    tags: 'Tags',
  },
  'AWS::CertificateManager::Certificate': {
    replacement: `CertificateAuthorityArn DomainName DomainValidationOptions KeyAlgorithm SubjectAlternativeNames
      ValidationMethod`,
    inPlace: 'CertificateTransparencyLoggingPreference Tags',
    tags: 'Tags',
  },
  'AWS::AutoScaling::ScalingPolicy': {
    replacement: 'AutoScalingGroupName',
    inPlace: `AdjustmentType Cooldown EstimatedInstanceWarmup MetricAggregationType MinAdjustmentMagnitude PolicyType
      ScalingAdjustment StepAdjustments TargetTrackingConfiguration`,
  },
  'AWS::AutoScaling::ScheduledAction': {
    replacement: 'AutoScalingGroupName',
    inPlace: 'DesiredCapacity EndTime MaxSize MinSize Recurrence StartTime TimeZone',
  },
  'AWS::CloudWatch::Alarm': {
    replacement: 'AlarmName',
    inPlace: `ActionConfiguration ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions
      EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics
      Namespace OKActions Period Statistic Tags Threshold TreatMissingData Unit`,
    name: 'AlarmName',
    tags: 'Tags',
  },
  'AWS::CloudWatch::Dashboard': { replacement: 'DashboardName', inPlace: 'DashboardBody', name: 'DashboardName' },
  'AWS::DocDB::GlobalCluster': {
    replacement: 'GlobalClusterIdentifier SourceDBClusterIdentifier Engine EngineVersion StorageEncrypted',
    inPlace: 'DeletionProtection Tags',
    name: 'GlobalClusterIdentifier',
    tags: 'Tags',
  },
  'AWS::DocDB::DBCluster': {
    replacement: 'StorageEncrypted EngineVersion KmsKeyId DBClusterIdentifier DBSubnetGroupName MasterUsername',
    // Leaving and joining a global cluster is a life of its own: not here, so it is refused.
    inPlace: `Port PreferredMaintenanceWindow DeletionProtection PreferredBackupWindow MasterUserPassword
      VpcSecurityGroupIds DBClusterParameterGroupName CopyTagsToSnapshot BackupRetentionPeriod Tags
      EnableCloudwatchLogsExports StorageType`,
    name: 'DBClusterIdentifier',
    tags: 'Tags',
  },
  'AWS::DocDB::DBInstance': {
    replacement: 'DBClusterIdentifier AvailabilityZone DBInstanceIdentifier',
    inPlace: `DBInstanceClass PreferredMaintenanceWindow EnablePerformanceInsights AutoMinorVersionUpgrade Tags
      CACertificateIdentifier`,
    name: 'DBInstanceIdentifier',
    tags: 'Tags',
  },
  'AWS::DocDB::DBSubnetGroup': {
    replacement: 'DBSubnetGroupName',
    inPlace: 'DBSubnetGroupDescription SubnetIds Tags',
    name: 'DBSubnetGroupName',
    tags: 'Tags',
  },
  'AWS::DocDB::DBClusterParameterGroup': {
    replacement: 'Description Family Name',
    inPlace: 'Parameters Tags',
    name: 'Name',
    tags: 'Tags',
  },
  'AWS::DynamoDB::Table': {
    replacement: 'TableName KeySchema',
    inPlace: `BillingMode TimeToLiveSpecification ContributorInsightsSpecification
      DeletionProtectionEnabled PointInTimeRecoverySpecification SSESpecification StreamSpecification TableClass Tags
      ProvisionedThroughput`,
    name: 'TableName',
    tags: 'Tags',
  },
  'AWS::DynamoDB::GlobalTable': {
    replacement: 'TableName KeySchema LocalSecondaryIndexes',
    inPlace: 'BillingMode TimeToLiveSpecification SSESpecification StreamSpecification Replicas',
    name: 'TableName',
  },
  'AWS::EC2::VPC': { replacement: 'CidrBlock', inPlace: 'EnableDnsSupport EnableDnsHostnames Tags', tags: 'Tags' },
  'AWS::EC2::Subnet': {
    replacement: 'VpcId AvailabilityZone CidrBlock',
    inPlace: 'MapPublicIpOnLaunch AssignIpv6AddressOnCreation Tags',
    tags: 'Tags',
  },
  'AWS::EC2::RouteTable': { replacement: 'VpcId', ...EC2_TAGS },
  'AWS::EC2::Route': {
    replacement: 'DestinationIpv6CidrBlock RouteTableId DestinationCidrBlock DestinationPrefixListId',
    inPlace: `InstanceId CarrierGatewayId GatewayId NetworkInterfaceId VpcEndpointId TransitGatewayId
      VpcPeeringConnectionId EgressOnlyInternetGatewayId NatGatewayId`,
  },
  'AWS::EC2::SubnetRouteTableAssociation': { replacement: 'RouteTableId SubnetId' },
  'AWS::EC2::InternetGateway': EC2_TAGS,
  'AWS::EC2::VPCGatewayAttachment': { replacement: 'VpcId', inPlace: 'InternetGatewayId VpnGatewayId' },
  'AWS::EC2::NatGateway': { replacement: 'PrivateIpAddress ConnectivityType AllocationId SubnetId', ...EC2_TAGS },
  'AWS::EC2::EIP': { replacement: 'Domain NetworkBorderGroup', ...EC2_TAGS },
  'AWS::EC2::SecurityGroup': {
    replacement: 'GroupDescription GroupName VpcId',
    inPlace: 'SecurityGroupEgress SecurityGroupIngress Tags',
    name: 'GroupName',
    tags: 'Tags',
  },
  'AWS::EC2::SecurityGroupIngress': {
    replacement: `CidrIp CidrIpv6 FromPort GroupId GroupName IpProtocol SourcePrefixListId SourceSecurityGroupId
      SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort`,
    inPlace: 'Description',
  },
  'AWS::EC2::SecurityGroupEgress': {
    replacement:
      'CidrIp CidrIpv6 DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol ToPort',
    inPlace: 'Description',
  },
  'AWS::EC2::NetworkAcl': { replacement: 'VpcId', ...EC2_TAGS },
  'AWS::EC2::NetworkAclEntry': {
    replacement: 'Egress NetworkAclId RuleNumber',
    inPlace: 'CidrBlock Icmp Ipv6CidrBlock PortRange Protocol RuleAction',
  },
  'AWS::EC2::SubnetNetworkAclAssociation': { replacement: 'NetworkAclId SubnetId' },
  'AWS::EC2::VPCEndpoint': {
    replacement: 'VpcId ServiceName VpcEndpointType',
    inPlace: 'PrivateDnsEnabled RouteTableIds PolicyDocument SecurityGroupIds SubnetIds IpAddressType Tags',
    tags: 'Tags',
  },
  'AWS::EC2::FlowLog': {
    replacement: `LogFormat ResourceId MaxAggregationInterval DestinationOptions ResourceType LogDestination LogGroupName
      DeliverLogsPermissionArn LogDestinationType TrafficType`,
    ...EC2_TAGS,
  },
  'AWS::EC2::LaunchTemplate': {
    replacement: 'LaunchTemplateName',
    inPlace: 'LaunchTemplateData VersionDescription TagSpecifications',
    name: 'LaunchTemplateName',
    volatile: 'LatestVersionNumber DefaultVersionNumber',
  },
  'AWS::ECR::ReplicationConfiguration': { inPlace: 'ReplicationConfiguration' },
  'AWS::ECR::Repository': {
    replacement: 'EncryptionConfiguration RepositoryName',
    inPlace: 'EmptyOnDelete ImageScanningConfiguration RepositoryPolicyText LifecyclePolicy Tags ImageTagMutability',
    name: 'RepositoryName',
    tags: 'Tags',
  },
  'AWS::ECR::SigningConfiguration': { inPlace: 'Rules' },
  'AWS::Signer::SigningProfile': {
    replacement: 'PlatformId ProfileName SignatureValidityPeriod',
    inPlace: 'Tags',
    name: 'ProfileName',
    tags: 'Tags',
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    replacement: 'Type Scheme Name',
    inPlace: 'IpAddressType SecurityGroups LoadBalancerAttributes Subnets Tags',
    name: 'Name',
    tags: 'Tags',
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    replacement: 'Port ProtocolVersion Name VpcId TargetType Protocol',
    inPlace: `HealthCheckIntervalSeconds Matcher HealthCheckPath Targets HealthCheckEnabled UnhealthyThresholdCount
      HealthCheckTimeoutSeconds HealthyThresholdCount HealthCheckProtocol TargetGroupAttributes HealthCheckPort Tags`,
    name: 'Name',
    tags: 'Tags',
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    replacement: 'LoadBalancerArn',
    inPlace: 'SslPolicy DefaultActions Port Certificates Protocol Tags',
    tags: 'Tags',
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    replacement: 'ListenerArn',
    inPlace: 'Actions Priority Conditions Tags',
    tags: 'Tags',
  },
  'AWS::Events::Rule': {
    replacement: 'EventBusName Name',
    inPlace: 'Description EventPattern RoleArn ScheduleExpression State Targets Tags',
    name: 'Name',
    tags: 'Tags',
  },
  'AWS::Events::EventBus': { replacement: 'Name', inPlace: 'Description Policy Tags', name: 'Name', tags: 'Tags' },
  'AWS::Events::EventBusPolicy': { replacement: 'EventBusName StatementId', inPlace: 'Action Statement Principal' },
  'AWS::IAM::Role': {
    replacement: 'Path RoleName',
    inPlace: `AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration PermissionsBoundary Policies
      Tags`,
    name: 'RoleName',
    tags: 'Tags',
  },
  'AWS::IAM::Policy': { inPlace: 'Groups PolicyName PolicyDocument Roles Users' },
  'AWS::IAM::ManagedPolicy': {
    replacement: 'ManagedPolicyName Path Description',
    inPlace: 'Groups PolicyDocument Roles Users',
    name: 'ManagedPolicyName',
    volatile: 'DefaultVersionId',
  },
  'AWS::IAM::InstanceProfile': {
    replacement: 'Path InstanceProfileName',
    inPlace: 'Roles',
    name: 'InstanceProfileName',
  },
  'AWS::IAM::ServiceLinkedRole': { replacement: 'CustomSuffix AWSServiceName', inPlace: 'Description' },
  'AWS::KMS::Key': {
    // KeySpec, KeyUsage, MultiRegion and Origin cannot be updated at all: an update that changes them is refused.
    inPlace: 'Description PendingWindowInDays KeyPolicy Enabled EnableKeyRotation Tags',
    tags: 'Tags',
  },
  'AWS::KMS::ReplicaKey': {
    replacement: 'PrimaryKeyArn',
    inPlace: 'Description PendingWindowInDays KeyPolicy Enabled Tags',
    tags: 'Tags',
  },
  'AWS::KMS::Alias': { replacement: 'AliasName', inPlace: 'TargetKeyId', name: 'AliasName' },
  'AWS::Lambda::Function': {
    replacement: 'FunctionName PackageType',
    inPlace: `MemorySize Description TracingConfig VpcConfig DeadLetterConfig Timeout Handler ReservedConcurrentExecutions
      Code Role Runtime KmsKeyArn Environment EphemeralStorage Layers Tags Architectures LoggingConfig`,
    name: 'FunctionName',
    tags: 'Tags',
  },
  'AWS::Lambda::Permission': {
    replacement: `FunctionName Action EventSourceToken FunctionUrlAuthType SourceArn SourceAccount PrincipalOrgID Principal
      InvokedViaFunctionUrl`,
  },
  'AWS::Lambda::EventInvokeConfig': {
    replacement: 'FunctionName Qualifier',
    inPlace: 'MaximumRetryAttempts DestinationConfig MaximumEventAgeInSeconds',
  },
  'AWS::Lambda::EventSourceMapping': {
    replacement: `EventSourceArn SelfManagedEventSource SelfManagedKafkaEventSourceConfig AmazonManagedKafkaEventSourceConfig
      StartingPosition StartingPositionTimestamp`,
    inPlace: `BatchSize BisectBatchOnFunctionError DestinationConfig DocumentDBEventSourceConfig Enabled FilterCriteria
      FunctionName FunctionResponseTypes KmsKeyArn LoggingConfig MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds
      MaximumRetryAttempts MetricsConfig ParallelizationFactor ProvisionedPollerConfig Queues ScalingConfig
      SourceAccessConfigurations Tags Topics TumblingWindowInSeconds`,
    tags: 'Tags',
  },
  'AWS::Lambda::Url': { replacement: 'TargetFunctionArn Qualifier', inPlace: 'AuthType InvokeMode Cors' },
  'AWS::Logs::LogGroup': {
    replacement: 'LogGroupName',
    inPlace: 'RetentionInDays KmsKeyId Tags DataProtectionPolicy LogGroupClass',
    name: 'LogGroupName',
    tags: 'Tags',
  },
  'AWS::Route53::HostedZone': {
    replacement: 'Name',
    inPlace: 'HostedZoneTags HostedZoneConfig',
    tags: 'HostedZoneTags',
  },
  'AWS::Route53::RecordSet': {
    replacement: 'HostedZoneId HostedZoneName Name',
    inPlace: 'AliasTarget Comment Failover HealthCheckId ResourceRecords SetIdentifier TTL Type Weight',
  },
  'AWS::Route53::RecordSetGroup': { replacement: 'HostedZoneId HostedZoneName', inPlace: 'Comment RecordSets' },
  'AWS::Route53::HealthCheck': {
    inPlace: 'HealthCheckTags',
    conditional: { HealthCheckConfig: replacedBy('MeasureLatency', 'RequestInterval', 'Type') },
    tags: 'HealthCheckTags',
  },
  'AWS::S3::Bucket': {
    replacement: 'BucketName',
    inPlace: `PublicAccessBlockConfiguration VersioningConfiguration BucketEncryption AccessControl LifecycleConfiguration
      LoggingConfiguration OwnershipControls Tags`,
    name: 'BucketName',
    tags: 'Tags',
  },
  'AWS::S3::BucketPolicy': { replacement: 'Bucket', inPlace: 'PolicyDocument' },
  'AWS::Scheduler::Schedule': {
    replacement: 'Name',
    inPlace: `GroupName StartDate ScheduleExpression Target Description State FlexibleTimeWindow
      ScheduleExpressionTimezone EndDate`,
    name: 'Name',
  },
  'AWS::Scheduler::ScheduleGroup': { replacement: 'Name', inPlace: 'Tags', name: 'Name', tags: 'Tags' },
  'AWS::SecretsManager::Secret': {
    replacement: 'Name',
    inPlace: 'Description KmsKeyId SecretString GenerateSecretString ReplicaRegions Tags',
    name: 'Name',
    tags: 'Tags',
  },
  'AWS::SecretsManager::SecretTargetAttachment': { replacement: 'SecretId', inPlace: 'TargetType TargetId' },
  'AWS::SES::EmailIdentity': {
    replacement: 'EmailIdentity',
    inPlace:
      'ConfigurationSetAttributes DkimAttributes DkimSigningAttributes FeedbackAttributes MailFromAttributes Tags',
    name: 'EmailIdentity',
    tags: 'Tags',
  },
  'AWS::SNS::Topic': {
    replacement: 'TopicName',
    inPlace: 'SignatureVersion KmsMasterKeyId TracingConfig DisplayName Subscription Tags',
    name: 'TopicName',
    tags: 'Tags',
  },
  'AWS::SNS::TopicPolicy': { inPlace: 'Topics PolicyDocument' },
  'AWS::SNS::Subscription': { replacement: 'Endpoint Protocol TopicArn' },
  'AWS::SQS::Queue': {
    replacement: 'QueueName FifoQueue',
    inPlace: `ContentBasedDeduplication DeduplicationScope DelaySeconds FifoThroughputLimit KmsDataKeyReusePeriodSeconds
      KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy
      SqsManagedSseEnabled Tags VisibilityTimeout`,
    name: 'QueueName',
    tags: 'Tags',
  },
  'AWS::SQS::QueuePolicy': { inPlace: 'PolicyDocument Queues' },
  'AWS::SSM::Parameter': {
    replacement: 'Name',
    inPlace: 'Type Description AllowedPattern Tier Value DataType Tags',
    name: 'Name',
    tags: 'Tags',
    volatile: 'Type Value',
  },
  'AWS::StepFunctions::StateMachine': {
    replacement: 'StateMachineName StateMachineType',
    inPlace:
      'DefinitionString LoggingConfiguration DefinitionSubstitutions Definition RoleArn Tags TracingConfiguration',
    name: 'StateMachineName',
    tags: 'Tags',
    volatile: 'StateMachineRevisionId',
  },
};

/** Type → what updates of its properties need. A type without a row cannot be updated. */
export const updateBehaviours: Readonly<Record<string, UpdateBehaviour>> = Object.fromEntries(
  Object.entries(ROWS).map(([type, row]) => [type, behaviour(row)]),
);
