/** What IAM costs on the path of every call: a lease renewal, and a read of a bucket with a policy. Target: at most 5 µs. */
import { expect, test } from 'vitest';
import { Cloud } from '../../simulator/cloud.ts';
import { authorize } from '../../simulator/iam/authorize.ts';
import { iam } from '../../simulator/iam/service.ts';
import type { AnyService, Caller } from '../../simulator/service.ts';
import { dynamoDb } from '../../simulator/services/dynamodb/index.ts';
import { s3 } from '../../simulator/services/s3/index.ts';

const MS_MAX = 0.005;
const account = '111111111111';
const region = 'us-west-2';
const at = { region };
const caller: Caller = { kind: 'role', arn: `arn:aws:iam::${account}:role/app`, session: 'i-1' };
const document = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

const lease = {
  Sid: 'WriteLease',
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  Resource: ['us-west-2', 'us-east-2', 'us-east-1'].map((name) => `arn:aws:dynamodb:${name}:${account}:table/lease`),
  Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } },
};
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shelf/*' };
const secure = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::shelf', 'arn:aws:s3:::shelf/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

async function prepared(): Promise<Cloud> {
  const services = [iam, dynamoDb, s3];
  const cloud = Cloud.create({ seed: 1, account, regions: [region, 'us-east-1'], services, startAt: 0 });
  const trust = document({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });
  await cloud.call('iam', 'CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: trust }, at);
  const rights = { RoleName: 'app', PolicyName: 'own', PolicyDocument: document(lease, read) };
  await cloud.call('iam', 'PutRolePolicy', rights, at);
  await cloud.call(
    'dynamodb',
    'CreateTable',
    {
      TableName: 'lease',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    },
    at,
  );
  const Bucket = 'shelf';
  await cloud.call('s3', 'CreateBucket', { Bucket, CreateBucketConfiguration: { LocationConstraint: region } }, at);
  await cloud.call('s3', 'PutBucketPolicy', { Bucket, Policy: document(secure) }, at);
  return cloud;
}

test('authorizing a call', async ({ bench }) => {
  const cloud = await prepared();
  const asked = (service: AnyService, operation: string, input: object) => {
    const request = { service: service.name, operation, input, region, caller, from: region };
    const context = cloud.context(service, region, caller);
    return () => authorize(cloud, service, request, context);
  };
  const renewal = { TableName: 'lease', Key: { pk: { S: 'a' } } };
  const results = await bench.compare(
    bench('dynamodb:UpdateItem with a condition', asked(dynamoDb, 'UpdateItem', renewal)),
    bench('s3:GetObject with a bucket policy', asked(s3, 'GetObject', { Bucket: 'shelf', Key: 'book' })),
  );
  for (const name of ['dynamodb:UpdateItem with a condition', 's3:GetObject with a bucket policy'] as const) {
    expect(results.get(name).latency.p50).toBeLessThan(MS_MAX);
  }
});
