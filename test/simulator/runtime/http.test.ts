/** HTTP from inside a sandbox, by fetch and by node:http, with the time limits of the real ones. */
import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../simulator/errors.ts';
import { awsRegionOf, installNetwork, type NetworkRequest } from '../../../simulator/runtime/network.ts';
import { startProcess, testCloud } from './processes.ts';

const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** A world whose one host echoes what it was asked, after 20 ms. */
function echoCloud() {
  const cloud = testCloud();
  installNetwork(cloud, async (_, request: NetworkRequest) => {
    if (request.url.hostname === 'gone.example.com') throw new Unreachable(request.from, 'nowhere');
    await new Promise<void>((resolve) => {
      cloud.clock.after(20, { region: 'world', label: 'world', paused: false, killed: false }, resolve);
    });
    const { method, url, headers, body } = request;
    const status = url.pathname === '/missing' ? 404 : url.pathname === '/moved' ? 301 : 200;
    const told = { method, path: url.pathname + url.search, kind: headers['x-kind'], body: text(body) };
    const answer = new TextEncoder().encode(JSON.stringify(told));
    return { status, headers: { 'x-region': 'us-west-2', location: '/elsewhere' }, body: answer };
  });
  return cloud;
}

describe('fetch', () => {
  it('asks the world and reads status, headers and body', async () => {
    const { call } = startProcess(
      echoCloud(),
      `exports.run = async () => {
         const response = await fetch('https://orders.example.com/a?b=c', { method: 'POST', body: 'text', headers: { 'X-Kind': 'k' } });
         const missing = await fetch(new URL('https://orders.example.com/missing'));
         return [response.status, response.ok, response.headers.get('x-region'), response.url, await response.json(), missing.ok];
       };`,
    );
    const told = { method: 'POST', path: '/a?b=c', kind: 'k', body: 'text' };
    expect(await call('run')).toEqual([200, true, 'us-west-2', 'https://orders.example.com/a?b=c', told, false]);
  });

  it('gives up on a connection that does not open after 10 s, on an answer after 300 s, or when its signal says so', async () => {
    const cloud = echoCloud();
    cloud.goDark('us-west-2');
    const { call } = startProcess(
      cloud,
      `exports.run = async (url, ms) => { const from = performance.now();
         return fetch(url, ms ? { signal: AbortSignal.timeout(ms) } : {})
           .catch((error) => [error.name, error.cause?.code, Math.round((performance.now() - from) / 100) / 10]); };`,
    );
    const [dark, silent] = ['https://b.s3.us-west-2.amazonaws.com/', 'https://gone.example.com/'];
    expect(await call('run', dark)).toEqual(['TypeError', 'UND_ERR_CONNECT_TIMEOUT', 10]);
    expect(await call('run', silent)).toEqual(['TypeError', 'UND_ERR_HEADERS_TIMEOUT', 300]);
    expect(await call('run', silent, 700)).toEqual(['TimeoutError', undefined, 0.7]);
  });

  it('refuses by name a redirect and a host that nobody serves', async () => {
    const source = `exports.run = (url) => fetch(url).catch((error) => error.message);`;
    expect(await startProcess(echoCloud(), source).call('run', 'https://x.example.com/moved')).toContain(
      'following the redirect',
    );
    expect(await startProcess(testCloud(), source).call('run', 'https://x.example.com/')).toContain(
      "nobody serves the host 'x.example.com'",
    );
  });
});

describe('node:http in a sandbox', () => {
  it('sends requests and emits their answers, errors and time limits', async () => {
    const { call } = startProcess(
      echoCloud(),
      `const https = require('node:https');
       const ask = (...args) => new Promise((resolve) => {
         const request = https.request(...args, async (response) => {
           let body = ''; for await (const chunk of response) body += chunk;
           resolve([response.statusCode, response.headers['x-region'], JSON.parse(body).path, response.complete]);
         });
         request.on('timeout', () => request.destroy(new Error('too slow')));
         request.on('error', (error) => resolve([error.message, performance.now()]));
         request.end();
       });
       exports.run = async () => [await ask('https://a.example.com/x?y', { method: 'GET' }), await ask({ host: 'gone.example.com', timeout: 3000 })];`,
    );
    const [answered, failed] = await call<[unknown[], [string, number]]>('run');
    expect(answered).toEqual([200, 'us-west-2', '/x?y', true]);
    expect(failed[0]).toBe('too slow');
  });
});

describe('host names', () => {
  it.each([
    ['dynamodb.us-west-2.amazonaws.com', 'us-west-2'],
    ['orders.prod.latch.s3.us-east-2.amazonaws.com', 'us-east-2'],
    ['bucket.s3.amazonaws.com', 'us-east-1'],
    ['iam.amazonaws.com', 'us-east-1'],
    ['orders.example.com', undefined],
    ['amazonaws.com.example.com', undefined],
  ])('place %s in %s', (host, region) => {
    expect(awsRegionOf(host)).toBe(region);
  });
});
