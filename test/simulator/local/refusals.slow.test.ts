/** Who is refused at the local endpoint, and in which words of AWS. */
import { createHash, createHmac } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, raw, type Served, sdk, servedCloud } from './endpoint.ts';

let served: Served;
const lines: string[] = [];
beforeAll(async () => {
  served = await servedCloud({ log: (line) => lines.push(line) });
  await sdk('s3', served, { region: 'us-east-1' }).call('CreateBucket', { Bucket: 'things' });
});
afterAll(() => served.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Signing {
  readonly service?: string;
  readonly at?: Date;
  readonly keys?: object;
  /** Changes the request after it was signed. */
  readonly after?: (request: { headers: Record<string, string>; path: string; body?: string }) => void;
}

/** Signs a request as an SDK would, lets `after` spoil it, and sends it. */
async function signed(sent: Sent, { service = 's3', at = new Date(), keys = administrator, after }: Signing = {}) {
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: keys as typeof administrator,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const body = sent.body ?? '';
  const request = {
    method: sent.method ?? 'GET',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: sent.path ?? '/',
    query: sent.query ?? {},
    headers: { host: `127.0.0.1:${served.port}`, ...sent.headers } as Record<string, string>,
    body,
  };
  const prepared = (await signer.sign(request, { signingDate: at })) as typeof request;
  after?.(prepared);
  const query = new URLSearchParams(prepared.query).toString();
  return answer(prepared, `${prepared.path}${query && `?${query}`}`);
}

async function answer(request: { method: string; headers: Record<string, string>; body?: string }, target: string) {
  const { host: _, ...headers } = request.headers;
  const response = await fetch(`${served.url}${target}`, {
    method: request.method,
    headers,
    ...(request.body && { body: request.body }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

interface Spoiled {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Puts other values into a request that is signed already. */
function spoil({ headers = {}, ...others }: Spoiled) {
  return (request: { headers: Record<string, string> }): void => {
    Object.assign(request, others);
    Object.assign(request.headers, headers);
  };
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const whoAmI: Sent = { method: 'POST', headers: form, body: 'Action=GetCallerIdentity&Version=2011-06-15' };
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target });
const listTables: Sent = { method: 'POST', headers: json('DynamoDB_20120810.ListTables'), body: '{}' };

describe('a signature', () => {
  it('is accepted when it is right', async () => {
    expect((await signed(whoAmI, { service: 'sts' })).text).toContain('<Account>111111111111</Account>');
    expect(await signed(listTables, { service: 'dynamodb' })).toMatchObject({ status: 200, text: '{"TableNames":[]}' });
    expect((await signed({})).text).toContain('<Name>things</Name>');
  });

  it('of a wrong secret is refused in the words of each protocol', async () => {
    const keys = { ...administrator, secretAccessKey: 'another' };
    expect(await signed({}, { keys })).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>SignatureDoesNotMatch/),
    });
    expect(await signed(whoAmI, { keys, service: 'sts' })).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<ErrorResponse.*<Code>SignatureDoesNotMatch/s),
    });
    expect(await signed(listTables, { keys, service: 'dynamodb' })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/InvalidSignatureException/),
    });
    const ec2 = sdk('ec2', served, { credentials: keys });
    await expect(ec2.call('DescribeInstances')).rejects.toMatchObject({ name: 'AuthFailure' });
  });

  it('does not hold for another path, header, query or body than it was made for', async () => {
    const spoilt: Spoiled[] = [
      { path: '/things' },
      { headers: { 'x-amz-acl': 'public-read' } },
      { headers: { 'x-amz-date': '20200101T000000Z' } },
    ];
    for (const spoiled of spoilt) {
      expect((await signed({}, { after: spoil(spoiled) })).status, JSON.stringify(spoiled)).toBeGreaterThanOrEqual(400);
    }
    const after = spoil({ body: 'Action=GetCallerIdentity&Version=2011-06-16' });
    expect(await signed(whoAmI, { service: 'sts', after })).toMatchObject({
      text: expect.stringMatching(/SignatureDoesNotMatch/),
    });
  });

  it('of an unknown key is refused as an unknown key', async () => {
    const keys = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
    expect(await signed({}, { keys })).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>InvalidAccessKeyId/),
    });
    expect(await signed(whoAmI, { keys, service: 'sts' })).toMatchObject({
      text: expect.stringMatching(/<Code>InvalidClientTokenId/),
    });
    expect(await signed(listTables, { keys, service: 'dynamodb' })).toMatchObject({
      text: expect.stringMatching(/UnrecognizedClientException/),
    });
  });

  it('that is missing or malformed is refused', async () => {
    const unsigned = { method: 'POST', body: 'Action=GetCallerIdentity', headers: form };
    expect(await answer(unsigned, '/')).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>MissingAuthenticationToken/),
    });
    expect(await answer({ ...listTables, method: 'POST', headers: listTables.headers ?? {} }, '/')).toMatchObject({
      text: expect.stringMatching(/MissingAuthenticationToken/),
    });
    for (const authorization of [
      'Basic abc',
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0',
      `AWS4-HMAC-SHA256 Credential=${administrator.accessKeyId}/20200101/us-east-1/s3/aws4_request, SignedHeaders=host`,
    ]) {
      const refused = await answer({ method: 'GET', headers: { authorization } }, '/');
      expect(refused, authorization).toMatchObject({
        status: 400,
        text: expect.stringMatching(/<Code>AuthorizationHeaderMalformed/),
      });
    }
  });

  it('holds for fifteen minutes by the clock of this machine or of the cloud', async () => {
    const minutes = (count: number, from = Date.now()) => new Date(from + count * 60_000);
    expect((await signed({}, { at: minutes(-14) })).status).toBe(200);
    expect((await signed({}, { at: minutes(14) })).status).toBe(200);
    for (const at of [minutes(-16), minutes(16)]) {
      expect(await signed({}, { at })).toMatchObject({
        status: 403,
        text: expect.stringMatching(/<Code>RequestTimeTooSkewed/),
      });
    }
    const byCloud = await signed({}, { at: minutes(-14, served.cloud.now) });
    expect(byCloud.status).toBe(200);
    // A client that corrects its clock by the answer must stay on the one that it signs by.
    expect(Math.abs(Date.parse(byCloud.headers.get('date') ?? '') - served.cloud.now)).toBeLessThan(5_000);
    const late = await signed(listTables, { service: 'dynamodb', at: minutes(-16) });
    expect(late).toMatchObject({
      status: 400,
      text: expect.stringMatching(/InvalidSignatureException.*Signature expired/s),
    });
  });

  it('covers the body that S3 was told of, and nothing less', async () => {
    const put = (hash: string | undefined, body = 'text'): Sent => ({
      method: 'PUT',
      path: '/things/x',
      headers: hash === undefined ? {} : { 'x-amz-content-sha256': hash },
      body,
    });
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect((await signed(put(sha256('text')))).status).toBe(200);
    expect((await signed(put('UNSIGNED-PAYLOAD'))).status).toBe(200);
    expect(await signed(put(sha256('other')))).toMatchObject({
      status: 400,
      text: expect.stringMatching(/XAmzContentSHA256Mismatch/),
    });
    expect(await signed(put('nonsense'))).toMatchObject({
      status: 400,
      text: expect.stringMatching(/<Code>InvalidArgument/),
    });
    const after = ({ headers }: { headers: Record<string, string> }) => void delete headers['x-amz-content-sha256'];
    expect(await signed(put(sha256('text')), { after })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/<Code>InvalidRequest/),
    });
  });

  it('covers each signed chunk', async () => {
    const at = new Date();
    const sent = (spoil: (text: string) => string) => {
      const headers = {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': '8',
      };
      const after = (request: { headers: Record<string, string>; body?: string }) => {
        request.body = spoil(chunks(request.headers, ['abcd', 'efgh', '']));
      };
      return signed({ method: 'PUT', path: '/things/chunked', headers, body: 'none' }, { at, after });
    };
    expect((await sent((text) => text)).status).toBe(200);
    const object = await sdk('s3', served, { region: 'us-east-1' }).call('GetObject', {
      Bucket: 'things',
      Key: 'chunked',
    });
    expect(await (object.Body as { transformToString(): Promise<string> }).transformToString()).toBe('abcdefgh');
    expect(await sent((text) => text.replace('efgh', 'efgX'))).toMatchObject({
      text: expect.stringMatching(/SignatureDoesNotMatch/),
    });
    expect(await sent((text) => text.slice(0, 120))).toMatchObject({
      status: 400,
      text: expect.stringMatching(/IncompleteBody/),
    });
  });

  it('in a URL holds as long as it says and for that request alone', async () => {
    const presigned = async (seconds: number, at = new Date()) => {
      const signer = new SignatureV4({
        service: 's3',
        region: 'us-east-1',
        credentials: administrator,
        sha256: Sha256,
        uriEscapePath: false,
      });
      const headers = { host: `127.0.0.1:${served.port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const request = { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', path: '/things/x', headers };
      const { query } = await signer.presign(request, { signingDate: at, expiresIn: seconds });
      return `/things/x?${new URLSearchParams(query as Record<string, string>)}`;
    };
    const get = (target: string) => answer({ method: 'GET', headers: {} }, target);
    expect(await get(await presigned(60))).toMatchObject({ status: 200, text: 'text' });
    expect(await get((await presigned(60)).replace('/things/x', '/things/y'))).toMatchObject({
      text: expect.stringMatching(/SignatureDoesNotMatch/),
    });
    expect(await get(await presigned(60, new Date(Date.now() - 61_000)))).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>AccessDenied<\/Code><Message>Request has expired/),
    });
    expect(await get((await presigned(60)).replace('X-Amz-Expires=60', 'X-Amz-Expires=700000'))).toMatchObject({
      status: 400,
      text: expect.stringMatching(/AuthorizationQueryParametersError/),
    });
  });

  it('by issued credentials needs their token, until they expire', async () => {
    const { cloud } = served;
    const issued = cloud.issueCredentials({ kind: 'account' }, { expiresAt: cloud.now + 60_000 });
    expect((await signed(whoAmI, { service: 'sts', keys: issued })).status).toBe(200);
    const { sessionToken: _, ...bare } = issued;
    expect(await signed({}, { keys: bare })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/<Code>InvalidToken/),
    });
    const over = cloud.issueCredentials({ kind: 'account' }, { expiresAt: cloud.now });
    expect(await signed({}, { keys: over })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/<Code>ExpiredToken/),
    });
    expect(JSON.stringify(cloud.trace.entries)).not.toContain(issued.secretAccessKey);
  });
});

/** The chunks of a body, each signed over the one before. */
function chunks(headers: Record<string, string>, texts: readonly string[]): string {
  const [, scope = '', seed = ''] =
    /Credential=[^/]+\/([^,]+),.*Signature=(\w+)/.exec(headers.authorization ?? '') ?? [];
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${administrator.secretAccessKey}`);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  let previous = seed;
  return texts
    .map((text) => {
      const parts = ['AWS4-HMAC-SHA256-PAYLOAD', headers['x-amz-date'], scope, previous, hash(''), hash(text)];
      previous = hmac(key, parts.join('\n')).toString('hex');
      return `${text.length.toString(16)};chunk-signature=${previous}\r\n${text}\r\n`;
    })
    .join('');
}

describe('a checksum', () => {
  it('that does not match the object is refused', async () => {
    const put = (headers: Record<string, string>) => {
      const all = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers };
      return signed({ method: 'PUT', path: '/things/sum', headers: all, body: 'text' });
    };
    expect((await put({ 'content-md5': createHash('md5').update('text').digest('base64') })).status).toBe(200);
    expect(await put({ 'content-md5': createHash('md5').update('x').digest('base64') })).toMatchObject({
      text: expect.stringMatching(/BadDigest/),
    });
    expect(await put({ 'content-md5': 'short' })).toMatchObject({ text: expect.stringMatching(/InvalidDigest/) });
    for (const name of ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256']) {
      expect(await put({ [`x-amz-checksum-${name}`]: 'AAAA' }), name).toMatchObject({
        status: 400,
        text: expect.stringMatching(/BadDigest/),
      });
    }
    expect(await put({ 'x-amz-checksum-constructor': 'AAAA' })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/InvalidRequest/),
    });
  });
});

