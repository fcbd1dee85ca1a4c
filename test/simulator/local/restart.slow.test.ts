/** A cloud that is stopped or killed and comes up again from its data directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectory } from '../../../simulator/local/data-directory.ts';
import { restoreCloud } from '../../../simulator/local/restart.ts';
import { services } from './endpoint.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'mainstay-restart-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const region = 'us-east-1';

/** Lets a process save without pause and kills it in the middle. Returns the last put that it had saved. */
async function killed(afterMs: number): Promise<string> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  writer.stdout.on('data', (data) => {
    output += data;
  });
  await once(writer.stdout, 'data');
  await wait(afterMs);
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return output.trimEnd().split('\n').at(-1) ?? '';
}

describe('a process that is killed while it saves', () => {
  it('leaves a whole state behind that holds all it had saved, every time', async () => {
    for (const afterMs of [1, 20, 47, 90, 133]) {
      const last = await killed(afterMs);
      const directory = new DataDirectory(path);
      const kept = directory.read();
      directory.close();
      if (!kept) throw new Error('nothing was kept');
      const cloud = restoreCloud(kept, services);
      const { Parameter } = await cloud.call('ssm', 'GetParameter', { Name: '/counter' }, { region });
      const { Body } = await cloud.call('s3', 'GetObject', { Bucket: 'things', Key: 'counter' }, { region });
      expect(Buffer.from(Body as unknown as Uint8Array).toString()).toContain(Parameter?.Value);
      const number = (text: string | undefined) => Number(text?.split(' ')[1]);
      // The state may be one put ahead of what was told.
      expect(number(Parameter?.Value) - number(last)).toBeOneOf([0, 1]);
    }
  });
});
