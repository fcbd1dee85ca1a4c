/** Limits of the local endpoint: sizes, counts and slow senders. */
import { createConnection } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw, type Served, sdk, servedCloud } from './endpoint.ts';

const limits = {
  headerBytesMax: 6_000,
  headersMax: 40,
  targetBytesMax: 1_000,
  objectBytesMax: 2_000,
  bodyBytesMax: 1_000,
  allBodiesBytesMax: 2_500,
  requestsMax: 3,
  headersMsMax: 150,
  bodySilenceMsMax: 300,
  lostMsMax: 100,
};

let served: Served;
beforeAll(async () => {
  served = await servedCloud({ limits });
  await sdk('s3', served, { region: 'us-east-1' }).call('CreateBucket', { Bucket: 'things' });
});
afterAll(() => served.stop());

const s3 = () => sdk('s3', served, { region: 'us-east-1' });
const put = (bytes: number) => s3().call('PutObject', { Bucket: 'things', Key: 'x', Body: 'x'.repeat(bytes) });
const head = 'GET / HTTP/1.1\r\nHost: localhost\r\n';

describe('the local endpoint', () => {
  it('takes bodies up to the limit of their service and no byte more', async () => {
    await put(1_900);
    await expect(put(2_001)).rejects.toMatchObject({ name: 'EntityTooLarge', $metadata: { httpStatusCode: 400 } });
    const ssm = sdk('ssm', served);
    const parameter = (length: number) =>
      ssm.call('PutParameter', { Name: '/x', Type: 'String', Value: 'x'.repeat(length) });
    await parameter(900);
    await expect(parameter(1_000)).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });

  it('refuses heads that are too long, in whatever way', async () => {
    const long = 'x'.repeat(7_000);
    expect(await raw(served.port, `${head}X-Long: ${long}\r\n\r\n`)).toMatch(
      /400 .*<Code>RequestHeaderSectionTooLarge/s,
    );
    expect(await raw(served.port, `${head}${'X-Many: 1\r\n'.repeat(50)}Connection: close\r\n\r\n`)).toContain(
      'more than 40',
    );
    const target = `GET /${'x'.repeat(1_000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect(await raw(served.port, target)).toContain('longer than 1000 bytes');
  });

  it('refuses what is no HTTP, a path that means another, and expectations that it cannot meet', async () => {
    expect(await raw(served.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*<Code>BadRequest/s);
    expect(await raw(served.port, `${head}Content-Length: x\r\n\r\n`)).toContain('<Code>BadRequest');
    for (const path of ['/../x', '/a/./b', '/%2e%2E/x', 'http://127.0.0.1/x', '/%zz']) {
      const text = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect(await raw(served.port, text), path).toContain('<Code>InvalidURI');
    }
    expect(await raw(served.port, `${head}Expect: miracles\r\nConnection: close\r\n\r\n`)).toContain(
      '<Code>BadRequest',
    );
  });

  it('asks for a body only when it will take it', async () => {
    const unsigned = 'PUT /things/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
    const answer = await raw(served.port, unsigned);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).not.toContain('100 Continue');
  });

  it('ends connections whose head or body stops coming', async () => {
    const started = performance.now();
    expect(await raw(served.port, 'GET / HTTP/1.1\r\nHost: lo')).toContain('<Code>RequestTimeout');
    const url = '/cloudformation-custom-resource-response-us-east-1/x';
    const body = `PUT ${url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{`;
    expect(await raw(served.port, body)).toContain('<Code>RequestTimeout');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    ['too many requests', 3, 600],
    ['too many bytes', 2, 999],
  ])('turns away %s at once, and recovers', async (_, count, bytes) => {
    const target = '/cloudformation-custom-resource-response-us-east-1/x';
    const sockets = Array.from({ length: count }, () => createConnection({ port: served.port, host: '127.0.0.1' }));
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.write(`PUT ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(bytes)}`);
    }
    await wait(50);
    await expect(put(900)).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    for (const socket of sockets) socket.destroy();
    await wait(50);
    await put(900);
  });

  it('leaves a client without an answer when its region cannot be reached, and lets go at last', async () => {
    served.cloud.goDark('us-west-2');
    const refused = await sdk('ssm', served, { region: 'us-west-2' })
      .call('GetParameter', { Name: '/x' })
      .catch((error: NodeJS.ErrnoException) => error);
    expect(refused).toMatchObject({ code: 'ECONNRESET' });
    served.cloud.comeBack('us-west-2');
  });
});