describe('without a signature', () => {
  it('public objects can be read, others cannot, and nothing can be written', async () => {
    const s3 = sdk('s3', served, { region: 'us-east-1' });
    await s3.call('PutObject', { Bucket: 'things', Key: 'open/a', Body: 'public' });
    await s3.call('PutObject', { Bucket: 'things', Key: 'closed', Body: 'private' });
    await s3.call('PutPublicAccessBlock', { Bucket: 'things', PublicAccessBlockConfiguration: {} });
    const Statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::things/open/*',
      Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
    };
    await s3.call('PutBucketPolicy', {
      Bucket: 'things',
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    const get = (target: string, method = 'GET') => answer({ method, headers: {} }, target);
    expect(await get('/things/open/a')).toMatchObject({ status: 200, text: 'public' });
    expect(await get('/things/open/a', 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect(await get('/things/closed')).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>AccessDenied/),
    });
    expect(await get('/things/open/b')).toMatchObject({ status: 403 });
    expect(await get('/things')).toMatchObject({ status: 403 });
    expect(await get('/nothing/x')).toMatchObject({ status: 404, text: expect.stringMatching(/<Code>NoSuchBucket/) });
    expect(await get('/things/open/a', 'PUT')).toMatchObject({
      status: 403,
      text: expect.stringMatching(/<Code>AccessDenied/),
    });
    const virtual = await raw(
      served.port,
      'GET /open/a HTTP/1.1\r\nHost: things.localhost\r\nConnection: close\r\n\r\n',
    );
    expect(virtual).toMatch(/^HTTP\/1.1 200 .*public$/s);
  });

  it('a custom resource may answer only by its own URL', async () => {
    const target = '/cloudformation-custom-resource-response-us-east-1/key%7C1?X-Amz-Signature=0';
    expect(await answer({ method: 'PUT', headers: {}, body: '{}' }, target)).toMatchObject({ status: 403 });
  });
});

describe('a request from elsewhere', () => {
  const get = (lines: string) => raw(served.port, `GET / HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);

  it('that names another Host is refused', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '0.0.0.0',
    ]) {
      expect(await get(`Host: ${host}\r\n`), host).toMatch(/^HTTP\/1.1 403 .*<Code>AccessDenied/s);
    }
    expect(await get('')).toMatch(/^HTTP\/1.1 403 /);
    expect(await get('Host: localhost\r\nHost: evil.example\r\n')).toMatch(/^HTTP\/1.1 403 /);
    for (const host of ['127.0.0.1', `localhost:${served.port}`, '[::1]:4566']) {
      expect(await get(`Host: ${host}\r\n`), host).toContain('<Message>Access Denied</Message>');
    }
  });

  it('that comes from another Origin is refused, even with a right signature', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `http://127.0.0.1.x:${served.port}`]) {
      const refused = await signed(whoAmI, { service: 'sts', after: spoil({ headers: { origin } }) });
      expect(refused, origin).toMatchObject({ status: 403, text: expect.stringMatching(/may not call this endpoint/) });
    }
    expect(await get(`Host: localhost\r\nSec-Fetch-Site: cross-site\r\n`)).toContain('may not call this endpoint');
    const own = await signed(whoAmI, { service: 'sts', after: spoil({ headers: { origin: served.url } }) });
    expect(own.status).toBe(200);
  });
});

describe('what the simulator lacks', () => {
  it('is answered as NotImplemented, by service and operation, and logged once', async () => {
    lines.length = 0;
    for (let i = 0; i < 2; i++) {
      await expect(sdk('s3', served).call('GetBucketAcl', { Bucket: 'things' })).rejects.toMatchObject({
        name: 'NotImplemented',
        message: expect.stringContaining('s3:GetBucketAcl'),
        $metadata: { httpStatusCode: 501 },
      });
    }
    await expect(sdk('dynamodb', served).call('ListBackups')).rejects.toMatchObject({ name: 'NotImplemented' });
    expect(lines.filter((line) => line.includes('GetBucketAcl'))).toHaveLength(1);
  });

  it('inside it is answered without a stack and logged with one', async () => {
    const { operations } = served.cloud.services.get('ssm') as { operations: Record<string, unknown> };
    const kept = operations.GetParameter;
    operations.GetParameter = () => {
      throw new TypeError('a defect for this test');
    };
    try {
      const refused = await sdk('ssm', served)
        .call('GetParameter', { Name: '/x' })
        .catch((error: Error) => error);
      expect(refused).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
      expect(String((refused as Error).message)).not.toMatch(/defect|at /);
      expect(lines.some((line) => line.includes('a defect for this test'))).toBe(true);
    } finally {
      operations.GetParameter = kept;
    }
  });
});
