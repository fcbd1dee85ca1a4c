/** Data stores as templates declare them: tables, buckets, keys, parameters, repositories, secrets. */
import { expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { resources as dynamodb } from '../../../simulator/cloudformation/resources/dynamodb.ts';
import { resources as ecrTypes } from '../../../simulator/cloudformation/resources/ecr.ts';
import { resources as kmsTypes } from '../../../simulator/cloudformation/resources/kms.ts';
import { resources as s3Types } from '../../../simulator/cloudformation/resources/s3.ts';
import { resources as secrets } from '../../../simulator/cloudformation/resources/secretsmanager.ts';
import { resources as ssmTypes } from '../../../simulator/cloudformation/resources/ssm.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';
import { secretsManager } from '../../../simulator/services/secretsmanager/index.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';

const table: ResourceTable = { ...dynamodb, ...ecrTypes, ...kmsTypes, ...s3Types, ...secrets, ...ssmTypes };
const [west, ohio, virginia] = ['us-west-2', 'us-east-2', 'us-east-1'] as const;
const account = '111122223333';

const newCloud = () =>
  Cloud.create({
    seed: 1,
    account,
    regions: [west, ohio, virginia],
    services: [dynamoDb, ecr, kms, s3, secretsManager, ssm],
    startAt: Date.UTC(2026, 0, 1),
  });

async function create(
  cloud: Cloud,
  type: string,
  properties: Record<string, unknown>,
  region: string = west,
): Promise<Created> {
  const context: ResourceContext = {
    cloud,
    region,
    account,
    stackName: 'stack',
    stackId: 'stack-id',
    logicalId: 'Thing',
    tags: {},
    physicalName: () => 'stack-Thing-ABC',
    call: (service, operation, input, where = region) => cloud.call(service, operation, input, { region: where }),
  };
  return (table[type] as Modelled).create(properties, context);
}

test('a global table as the construct library writes it spans three regions and is strongly consistent', async () => {
  const cloud = newCloud();
  const pitr = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
  const created = await create(
    cloud,
    'AWS::DynamoDB::GlobalTable',
    {
      TableName: 'orders-prod-authority',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      MultiRegionConsistency: 'STRONG',
      Replicas: [west, ohio, virginia].map((Region) => ({ Region, ...pitr, DeletionProtectionEnabled: true })),
      SSESpecification: { SSEEnabled: false },
    },
    virginia,
  );
  expect(created).toMatchObject({
    physicalId: 'orders-prod-authority',
    attributes: { Arn: `arn:aws:dynamodb:us-east-1:${account}:table/orders-prod-authority` },
  });
  const TableName = 'orders-prod-authority';
  const { Table } = await cloud.call('dynamodb', 'DescribeTable', { TableName }, { region: west });
  expect(Table).toMatchObject({
    TableArn: `arn:aws:dynamodb:us-west-2:${account}:table/orders-prod-authority`,
    MultiRegionConsistency: 'STRONG',
    Replicas: [{ RegionName: virginia }, { RegionName: ohio }],
    DeletionProtectionEnabled: true,
  });
});

test('a single-region global table with expiry is a regional table', async () => {
  const cloud = newCloud();
  const { physicalId: TableName } = await create(cloud, 'AWS::DynamoDB::GlobalTable', {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    Replicas: [{ Region: west }],
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  });
  const { TimeToLiveDescription } = await cloud.call('dynamodb', 'DescribeTimeToLive', { TableName }, { region: west });
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
});

test('a property that nothing here acts on is refused by name', async () => {
  const properties = { KeySchema: [], Replicas: [{ Region: west }], WarmThroughput: {} };
  await expect(create(newCloud(), 'AWS::DynamoDB::GlobalTable', properties)).rejects.toThrow('WarmThroughput');
});

test('a bucket with its policy, a key with its alias, a parameter and a repository are made and answered', async () => {
  const cloud = newCloud();
  const bucket = await create(cloud, 'AWS::S3::Bucket', {
    BucketName: 'latch',
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: { BlockPublicPolicy: 'true' },
  });
  expect(bucket.attributes).toMatchObject({
    Arn: 'arn:aws:s3:::latch',
    RegionalDomainName: 'latch.s3.us-west-2.amazonaws.com',
  });
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: account }, Action: 's3:*', Resource: 'arn:aws:s3:::latch/*' },
  ];
  await create(cloud, 'AWS::S3::BucketPolicy', {
    Bucket: 'latch',
    PolicyDocument: { Version: '2012-10-17', Statement },
  });
  const delegation = { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' };
  const key = await create(cloud, 'AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: { Version: '2012-10-17', Statement: [delegation] },
  });
  await create(cloud, 'AWS::KMS::Alias', { AliasName: 'alias/data', TargetKeyId: key.physicalId });
  const described = await cloud.call('kms', 'DescribeKey', { KeyId: 'alias/data' }, { region: west });
  expect(described.KeyMetadata?.Arn).toBe(key.attributes?.Arn);
  const parameter = await create(cloud, 'AWS::SSM::Parameter', { Name: '/app/size', Type: 'String', Value: 3 });
  expect(parameter).toEqual({ physicalId: '/app/size', attributes: { Type: 'String', Value: '3' } });
  const repository = await create(cloud, 'AWS::ECR::Repository', {
    RepositoryName: 'orders',
    ImageTagMutability: 'IMMUTABLE',
  });
  expect(repository.attributes?.RepositoryUri).toBe(`${account}.dkr.ecr.us-west-2.amazonaws.com/orders`);
});

test('a multi-region key is replicated by the stack of the other region', async () => {
  const cloud = newCloud();
  const key = await create(cloud, 'AWS::KMS::Key', { MultiRegion: true });
  const replica = await create(cloud, 'AWS::KMS::ReplicaKey', { PrimaryKeyArn: key.attributes?.Arn }, ohio);
  expect(replica.attributes?.Arn).toBe(String(key.attributes?.Arn).replace(west, ohio));
});

test('a generated secret holds its template and a password, and is copied to its replica regions', async () => {
  const cloud = newCloud();
  const { physicalId: SecretId } = await create(cloud, 'AWS::SecretsManager::Secret', {
    Name: 'orders/database',
    GenerateSecretString: {
      SecretStringTemplate: '{"username":"app"}',
      GenerateStringKey: 'password',
      PasswordLength: '24',
      ExcludePunctuation: 'true',
    },
    ReplicaRegions: [{ Region: ohio }],
  });
  const read = async (id: string, region: string) => {
    const { SecretString } = await cloud.call('secretsmanager', 'GetSecretValue', { SecretId: id }, { region });
    return JSON.parse(SecretString ?? '{}');
  };
  const secret = await read(SecretId, west);
  expect(secret).toEqual({ username: 'app', password: expect.stringMatching(/^[A-Za-z0-9]{24}$/) });
  expect(await read('orders/database', ohio)).toEqual(secret);
  expect(cloud.trace.toJsonLines()).not.toContain(secret.password);
});
