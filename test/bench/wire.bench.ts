/**
 * What the wire and the sandbox cost: one SDK call beside the same client with a canned answer and beside the bare
 * operation; the codec of each protocol by itself; a new container. Targets: at most 0.35 ms a call, 10 ms a container.
 */
import { expect, test } from 'vitest';
import { createSandbox } from '../../simulator/runtime/sandbox.ts';
import { handleAwsRequest } from '../../simulator/wire/server.ts';
import { bundle } from '../simulator/runtime/bundle.ts';
import { fakeService, startProcess, testCloud } from '../simulator/runtime/processes.ts';

const program = (configuration: string) => `
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { HttpResponse } from '@smithy/core/protocols';
const body = new TextEncoder().encode('{"Attributes":{"counter":{"N":"1"}}}');
const canned = { metadata: { handlerProtocol: 'http/1.1' }, updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}), destroy() {},
  handle: async () => ({ response: new HttpResponse({ statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body }) }) };
const client = new DynamoDBClient(${configuration});
const input = { TableName: 't', Key: { pk: { S: 'application#orders-prod' } }, UpdateExpression: 'ADD #c :one SET acked = :acked',
  ConditionExpression: 'phase = :active', ExpressionAttributeNames: { '#c': 'counter' },
  ExpressionAttributeValues: { ':one': { N: '1' }, ':acked': { M: { at: { S: '2026-11-21T08:00:00.000Z' } } }, ':active': { S: 'active' } },
  ReturnValues: 'ALL_NEW' };
export const calls = async (n) => { for (let i = 0; i < n; i++) await client.send(new UpdateItemCommand(input)); };
`;

const UpdateItem = () => ({ Attributes: { counter: { N: '1' } } });
const cloud = testCloud([
  fakeService('dynamodb', { UpdateItem }),
  fakeService('autoscaling', {
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ AutoScalingGroupName: 'g' }] }),
  }),
  fakeService('ec2', { DescribeInstances: () => ({ Reservations: [{ Instances: [{ InstanceId: 'i-1' }] }] }) }),
  fakeService('lambda', { GetFunction: () => ({ Configuration: { FunctionName: 'f' } }) }),
  fakeService('route53', { GetHostedZone: () => ({ HostedZone: { Id: 'Z', Name: 'example.com.' } }) }),
]);
const key = cloud.issueCredentials({ kind: 'account' }).accessKeyId;

/** One request of each protocol, as its client sends it. */
function ask(service: string, method: string, path: string, headers: Record<string, string>, body: string) {
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20261121/us-east-1/${service}/aws4_request, Signature=0`;
  const url = new URL(`https://${service}.us-east-1.amazonaws.com${path}`);
  const request = { from: 'us-east-1', method, url, headers: { ...headers, authorization }, body: Buffer.from(body) };
  return async () => {
    const { status } = await handleAwsRequest(cloud, request);
    if (status !== 200) throw new Error(`${service} answered ${status}`);
  };
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const target = { 'x-amz-target': 'DynamoDB_20120810.UpdateItem', 'content-type': 'application/x-amz-json-1.0' };
const perRun = 50;

test('an SDK call in a sandbox', async ({ bench }) => {
  const real = startProcess(cloud, bundle(program('{}')));
  const alone = startProcess(cloud, bundle(program('{ requestHandler: canned }')));
  const account = { kind: 'account' } as const;
  const request = {
    service: 'dynamodb',
    operation: 'UpdateItem',
    input: {},
    region: 'us-east-1',
    caller: account,
    from: 'us-east-1',
  };
  await real.call('calls', 500);
  await alone.call('calls', 500);
  const results = await bench.compare(
    bench('50 calls over network and wire', () => real.call('calls', perRun)),
    bench('50 calls, the client alone with a canned answer', () => alone.call('calls', perRun)),
    bench('50 bare operations', async () => {
      for (let i = 0; i < perRun; i++) await cloud.request(request);
    }),
  );
  // Most of the cost is the client's own. The best run of each is compared: the others tell what else the machine does.
  const [call, client] = ['50 calls over network and wire', '50 calls, the client alone with a canned answer'] as const;
  expect(results.get(call).latency.min).toBeLessThan(3 * results.get(client).latency.min);
});

test('the codec, both directions', async ({ bench }) => {
  await bench.compare(
    bench('awsJson', ask('dynamodb', 'POST', '/', target, '{"TableName":"t","Key":{"pk":{"S":"a"}}}')),
    bench(
      'awsQuery',
      ask(
        'autoscaling',
        'POST',
        '/',
        form,
        'Action=DescribeAutoScalingGroups&Version=2011-01-01&AutoScalingGroupNames.member.1=g',
      ),
    ),
    bench('ec2Query', ask('ec2', 'POST', '/', form, 'Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1')),
    bench('restJson1', ask('lambda', 'GET', '/2015-03-31/functions/f', {}, '')),
    bench('restXml', ask('route53', 'GET', '/2013-04-01/hostedzone/Z', {}, '')),
  );
});

test('a new container of a bundle with one SDK client', async ({ bench }) => {
  const codeHash = cloud.blobs.put(bundle(program('{}')));
  const options = { region: 'us-east-1', label: 'bench', codeHash, filename: '/var/task/index.cjs', env: {} };
  const result = await bench('createSandbox', () => {
    createSandbox(cloud, options).kill();
  }).run();
  expect(result.latency.min).toBeLessThan(10);
});
