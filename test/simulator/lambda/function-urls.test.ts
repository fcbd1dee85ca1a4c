/** Functions reached over the network by their own host name. */
import { expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { networkOf } from '../../../simulator/runtime/network.ts';
import { createFunction, lambdaCloud, region } from './functions.ts';

const at = { region };

const ECHO = `exports.handler = async (event) => ({
  statusCode: 201,
  headers: { 'X-Made': 'yes' },
  body: JSON.stringify(event),
});`;

const admits = (cloud: Cloud, action: string, more: object) =>
  cloud.call(
    'lambda',
    'AddPermission',
    { FunctionName: 'f', StatementId: action.slice(7), Action: action, Principal: '*', ...more },
    at,
  );

async function withUrl(source = ECHO, AuthType: 'NONE' | 'AWS_IAM' = 'NONE'): Promise<{ cloud: Cloud; url: string }> {
  const cloud = await lambdaCloud();
  await createFunction(cloud, source);
  const { FunctionUrl = '' } = await cloud.call(
    'lambda',
    'CreateFunctionUrlConfig',
    { FunctionName: 'f', AuthType },
    at,
  );
  return { cloud, url: FunctionUrl };
}

async function open(cloud: Cloud): Promise<void> {
  await admits(cloud, 'lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' });
  await admits(cloud, 'lambda:InvokeFunction', { InvokedViaFunctionUrl: true });
}

async function request(
  cloud: Cloud,
  url: string,
  body = '',
): Promise<{ status: number; headers: object; body: string }> {
  const sent = networkOf(cloud).send({
    from: 'us-east-2',
    method: body ? 'POST' : 'GET',
    url: new URL(url),
    headers: { 'x-signature': 'v1=ab' },
    body: new TextEncoder().encode(body),
  });
  const answer = await cloud.resolve(sent);
  return { ...answer, body: new TextDecoder().decode(answer.body) };
}

test('the function gets the request as it was, and its answer is the answer', async () => {
  const { cloud, url } = await withUrl();
  await open(cloud);
  const { status, headers, body } = await request(cloud, `${url}webhook/one?a=1&a=2&b=%20`, '{"n": 1}');
  expect([status, headers]).toEqual([201, { 'content-type': 'application/json', 'x-made': 'yes' }]);
  expect(JSON.parse(body)).toMatchObject({
    version: '2.0',
    rawPath: '/webhook/one',
    rawQueryString: 'a=1&a=2&b=%20',
    queryStringParameters: { a: '1,2', b: ' ' },
    headers: { 'x-signature': 'v1=ab' },
    requestContext: { http: { method: 'POST', path: '/webhook/one' } },
    body: '{"n": 1}',
    isBase64Encoded: false,
  });
});

test.each([
  ['nobody is admitted', async () => {}],
  ['everyone may call the URL but not invoke', (cloud: Cloud) => admits(cloud, 'lambda:InvokeFunctionUrl', {})],
])('it is forbidden when %s', async (_when, admit) => {
  const { cloud, url } = await withUrl();
  await admit(cloud);
  expect(await request(cloud, url)).toMatchObject({ status: 403 });
});

test('an unsigned request is forbidden where IAM decides', async () => {
  const { cloud, url } = await withUrl(ECHO, 'AWS_IAM');
  await open(cloud);
  expect(await request(cloud, url)).toMatchObject({ status: 403 });
});

test('a function that fails is a bad gateway, and says nothing of why', async () => {
  const { cloud, url } = await withUrl('exports.handler = async () => { throw new Error("secret"); };');
  await open(cloud);
  const { status, body } = await request(cloud, url);
  expect([status, body]).toEqual([502, '{"Message":"Internal Server Error"}']);
});

test('a right to invoke through the URL is none to invoke by the API', async () => {
  const { cloud } = await withUrl();
  await open(cloud);
  const caller = { kind: 'service', principal: 'sns.amazonaws.com' } as const;
  const called = cloud.call('lambda', 'Invoke', { FunctionName: 'f' }, { region, caller });
  await expect(called).rejects.toMatchObject({ code: 'AccessDeniedException' });
});
