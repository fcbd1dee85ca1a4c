/**
 * Requests that are wrong in every layer: bytes that are no HTTP, heads and bodies that break rules or limits, signatures
 * that do not fit, and rightly signed requests whose contents are mutated. Made from a seed; used by
 * malformed-http.slow.test.ts.
 */
import { gzipSync } from 'node:zlib';
import type { Random } from '../../../simulator/random.ts';
import { administrator } from './endpoint.ts';
import { bodyChanged, bytesChanged, oddValues, wellFormed } from './mutations.ts';
import { json, type Plain, right, signed, written } from './right-requests.ts';

export interface Malformed {
  /** What is wrong with it, for the test's messages. */
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** The sender ends its half of the connection after these bytes: there is less than it announced. */
  readonly cut: boolean;
}

type Maker = (random: Random, port: number) => Promise<Omit<Malformed, 'kind'>> | Omit<Malformed, 'kind'>;

const whole = (bytes: string | Uint8Array) => ({ bytes: Buffer.from(bytes as string), cut: false });
const cut = (bytes: string | Uint8Array) => ({ bytes: Buffer.from(bytes as string), cut: true });

const pickRight = (random: Random): Plain => random.pick(right);
const withBody = right.filter(({ body }) => body !== undefined);

/** Thirty megabytes in thirty kilobytes. */
const bomb = gzipSync(Buffer.alloc(30 << 20));

