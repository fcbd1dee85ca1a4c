/** The real clients of DynamoDB and S3 against the services here: results and errors arrive in their own shapes. */
import { DynamoDBClient, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';
import { handleAwsRequest } from '../../../simulator/wire/server.ts';

const region = 'us-west-2';
const newCloud = () =>
  Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region, 'us-east-1'],
    services: [dynamoDb, s3],
    startAt: Date.UTC(2026, 0, 1),
  });

interface SentRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** A client's own HTTP layer, short-circuited into the cloud. */
function configFor(cloud: Cloud) {
  const handle = async (request: SentRequest) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) query.set(name, String(value ?? ''));
    const url = new URL(`https://${request.hostname}${request.path}?${query}`);
    const body =
      typeof request.body === 'string' ? new TextEncoder().encode(request.body) : (request.body ?? new Uint8Array());
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const {
      status,
      headers: answered,
      body: bytes,
    } = await handleAwsRequest(cloud, {
      from: region,
      method: request.method,
      url,
      headers,
      body,
    });
    return {
      response: { statusCode: status, headers: answered, body: new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() },
    };
  };
  return {
    region,
    credentials: cloud.issueCredentials({ kind: 'account' }),
    requestHandler: { handle } as never,
    maxAttempts: 1,
  };
}

test('the DynamoDB client sees conditions fail with the item, and transactions with their reasons', async () => {
  const cloud = newCloud();
  await cloud.call(
    'dynamodb',
    'CreateTable',
    {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
    { region },
  );
  const client = new DynamoDBClient(configFor(cloud));
  const command = new UpdateItemCommand({
    TableName: 'things',
    Key: { pk: { S: 'x' } },
    UpdateExpression: 'SET v = :v, b = :b',
    ConditionExpression: 'attribute_not_exists(pk)',
    ExpressionAttributeValues: { ':v': { N: '1' }, ':b': { B: new Uint8Array([7, 8]) } },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const item = { pk: { S: 'x' }, v: { N: '1' }, b: { B: new Uint8Array([7, 8]) } };
  expect((await client.send(command)).Attributes).toEqual(item);
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: item });
  const Put = { TableName: 'things', Item: { pk: { S: 'x' } }, ConditionExpression: 'attribute_not_exists(pk)' };
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'ConditionalCheckFailed' }],
  });
});

test('the S3 client puts, reads and misses objects', async () => {
  const cloud = newCloud();
  const Bucket = 'things';
  const CreateBucketConfiguration = { LocationConstraint: region } as const;
  await cloud.call('s3', 'CreateBucket', { Bucket, CreateBucketConfiguration }, { region });
  const client = new S3Client(configFor(cloud));
  await client.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'hello', IfNoneMatch: '*' }));
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b' }));
  expect(await Body?.transformToString()).toBe('hello');
  const again = new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'other', IfNoneMatch: '*' });
  await expect(client.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});
