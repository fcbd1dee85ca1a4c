/** `npm run app` as a process of its own: what it demands before it starts, what it serves, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

function startMain(args: string[]): ChildProcess {
  const { DATABASE_URL: _, ...env } = process.env;
  child = spawn(process.execPath, ['app/main.ts', ...args], { env: { ...env, PORT: '0' } });
  return child;
}

describe('npm run app', () => {
  it('says what it needs when neither a database nor --memory is given', async () => {
    const main = startMain([]);
    let said = '';
    main.stderr?.on('data', (data) => {
      said += data;
    });
    expect(await once(main, 'exit')).toEqual([2, null]);
    expect(said).toContain('DATABASE_URL');
    expect(said).toContain('--memory');
  });

  it('serves orders over HTTP in memory and ends cleanly on SIGTERM', async () => {
    const main = startMain(['--memory']);
    const [line] = await once(main.stdout!, 'data');
    const url = String(line).split(' ')[0];
    const created = await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ id: 'o-1' }) });
    expect(created.status).toBe(201);
    expect(created.headers.get('x-region')).toBe('local');
    expect(await (await fetch(`${url}/orders/o-1?x=1`)).json()).toMatchObject({ id: 'o-1' });
    expect((await fetch(`${url}/orders`, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: 'healthy', writes: 'admitted' });
    main.kill('SIGTERM');
    expect(await once(main, 'exit')).toEqual([0, null]);
  });
});
