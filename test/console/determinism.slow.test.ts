/** One seed, one history: the same bytes in another process, another place and another order. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Standard output of the command. Rejects unless it ends with 0. */
function mainstay(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn('node', ['console/mainstay.cjs', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`mainstay ${args.join(' ')} ended with ${code}: ${Buffer.concat(err)}`));
    });
  });
}

/** The first line in which two texts differ, so that a failure says where. */
function firstDifference(one: string, other: string): readonly [string, string] | null {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  if (at < 0 && a.length === b.length) return null;
  return [`${at}: ${a[at]?.slice(0, 300)}`, `${at}: ${b[at]?.slice(0, 300)}`];
}

const FAR_AWAY = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', HOME: '/', NO_COLOR: '1' };

describe('two processes', { timeout: 180_000 }, () => {
  it('print the same trace and result of one seed', async () => {
    const args = ['replay', 'region-failover/cut-off-primary', '--seed', '5'];
    const [one, other] = await Promise.all([mainstay(args), mainstay(args, FAR_AWAY)]);
    expect(one.split('\n').length).toBeGreaterThan(1000);
    expect(firstDifference(one, other)).toBeNull();
    expect(other).toBe(one);
  });

  it('print the same result whether a seed runs alone or after others in a pool, and another for another seed', async () => {
    const pool = await mainstay(['drill', 'region-failover', '--seeds', '3..6', '--json']);
    const alone = await mainstay(['drill', 'region-failover', '--seed', '6', '--json'], FAR_AWAY);
    const [, , five = '', six = ''] = pool.split('\n');
    expect(`${six}\n`).toBe(alone);
    expect(five.replace('"seed":5,', '"seed":6,')).not.toBe(six);
  });
});
