/** Right requests of every protocol, signed and written as HTTP, to be spoilt by malformed.ts. */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { administrator } from './endpoint.ts';

export interface Plain {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export const json = (target: string, body: unknown): Plain => ({
  service: { DynamoDB_20120810: 'dynamodb', AmazonSSM: 'ssm' }[target.split('.')[0] ?? ''] ?? 'kms',
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  body: JSON.stringify(body),
});

const form = (service: string, version: string, fields: Record<string, string>): Plain => ({
  service,
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ ...fields, Version: version }).toString(),
});

const key = { pk: { S: 'a' } };
const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>';
const s3Space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** Right requests of every protocol, to be spoilt. */
export const right: readonly Plain[] = [
  json('DynamoDB_20120810.PutItem', {
    TableName: 'table',
    Item: { ...key, n: { N: '1' }, m: { M: { l: { L: [{ NULL: true }] } } } },
  }),
  json('DynamoDB_20120810.GetItem', { TableName: 'table', Key: key, ConsistentRead: true }),
  json('DynamoDB_20120810.UpdateItem', {
    TableName: 'table',
    Key: key,
    UpdateExpression: 'SET #n = #n + :one',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }),
  json('DynamoDB_20120810.Query', {
    TableName: 'table',
    KeyConditionExpression: 'pk = :k',
    ExpressionAttributeValues: { ':k': { S: 'a' } },
    Limit: 3,
  }),
  json('AmazonSSM.GetParameter', { Name: '/x', WithDecryption: true }),
  json('AmazonSSM.GetParameters', { Names: ['/x', '/y'] }),
  form('sts', '2011-06-15', { Action: 'GetCallerIdentity' }),
  form('sts', '2011-06-15', {
    Action: 'AssumeRole',
    RoleArn: 'arn:aws:iam::111111111111:role/r',
    RoleSessionName: 's',
  }),
  form('sns', '2010-03-31', { Action: 'Publish', TopicArn: 'arn:aws:sns:us-east-1:111111111111:t', Message: 'm' }),
  form('iam', '2010-05-08', { Action: 'GetRole', RoleName: 'r' }),
  form('ec2', '2016-11-15', { Action: 'DescribeInstances', 'Filter.1.Name': 'tag:a', 'Filter.1.Value.1': 'b' }),
  { service: 'lambda', method: 'GET', path: '/2015-03-31/functions/f' },
  { service: 'lambda', method: 'POST', path: '/2015-03-31/functions/f/invocations', body: '{"a":1}' },
  {
    service: 'lambda',
    method: 'PUT',
    path: '/2017-10-31/functions/f/concurrency',
    body: '{"ReservedConcurrentExecutions":1}',
  },
  { service: 'route53', method: 'GET', path: '/2013-04-01/hostedzone' },
  {
    service: 'route53',
    method: 'POST',
    path: '/2013-04-01/hostedzone/Z1/rrset/',
    body: `${xmlHead}<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>a.example</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
  },
  { service: 's3', method: 'GET', path: '/' },
  { service: 's3', method: 'PUT', path: '/things/key', body: 'text', headers: { 'content-type': 'text/plain' } },
  { service: 's3', method: 'GET', path: '/things/key' },
  { service: 's3', method: 'GET', path: '/things', query: { 'list-type': '2', prefix: 'k', 'max-keys': '5' } },
  {
    service: 's3',
    method: 'PUT',
    path: '/things',
    query: { publicAccessBlock: '' },
    body: `${xmlHead}<PublicAccessBlockConfiguration ${s3Space}><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>`,
  },
  {
    service: 's3',
    method: 'POST',
    path: '/things/key',
    query: { uploadId: 'u' },
    body: `${xmlHead}<CompleteMultipartUpload ${s3Space}><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>`,
  },
];

/** Signs it and writes it as HTTP. */
export async function signed(plain: Plain, port: number, more: Record<string, string> = {}): Promise<Buffer> {
  const { service, method, path, query = {}, headers = {}, body = '' } = plain;
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: administrator,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const host = `127.0.0.1:${port}`;
  const request = { method, protocol: 'http:', hostname: host, path, query, headers: { host, ...headers }, body };
  const { headers: all } = await signer.sign(request);
  return written({ method, target: targetOf(plain), headers: { ...all, ...more }, body });
}

function targetOf({ path, query = {} }: Plain): string {
  const search = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return search.length > 0 ? `${path}?${search.join('&')}` : path;
}

interface Written {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export function written({ method, target, headers, body = '' }: Written): Buffer {
  const bytes = Buffer.from(body as string);
  const all = { connection: 'close', 'content-length': String(bytes.byteLength), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}
