/** What child processes reach: AWS's endpoints with their own rights, the simulated world, and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { onNotModelled } from '../../../simulator/errors.ts';
import { cutOff } from '../../../simulator/faults.ts';
import { installNetwork, type NetworkRequest } from '../../../simulator/runtime/network.ts';
import { bundle } from '../runtime/bundle.ts';
import { fakeService } from '../runtime/processes.ts';
import { createFunction, lambdaCloud, noted, region, startInvoke } from './functions.ts';
import { goReal } from './processes.ts';

const program = `
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client, PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import net from 'node:net';
import dns from 'node:dns/promises';
import https from 'node:https';

const told = (promise) => promise.catch((error) => ({ name: error.name, code: error.code ?? error.cause?.code, message: error.message }));
const requestHandler = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };
const read = async ({ region, secret }) => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN: sessionToken } = process.env;
  const credentials = { accessKeyId, secretAccessKey: secret ?? AWS_SECRET_ACCESS_KEY, sessionToken };
  const client = new DynamoDBClient({ region, maxAttempts: 1, requestHandler, credentials });
  const from = performance.now();
  const answer = await told(client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })));
  return { ...answer, $metadata: undefined, ms: performance.now() - from };
};
const objects = async () => {
  const s3 = new S3Client({ maxAttempts: 1 });
  await s3.send(new PutObjectCommand({ Bucket: 'latch', Key: 'a b', Body: 'ü'.repeat(100_000) }));
  return (await (await s3.send(new GetObjectCommand({ Bucket: 'latch', Key: 'a b' }))).Body.transformToString()).length;
};
const ask = async ({ url, body }) => {
  const answer = await fetch(url, { method: body ? 'POST' : 'GET', body });
  return { status: answer.status, header: answer.headers.get('x-region'), text: await answer.text() };
};
const viaHttps = ({ url }) => new Promise((resolve, reject) => {
  https.get(url, (answer) => { answer.on('data', (data) => resolve(String(data))); }).on('error', reject);
});
const tcp = ({ host, port }) => new Promise((resolve, reject) => {
  net.connect(port, host, () => resolve('connected')).on('error', reject);
});
const acts = { read, objects, ask, viaHttps, tcp, lookup: ({ host }) => dns.lookup(host) };
export const handler = async ({ act, ...event }) => told((async () => acts[act](event))());
`;

let source: string;
beforeAll(() => {
  source = bundle(program);
});

/** A function of this program in a cloud with a table, a bucket and one host. */
async function prepared(): Promise<{
  cloud: Cloud;
  ask: (event: object) => Promise<unknown>;
  asked: { url: string; from: string; body: string }[];
}> {
  const table = fakeService('dynamodb', { GetItem: () => ({ Item: { pk: { S: 'a' } } }) });
  const cloud = await lambdaCloud([table]);
  const asked: { url: string; from: string; body: string }[] = [];
  installNetwork(cloud, async (_, { url, from, body }: NetworkRequest) => {
    asked.push({ url: url.href, from, body: new TextDecoder().decode(body) });
    return { status: 201, headers: { 'x-region': 'us-west-2' }, body: new TextEncoder().encode('ready') };
  });
  goReal(cloud, 5);
  await createFunction(cloud, source, { Timeout: 60 });
  return { cloud, asked, ask: async (event) => (await startInvoke(cloud, event)).payload };
}

const permit = (cloud: Cloud, Action: string) =>
  cloud.call(
    'iam',
    'PutRolePolicy',
    {
      RoleName: 'functions',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
      }),
    },
    { region },
  );

describe('a child process', () => {
  it("calls AWS as its function's role, with what IAM allows that role", async () => {
    const { cloud, ask } = await prepared();
    expect(await ask({ act: 'read', region })).toMatchObject({ name: 'AccessDeniedException' });
    await permit(cloud, 'dynamodb:GetItem');
    expect(await ask({ act: 'read', region })).toMatchObject({ Item: { pk: { S: 'a' } } });
    const [denied, allowed] = cloud.trace.entries.filter(({ what }) => what === 'GetItem');
    expect(denied?.detail).toMatchObject({ by: 'functions/f', error: 'AccessDeniedException' });
    expect(allowed?.detail).toMatchObject({ by: 'functions/f' });
  });

  it('is refused when its signature is wrong', async () => {
    const { cloud, ask } = await prepared();
    await permit(cloud, 'dynamodb:GetItem');
    expect(await ask({ act: 'read', region, secret: 'wrong' })).toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('finds no connection to a region that is cut off: its own limit decides', async () => {
    const { cloud, ask } = await prepared();
    await permit(cloud, 'dynamodb:GetItem');
    cutOff(cloud.state.faults, 'us-west-2');
    const answer = (await ask({ act: 'read', region: 'us-west-2' })) as { name: string; message: string; ms: number };
    expect(answer).toMatchObject({ name: 'TimeoutError', message: expect.stringMatching(/establish a connection/) });
    expect(answer.ms).toBeGreaterThanOrEqual(990);
    expect(await ask({ act: 'read', region })).toMatchObject({ Item: { pk: { S: 'a' } } });
  });

  it('asks hosts of the simulated world, by fetch and by node:https, from its own region', async () => {
    const { ask, asked } = await prepared();
    const url = 'https://orders.example.com/orders?a=b';
    expect(await ask({ act: 'ask', url, body: 'ü' })).toEqual({ status: 201, header: 'us-west-2', text: 'ready' });
    expect(await ask({ act: 'viaHttps', url })).toBe('ready');
    expect(asked).toEqual([
      { url, from: region, body: 'ü' },
      { url, from: region, body: '' },
    ]);
  });

  it('reaches nothing of the real network, and the run knows what was tried', async () => {
    const { cloud, ask } = await prepared();
    const gaps: string[] = [];
    const forget = onNotModelled(({ message }) => gaps.push(message));
    expect(await ask({ act: 'tcp', host: '127.0.0.1', port: 1 })).toMatchObject({ code: 'ERR_NOT_MODELLED' });
    expect(await ask({ act: 'lookup', host: 'example.com' })).toMatchObject({ code: 'ERR_NOT_MODELLED' });
    forget();
    expect(gaps).toEqual([
      expect.stringContaining('a connection to 127.0.0.1:1'),
      expect.stringContaining('dns.promises.lookup'),
    ]);
    expect(noted(cloud, 'notModelled')).toHaveLength(2);
  });
});
