/** What the simulator lacks must end the run, even where the program that asked for it caught the refusal. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { standUp } from '../../console/deployment/stand-up.ts';
import { changedAssembly } from '../assembly-copies.ts';
import { drillRegionFailover } from '../drills.ts';

/** An assembly in which the code of one function begins with these lines. */
const withLines = (handler: string, lines: string): string =>
  changedAssembly(({ Resources }, directory) => {
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type !== 'AWS::Lambda::Function' || Properties.Description !== `region-failover/${handler}`) continue;
      const file = join(directory, `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'index.cjs');
      const text = readFileSync(file, 'utf8');
      if (!text.startsWith(lines)) writeFileSync(file, `${lines}\n${text}`);
    }
  });

describe('a drill in which a function', { timeout: 120_000 }, () => {
  it('uses what is not modelled, and swallows that, ends with an error that names it', async () => {
    const lines = [
      "try { require('node:child_process').execSync('uptime'); } catch {}",
      "fetch('https://sqs.us-east-2.amazonaws.com/', { method: 'POST', body: 'Action=ListQueues' }).catch(() => {});",
    ].join('\n');
    const failure = await drillRegionFailover('dark-primary', 1, standUp(withLines('notify', lines), 'prod')).catch(
      (error: Error) => error,
    );
    expect(failure).toMatchObject({ name: 'GapInSimulator' });
    expect((failure as Error).message).toContain('child_process.execSync is not offered to code in the simulator');
    expect((failure as Error).message).toMatch(/the service '[\w.-]+' is not modelled/);
  });
});
