/** The policies that resources carry, each set through its service's own API and enforced on the next call. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { eventBridge } from '../../../simulator/eventbridge/index.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { type FunctionRecord, functionArn, type LambdaState } from '../../../simulator/lambda/state.ts';
import type { Caller } from '../../../simulator/service.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { services } from '../../../simulator/services/index.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';
import { secretsManager } from '../../../simulator/services/secretsmanager/index.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { policy } from './roles.ts';

const account = '111122223333';
const region = 'us-west-2';
const at = { region };
const ROLE = `arn:aws:iam::${account}:role/app`;
const role: Caller = { kind: 'role', arn: ROLE, session: 'run' };
const root = { AWS: `arn:aws:iam::${account}:root` };
const lambda = services.find(({ name }) => name === 'lambda');
let cloud: Cloud;

beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account,
    regions: [region, 'us-east-1'],
    services: [iam, s3, kms, sns, secretsManager, ecr, eventBridge, dynamoDb, ...(lambda ? [lambda] : [])],
    startAt: Date.UTC(2026, 10, 21),
  });
  const trust = policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });
  await cloud.call('iam', 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: trust }, { region: 'us-east-1' });
});

const grant = (...statements: object[]) =>
  cloud.call(
    'iam',
    'PutRolePolicy',
    { RoleName: 'app', PolicyName: 'own', PolicyDocument: policy(...statements) },
    { region: 'us-east-1' },
  );
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const refused = /is not authorized to perform/;

describe('a bucket policy', () => {
  const Bucket = 'shelf';
  const put = (...statements: object[]) =>
    cloud.call('s3', 'PutBucketPolicy', { Bucket, Policy: policy(...statements) }, at);
  const list = (caller: Caller) => cloud.call('s3', 'ListObjectsV2', { Bucket }, { region, caller });
  const arn = `arn:aws:s3:::${Bucket}`;

  beforeEach(async () => {
    const here = { LocationConstraint: region } as const;
    await cloud.call('s3', 'CreateBucket', { Bucket, CreateBucketConfiguration: here }, at);
  });

  it('lets a role in that has no policy of its own, and leaves others out', async () => {
    await expect(list(role)).rejects.toThrow('because no identity-based policy allows the s3:ListBucket action');
    await put({ Effect: 'Allow', Principal: { AWS: ROLE }, Action: 's3:ListBucket', Resource: arn });
    await list(role);
    await expect(list({ ...role, arn: `${ROLE}2` })).rejects.toThrow(refused);
  });

  it('keeps out a role that may everything, and the administrator, who can still take it away', async () => {
    await grant(everything);
    await put({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] });
    await expect(list(role)).rejects.toThrow('with an explicit deny in a resource-based policy');
    await expect(list({ kind: 'account' })).rejects.toThrow('with an explicit deny in a resource-based policy');
    await cloud.call('s3', 'DeleteBucketPolicy', { Bucket }, at);
    await list(role);
  });

  it('lets an AWS service in for the source and the account that it names', async () => {
    const trail = `arn:aws:cloudtrail:${region}:${account}:trail/all`;
    await put({
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${arn}/*`,
      Condition: { StringEquals: { 'aws:SourceArn': trail, 'aws:SourceAccount': account } },
    });
    const write = (caller: Caller) =>
      cloud.call('s3', 'PutObject', { Bucket, Key: 'a', Body: '1' }, { region, caller });
    await write({ kind: 'service', principal: 'cloudtrail.amazonaws.com', sourceArn: trail });
    const stranger: Caller = { kind: 'service', principal: 'cloudtrail.amazonaws.com', sourceArn: `${trail}2` };
    await expect(write(stranger)).rejects.toThrow('because no resource-based policy allows the s3:PutObject action');
  });

  it('that hides the bucket hides what is missing in it', async () => {
    const get = (Key: string) => cloud.call('s3', 'GetObject', { Bucket, Key }, { region, caller: role });
    await grant({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    await expect(get('gone')).rejects.toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('s3:ListBucket'),
    });
    await grant({ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' });
    await expect(get('gone')).rejects.toMatchObject({ code: 'NoSuchKey' });
  });
});

describe('a key policy', () => {
  const Plaintext = new TextEncoder().encode('x');
  const withKey = async (...statements: object[]): Promise<string> => {
    const Policy = statements.length === 0 ? undefined : policy(...statements);
    const { KeyMetadata } = await cloud.call('kms', 'CreateKey', { Policy }, at);
    return KeyMetadata?.Arn ?? '';
  };
  const encrypt = (KeyId: string, caller: Caller = role) =>
    cloud.call('kms', 'Encrypt', { KeyId, Plaintext }, { region, caller });
  const delegation = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };

  it('that delegates, as the default one does, leaves it to IAM', async () => {
    const key = await withKey();
    await expect(encrypt(key)).rejects.toThrow('because no identity-based policy allows the kms:Encrypt action');
    await grant({ Effect: 'Allow', Action: 'kms:Encrypt', Resource: key });
    await encrypt(key);
  });

  it('that does not delegate makes all policies of IAM worthless', async () => {
    const administer = { ...delegation, Action: ['kms:PutKeyPolicy', 'kms:DescribeKey'] };
    const key = await withKey(administer);
    await grant(everything);
    await expect(encrypt(key)).rejects.toThrow('because no resource-based policy allows the kms:Encrypt action');
    await expect(encrypt(key, { kind: 'account' })).rejects.toThrow('because no resource-based policy');
  });

  it('that its author could not change again is refused', async () => {
    await expect(withKey({ ...delegation, Action: 'kms:Encrypt' })).rejects.toThrow(
      'will not allow you to update the key policy',
    );
  });

  it('can ask for the service that passes the call on', async () => {
    const ViaService = { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } };
    const administer = { ...delegation, Action: 'kms:PutKeyPolicy' };
    const key = await withKey(administer, { ...delegation, Principal: { AWS: ROLE }, Condition: ViaService });
    await grant({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' });
    const secret = { Name: 's', SecretString: '1', KmsKeyId: key };
    await cloud.call('secretsmanager', 'CreateSecret', secret, { region, caller: role });
    await expect(encrypt(key)).rejects.toThrow(refused);
  });

  it('of an AWS managed key serves everyone through its service, and nobody else', async () => {
    await grant({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' });
    const input = { Name: 's', SecretString: '1' };
    await cloud.call('secretsmanager', 'CreateSecret', input, { region, caller: role });
    const value = await cloud.call('secretsmanager', 'GetSecretValue', { SecretId: 's' }, { region, caller: role });
    expect(value.SecretString).toBe('1');
    await expect(encrypt('alias/aws/secretsmanager')).rejects.toThrow(refused);
  });
});

describe('a topic policy', () => {
  const service = (principal: string): Caller => ({
    kind: 'service',
    principal,
    sourceArn: `arn:aws:cloudwatch:${region}:${account}:alarm:a`,
  });
  const publish = (TopicArn: string, caller: Caller) =>
    cloud.call('sns', 'Publish', { TopicArn, Message: 'x' }, { region, caller });

  it('is by default the one that lets the alarms of the account publish, and is lost with the first own one', async () => {
    const { TopicArn = '' } = await cloud.call('sns', 'CreateTopic', { Name: 'pages' }, at);
    await publish(TopicArn, service('cloudwatch.amazonaws.com'));
    await expect(publish(TopicArn, service('events.amazonaws.com'))).rejects.toThrow(
      'no resource-based policy allows the sns:Publish action',
    );
    const own = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: TopicArn,
    };
    await cloud.call(
      'sns',
      'SetTopicAttributes',
      { TopicArn, AttributeName: 'Policy', AttributeValue: policy(own) },
      at,
    );
    await publish(TopicArn, service('events.amazonaws.com'));
    await expect(publish(TopicArn, service('cloudwatch.amazonaws.com'))).rejects.toThrow(refused);
  });

  it('that is none is refused', async () => {
    const { TopicArn } = await cloud.call('sns', 'CreateTopic', { Name: 'pages' }, at);
    const attribute = { TopicArn, AttributeName: 'Policy', AttributeValue: policy(everything) };
    await expect(cloud.call('sns', 'SetTopicAttributes', attribute, at)).rejects.toThrow(
      'Missing required field Principal',
    );
  });
});

const toRole = (Action: string, Resource?: string): string =>
  policy({ Effect: 'Allow', Principal: { AWS: ROLE }, Action, ...(Resource && { Resource }) });

describe('a role without policies is let in by the policy of', () => {
  it('a secret', async () => {
    const { ARN } = await cloud.call('secretsmanager', 'CreateSecret', { Name: 's', SecretString: '1' }, at);
    const read = () => cloud.call('secretsmanager', 'GetSecretValue', { SecretId: 's' }, { region, caller: role });
    await expect(read()).rejects.toThrow(refused);
    const ResourcePolicy = toRole('secretsmanager:GetSecretValue', '*');
    await cloud.call('secretsmanager', 'PutResourcePolicy', { SecretId: ARN, ResourcePolicy }, at);
    expect((await read()).SecretString).toBe('1');
    await cloud.call('secretsmanager', 'DeleteResourcePolicy', { SecretId: ARN }, at);
    await expect(read()).rejects.toThrow(refused);
  });

  it('a repository', async () => {
    await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, at);
    const read = () => cloud.call('ecr', 'DescribeImages', { repositoryName: 'orders' }, { region, caller: role });
    await expect(read()).rejects.toThrow(refused);
    const input = { repositoryName: 'orders', policyText: toRole('ecr:DescribeImages') };
    await cloud.call('ecr', 'SetRepositoryPolicy', input, at);
    await read();
  });

  it('a table, for its indexes too', async () => {
    await cloud.call(
      'dynamodb',
      'CreateTable',
      {
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
      at,
    );
    const read = () =>
      cloud.resolve(
        cloud.call('dynamodb', 'GetItem', { TableName: 'things', Key: { pk: { S: 'a' } } }, { region, caller: role }),
      );
    await expect(read()).rejects.toThrow(refused);
    const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/things`;
    await cloud.call(
      'dynamodb',
      'PutResourcePolicy',
      { ResourceArn, Policy: toRole('dynamodb:GetItem', ResourceArn) },
      at,
    );
    await read();
  });

  it('an event bus', async () => {
    const { EventBusArn = '' } = await cloud.call('events', 'CreateEventBus', { Name: 'orders' }, at);
    const Entries = [{ EventBusName: 'orders', Source: 'shop', DetailType: 'Sold', Detail: '{}' }];
    const put = () => cloud.call('events', 'PutEvents', { Entries }, { region, caller: role });
    await expect(put()).rejects.toThrow(refused);
    const input = { EventBusName: 'orders', Policy: toRole('events:PutEvents', EventBusArn) };
    await cloud.call('events', 'PutPermission', input, at);
    await put();
  });

  it('a function', async () => {
    if (lambda === undefined) throw new Error('the simulator has no lambda');
    const arn = functionArn(region, account, 'tell');
    const record = { name: 'tell', arn, permissions: [], revision: 1 } as unknown as FunctionRecord;
    cloud.stateOf<LambdaState>(lambda, region).functions.tell = record;
    const invoke = (caller: Caller) =>
      cloud.call('lambda', 'Invoke', { FunctionName: 'tell', InvocationType: 'DryRun' }, { region, caller });
    await expect(invoke(role)).rejects.toThrow(refused);
    const permission = { FunctionName: 'tell', Action: 'lambda:InvokeFunction' };
    await cloud.call('lambda', 'AddPermission', { ...permission, StatementId: 'role', Principal: ROLE }, at);
    await invoke(role);
    const SourceArn = `arn:aws:sns:${region}:${account}:pages`;
    await cloud.call(
      'lambda',
      'AddPermission',
      { ...permission, StatementId: 'sns', Principal: 'sns.amazonaws.com', SourceArn },
      at,
    );
    await invoke({ kind: 'service', principal: 'sns.amazonaws.com', sourceArn: SourceArn });
    await expect(
      invoke({ kind: 'service', principal: 'sns.amazonaws.com', sourceArn: `${SourceArn}2` }),
    ).rejects.toThrow('no resource-based policy allows the lambda:InvokeFunction action');
  });
});
