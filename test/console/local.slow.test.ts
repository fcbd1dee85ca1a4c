/** `mainstay local` as a command: what it prints, what it refuses, what it keeps over a restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'mainstay-local-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

const children: ChildProcess[] = [];

const ROOT = join(import.meta.dirname, '..', '..');

function started(...options: string[]) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'console/main.ts', 'local', ...options],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  const said = { out: '', error: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.error += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const serving = Promise.race([
    (async () => {
      while (!said.out.includes('Ctrl-C ends it.')) await once(child.stdout, 'data');
    })(),
    ended.then((code) => {
      throw new Error(`ended with ${code}: ${said.error}`);
    }),
  ]);
  serving.catch(() => {});
  return { child, said, ended, serving };
}

/** The client that the printed block makes. */
function clientsFor(text: string) {
  const value = (name: string) => new RegExp(`^export .*\\b${name}=(\\S+)`, 'm').exec(text)?.[1] ?? '';
  const options = {
    endpoint: value('AWS_ENDPOINT_URL'),
    region: value('AWS_REGION'),
    credentials: { accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') },
  };
  return { ssm: new SSMClient(options), sfn: new SFNClient(options) };
}

describe('mainstay local', () => {
  it('serves what it prints, and goes on after a restart where it stood, with the same keys', async () => {
    const options = ['--empty', '--port', '0', '--data', data];
    const first = started(...options);
    await first.serving;
    expect(first.said.out).not.toContain('orders-prod');
    await clientsFor(first.said.out).ssm.send(new PutParameterCommand({ Name: '/kept', Type: 'String', Value: 'yes' }));
    const busy = started(...options);
    expect(await busy.ended).toBe(2);
    expect(busy.said.error).toMatch(/^mainstay: --data: .* is used by process \d+; .*\n$/);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(143);
    const second = started(...options);
    await second.serving;
    const key = /AWS_SECRET_ACCESS_KEY=.*/;
    expect(key.exec(second.said.out)?.[0]).toBe(key.exec(first.said.out)?.[0]);
    const kept = await clientsFor(second.said.out).ssm.send(new GetParameterCommand({ Name: '/kept' }));
    expect(kept.Parameter?.Value).toBe('yes');
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(130);
  });

  it('serves the deployed application', async () => {
    const local = started('--port', '0', '--speed', '10');
    await local.serving;
    const { stateMachines } = await clientsFor(local.said.out).sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toContain('orders-prod-region-failover');
    expect(local.said.out).toMatch(/us-west-2: .*orders-prod-region-failover-us-west-2.* \(\d+ resources\)/);
    local.child.kill('SIGINT');
    await local.ended;
  });

  it('ends with one line for a busy port and for options that it cannot use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const [options, line] of [
      [['--port', String(port)], `mainstay: --port: ${port} is in use by another program; name a free port, or 0\n`],
      [['--port', '70000'], "mainstay: --port: got '70000'; use a whole number from 0 to 65535\n"],
      [['--speed', '0'], "mainstay: --speed: got '0'; use a number above 0 and up to 3600\n"],
    ] as const) {
      const refused = started(...options);
      expect(await refused.ended).toBe(2);
      expect(refused.said).toEqual({ out: '', error: line });
    }
    server.close();
  });
});
