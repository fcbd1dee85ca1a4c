/** A program with SDK clients of every protocol, for sdk-clients.slow.test.ts. Bundled as Mainstay's functions are. */

import { Readable } from 'node:stream';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const caught = (promise) =>
  promise.catch((error) => ({
    name: error.name,
    message: error.message,
    at: performance.now(),
    attempts: error.$metadata?.attempts,
    status: error.$metadata?.httpStatusCode,
    fault: error.$fault,
  }));

const item = {
  TableName: 't',
  Key: { pk: { S: 'a' } },
  UpdateExpression: 'ADD #c :one',
  ExpressionAttributeNames: { '#c': 'counter' },
  ExpressionAttributeValues: { ':one': { N: '1' } },
  ReturnValues: 'ALL_NEW',
};

const clients = new Map();
const dynamo = (options = {}) => {
  const key = JSON.stringify(options);
  if (!clients.has(key)) clients.set(key, new DynamoDBClient(options));
  return clients.get(key);
};

/** One renewal, and how long it took. */
export const renew = async (options) => {
  const from = performance.now();
  const result = await caught(dynamo(options).send(new UpdateItemCommand(item)));
  return { ...(result.name ? result : result.Attributes), ms: performance.now() - from };
};

export const everyService = async () => [
  (await dynamo().send(new UpdateItemCommand(item))).Attributes,
  (await new SSMClient({}).send(new GetParameterCommand({ Name: '/a/b' }))).Parameter,
  (
    await new SFNClient({}).send(new StartExecutionCommand({ stateMachineArn: 'arn:m', input: '{"a":"ü"}' }))
  ).startDate.getTime(),
  (await new AutoScalingClient({}).send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['g & h'] })))
    .AutoScalingGroups,
  await caught(
    new AutoScalingClient({}).send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'g', DesiredCapacity: 9 })),
  ),
  (
    await new Route53Client({}).send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: 'Z1',
        ChangeBatch: {
          Changes: [
            {
              Action: 'UPSERT',
              ResourceRecordSet: {
                Name: 'a.example.com',
                Type: 'A',
                TTL: 60,
                ResourceRecords: [{ Value: '192.0.2.1' }],
              },
            },
          ],
        },
      }),
    )
  ).ChangeInfo.Status,
];

/** What asking for a parameter fails with. */
export const parameter = async () => caught(new SSMClient({}).send(new GetParameterCommand({ Name: '/a/b' })));

/** More than 10 KB, so that the client compresses it; the shared zlib answers in the same turn. */
export const manyMetrics = async () =>
  new CloudWatchClient({})
    .send(
      new PutMetricDataCommand({
        Namespace: 'n',
        MetricData: Array.from({ length: 300 }, (_, i) => ({ MetricName: `metric-${i}`, Value: i, Unit: 'Count' })),
      }),
    )
    .then(() => true);

export const objects = async () => {
  const s3 = new S3Client({});
  const where = { Bucket: 'orders-prod-latch', Key: 'dir/moved now' };
  await s3.send(new PutObjectCommand({ ...where, Body: 'yes' }));
  const got = await s3.send(new GetObjectCommand(where));
  const text = await got.Body.transformToString();
  const stream = Readable.from([Buffer.from('streamed '), Buffer.from('body')]);
  await s3.send(new PutObjectCommand({ ...where, Body: stream, ContentLength: 13 }));
  const again = await (await s3.send(new GetObjectCommand(where))).Body.transformToString();
  await s3.send(new PutObjectCommand({ ...where, Body: Buffer.alloc(3_000_000, 'x') }));
  const big = (await s3.send(new HeadObjectCommand(where))).ContentLength;
  await s3.send(new DeleteObjectCommand(where));
  return [
    text,
    again,
    big,
    (await caught(s3.send(new GetObjectCommand(where)))).name,
    (await caught(s3.send(new HeadObjectCommand(where)))).name,
  ];
};