const makers: Readonly<Record<string, Maker>> = {
  'random bytes': (random) =>
    whole(
      Buffer.concat([
        Buffer.from(Array.from({ length: 1 + random.integer(300) }, () => random.integer(256))),
        Buffer.from('\r\n\r\n'),
      ]),
    ),
  'broken request line': (random, port) => {
    const line = random.pick([
      'GET',
      'GET /',
      'GET / HTTP/9.9',
      '/ GET HTTP/1.1',
      'GET  /  HTTP/1.1',
      'G\0T / HTTP/1.1',
      'get / http/1.1',
      'GET / HTTP/0.9',
      'PRI * HTTP/2.0',
      'BREW / HTTP/1.1',
      'CONNECT 127.0.0.1:22 HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'GET http:// HTTP/1.1',
      'GET //127.0.0.1/x HTTP/1.1',
      'GET /%00 HTTP/1.1',
      'GET /%zz HTTP/1.1',
      'GET \\ HTTP/1.1',
      'GET /a/../../b HTTP/1.1',
      'GET /?%=%ff HTTP/1.1',
      'TRACE / HTTP/1.1',
      'PROPFIND / HTTP/1.1',
      `GET /${'a/'.repeat(9_000)} HTTP/1.1`,
      'GET /\u00fc HTTP/1.1',
    ]);
    return whole(Buffer.from(`${line}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`, 'latin1'));
  },
  'broken header': (random, port) => {
    const header = random.pick([
      'Host: evil.example',
      'Host:',
      ': value',
      'No-Colon',
      ' Folded: x',
      'A\0B: c',
      'A: b\0c',
      'A b: c',
      'Content-Length: -1',
      'Content-Length: 1e3',
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: 99999999999999999999',
      'Transfer-Encoding: gzip',
      'Transfer-Encoding: chunked\r\nContent-Length: 3',
      'Transfer-Encoding: chunked, chunked',
      'Expect: 200-ok',
      'Upgrade: websocket\r\nConnection: Upgrade',
      `X-Long: ${'x'.repeat(40_000)}`,
      'X: y\r\n'.repeat(400).trimEnd(),
      'Origin: https://evil.example',
      'Sec-Fetch-Site: cross-site',
      'Authorization: Bearer x',
      'Authorization: AWS4-HMAC-SHA256 ',
      `Authorization: ${'AWS4-HMAC-SHA256 Credential=/,'.repeat(200)}`,
      'X-Amz-Target: .',
      'X-Amz-Target: DynamoDB_20120810.',
      'X-Amz-Target: __proto__.constructor',
      'X-Amz-Date: now',
      'Content-Type: application/json',
      'Content-Type: application/x-www-form-urlencoded',
      'Host: 127.0.0.1\r\nHost: localhost',
      'Content-Encoding: gzip',
      'Trailer: x',
    ]);
    return whole(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${header}\r\nConnection: close\r\n\r\n`);
  },
  'broken chunks': async (random, port) => {
    const plain = random.pick(withBody);
    const text = (await signed(plain, port))
      .toString('latin1')
      .replace(/content-length: \d+\r\n/, 'transfer-encoding: chunked\r\n');
    const head = text.slice(0, text.indexOf('\r\n\r\n') + 4);
    const body = random.pick([
      'zz\r\nabc\r\n0\r\n\r\n',
      '5\r\nabc\r\n0\r\n\r\n',
      '-1\r\n\r\n',
      'ffffffffffffffffff\r\nabc',
      '3;ext="\r\nabc\r\n0\r\n\r\n',
      '3\nabc\n0\n\n',
      '0\r\nTrailer: x\r\n\r\n',
      '3\r\nabcdef\r\n0\r\n\r\n',
      `1;${'x'.repeat(50_000)}\r\na\r\n0\r\n\r\n`,
    ]);
    return cut(Buffer.from(head + body, 'latin1'));
  },
  'aws-chunked body that is none': async (random, port) => {
    const body = random.pick([
      '',
      '0',
      '5\r\nabc',
      'zz\r\n',
      '5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n',
      'ffffffff\r\nabc\r\n0\r\n\r\n',
      '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n',
      '\r\n\r\n',
      `${'1\r\na\r\n'.repeat(5_000)}0\r\n\r\n`,
      '3\r\nabc\r\n0\r\nx-amz-checksum-__proto__:AAAA\r\n\r\n',
    ]);
    const hash = random.pick([
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'STREAMING-X',
    ]);
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': hash,
      'x-amz-decoded-content-length': random.pick(['3', '5', '-1', 'x', '1e99']),
    };
    return whole(await signed({ service: 's3', method: 'PUT', path: '/things/key', headers, body }, port));
  },
  'less body than announced': async (random, port) => {
    const bytes = await signed(random.pick(withBody), port);
    return cut(bytes.subarray(0, bytes.byteLength - 1 - random.integer(3)));
  },
  'cut head': async (random, port) => {
    const bytes = await signed(pickRight(random), port);
    return cut(bytes.subarray(0, 1 + random.integer(bytes.indexOf('\r\n\r\n'))));
  },
  'changed bytes': async (random, port) => cut(bytesChanged(await signed(pickRight(random), port), random)),
  'changed after signing': async (random, port) => {
    const text = (await signed(pickRight(random), port)).toString('latin1');
    const [from, to] = random.pick([
      [/Signature=\w{4}/, 'Signature=0000'],
      [/Credential=\w+/, 'Credential=AKIANOBODY'],
      [/us-east-1/, 'mars-north-7'],
      [/SignedHeaders=[^,]+/, 'SignedHeaders='],
      [/aws4_request/, 'aws5_request'],
      [/x-amz-date: \d{4}/, 'x-amz-date: 1970'],
      [/x-amz-content-sha256: \w{8}/, 'x-amz-content-sha256: 00000000'],
      [/AWS4-HMAC-SHA256/, 'AWS4-ECDSA-P256-SHA256'],
      [/HTTP\/1.1\r\n/, 'HTTP/1.1\r\nx-amz-security-token: x\r\n'],
    ] as const);
    return whole(Buffer.from(text.replace(from, to), 'latin1'));
  },
  'wrong target': async (random, port) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': random.pick([
        'DynamoDB_20120810.Nothing',
        'AmazonSSM.__proto__',
        'AmazonSSM.toString',
        'TrentService.',
        'Unknown.Thing',
        'AmazonSSM.GetParameter.x',
      ]),
    };
    const service = random.pick(['dynamodb', 'ssm', 'kms', 'nothing', '__proto__']);
    return whole(await signed({ service, method: 'POST', path: '/', headers, body: '{}' }, port));
  },
  'wrong path': async (random, port) => {
    const service = random.pick(['lambda', 'route53', 's3', 'scheduler']);
    const path = random.pick([
      '/x',
      '/2015-03-31',
      '/2015-03-31/functions/',
      '/2015-03-31/functions/%E0%A4/',
      '//',
      '/things//',
      `/${'%41'.repeat(900)}`,
      '/2013-04-01/hostedzone/%2F/rrset',
      '/things/%',
      '/__proto__/x',
      '/constructor',
    ]);
    const query: Record<string, string> = random.pick<Record<string, string>>([
      {},
      { 'x-id': 'Nothing' },
      { uploads: '' },
      { policy: '', acl: '' },
      { 'list-type': '9' },
      { partNumber: 'x', uploadId: '' },
      { 'max-keys': 'many' },
      { versionId: '\0' },
    ]);
    return whole(
      await signed(
        { service, method: random.pick(['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH']), path, query },
        port,
      ),
    );
  },
  'broken presigned URL': (random, port) => {
    const parts = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${administrator.accessKeyId}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request`,
      'X-Amz-Date=20260101T000000Z',
      'X-Amz-Expires=60',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Signature=00',
    ];
    const kept = parts
      .filter(() => random.chance(0.8))
      .map((part) =>
        random.chance(0.2) ? `${part.split('=')[0]}=${encodeURIComponent(wellFormed(random.pick(oddValues)))}` : part,
      );
    return whole(
      written({ method: 'GET', target: `/things/key?${kept.join('&')}`, headers: { host: `127.0.0.1:${port}` } }),
    );
  },
  'compressed nonsense': async (random, port) => {
    const body = random.pick([Buffer.from('no gzip'), bomb, gzipSync('{').subarray(0, 12), gzipSync('{}')]);
    const plain = json('AmazonSSM.GetParameter', {});
    return whole(await signed({ ...plain, headers: { ...plain.headers, 'content-encoding': 'gzip' }, body }, port));
  },
  'oversized body': async (random, port) => {
    const host = `127.0.0.1:${port}`;
    if (random.chance(0.7)) {
      const bytes = await signed(random.pick(withBody), port);
      return cut(
        bytes
          .toString('latin1')
          .replace(
            /content-length: \d+/,
            `content-length: ${random.pick(['1048577', '2097153', '99999999999', '9007199254740991'])}`,
          ),
      );
    }
    if (random.chance(0.5))
      return whole(written({ method: 'PUT', target: '/things/key', headers: { host }, body: Buffer.alloc(3 << 20) }));
    return whole(
      await signed(
        {
          service: random.pick(['ssm', 's3', 'lambda']),
          method: 'PUT',
          path: '/things/key',
          body: Buffer.alloc(2_200_000),
        },
        port,
      ),
    );
  },
  'mutated body, rightly signed': async (random, port) => {
    const plain = random.pick(withBody);
    return whole(await signed({ ...plain, body: bodyChanged(String(plain.body), random) }, port));
  },
  'mutated query, rightly signed': async (random, port) => {
    const plain = random.pick(
      right.filter(({ service }) => service === 's3' || service === 'route53' || service === 'lambda'),
    );
    const query = {
      ...plain.query,
      [random.pick(['max-keys', 'versionId', 'partNumber', 'x-id', 'delimiter', 'maxitems', 'Qualifier'])]: wellFormed(
        random.pick(oddValues),
      ),
    };
    return whole(await signed({ ...plain, query }, port));
  },
  'mutated headers, rightly signed': async (random, port) => {
    const plain = pickRight(random);
    const name = random.pick([
      'content-type',
      'x-amz-target',
      'range',
      'if-match',
      'if-none-match',
      'content-md5',
      'x-amz-checksum-crc32',
      'x-amz-copy-source',
      'x-amz-meta-a',
      'x-amz-invocation-type',
      'x-amz-client-context',
      'content-encoding',
      'user-agent',
    ]);
    const value =
      wellFormed(random.pick(oddValues))
        .replace(/[^\x20-\x7e]/g, '?')
        .trim() || 'x';
    return whole(await signed({ ...plain, headers: { ...plain.headers, [name]: value } }, port));
  },
};

/** How often each kind comes: the deeper a mistake lies, the more there is to find. */
const weights: Readonly<Record<string, number>> = {
  'mutated body, rightly signed': 8,
  'mutated query, rightly signed': 2,
  'mutated headers, rightly signed': 2,
  'changed bytes': 3,
  'oversized body': 0.3,
  'compressed nonsense': 0.3,
};

const kinds = Object.keys(makers);
const total = kinds.reduce((sum, kind) => sum + (weights[kind] ?? 1), 0);

export async function malformed(random: Random, port: number): Promise<Malformed> {
  let left = random.uniform(0, total);
  const kind = kinds.find((each) => {
    left -= weights[each] ?? 1;
    return left < 0;
  });
  const [name = ''] = [kind ?? kinds[0]];
  return { kind: name, ...(await (makers[name] as Maker)(random, port)) };
}

export const malformedKinds: readonly string[] = kinds;
