/** Requests as they arrive on the wire: credentials, routing, and inputs that cannot be read. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { decodeChunks, s3Path } from '../../../simulator/wire/s3.ts';
import { handleAwsRequest } from '../../../simulator/wire/server.ts';
import { type Recorder, recordingServices } from './sdk.ts';

const recorder: Recorder = { seen: undefined, answer: () => ({}) };
const services = recordingServices(recorder);
const startAt = Date.UTC(2026, 10, 21);
const cloud = Cloud.create({ seed: 1, account: '111111111111', regions: ['us-east-1'], services, startAt });
const known = cloud.issueCredentials({ kind: 'account' }).accessKeyId;

interface Options {
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly method?: string;
  readonly region?: string;
}

async function ask(
  service: string,
  url: string,
  { key = known, headers = {}, body = '', method = 'POST', region = 'us-east-1' }: Options,
) {
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20261121/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const signed = key === '' ? headers : { ...headers, authorization };
  const answer = await handleAwsRequest(cloud, {
    ...{ from: 'us-east-1', method, url: new URL(url), headers: signed, body: Buffer.from(body as string) },
  });
  return { status: answer.status, headers: answer.headers, text: new TextDecoder().decode(answer.body) };
}

const json = (target: string) => ({ 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' });
const form = (agent = '') => ({ 'content-type': 'application/x-www-form-urlencoded', 'user-agent': agent });

describe('a request without valid credentials', () => {
  it.each([
    ['dynamodb', json('DynamoDB_20120810.ListTables'), '{}', 400, 'UnrecognizedClientException'],
    ['autoscaling', form(), 'Action=DescribeAutoScalingGroups&Version=2011-01-01', 403, 'InvalidClientTokenId'],
    ['ec2', form(), 'Action=DescribeInstances&Version=2016-11-15', 401, 'AuthFailure'],
    ['s3', {}, '', 403, 'InvalidAccessKeyId'],
  ])('is refused by %s in its own words', async (service, headers, body, status, code) => {
    const url = `https://${service}.us-east-1.amazonaws.com/`;
    const answer = await ask(service, url, {
      headers,
      body,
      key: 'AKIANOBODY',
      method: service === 's3' ? 'GET' : 'POST',
    });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(code);
  });

  it('is refused when it is not signed at all', async () => {
    const answer = await ask('s3', 'https://b.s3.us-east-1.amazonaws.com/key', { key: '', method: 'GET' });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('AccessDenied') });
    const other = await ask('x', 'https://dynamodb.us-east-1.amazonaws.com/', {
      key: '',
      headers: json('DynamoDB_20120810.ListTables'),
    });
    expect(other).toMatchObject({ status: 403, text: expect.stringContaining('MissingAuthenticationToken') });
  });
});

describe('routing', () => {
  it('gives DocumentDB and RDS to one control plane', async () => {
    const body =
      'Action=FailoverGlobalCluster&Version=2014-10-31&GlobalClusterIdentifier=g&TargetDbClusterIdentifier=c';
    for (const agent of ['aws-sdk-js/3 api/docdb#3.1', 'aws-sdk-js/3 api/rds#3.1', 'aws-cli/2']) {
      recorder.seen = undefined;
      expect(await ask('rds', 'https://rds.us-east-1.amazonaws.com/', { headers: form(agent), body })).toMatchObject({
        status: 200,
      });
      const input = { GlobalClusterIdentifier: 'g', TargetDbClusterIdentifier: 'c' };
      expect(recorder.seen).toEqual({ operation: 'FailoverGlobalCluster', input });
    }
  });

  it('takes the region from the credential scope', async () => {
    const before = cloud.trace.entries.length;
    await ask('ssm', 'https://ssm.us-west-2.amazonaws.com/', {
      headers: json('AmazonSSM.GetParameter'),
      body: '{"Name":"/a"}',
      region: 'us-west-2',
    });
    expect(cloud.trace.entries[before]).toMatchObject({ region: 'us-west-2', source: 'ssm', what: 'GetParameter' });
  });

  it('refuses a service and an operation that it does not know', async () => {
    const service = await ask('kinesis', 'https://kinesis.us-east-1.amazonaws.com/', {
      headers: json('Kinesis_20131202.PutRecord'),
      body: '{}',
    });
    expect(service).toMatchObject({ status: 501, text: expect.stringContaining('Kinesis') });
    const operation = await ask('ssm', 'https://ssm.us-east-1.amazonaws.com/', { headers: json('AmazonSSM.Invent') });
    expect(operation).toMatchObject({ status: 400, text: expect.stringContaining('UnknownOperationException') });
  });

  it.each([
    ['https://a.b.s3.us-west-2.amazonaws.com/dir/key', { bucket: 'a.b', path: '/dir/key' }],
    ['https://a.s3.amazonaws.com/key', { bucket: 'a', path: '/key' }],
    ['https://a.s3-us-west-2.amazonaws.com/key', { bucket: 'a', path: '/key' }],
    ['https://s3.us-west-2.amazonaws.com/a/dir/key', { bucket: 'a', path: '/dir/key' }],
    ['https://s3.us-west-2.amazonaws.com/a', { bucket: 'a', path: '/' }],
    ['https://s3.us-west-2.amazonaws.com/', { bucket: undefined, path: '/' }],
  ])('finds the bucket of %s', (url, expected) => {
    expect(s3Path(new URL(url))).toEqual(expected);
  });

  it('accepts a presigned URL', async () => {
    const credential = encodeURIComponent(`${known}/20261121/us-east-1/s3/aws4_request`);
    const url = `https://b.s3.us-east-1.amazonaws.com/k?x-id=GetObject&X-Amz-Credential=${credential}`;
    recorder.seen = undefined;
    expect(await ask('s3', url, { key: '', method: 'GET' })).toMatchObject({ status: 200 });
    expect(recorder.seen).toMatchObject({ operation: 'GetObject', input: { Bucket: 'b', Key: 'k' } });
  });
});

describe('an input', () => {
  it.each([
    ['dynamodb', json('DynamoDB_20120810.PutItem'), '{"TableName":"t"}', 'ValidationException', 'Item'],
    [
      'ssm',
      json('AmazonSSM.PutParameter'),
      '{"Name":"n","Value":"v","Tags":[{"Key":"k"}]}',
      'ValidationException',
      'Tags.0.Value',
    ],
    ['autoscaling', form(), 'Action=SetDesiredCapacity&Version=2011-01-01', 'MissingParameter', 'AutoScalingGroupName'],
  ])('without a required member is refused by %s naming it', async (service, headers, body, code, member) => {
    recorder.seen = undefined;
    const answer = await ask(service, `https://${service}.us-east-1.amazonaws.com/`, { headers, body });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(code);
    expect(answer.text).toContain(member);
    expect(recorder.seen).toBeUndefined();
  });

  it('that cannot be read is refused', async () => {
    const answer = await ask('ssm', 'https://ssm.us-east-1.amazonaws.com/', {
      headers: json('AmazonSSM.GetParameter'),
      body: '{"Name',
    });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('SerializationException') });
  });

  it.each([
    ['GET', '/', 'ListBuckets'],
    ['GET', '/bucket', 'ListObjects'],
    ['GET', '/bucket/key', 'GetObject'],
    ['PUT', '/bucket/key', 'PutObject'],
    ['PUT', '/bucket/key?partNumber=1&uploadId=u', 'UploadPart'],
    ['DELETE', '/bucket/key', 'DeleteObject'],
    ['DELETE', '/bucket/key?uploadId=u', 'AbortMultipartUpload'],
    ['GET', '/bucket/key?uploadId=u', 'ListParts'],
    ['PUT', '/bucket/key?x-id=CopyObject', 'CopyObject'],
  ])('of a client that names no operation is told by what it gives: %s %s', async (method, target, operation) => {
    const headers: Record<string, string> = operation === 'CopyObject' ? { 'x-amz-copy-source': '/a/b' } : {};
    await ask('s3', `http://127.0.0.1${target}`, { method, headers });
    expect(recorder.seen?.operation).toBe(operation);
  });

  it('that unpacks to more than any request, or to nothing, is refused', async () => {
    const headers = { ...json('AmazonSSM.GetParameter'), 'content-encoding': 'gzip' };
    for (const body of [gzipSync(Buffer.alloc(20 << 20)), Buffer.from('nonsense')]) {
      const answer = await ask('ssm', 'https://ssm.us-east-1.amazonaws.com/', { headers, body });
      expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('MalformedHttpRequestException') });
    }
  });

  it('in signed chunks is put together, and one that ends early is refused', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const whole = decodeChunks(
      bytes('5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAA=\r\n\r\n'),
    );
    expect(new TextDecoder().decode(whole)).toBe('hello world');
    expect(() => decodeChunks(bytes('5\r\nhe'))).toThrow('ends early');
  });
});
