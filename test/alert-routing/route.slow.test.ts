/** `mainstay route` as a process: what it takes and answers, and that kill -9 at any point loses and doubles nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainRouting } from '../../console/route/plain-routing.ts';
import { Receiver } from '../bench/alertmanager/receiver.ts';

let directory: string;
let receiver: Receiver;
let config: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mainstay-route-'));
  receiver = new Receiver();
  const url = `http://127.0.0.1:${await receiver.listen()}/notify`;
  config = join(directory, 'routing.json');
  writeFileSync(config, JSON.stringify(plainRouting(url, { waitSeconds: 1, intervalSeconds: 1, quietSeconds: 0 })));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly gone: Promise<number | null>;
}

async function start(env: Record<string, string> = {}): Promise<Running | null> {
  const options = ['route', '--port', '0', '--config', config, '--data', join(directory, 'route.sqlite')];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'console/main.ts', ...options], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const line = new Promise<string>((resolve) => child.stdout!.once('data', (data) => resolve(String(data))));
  const first = await Promise.race([line, gone.then(() => null)]);
  return first === null ? null : { child, url: /http:\S+?(?=,)/.exec(first)![0], gone };
}

const post = async (url: string, path: string, body: unknown): Promise<number | null> =>
  fetch(`${url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }).then(
    ({ status }) => status,
    () => null,
  );

const alerts = (endsInMs: number) =>
  Array.from({ length: 40 }, (_, index) => ({
    labels: { alertname: `Storm${index % 4}`, instance: String(index) },
    startsAt: new Date(Date.now() - 5000).toISOString(),
    endsAt: new Date(Date.now() + endsInMs).toISOString(),
  }));

async function eventually(holds: () => boolean, withinMs = 15_000): Promise<void> {
  const from = Date.now();
  while (!holds() && Date.now() - from < withinMs) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

describe('kill -9', () => {
  /** Distinct messages as a receiver knows them that takes each key once. */
  const distinct = (status: 'firing' | 'resolved') => new Set(receiver.of(status).map(({ key }) => key)).size;

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 12])('at point %i loses nothing and tells nothing twice', async (point) => {
    let router = (await start({ MAINSTAY_ROUTE_CRASH_AT: String(point) }))!;
    const all = alerts(3_600_000);
    // The sender says again what was not acknowledged.
    if ((await post(router.url, '/api/v2/alerts', all)) !== 200) {
      await router.gone;
      router = (await start())!;
      expect(await post(router.url, '/api/v2/alerts', all)).toBe(200);
    }
    await Promise.race([router.gone, eventually(() => distinct('firing') === 4)]);
    if (router.child.signalCode === 'SIGKILL') router = (await start())!;
    await eventually(() => distinct('firing') === 4);
    const ended = all.map((alert) => ({ ...alert, endsAt: new Date().toISOString() }));
    while ((await post(router.url, '/api/v2/alerts', ended)) !== 200) {
      await router.gone;
      router = (await start())!;
    }
    await Promise.race([router.gone, eventually(() => distinct('resolved') === 4)]);
    if (router.child.signalCode === 'SIGKILL') router = (await start())!;
    await eventually(() => distinct('resolved') === 4);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([distinct('firing'), distinct('resolved')]).toEqual([4, 4]);
    expect(receiver.alertsTold).toBeGreaterThanOrEqual(40);
    router.child.kill('SIGTERM');
    expect(await router.gone).toBe(0);
  });
});

describe('the process', () => {
  it('takes alerts, silences and acknowledgements, and refuses what it cannot read by its field', async () => {
    const { url, child, gone } = (await start())!;
    expect(await (await fetch(`${url}/-/healthy`)).json()).toEqual({ status: 'ok' });
    expect(await post(url, '/api/v2/alerts', '[{"labels":{}}]')).toBe(400);
    expect(await post(url, '/api/v2/alerts', '{')).toBe(400);
    expect(await post(url, '/nowhere', {})).toBe(404);
    expect(await post(url, '/-/healthy', {})).toBe(405);
    expect(await post(url, '/api/v2/alerts', 'x'.repeat(11 * 1024 * 1024))).not.toBe(200);
    expect(await post(url, '/webhook', 'what is this?')).toBe(200);
    await eventually(() => receiver.of('firing').length === 1);
    const [incident] = (await (await fetch(`${url}/api/v1/incidents`)).json()) as { key: string; group: string }[];
    const act = { group: incident!.group, by: 'ada', reason: 'on it' };
    expect(await post(url, '/api/v1/acknowledge', { ...act, incident: incident!.key })).toBe(200);
    expect(await post(url, '/api/v1/acknowledge', { ...act, incident: 'other' })).toBe(409);
    const silence = { matchers: [{ name: 'alertname', value: 'Quiet' }], createdBy: 'ada', comment: 'known' };
    expect(await post(url, '/api/v2/silences', { ...silence, endsAt: '2020-01-01T00:00:00Z' })).toBe(400);
    // Far enough ahead that nobody is told of its end yet.
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    expect(await post(url, '/api/v2/silences', { ...silence, endsAt })).toBe(200);
    expect(await post(url, '/api/v2/alerts', [{ labels: { alertname: 'Quiet' } }])).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(receiver.of('firing')).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
  });

  it('has its file for itself', async () => {
    const first = (await start())!;
    expect(await start()).toBeNull();
    first.child.kill('SIGTERM');
    await first.gone;
  });
});

describe('mainstay explain', () => {
  const sample = 'events/samples/alarm-transition/metric.json';
  const explain = (...options: string[]) =>
    new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
      const child = spawn(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        'console/main.ts',
        'explain',
        ...options,
      ]);
      let [out, error] = ['', ''];
      child.stdout.on('data', (part) => {
        out += part;
      });
      child.stderr.on('data', (part) => {
        error += part;
      });
      child.once('close', (code) => resolve({ code, out, error }));
    });

  it('says why, who, when and by which keys, and names what it cannot use', async () => {
    const { code, out } = await explain(sample, '--json', '--at', '2026-11-20T03:12:10Z');
    expect(code).toBe(0);
    expect(JSON.parse(out).signals[0]).toMatchObject({
      route: { id: 'orders', owner: 'orders' },
      severity: { value: 'P1' },
    });
    expect(await explain('package.json')).toMatchObject({ code: 0, out: expect.stringContaining('not understood') });
    for (const options of [['missing.json'], [sample, '--at', 'soon'], [sample, '--config', 'package.json']]) {
      const { code: refused, error } = await explain(...options);
      expect([options, refused]).toEqual([options, 2]);
      expect(error).not.toMatch(/\bat .*\.ts:/);
    }
  });

  it('says each reason once, beside who is told for it, and of what is repeated how often', async () => {
    const { out } = await explain(sample, '--at', '2026-11-20T03:12:10Z');
    expect(out.match(/nobody acknowledged it since .*: step 1$/gm)).toHaveLength(1);
    expect(out).not.toMatch(/because .*nobody acknowledged/);
    expect(out).toMatch(/ \+5430 s .*managers, phones, pagerduty, email escalate: .*, and again each 1800 s$/m);
  });
});
